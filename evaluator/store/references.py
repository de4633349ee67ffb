"""Reference answers: the region's self-assessment and last year's bundle, shown beside the assessor's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from evaluator.store.events import decoded, encoded
from evaluator.store.tables import REFERENCE_ANSWER as TABLE


@dataclass(frozen=True, slots=True)
class StoredReference:
    """What another source says of one question; `kind` is `self` or `previous`."""

    kind: str
    path: str
    row: str = ""
    value: Any = None
    note: str = ""


_LOAD = (
    select(TABLE.c.kind, TABLE.c.path, TABLE.c.row, TABLE.c.value, TABLE.c.note)
    .where(TABLE.c.visit == bindparam("visit"))
    .order_by(TABLE.c.kind, TABLE.c.path, TABLE.c.row)
)


def load(connection: Connection, visit: str) -> list[StoredReference]:
    """All reference answers of a visit."""
    found = connection.execute(_LOAD, {"visit": visit})
    return [StoredReference(row.kind, row.path, row.row, decoded(row.value), row.note) for row in found]


def put_all(connection: Connection, visit: str, kind: str, answers: Iterable[StoredReference]) -> int:
    """Replace all reference answers of one kind; returns how many there are now."""
    connection.execute(delete(TABLE).where(TABLE.c.visit == visit, TABLE.c.kind == kind))
    values = [
        {
            "visit": visit,
            "kind": kind,
            "path": answer.path,
            "row": answer.row,
            "value": encoded(answer.value),
            "note": answer.note,
        }
        for answer in answers
    ]
    if values:
        connection.execute(TABLE.insert(), values)
    return len(values)
