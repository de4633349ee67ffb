"""Visits: the list, the state of each, its counters."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from evaluator import clock
from evaluator.errors import NotFoundError
from evaluator.language import _
from evaluator.store.events import Counters
from evaluator.store.statements import Statement
from evaluator.store.tables import VISIT


@dataclass(frozen=True, slots=True)
class StoredVisit:
    """One visit as it is kept. `visit_rev`, `audit_head` and `last_seq` belong to the audit trail."""

    id: str
    region_code: str
    region_name: str
    round: str
    intake: str
    instrument_id: str
    instrument_version: str
    instrument_sha: str
    principal: str
    assessor_name: str
    state: str = "draft"
    revision: int = 0
    previous_bundle: str | None = None
    answered: int = 0
    open: int = 0
    flagged: int = 0
    failed: int = 0
    progress: str = "{}"
    created_at: str = ""
    updated_at: str = ""
    visit_rev: int = 0
    audit_head: str = ""
    last_seq: int = 0


class ListedVisit(NamedTuple):
    """What the list shows of one visit. A third of the cost of a StoredVisit, and there may be thousands."""

    id: str
    region_code: str
    region_name: str
    round: str
    intake: str
    state: str
    revision: int
    answered: int
    open: int
    flagged: int
    failed: int
    progress: str
    updated_at: str


_COLUMNS = tuple(field.name for field in fields(StoredVisit))
_LIST = select(*(VISIT.c[name] for name in _COLUMNS))
_ALL = _LIST.order_by(VISIT.c.last_seq.desc(), VISIT.c.id.desc())
_NEWEST_FIRST = f"SELECT {', '.join(ListedVisit._fields)} FROM visit {{}} ORDER BY last_seq DESC, id DESC"
_OVERVIEW = Statement(_NEWEST_FIRST.format(""))
_IN_STATE = Statement(_NEWEST_FIRST.format("WHERE state = :state"))
_GET = _LIST.where(VISIT.c.id == bindparam("visit"))
_OF_REGION = _ALL.where(
    VISIT.c.region_code == bindparam("region_code"),
    VISIT.c.round == bindparam("round"),
    VISIT.c.intake == bindparam("intake"),
    VISIT.c.principal == bindparam("principal"),
)
_BEGINNING = _LIST.where(VISIT.c.id >= bindparam("low"), VISIT.c.id < bindparam("high")).limit(3)


def add(connection: Connection, visit: StoredVisit) -> StoredVisit:
    """Store a new visit; `created_at` and `updated_at` are filled in where empty."""
    values = asdict(visit)
    values["created_at"] = visit.created_at or clock.local()
    values["updated_at"] = visit.updated_at or values["created_at"]
    connection.execute(VISIT.insert(), values)
    return StoredVisit(**values)


def get(connection: Connection, visit: str) -> StoredVisit:
    """One visit by its id. Raises NotFoundError."""
    found = connection.execute(_GET, {"visit": visit}).first()
    if found is None:
        raise NotFoundError("visit_not_found", _("There is no visit {visit}").format(visit=visit))
    return StoredVisit(*found)


def list_all(connection: Connection) -> list[StoredVisit]:
    """All visits with all that is known of them, the one worked on last first."""
    return [StoredVisit(*row) for row in connection.execute(_ALL)]


def overview(connection: Connection, state: str | None = None) -> list[ListedVisit]:
    """The list of visits, or of those in `state`, the one worked on last first."""
    found = _OVERVIEW(connection, {}) if state is None else _IN_STATE(connection, {"state": state})
    return [ListedVisit(*row) for row in found.fetchall()]


def of_key(
    connection: Connection, region_code: str, round_name: str, intake: str, principal: str
) -> list[StoredVisit]:
    """The visits with one key. More than one only where two laptops worked on the same."""
    key = {"region_code": region_code, "round": round_name, "intake": intake, "principal": principal}
    return [StoredVisit(*row) for row in connection.execute(_OF_REGION, key)]


def beginning_with(connection: Connection, beginning: str) -> list[StoredVisit]:
    """Up to three visits whose id begins with `beginning`, so that people may type a part of it."""
    if not beginning:
        return []
    high = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    return [StoredVisit(*row) for row in connection.execute(_BEGINNING, {"low": beginning, "high": high})]


def set_state(connection: Connection, visit: str, state: str, *, revision: int | None = None) -> None:
    """Move a visit to `state`, and to `revision` if given. Raises NotFoundError."""
    values: dict[str, Any] = {"state": state}
    if revision is not None:
        values["revision"] = revision
    changed = connection.execute(VISIT.update().where(VISIT.c.id == visit), values)
    if changed.rowcount != 1:
        raise NotFoundError("visit_not_found", _("There is no visit {visit}").format(visit=visit))


def set_instrument(connection: Connection, visit: str, identity: str, version: str, sha: str) -> None:
    """Bind a visit to another version of its instrument (with a `migrate` event beside it)."""
    connection.execute(
        VISIT.update().where(VISIT.c.id == visit),
        {"instrument_id": identity, "instrument_version": version, "instrument_sha": sha},
    )


_COUNT = Statement(
    "UPDATE visit SET answered = :answered, open = :open, flagged = :flagged, failed = :failed, progress = :progress"
    " WHERE id = :visit"
)


def set_counters(connection: Connection, visit: str, counters: Counters) -> None:
    """Correct the counters of a visit outside a save, which sets them itself."""
    _COUNT(connection, {"visit": visit, **asdict(counters)})
