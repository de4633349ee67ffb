"""Statements of the hot path, compiled once for each kind of database and handed to the driver as they are.

One saved answer is four statements and a commit. Through SQLAlchemy's result objects each costs 40 microseconds of
Python, so four of them cost as much as the sync of the disk; through the driver's cursor they cost 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.engine.interfaces import DBAPICursor


class Statement:
    """SQL with `:name` parameters that runs on any dialect, inside a transaction of `Database`."""

    __slots__ = ("_compiled", "sql")

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def __call__(self, connection: Connection, values: Mapping[str, Any]) -> DBAPICursor:
        """Execute with `values`, which may hold more than is needed; returns the driver's cursor."""
        dialect = connection.dialect
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = text(self.sql).compile(dialect=dialect)
            order = getattr(compiled, "positiontup", None)
            found = self._compiled[dialect.name] = (str(compiled), tuple(order) if order else None)
        sql, names = found
        cursor = connection.connection.cursor()
        cursor.execute(sql, dict(values) if names is None else [values[name] for name in names])
        return cursor
