"""The rows of repeats: lasting ids, positions 1..n among the rows with the same parent.

A deleted row is only marked, and so are, by their parent, the rows inside it; `restore` brings all of it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, select

from evaluator.errors import NotFoundError
from evaluator.language import _
from evaluator.store import events
from evaluator.store.audit import Entry
from evaluator.store.events import Author, Counters
from evaluator.store.statements import Statement
from evaluator.store.tables import ROW


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row of a repeat. `parent` is the id of the row around it, "" at the top; `position` counts from 1."""

    id: str
    repeat: str
    parent: str
    position: int


_LOAD = (
    select(ROW.c.id, ROW.c.repeat, ROW.c.parent, ROW.c.position)
    .where(ROW.c.visit == bindparam("visit"), ROW.c.deleted_seq.is_(None))
    .order_by(ROW.c.repeat, ROW.c.parent, ROW.c.position)
)
_FIND = select(ROW).where(ROW.c.visit == bindparam("visit"), ROW.c.id == bindparam("id"))
_COUNT = Statement(
    'SELECT count(*) FROM "row" WHERE visit = :visit AND repeat = :repeat AND parent = :parent AND deleted_seq IS NULL'
)
_SHIFT = Statement(
    'UPDATE "row" SET position = position + :step WHERE visit = :visit AND repeat = :repeat AND parent = :parent'
    " AND deleted_seq IS NULL AND position >= :first AND position <= :last"
)
_PLACE = Statement(
    'UPDATE "row" SET position = :position, deleted_seq = NULL WHERE visit = :visit AND id = :id'
)
_DELETE = Statement('UPDATE "row" SET deleted_seq = :seq WHERE visit = :visit AND id = :id')


def load(connection: Connection, visit: str) -> list[StoredRow]:
    """The living rows of a visit, in order of repeat, parent and position; not those inside a deleted row."""
    found = {row.id: StoredRow(*row) for row in connection.execute(_LOAD, {"visit": visit})}
    return [row for row in found.values() if _alive(row, found)]


def insert(
    connection: Connection,
    visit: str,
    row: StoredRow,
    by: Author,
    *,
    reason: str = "",
    counters: Counters | None = None,
) -> int:
    """Insert `row` at its position (1 to count + 1), moving later rows down; returns the event's `seq`."""
    place = _family(visit, row)
    _check_position(row.position, _count(connection, place) + 1)
    seq = events.append(
        connection,
        visit,
        by,
        "row_add",
        path=row.repeat,
        row=row.id,
        new=_where(row),
        reason=reason,
        counters=counters,
    )
    _shift(connection, place, 1, row.position)
    connection.execute(
        ROW.insert(),
        {**place, "id": row.id, "position": row.position, "deleted_seq": None},
    )
    return seq


def move(
    connection: Connection,
    visit: str,
    row_id: str,
    position: int,
    by: Author,
    *,
    reason: str = "",
    counters: Counters | None = None,
) -> int:
    """Move a row to `position` among its siblings; returns the event's `seq`. Raises NotFoundError."""
    row = _living(connection, visit, row_id)
    place = _family(visit, row)
    _check_position(position, _count(connection, place))
    target = replace(row, position=position)
    seq = events.append(
        connection,
        visit,
        by,
        "row_move",
        path=row.repeat,
        row=row.id,
        old=_where(row),
        new=_where(target),
        reason=reason,
        counters=counters,
    )
    if position > row.position:
        _shift(connection, place, -1, row.position + 1, position)
    else:
        _shift(connection, place, 1, position, row.position - 1)
    _PLACE(connection, {"visit": visit, "id": row_id, "position": position})
    return seq


def delete(
    connection: Connection,
    visit: str,
    row_id: str,
    by: Author,
    *,
    reason: str = "",
    counters: Counters | None = None,
) -> int:
    """Mark a row as deleted, moving later rows up; returns the event's `seq`. Its answers stay for `restore`."""
    row = _living(connection, visit, row_id)
    seq = events.append(
        connection,
        visit,
        by,
        "row_delete",
        path=row.repeat,
        row=row.id,
        old=_where(row),
        reason=reason,
        counters=counters,
    )
    _DELETE(connection, {"visit": visit, "id": row_id, "seq": seq})
    _shift(connection, _family(visit, row), -1, row.position + 1)
    return seq


def restore(
    connection: Connection,
    visit: str,
    row_id: str,
    by: Author,
    *,
    position: int | None = None,
    reason: str = "",
    counters: Counters | None = None,
) -> int:
    """Bring a deleted row back with all that was in it, where it stood or at `position`; returns the `seq`."""
    found = connection.execute(_FIND, {"visit": visit, "id": row_id}).first()
    if found is None or found.deleted_seq is None:
        raise _unknown(row_id)
    row = StoredRow(found.id, found.repeat, found.parent, found.position)
    place = _family(visit, row)
    room = _count(connection, place) + 1
    if position is None:
        position = min(row.position, room)
    _check_position(position, room)
    row = replace(row, position=position)
    seq = events.append(
        connection,
        visit,
        by,
        "row_add",
        path=row.repeat,
        row=row.id,
        new=_where(row),
        reason=reason,
        counters=counters,
    )
    _shift(connection, place, 1, position)
    _PLACE(connection, {"visit": visit, "id": row_id, "position": position})
    return seq


def apply(entries: Iterable[Entry]) -> list[StoredRow]:
    """The living rows at which the events of one visit arrive, in the order of `load`."""
    siblings: dict[tuple[str, str], list[str]] = {}
    rows: dict[str, StoredRow] = {}
    for entry in entries:
        if entry.op not in ("row_add", "row_move", "row_delete"):
            continue
        where = entry.new or entry.old
        order = siblings.setdefault((entry.path, where["parent"]), [])
        if entry.row in order:
            order.remove(entry.row)
        if entry.new is not None:
            order.insert(entry.new["position"] - 1, entry.row)
            rows[entry.row] = StoredRow(entry.row, entry.path, where["parent"], 0)
    living = {
        row_id: replace(rows[row_id], position=position)
        for _family_key, order in sorted(siblings.items())
        for position, row_id in enumerate(order, start=1)
    }
    return [row for row in living.values() if _alive(row, living)]


def _alive(row: StoredRow, living: dict[str, StoredRow]) -> bool:
    while row.parent:
        if row.parent not in living:
            return False
        row = living[row.parent]
    return True


def _living(connection: Connection, visit: str, row_id: str) -> StoredRow:
    found = connection.execute(_FIND, {"visit": visit, "id": row_id}).first()
    if found is None or found.deleted_seq is not None:
        raise _unknown(row_id)
    return StoredRow(found.id, found.repeat, found.parent, found.position)


def _unknown(row_id: str) -> NotFoundError:
    return NotFoundError("row_not_found", _("There is no row {row}").format(row=row_id))


def _family(visit: str, row: StoredRow) -> dict[str, Any]:
    return {"visit": visit, "repeat": row.repeat, "parent": row.parent}


def _where(row: StoredRow) -> dict[str, Any]:
    return {"parent": row.parent, "position": row.position}


def _count(connection: Connection, place: dict[str, Any]) -> int:
    return int(_COUNT(connection, place).fetchall()[0][0])


def _shift(
    connection: Connection, place: dict[str, Any], step: int, first: int, last: int = 2**31 - 1
) -> None:
    _SHIFT(connection, {**place, "step": step, "first": first, "last": last})


def _check_position(position: int, highest: int) -> None:
    if not 1 <= position <= highest:
        raise ValueError(f"position {position} is not within 1 to {highest}")
