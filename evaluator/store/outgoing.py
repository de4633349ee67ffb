"""What an office has signed for its assessors and `sync` publishes: receipts and reviews, numbered by device."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, bindparam, func, select, update

from evaluator import clock
from evaluator.store.exchange_tables import OUTGOING


@dataclass(frozen=True, slots=True)
class StoredOutgoing:
    """One statement for `device`; `id` is the SHA-256 of `data`, `seq` its number there, from 1 without gaps."""

    device: str
    seq: int
    id: str
    kind: str
    bundle_id: str
    data: bytes
    signature: bytes
    queued_at: str
    published_at: str = ""


_COLUMNS = tuple(field.name for field in fields(StoredOutgoing))
_ALL = select(*(OUTGOING.c[name] for name in _COLUMNS)).order_by(OUTGOING.c.device, OUTGOING.c.seq)
_PENDING = _ALL.where(OUTGOING.c.published_at == "")
_OF_BUNDLE = _ALL.where(OUTGOING.c.bundle_id == bindparam("bundle_id"))
_OF_DEVICE = _ALL.where(OUTGOING.c.device == bindparam("device"))


def queue(
    connection: Connection,
    device: str,
    kind: str,
    bundle_id: str,
    identity: str,
    data: bytes,
    signature: bytes,
) -> StoredOutgoing:
    """Put a signed statement into the queue of `device`, in the transaction of what it says.

    The same statement again gives the entry that is there.
    """
    for known in of_bundle(connection, bundle_id):
        if (known.device, known.id) == (device, identity):
            return known
    highest = connection.execute(select(func.max(OUTGOING.c.seq)).where(OUTGOING.c.device == device)).scalar()
    entry = StoredOutgoing(
        device, int(highest or 0) + 1, identity, kind, bundle_id, data, signature, clock.utc()
    )
    connection.execute(OUTGOING.insert(), asdict(entry))
    return entry


def pending(connection: Connection) -> list[StoredOutgoing]:
    """What is not published yet, in order."""
    return [StoredOutgoing(*row) for row in connection.execute(_PENDING)]


def of_bundle(connection: Connection, bundle_id: str) -> list[StoredOutgoing]:
    """What was signed about one bundle, in order."""
    return [StoredOutgoing(*row) for row in connection.execute(_OF_BUNDLE, {"bundle_id": bundle_id})]


def of_device(connection: Connection, device: str) -> list[StoredOutgoing]:
    """Everything signed for one device, in order."""
    return [StoredOutgoing(*row) for row in connection.execute(_OF_DEVICE, {"device": device})]


def mark_published(connection: Connection, entry: StoredOutgoing) -> None:
    """Remember that a statement lies at the remote."""
    connection.execute(
        update(OUTGOING).where(OUTGOING.c.device == entry.device, OUTGOING.c.seq == entry.seq),
        {"published_at": clock.utc()},
    )
