"""What every table shares: its metadata, the names of its constraints, and two kinds of constraint."""

from __future__ import annotations

from sqlalchemy import CheckConstraint as Check
from sqlalchemy import ForeignKeyConstraint, MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """The base of our tables, with metadata of its own."""


def one_of(column: str, values: tuple[str, ...]) -> Check:
    """That a column holds one of these words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return Check(f"{column} IN ({listed})", name=column)


def to(table: str, *columns: str, remote: tuple[str, ...] = ("id",)) -> ForeignKeyConstraint:
    """A foreign key that never deletes along."""
    return ForeignKeyConstraint(columns, [f"{table}.{name}" for name in remote], ondelete="RESTRICT")
