"""The tables, one schema for laptop and office, SQLite and PostgreSQL.

Values are canonical JSON text, moments are ISO 8601 text, order is always a sequence number and never a clock.
Rows of these classes are not built on the way of an answer: the function modules speak to the `Table` objects at
the end of this file through SQLAlchemy Core, which costs a third of the ORM.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index, String, Table
from sqlalchemy import CheckConstraint as Check
from sqlmodel import Field

from evaluator.store import exchange_tables
from evaluator.store.base import Base, one_of, to

APPLICATION_ID = 0x45564131  # "EVA1"
SCHEMA_VERSION = 1

VISIT_STATES = ("draft", "final", "sent", "received", "returned", "rejected", "approved")
OPERATIONS = (
    "set", "clear", "na", "attach", "detach", "row_add", "row_delete", "row_move", "flag", "finalise", "reopen",
    "migrate",
)  # fmt: skip
BUNDLE_STATES = ("sealed", "sent", "received", "quarantined")
REFERENCE_KINDS = ("self", "previous")


class Meta(Base, table=True):
    """One fact about this workspace, such as its device id."""

    __tablename__: ClassVar[Any] = "meta"

    name: str = Field(primary_key=True)
    value: str


class Visit(Base, table=True):
    """One assessor's evaluation of one region in one round, with the counters that the list of visits shows."""

    __tablename__: ClassVar[Any] = "visit"
    __table_args__ = (
        one_of("state", VISIT_STATES),
        Check("revision >= 0", name="revision"),
        Index(None, "state", "last_seq"),
        Index(None, "region_code", "round", "intake", "principal"),
    )

    id: str = Field(primary_key=True)
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
    created_at: str
    updated_at: str
    visit_rev: int = 0
    audit_head: str = ""
    last_seq: int = Field(default=0, sa_type=BigInteger)


class Answer(Base, table=True):
    """The answer to one question in one row (`row` is "" outside repeats)."""

    __tablename__: ClassVar[Any] = "answer"
    __table_args__ = (
        to("visit", "visit"),
        Check("value IS NULL OR na = ''", name="value_or_na"),
        Check("flag IN (0, 1)", name="flag"),
        {"sqlite_with_rowid": False},
    )

    visit: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    row: str = Field(primary_key=True)
    value: str | None = None
    na: str = ""
    note: str = ""
    flag: int = 0
    confidence: str = ""
    evidence_quality: int | None = None
    respondents: str | None = None
    data_year: int | None = None
    source: str = ""
    data_quality: str = ""
    gate_reason: str = ""
    first_score: int | None = None
    first_seq: int | None = Field(default=None, sa_type=BigInteger)
    revealed_seq: int | None = Field(default=None, sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)


class Row(Base, table=True):
    """One row of a repeat; its id lasts, its position does not. A deleted row stays, so that undo finds it."""

    __tablename__: ClassVar[Any] = "row"
    __table_args__ = (to("visit", "visit"), Check("position >= 1", name="position"))

    visit: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    repeat: str
    parent: str = ""
    position: int
    deleted_seq: int | None = Field(default=None, sa_type=BigInteger)


class Event(Base, table=True):
    """One line of the audit trail. Never changed, never deleted: triggers see to it.

    `seq` rises over the whole workspace, `visit_rev` within the visit; `hash` covers every key of the exported
    line but itself, `prev` is the hash before it in the same visit.
    """

    __tablename__: ClassVar[Any] = "event"
    __table_args__ = (
        to("visit", "visit"),
        one_of("op", OPERATIONS),
        # An office holds events of many devices, each of which counts from 1.
        Index("uq_event_seq_device", "seq", "device", unique=True),
    )

    visit: str = Field(primary_key=True)
    visit_rev: int = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    at: str
    mono_ns: int = Field(sa_type=BigInteger)
    boot: str
    actor: str
    device: str
    path: str = ""
    row: str = ""
    op: str
    old: str | None = None
    new: str | None = None
    reason: str = ""
    prev: str
    hash: str


class Reply(Base, table=True):
    """The reply that a token was given, so that sending a line again changes nothing."""

    __tablename__: ClassVar[Any] = "reply"
    __table_args__ = (to("visit", "visit"), {"sqlite_with_rowid": False})

    visit: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    reply: str


class Evidence(Base, table=True):
    """What supports answers; the file lies under its hash in the evidence folder."""

    __tablename__: ClassVar[Any] = "evidence"
    __table_args__ = (
        to("visit", "visit"),
        Check("bytes >= 0", name="bytes"),
        Check("length(sha256) = 64", name="sha256"),
        Index(None, "sha256"),
    )

    visit: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    sha256: str
    bytes: int = Field(sa_type=BigInteger)
    name: str
    extension: str
    type: str
    title: str = ""
    holder: str = ""
    date: str = ""
    page: str = ""
    caption: str = ""
    verified_by: str = ""
    verified_at: str = ""
    added_seq: int = Field(sa_type=BigInteger)
    removed_seq: int | None = Field(default=None, sa_type=BigInteger)


class EvidenceLink(Base, table=True):
    """That one piece of evidence supports one answer."""

    __tablename__: ClassVar[Any] = "evidence_link"
    __table_args__ = (
        to("evidence", "visit", "evidence", remote=("visit", "id")),
        {"sqlite_with_rowid": False},
    )

    visit: str = Field(primary_key=True)
    evidence: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    row: str = Field(primary_key=True)


class ReferenceAnswer(Base, table=True):
    """What the region said of itself, or what last year's bundle said: shown beside an answer, never mixed with it."""

    __tablename__: ClassVar[Any] = "reference_answer"
    __table_args__ = (
        to("visit", "visit"),
        one_of("kind", REFERENCE_KINDS),
        {"sqlite_with_rowid": False},
    )

    visit: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    row: str = Field(primary_key=True)
    value: str | None = None
    note: str = ""


class Bundle(Base, table=True):
    """One sealed revision of a visit. `file` is the name inside the outbox."""

    __tablename__: ClassVar[Any] = "bundle"
    __table_args__ = (
        to("visit", "visit"),
        one_of("state", BUNDLE_STATES),
        Check("revision >= 1", name="revision"),
        Index(None, "visit", "revision"),
        Index(None, "device", "device_seq"),
    )

    bundle_id: str = Field(primary_key=True)
    visit: str
    revision: int
    file: str
    sha256: str
    bytes: int = Field(sa_type=BigInteger)
    created: str
    prev: str | None = None
    device: str
    device_seq: int = Field(sa_type=BigInteger)
    reason: str = ""
    state: str = "sealed"


class Comment(Base, table=True):
    """A reviewer's remark on one answer. `visit` is empty where the visit itself is not in this workspace."""

    __tablename__: ClassVar[Any] = "comment"
    __table_args__ = (to("visit", "visit"), Index(None, "visit"), Index(None, "bundle_id"))

    id: str = Field(primary_key=True)
    visit: str | None = None
    bundle_id: str
    path: str
    row: str = ""
    text: str
    author: str
    at: str
    answer: str = ""
    answered_at: str = ""


class Signer(Base, table=True):
    """A public key that this workspace knows, with what it may sign."""

    __tablename__: ClassVar[Any] = "signer"

    fingerprint: str = Field(primary_key=True)
    principal: str
    role: str
    org: str = ""
    public_key: str
    added_at: str


METADATA = exchange_tables.METADATA
ALEMBIC_VERSION = Table(
    "alembic_version",
    METADATA,
    # Alembic's own layout of the table, so that a database made without it can be migrated later.
    Column("version_num", String(32), primary_key=True, nullable=False),
)
ALEMBIC_VERSION.primary_key.name = "alembic_version_pkc"

META = METADATA.tables["meta"]
VISIT = METADATA.tables["visit"]
ANSWER = METADATA.tables["answer"]
ROW = METADATA.tables["row"]
EVENT = METADATA.tables["event"]
REPLY = METADATA.tables["reply"]
EVIDENCE = METADATA.tables["evidence"]
EVIDENCE_LINK = METADATA.tables["evidence_link"]
REFERENCE_ANSWER = METADATA.tables["reference_answer"]
BUNDLE = METADATA.tables["bundle"]
COMMENT = METADATA.tables["comment"]
SIGNER = METADATA.tables["signer"]

TRIGGERS = {
    f"event_no_{action.lower()}": (
        f"CREATE TRIGGER event_no_{action.lower()} BEFORE {action} ON event "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
    )
    for action in ("UPDATE", "DELETE")
}
_POSTGRESQL_GUARD = (
    "CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
    "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event "
    "FOR EACH ROW EXECUTE FUNCTION event_append_only()",
)


def guards(dialect: str) -> tuple[str, ...]:
    """The statements that make `event` append-only on `dialect`."""
    return tuple(TRIGGERS.values()) if dialect == "sqlite" else _POSTGRESQL_GUARD


def create_all(connection: Any) -> None:
    """The whole schema in an empty database, marked as migrated up to SCHEMA_VERSION."""
    METADATA.create_all(connection, checkfirst=False)
    for statement in guards(connection.dialect.name):
        connection.exec_driver_sql(statement)
    connection.execute(ALEMBIC_VERSION.insert().values(version_num=f"{SCHEMA_VERSION:04d}"))
