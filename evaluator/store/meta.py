"""Facts about this workspace, by name."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from evaluator.store.statements import Statement
from evaluator.store.tables import META

DEVICE = "device"

_FIND = select(META.c.value).where(META.c.name == bindparam("name"))
_PUT = Statement(
    "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def find(connection: Connection, name: str) -> str | None:
    """The fact called `name`, None if it is not known."""
    found = connection.execute(_FIND, {"name": name}).scalar()
    return None if found is None else str(found)


def put(connection: Connection, name: str, value: str) -> None:
    """Set the fact called `name`."""
    _PUT(connection, {"name": name, "value": value})
