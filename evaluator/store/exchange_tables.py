"""The tables of the exchange with an office: what was sent, what lies at a remote, what came, what is to go out."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy import CheckConstraint as Check
from sqlmodel import Field

from evaluator.store.base import Base, one_of

STATEMENT_STATES = ("applied", "held", "quarantined", "conflict")


class Delivery(Base, table=True):
    """A signed delivery record, kept before it is published, so that a second attempt publishes the same bytes.

    `id` is the SHA-256 of `data`. An office may hold two of one device and number: a copied or restored laptop.
    """

    __tablename__: ClassVar[Any] = "delivery"
    __table_args__ = (Index(None, "device", "seq"), Index(None, "bundle_id"))

    id: str = Field(primary_key=True)
    device: str
    seq: int = Field(sa_type=BigInteger)
    bundle_id: str
    prev: str | None = None
    data: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)
    at: str


class Piece(Base, table=True):
    """A piece of a file that this workspace has put, or seen whole, at a remote."""

    __tablename__: ClassVar[Any] = "piece"
    __table_args__ = (Check("bytes >= 0", name="bytes"), {"sqlite_with_rowid": False})

    remote: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    bytes: int = Field(sa_type=BigInteger)
    at: str


class ArrivedStatement(Base, table=True):
    """A receipt or review that arrived, as the bytes it is; `id` is their SHA-256.

    `applied_seq` orders what was applied. `principal` is who signed it, "" where that is not known.
    """

    __tablename__: ClassVar[Any] = "statement"
    __table_args__ = (
        one_of("state", STATEMENT_STATES),
        Index(None, "visit"),
        Index(None, "bundle_id"),
        Index(None, "state"),
    )

    id: str = Field(primary_key=True)
    kind: str = ""
    visit: str | None = None
    bundle_id: str | None = None
    prev: str | None = None
    principal: str = ""
    data: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)
    source: str
    arrived_at: str
    state: str
    code: str = ""
    reason: str = ""
    applied_seq: int | None = Field(default=None, sa_type=BigInteger)


class Arrival(Base, table=True):
    """A name at a remote that was read, and the SHA-256 of what stood there: it need not be read again."""

    __tablename__: ClassVar[Any] = "arrival"
    __table_args__ = ({"sqlite_with_rowid": False},)

    remote: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    sha256: str


class Outgoing(Base, table=True):
    """A statement of this office for one device; numbered from 1 in the order in which they were signed."""

    __tablename__: ClassVar[Any] = "outgoing"
    __table_args__ = (Index(None, "bundle_id"), Index(None, "published_at"))

    device: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    id: str
    kind: str
    bundle_id: str
    data: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)
    queued_at: str
    published_at: str = ""


METADATA = Base.metadata
DELIVERY = METADATA.tables["delivery"]
PIECE = METADATA.tables["piece"]
STATEMENT = METADATA.tables["statement"]
ARRIVAL = METADATA.tables["arrival"]
OUTGOING = METADATA.tables["outgoing"]
