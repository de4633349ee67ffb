"""What a visit holds: rows, and in them a slot for each node.

The root row holds what stands outside repeats. A row has a lasting id, so its answers stay with it wherever it
moves. Tuples of rows are replaced and never changed, so that another thread may go through them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from evaluator.form.definition import Label
from evaluator.form.expression.values import Value
from evaluator.form.nodes import Node

Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it is stored: a canonical value, or the reason why the question does not apply."""

    value: Any = None
    na: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a repeat: its lasting id, the path of the repeat, the row around it, its position from 1."""

    id: str
    repeat: str
    parent: str = ""
    position: int = 1


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that an answer breaks: the author's message, else a built-in one with its number."""

    kind: str
    label: Label
    bound: str = ""
    warning: bool = False


class Slot:
    """What is known of one node in one row.

    `stored` is the value as it is kept, `typed` the same for expressions, `value` what expressions see: blank
    while the question is not relevant or not applicable. `touched` says that somebody, or the default, has
    answered once. `order` sorts by rank.
    """

    __slots__ = (
        "failures", "fired", "forced", "na", "node", "order", "parent", "queued", "read_only", "relevant",
        "required", "row", "status", "stored", "touched", "typed", "value",
    )  # fmt: skip

    def __init__(self, node: Node, row: RowState, parent: Slot | None, order: int) -> None:
        self.node = node
        self.row = row
        self.parent = parent
        self.order = order
        self.stored: Any = None
        self.na = ""
        self.typed: Value = ""
        self.value: Value = ""
        self.touched = False
        self.relevant = False
        self.required = False
        self.read_only = False
        self.failures: tuple[Failure, ...] = ()
        self.status = "not_relevant"
        self.queued = False
        self.forced = False
        self.fired = False

    @property
    def key(self) -> Key:
        """The question path and the row id."""
        return self.node.path, self.row.id

    def snapshot(self) -> tuple[Any, ...]:
        """Everything of which a change is told."""
        return (
            self.stored,
            self.na,
            self.status,
            self.relevant,
            self.required,
            self.read_only,
            self.failures,
        )


class RowState:
    """A row with its slots by index of node, and the rows of the repeats directly in it by index of repeat."""

    __slots__ = ("id", "parent", "position", "repeat", "rows", "slots")

    def __init__(self, id_: str, repeat: Node | None, parent: RowState | None) -> None:
        self.id = id_
        self.repeat = repeat
        self.parent = parent
        self.position = 1
        self.slots: dict[int, Slot] = {}
        self.rows: dict[int, tuple[RowState, ...]] = {}

    @property
    def own(self) -> Slot:
        """The slot of the row itself; the root row has none."""
        assert self.repeat is not None
        assert self.repeat.row is not None
        return self.slots[self.repeat.row.index]

    def up(self, steps: int) -> RowState:
        """The row so many repeats further out."""
        row = self
        for _step in range(steps):
            assert row.parent is not None
            row = row.parent
        return row

    def below(self, repeats: tuple[Node, ...]) -> list[RowState]:
        """All rows reached through the repeats one after another; the row itself through none."""
        found = [self]
        for repeat in repeats:
            found = [row for outer in found for row in outer.rows.get(repeat.index, ())]
        return found

    def walk(self) -> Iterator[RowState]:
        """The row and all rows in it."""
        waiting = [self]
        while waiting:
            row = waiting.pop()
            yield row
            waiting.extend(inner for rows in row.rows.values() for inner in rows)
