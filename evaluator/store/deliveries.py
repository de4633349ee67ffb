"""What this workspace delivered: the signed record of each bundle, and the pieces known to lie at a remote."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, bindparam, delete, select

from evaluator import clock
from evaluator.store.exchange_tables import DELIVERY, PIECE
from evaluator.store.statements import Statement


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery record: `data` is its JSON, `id` the SHA-256 of that, `prev` the id before it on this device."""

    id: str
    device: str
    seq: int
    bundle_id: str
    prev: str | None
    data: bytes
    signature: bytes
    at: str


_COLUMNS = tuple(field.name for field in fields(StoredDelivery))
_ALL = select(*(DELIVERY.c[name] for name in _COLUMNS))
_OF_BUNDLE = _ALL.where(DELIVERY.c.bundle_id == bindparam("bundle_id")).order_by(DELIVERY.c.seq)
_OF_DEVICE = _ALL.where(DELIVERY.c.device == bindparam("device"))
_LAST = _OF_DEVICE.order_by(DELIVERY.c.seq.desc()).limit(1)
_NUMBERED = _OF_DEVICE.where(DELIVERY.c.seq == bindparam("seq")).order_by(DELIVERY.c.id)
_PIECES = select(PIECE.c.sha256, PIECE.c.bytes).where(PIECE.c.remote == bindparam("remote"))
_ANYWHERE = select(PIECE.c.sha256).distinct()
_PUT_PIECE = Statement(
    "INSERT INTO piece (remote, sha256, bytes, at) VALUES (:remote, :sha256, :bytes, :at)"
    " ON CONFLICT (remote, sha256) DO UPDATE SET bytes = excluded.bytes, at = excluded.at"
)


def add(connection: Connection, delivery: StoredDelivery) -> None:
    """Keep a signed record; the same one again changes nothing."""
    known = connection.execute(select(DELIVERY.c.id).where(DELIVERY.c.id == delivery.id)).first()
    if known is None:
        connection.execute(DELIVERY.insert(), asdict(delivery))


def of_bundle(connection: Connection, bundle_id: str) -> StoredDelivery | None:
    """The record that delivers a bundle, the first if there are several."""
    found = connection.execute(_OF_BUNDLE, {"bundle_id": bundle_id}).first()
    return None if found is None else StoredDelivery(*found)


def last_of_device(connection: Connection, device: str) -> StoredDelivery | None:
    """The record that a device signed last: the next one has its number plus 1 and names its id."""
    found = connection.execute(_LAST, {"device": device}).first()
    return None if found is None else StoredDelivery(*found)


def numbered(connection: Connection, device: str, seq: int) -> list[StoredDelivery]:
    """The records with one number of a device. More than one only where a laptop was copied or restored."""
    return [StoredDelivery(*row) for row in connection.execute(_NUMBERED, {"device": device, "seq": seq})]


def pieces(connection: Connection, remote: str) -> dict[str, int]:
    """The pieces known to lie at `remote`, with their sizes."""
    return {row.sha256: row.bytes for row in connection.execute(_PIECES, {"remote": remote})}


def pieces_anywhere(connection: Connection) -> frozenset[str]:
    """The pieces known to lie at any remote."""
    return frozenset(connection.execute(_ANYWHERE).scalars())


def put_piece(connection: Connection, remote: str, sha256: str, size: int) -> None:
    """Remember that a piece lies whole at `remote`."""
    _PUT_PIECE(connection, {"remote": remote, "sha256": sha256, "bytes": size, "at": clock.utc()})


def forget_piece(connection: Connection, remote: str, sha256: str) -> None:
    """Forget a piece that turned out not to lie at `remote`."""
    connection.execute(delete(PIECE).where(PIECE.c.remote == remote, PIECE.c.sha256 == sha256))
