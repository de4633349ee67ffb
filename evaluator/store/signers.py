"""The public keys that this workspace knows: its own and those of the office it was told to trust."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, delete, select

from evaluator import clock
from evaluator.store.tables import SIGNER


@dataclass(frozen=True, slots=True)
class StoredSigner:
    """One key and what it may sign; `public_key` is an OpenSSH line."""

    fingerprint: str
    principal: str
    role: str
    public_key: str
    org: str = ""
    added_at: str = ""


_COLUMNS = tuple(field.name for field in fields(StoredSigner))
_ALL = select(*(SIGNER.c[name] for name in _COLUMNS)).order_by(SIGNER.c.role, SIGNER.c.principal)


def load(connection: Connection) -> list[StoredSigner]:
    """All known keys."""
    return [StoredSigner(*row) for row in connection.execute(_ALL)]


def put_all(connection: Connection, signers: Iterable[StoredSigner]) -> None:
    """Add keys; one that is known already is replaced."""
    for signer in signers:
        connection.execute(delete(SIGNER).where(SIGNER.c.fingerprint == signer.fingerprint))
        connection.execute(SIGNER.insert(), {**asdict(signer), "added_at": signer.added_at or clock.local()})
