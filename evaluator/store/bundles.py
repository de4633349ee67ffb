"""Sealed revisions: which bundle holds which revision of a visit, and how far it got."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, bindparam, func, select, update

from evaluator.errors import NotFoundError
from evaluator.language import _
from evaluator.store.statements import Statement
from evaluator.store.tables import BUNDLE


@dataclass(frozen=True, slots=True)
class StoredBundle:
    """One sealed revision. `file` is its name in the outbox, `prev` the bundle id of the revision before,
    `reason` why the visit was opened again after that; `state` is `sealed`, `sent`, `received` or `quarantined`."""

    bundle_id: str
    visit: str
    revision: int
    file: str
    sha256: str
    bytes: int
    created: str
    prev: str | None
    device: str
    device_seq: int
    reason: str = ""
    state: str = "sealed"


_COLUMNS = tuple(field.name for field in fields(StoredBundle))
_ALL = select(*(BUNDLE.c[name] for name in _COLUMNS))
_OF_VISIT = _ALL.where(BUNDLE.c.visit == bindparam("visit")).order_by(BUNDLE.c.revision)
_GET = _ALL.where(BUNDLE.c.bundle_id == bindparam("bundle_id"))
_LAST_OF_DEVICE = (
    _ALL.where(BUNDLE.c.device == bindparam("device")).order_by(BUNDLE.c.device_seq.desc()).limit(1)
)
_UNCONFIRMED = _ALL.where(
    BUNDLE.c.device == bindparam("device"), BUNDLE.c.state.in_(("sealed", "sent", "quarantined"))
).order_by(BUNDLE.c.device_seq)
_LATEST_STATES = Statement(
    "SELECT visit, state, EXISTS (SELECT 1 FROM delivery WHERE delivery.bundle_id = bundle.bundle_id)"
    " FROM bundle WHERE revision ="
    " (SELECT max(revision) FROM bundle AS other WHERE other.visit = bundle.visit)"
)


def add(connection: Connection, bundle: StoredBundle) -> None:
    """Record a sealed bundle, in the transaction of the visit's new state and its `finalise` event."""
    connection.execute(BUNDLE.insert(), asdict(bundle))


def get(connection: Connection, bundle_id: str) -> StoredBundle:
    """One bundle by its id. Raises NotFoundError."""
    found = connection.execute(_GET, {"bundle_id": bundle_id}).first()
    if found is None:
        raise NotFoundError("bundle_not_found", _("There is no bundle {bundle}").format(bundle=bundle_id))
    return StoredBundle(*found)


def of_visit(connection: Connection, visit: str) -> list[StoredBundle]:
    """The bundles of a visit, oldest revision first."""
    return [StoredBundle(*row) for row in connection.execute(_OF_VISIT, {"visit": visit})]


def latest(connection: Connection, visit: str) -> StoredBundle | None:
    """The newest bundle of a visit, None before the first."""
    found = of_visit(connection, visit)
    return found[-1] if found else None


def last_of_device(connection: Connection, device: str) -> StoredBundle | None:
    """The bundle that this device sealed last: the head of its journal."""
    found = connection.execute(_LAST_OF_DEVICE, {"device": device}).first()
    return None if found is None else StoredBundle(*found)


def next_device_seq(connection: Connection, device: str) -> int:
    """The number of the next bundle that this device seals, from 1."""
    highest = connection.execute(
        select(func.max(BUNDLE.c.device_seq)).where(BUNDLE.c.device == device)
    ).scalar()
    return int(highest or 0) + 1


def unconfirmed(connection: Connection, device: str) -> list[StoredBundle]:
    """The bundles of a device that the office has not said to have, in the order in which they were sealed."""
    return [StoredBundle(*row) for row in connection.execute(_UNCONFIRMED, {"device": device})]


def latest_states(connection: Connection) -> dict[str, tuple[str, bool]]:
    """How far the newest bundle of each sealed visit got, and whether there is a delivery record of it."""
    found = _LATEST_STATES(connection, {}).fetchall()
    return {visit: (state, bool(delivered)) for visit, state, delivered in found}


def set_state(connection: Connection, bundle_id: str, state: str) -> None:
    """Record how far a bundle got. Raises NotFoundError."""
    get(connection, bundle_id)
    connection.execute(update(BUNDLE).where(BUNDLE.c.bundle_id == bundle_id), {"state": state})
