"""What an expression sees from its row: the scope of the filling engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from random import Random
from typing import Any, Protocol

from evaluator import language
from evaluator.form.conversion import typed_value
from evaluator.form.definition import Choice, Instrument
from evaluator.form.expression.values import Nodes, Scalar, Value
from evaluator.form.nodes import Node, Reference
from evaluator.form.rows import Key, RowState, Slot


def _no_text(_key: Key) -> str:
    return ""


def _no_count(_key: Key) -> int:
    return 0


def _no_value(_key: Key) -> Any:
    return None


def _no_choices() -> Sequence[Choice]:
    return ()


@dataclass(frozen=True, slots=True)
class Environment:
    """What the engine may ask of the world; it has no clock, chance, identity or files of its own.

    `evidence` lists the pieces that an item may refer to; `new_row` names the rows that a `repeat_count` makes.
    """

    now: Callable[[], datetime]
    zone: tzinfo = UTC
    random: Random = field(default_factory=Random)
    evidence_count: Callable[[Key], int] = _no_count
    note: Callable[[Key], str] = _no_text
    self_value: Callable[[Key], Any] = _no_value
    evidence: Callable[[], Sequence[Choice]] = _no_choices
    new_row: Callable[[], str] | None = None


class Rows(Protocol):
    """Where the scope finds rows and choices."""

    @property
    def root(self) -> RowState:
        """The row of what stands outside repeats."""

    def all_choices_of(self, slot: Slot) -> tuple[Choice, ...]:
        """Every choice of the question, filtered or not."""


class Surroundings:
    """One scope, moved from question to question: `row` is where the expression runs, `present` is `.`."""

    __slots__ = ("_environment", "_instrument", "_moment", "_rows", "choice", "present", "row")

    def __init__(self, rows: Rows, instrument: Instrument, environment: Environment) -> None:
        self._rows = rows
        self._instrument = instrument
        self._environment = environment
        self._moment: datetime | None = None
        self.row: RowState = rows.root
        self.present: Scalar = ""
        self.choice: Choice | None = None

    def begin_step(self) -> None:
        """Let the clock be read anew; within a step it stands still."""
        self._moment = None

    def value(self, reference: Reference, /) -> Value:
        row = self.row
        for _step in range(reference.up):
            row = row.parent  # type: ignore[assignment]  # `up` is how deep the row stands
        if not reference.down and not reference.nodes:
            return row.slots[reference.node.index].value
        return self._gather(reference)

    def _gather(self, reference: Reference) -> Nodes:
        slots = self._slots(reference)
        if reference.node.kind == "repeat":
            return Nodes(str(slot.row.position) for slot in slots if slot.relevant)
        return Nodes(slot.value for slot in slots if slot.relevant)  # type: ignore[misc]  # one answer each, never nodes

    def _slots(self, reference: Reference) -> list[Slot]:
        return slots_behind(reference, self.row, self._rows.root)

    def context(self) -> Scalar:
        return self.present

    def column(self, name: str, /) -> str:
        if self.choice is None:
            return ""
        if name in self.choice.columns:
            return self.choice.columns[name]
        if name in ("name", "value"):
            return self.choice.value
        return self.choice.label.text(language.current()) if name == "label" else ""

    def position(self, level: int, /) -> int:
        row = self.row
        for _step in range(level - 1):
            if row.parent is None:
                break
            row = row.parent
        return row.position

    def indexed(self, reference: Reference, rows: Sequence[tuple[Reference, int]], /) -> Value:
        row = self._rows.root
        chosen: dict[Node, int] = {repeat.node: position for repeat, position in rows}
        around = {row.repeat: row for row in self._around()}
        for repeat in reference.node.repeats:
            if repeat in chosen:
                found = row.rows.get(repeat.index, ())
                if not 1 <= chosen[repeat] <= len(found):
                    return ""
                row = found[chosen[repeat] - 1]
            elif repeat in around:
                row = around[repeat]
            else:
                return ""
        slot = row.slots[reference.node.index]
        return slot.value

    def _around(self) -> list[RowState]:
        found = []
        row: RowState | None = self.row
        while row is not None:
            found.append(row)
            row = row.parent
        return found

    def na(self, reference: Reference, /) -> bool:
        return any(slot.relevant and slot.na != "" for slot in self._slots(reference))

    def note(self, reference: Reference, /) -> str:
        notes = (self._environment.note(slot.key) for slot in self._slots(reference))
        return "\n".join(note for note in notes if note)

    def evidence_count(self, reference: Reference, /) -> int:
        return sum(self._environment.evidence_count(slot.key) for slot in self._slots(reference))

    def self_value(self, reference: Reference, /) -> Scalar:
        for slot in self._slots(reference):
            value = self._environment.self_value(slot.key)
            if value is not None:
                return typed_value(slot.node.asked, value)
        return ""

    def choice_label(self, reference: Reference, value: str, /) -> str:
        for slot in self._slots(reference)[:1]:
            for choice in self._rows.all_choices_of(slot):
                if choice.value == value:
                    return choice.label.text(language.current())
        return ""

    def pull(self, table: str, column: str, key_column: str, key: str, /) -> str:
        found = self._instrument.tables.get(table.removesuffix(".csv"))
        if found is None or column not in found.columns or key_column not in found.columns:
            return ""
        at, key_at = found.columns.index(column), found.columns.index(key_column)
        return next((row[at] for row in found.rows if row[key_at] == key), "")

    def now(self) -> datetime:
        if self._moment is None:
            self._moment = self._environment.now()
        return self._moment

    @property
    def zone(self) -> tzinfo:
        return self._environment.zone

    @property
    def random(self) -> Random:
        return self._environment.random


def slots_behind(reference: Reference, row: RowState, root: RowState) -> list[Slot]:
    """The slots that a reference means from a row, relevant or not; of a repeat, those of its rows."""
    if reference.nodes:
        nodes = reference.nodes
        return [inner.slots[node.index] for node in nodes for inner in root.below(node.repeats)]
    index = reference.node.index
    rows = row.up(reference.up).below(reference.down)
    if reference.node.kind == "repeat":
        return [inner.own for inner in rows]
    return [inner.slots[index] for inner in rows]
