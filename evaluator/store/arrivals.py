"""What arrived from an office: its statements with what became of each, and which names at a remote were read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, bindparam, func, select, update

from evaluator.store.exchange_tables import ARRIVAL, STATEMENT
from evaluator.store.statements import Statement

APPLIED = "applied"
HELD = "held"
QUARANTINED = "quarantined"
CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement as the bytes that arrived; `id` is their SHA-256.

    `state` is applied, held (what it follows has not arrived), quarantined or conflict, with `code` and `reason` for
    the latter three. `source` is a remote or a file; `applied_seq` orders what was applied.
    """

    id: str
    kind: str
    visit: str | None
    bundle_id: str | None
    prev: str | None
    principal: str
    data: bytes
    signature: bytes
    source: str
    arrived_at: str
    state: str
    code: str = ""
    reason: str = ""
    applied_seq: int | None = None


_COLUMNS = tuple(field.name for field in fields(StoredStatement))
_ALL = select(*(STATEMENT.c[name] for name in _COLUMNS))
_GET = _ALL.where(STATEMENT.c.id == bindparam("id"))
_APPLIED = _ALL.where(STATEMENT.c.kind == bindparam("kind"), STATEMENT.c.state == APPLIED)
_APPLIED_TO_VISIT = _APPLIED.where(STATEMENT.c.visit == bindparam("visit")).order_by(STATEMENT.c.applied_seq)
_UNSETTLED = _ALL.where(STATEMENT.c.state.in_((HELD, QUARANTINED))).order_by(
    STATEMENT.c.arrived_at, STATEMENT.c.id
)
_NOT_APPLIED = _ALL.where(STATEMENT.c.state != APPLIED).order_by(STATEMENT.c.arrived_at, STATEMENT.c.id)
_NAMES = select(ARRIVAL.c.name, ARRIVAL.c.sha256).where(ARRIVAL.c.remote == bindparam("remote"))
_PUT_NAME = Statement(
    "INSERT INTO arrival (remote, name, sha256) VALUES (:remote, :name, :sha256)"
    " ON CONFLICT (remote, name) DO UPDATE SET sha256 = excluded.sha256"
)


def get(connection: Connection, statement: str) -> StoredStatement | None:
    """One statement by its id."""
    found = connection.execute(_GET, {"id": statement}).first()
    return None if found is None else StoredStatement(*found)


def put(connection: Connection, statement: StoredStatement) -> StoredStatement:
    """Keep a statement with what became of it, in place of what was known of it; numbered if it is applied."""
    values = asdict(statement)
    if statement.state == APPLIED and statement.applied_seq is None:
        highest = connection.execute(select(func.max(STATEMENT.c.applied_seq))).scalar()
        values["applied_seq"] = int(highest or 0) + 1
    if get(connection, statement.id) is None:
        connection.execute(STATEMENT.insert(), values)
    else:
        connection.execute(update(STATEMENT).where(STATEMENT.c.id == statement.id), values)
    return StoredStatement(**values)


def applied(connection: Connection, visit: str, kind: str) -> list[StoredStatement]:
    """The statements of one kind that count for a visit, in the order in which they were applied."""
    found = connection.execute(_APPLIED_TO_VISIT, {"visit": visit, "kind": kind})
    return [StoredStatement(*row) for row in found]


def unsettled(connection: Connection) -> list[StoredStatement]:
    """What is held or quarantined, oldest first: it may count once something else has arrived or is trusted."""
    return [StoredStatement(*row) for row in connection.execute(_UNSETTLED)]


def not_applied(connection: Connection) -> list[StoredStatement]:
    """Everything that arrived and does not count, oldest first."""
    return [StoredStatement(*row) for row in connection.execute(_NOT_APPLIED)]


def names(connection: Connection, remote: str) -> dict[str, str]:
    """The names at `remote` that were read, with the SHA-256 of what stood there."""
    return {row.name: row.sha256 for row in connection.execute(_NAMES, {"remote": remote})}


def put_name(connection: Connection, remote: str, name: str, sha256: str) -> None:
    """Remember that a name at `remote` was read, in the transaction of what became of it."""
    _PUT_NAME(connection, {"remote": remote, "name": name, "sha256": sha256})
