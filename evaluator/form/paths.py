"""How people and files name an answer: `gov.GOV-01`, `qwn.QWN-REC[2].nama`.

A row is named by its position from 1, or by its lasting id, which is how a reference to a row is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from evaluator.errors import NotFoundError
from evaluator.form.names import Names
from evaluator.form.nodes import Node
from evaluator.form.rows import RowState
from evaluator.language import _

_ROW = re.compile(r"\[([^\[\]]+)\]")
_POSITION = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class NextRow:
    """The row that a path names one beyond the last: where it would be added, and the rest of the path in it."""

    repeat: str
    parent: str
    rest: str


def find(text: str, names: Names, root: RowState) -> tuple[Node, RowState]:
    """The node and row that a path names; for a row of a repeat its own node. Raises NotFoundError."""
    found = _walk(text, names, root)
    if isinstance(found, NextRow):
        message = _("There is no row {path}").format(path=text)
        raise NotFoundError("row_unknown", message)
    return found


def find_next(text: str, names: Names, root: RowState) -> NextRow | None:
    """The row to be added, where a path goes exactly one row beyond the last. Raises NotFoundError."""
    found = _walk(text, names, root)
    return found if isinstance(found, NextRow) else None


def _walk(text: str, names: Names, root: RowState) -> tuple[Node, RowState] | NextRow:
    node = names.find(_ROW.sub("", text))
    if node is None:
        message = _("There is no question {path}").format(path=text)
        raise NotFoundError("question_unknown", message)
    marks = list(_ROW.finditer(text))
    around = (*node.repeats, node) if node.kind == "repeat" else node.repeats
    # The last row is left out where the repeat itself is meant.
    if not len(node.repeats) <= len(marks) <= len(around):
        message = _("{path} stands in a repeat; name the row, such as {example}")
        example = example_path(node)
        raise NotFoundError("row_not_named", message.format(path=text, example=example))
    row = root
    for repeat, mark in zip(around, marks, strict=False):
        if _ROW.sub("", text[: mark.start()]) != repeat.path:
            message = _("There is no question {path}").format(path=text)
            raise NotFoundError("question_unknown", message)
        rows = row.rows.get(repeat.index, ())
        inner = _row(rows, mark[1])
        if inner is None:
            if mark[1] == str(len(rows) + 1):
                return NextRow(repeat.path, row.id, text[mark.end() :].removeprefix("."))
            message = _("There is no row {path}; {repeat} has {count}")
            raise NotFoundError("row_unknown", message.format(path=text, repeat=repeat.path, count=len(rows)))
        row = inner
    if node.row is not None and len(marks) == len(around):
        return node.row, row
    return node, row


def _row(rows: tuple[RowState, ...], name: str) -> RowState | None:
    if _POSITION.fullmatch(name) and int(name) <= len(rows):
        return rows[int(name) - 1]
    return next((row for row in rows if row.id == name), None)


def example_path(node: Node) -> str:
    """A path to the node with the first row of each repeat."""
    return write_path(node.path, [(repeat.path, "1") for repeat in node.repeats])


def shown_path(path: str, row: RowState) -> str:
    """The path of a question in a row as people write it, rows by position."""
    return _written(path, row, lambda found: str(found.position))


def lasting_path(path: str, row: RowState) -> str:
    """The path of a question in a row as references are stored, rows by id."""
    return _written(path, row, lambda found: found.id)


def _written(path: str, row: RowState, mark: Callable[[RowState], str]) -> str:
    marks = []
    found: RowState | None = row
    while found is not None and found.repeat is not None:
        marks.append((found.repeat.path, mark(found)))
        found = found.parent
    return write_path(path, marks[::-1])


def write_path(path: str, marks: list[tuple[str, str]]) -> str:
    """`path` with `[mark]` after each of its repeats, outermost first."""
    pieces, start = [], 0
    for repeat, mark in marks:
        pieces.append(f"{path[start : len(repeat)]}[{mark}]")
        start = len(repeat)
    return "".join(pieces) + path[start:]
