"""Reviewers' remarks on answers, and what the assessor wrote back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, bindparam, select, update

from evaluator import clock
from evaluator.errors import NotFoundError
from evaluator.language import _
from evaluator.store.tables import COMMENT


@dataclass(frozen=True, slots=True)
class StoredComment:
    """One remark. `visit` is None where only the bundle is known here; `answer` is the assessor's reply."""

    id: str
    visit: str | None
    bundle_id: str
    path: str
    row: str
    text: str
    author: str
    at: str
    answer: str = ""
    answered_at: str = ""


_COLUMNS = tuple(field.name for field in fields(StoredComment))
_ALL = select(*(COMMENT.c[name] for name in _COLUMNS))
# Ids are UUIDs of version 7, which sort as they were made.
_OF_VISIT = _ALL.where(COMMENT.c.visit == bindparam("visit")).order_by(COMMENT.c.id)
_OF_BUNDLE = _ALL.where(COMMENT.c.bundle_id == bindparam("bundle_id")).order_by(COMMENT.c.id)


def add(connection: Connection, comment: StoredComment) -> None:
    """Store a remark."""
    connection.execute(COMMENT.insert(), asdict(comment))


def of_visit(connection: Connection, visit: str) -> list[StoredComment]:
    """The remarks on a visit, oldest first."""
    return [StoredComment(*row) for row in connection.execute(_OF_VISIT, {"visit": visit})]


def of_bundle(connection: Connection, bundle_id: str) -> list[StoredComment]:
    """The remarks on one bundle, oldest first."""
    return [StoredComment(*row) for row in connection.execute(_OF_BUNDLE, {"bundle_id": bundle_id})]


def answer(connection: Connection, comment: str, reply: str) -> None:
    """Write the assessor's reply to a remark; an empty one opens it again. Raises NotFoundError."""
    changed = connection.execute(
        update(COMMENT).where(COMMENT.c.id == comment),
        {"answer": reply, "answered_at": clock.local() if reply else ""},
    )
    if changed.rowcount != 1:
        raise NotFoundError("comment_not_found", _("There is no comment {comment}").format(comment=comment))


def remove(connection: Connection, comment: str) -> None:
    """Remove a remark that was not signed yet."""
    connection.execute(COMMENT.delete().where(COMMENT.c.id == comment))
