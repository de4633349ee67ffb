"""The first schema.

A released migration is never changed; a new one adds and does not rebuild (see README.md of the store).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meta", _text("name"), _text("value"), sa.PrimaryKeyConstraint("name", name=op.f("pk_meta"))
    )
    op.create_table(
        "signer",
        _text("fingerprint"),
        _text("principal"),
        _text("role"),
        _text("org"),
        _text("public_key"),
        _text("added_at"),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_signer")),
    )
    op.create_table(
        "visit",
        _text("id"),
        _text("region_code"),
        _text("region_name"),
        _text("round"),
        _text("intake"),
        _text("instrument_id"),
        _text("instrument_version"),
        _text("instrument_sha"),
        _text("principal"),
        _text("assessor_name"),
        _text("state"),
        sa.Column("revision", sa.Integer(), nullable=False),
        _text("previous_bundle", nullable=True),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        _text("progress"),
        _text("created_at"),
        _text("updated_at"),
        sa.Column("visit_rev", sa.Integer(), nullable=False),
        _text("audit_head"),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.CheckConstraint(
            "state IN ('draft', 'final', 'sent', 'received', 'returned', 'rejected', 'approved')",
            name=op.f("ck_visit_state"),
        ),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_visit_revision")),
    )
    op.create_index(
        op.f("ix_visit_region_code_round_intake_principal"),
        "visit",
        ["region_code", "round", "intake", "principal"],
        unique=False,
    )
    op.create_index(op.f("ix_visit_state_last_seq"), "visit", ["state", "last_seq"], unique=False)
    op.create_table(
        "answer",
        _text("visit"),
        _text("path"),
        _text("row"),
        _text("value", nullable=True),
        _text("na"),
        _text("note"),
        sa.Column("flag", sa.Integer(), nullable=False),
        _text("confidence"),
        sa.Column("evidence_quality", sa.Integer(), nullable=True),
        _text("respondents", nullable=True),
        sa.Column("data_year", sa.Integer(), nullable=True),
        _text("source"),
        _text("data_quality"),
        _text("gate_reason"),
        sa.Column("first_score", sa.Integer(), nullable=True),
        sa.Column("first_seq", sa.BigInteger(), nullable=True),
        sa.Column("revealed_seq", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("visit", "path", "row", name=op.f("pk_answer")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_answer_visit"), ondelete="RESTRICT"),
        sa.CheckConstraint("value IS NULL OR na = ''", name=op.f("ck_answer_value_or_na")),
        sa.CheckConstraint("flag IN (0, 1)", name=op.f("ck_answer_flag")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bundle",
        _text("bundle_id"),
        _text("visit"),
        sa.Column("revision", sa.Integer(), nullable=False),
        _text("file"),
        _text("sha256"),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        _text("created"),
        _text("prev", nullable=True),
        _text("device"),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        _text("reason"),
        _text("state"),
        sa.PrimaryKeyConstraint("bundle_id", name=op.f("pk_bundle")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_bundle_visit"), ondelete="RESTRICT"),
        sa.CheckConstraint(
            "state IN ('sealed', 'sent', 'received', 'quarantined')", name=op.f("ck_bundle_state")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_bundle_revision")),
    )
    op.create_index(op.f("ix_bundle_device_device_seq"), "bundle", ["device", "device_seq"], unique=False)
    op.create_index(op.f("ix_bundle_visit_revision"), "bundle", ["visit", "revision"], unique=False)
    op.create_table(
        "comment",
        _text("id"),
        _text("visit", nullable=True),
        _text("bundle_id"),
        _text("path"),
        _text("row"),
        _text("text"),
        _text("author"),
        _text("at"),
        _text("answer"),
        _text("answered_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_comment_visit"), ondelete="RESTRICT"),
    )
    op.create_index(op.f("ix_comment_bundle_id"), "comment", ["bundle_id"], unique=False)
    op.create_index(op.f("ix_comment_visit"), "comment", ["visit"], unique=False)
    op.create_table(
        "event",
        _text("visit"),
        sa.Column("visit_rev", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        _text("at"),
        sa.Column("mono_ns", sa.BigInteger(), nullable=False),
        _text("boot"),
        _text("actor"),
        _text("device"),
        _text("path"),
        _text("row"),
        _text("op"),
        _text("old", nullable=True),
        _text("new", nullable=True),
        _text("reason"),
        _text("prev"),
        _text("hash"),
        sa.PrimaryKeyConstraint("visit", "visit_rev", name=op.f("pk_event")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_event_visit"), ondelete="RESTRICT"),
        sa.CheckConstraint(
            "op IN ('set', 'clear', 'na', 'attach', 'detach', 'row_add', 'row_delete', 'row_move', 'flag',"
            " 'finalise', 'reopen', 'migrate')",
            name=op.f("ck_event_op"),
        ),
    )
    op.create_index("uq_event_seq_device", "event", ["seq", "device"], unique=True)
    op.create_table(
        "evidence",
        _text("visit"),
        _text("id"),
        _text("sha256"),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        _text("name"),
        _text("extension"),
        _text("type"),
        _text("title"),
        _text("holder"),
        _text("date"),
        _text("page"),
        _text("caption"),
        _text("verified_by"),
        _text("verified_at"),
        sa.Column("added_seq", sa.BigInteger(), nullable=False),
        sa.Column("removed_seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("visit", "id", name=op.f("pk_evidence")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_evidence_visit"), ondelete="RESTRICT"),
        sa.CheckConstraint("bytes >= 0", name=op.f("ck_evidence_bytes")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_evidence_sha256")),
    )
    op.create_index(op.f("ix_evidence_sha256"), "evidence", ["sha256"], unique=False)
    op.create_table(
        "reference_answer",
        _text("visit"),
        _text("kind"),
        _text("path"),
        _text("row"),
        _text("value", nullable=True),
        _text("note"),
        sa.PrimaryKeyConstraint("visit", "kind", "path", "row", name=op.f("pk_reference_answer")),
        sa.ForeignKeyConstraint(
            ["visit"], ["visit.id"], name=op.f("fk_reference_answer_visit"), ondelete="RESTRICT"
        ),
        sa.CheckConstraint("kind IN ('self', 'previous')", name=op.f("ck_reference_answer_kind")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reply",
        _text("visit"),
        _text("token"),
        _text("reply"),
        sa.PrimaryKeyConstraint("visit", "token", name=op.f("pk_reply")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_reply_visit"), ondelete="RESTRICT"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "row",
        _text("visit"),
        _text("id"),
        _text("repeat"),
        _text("parent"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("deleted_seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("visit", "id", name=op.f("pk_row")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_row_visit"), ondelete="RESTRICT"),
        sa.CheckConstraint("position >= 1", name=op.f("ck_row_position")),
    )
    op.create_table(
        "evidence_link",
        _text("visit"),
        _text("evidence"),
        _text("path"),
        _text("row"),
        sa.PrimaryKeyConstraint("visit", "evidence", "path", "row", name=op.f("pk_evidence_link")),
        sa.ForeignKeyConstraint(
            ["visit", "evidence"],
            ["evidence.visit", "evidence.id"],
            name=op.f("fk_evidence_link_visit_evidence"),
            ondelete="RESTRICT",
        ),
        sqlite_with_rowid=False,
    )
    _exchange()

    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER event_no_update BEFORE UPDATE ON event "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        )
        op.execute(
            "CREATE TRIGGER event_no_delete BEFORE DELETE ON event "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        )
    else:
        op.execute(
            "CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event "
            "FOR EACH ROW EXECUTE FUNCTION event_append_only()"
        )


def _exchange() -> None:
    op.create_table(
        "arrival",
        _text("remote"),
        _text("name"),
        _text("sha256"),
        sa.PrimaryKeyConstraint("remote", "name", name=op.f("pk_arrival")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delivery",
        _text("id"),
        _text("device"),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        _text("bundle_id"),
        _text("prev", nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        _text("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_bundle_id"), "delivery", ["bundle_id"], unique=False)
    op.create_index(op.f("ix_delivery_device_seq"), "delivery", ["device", "seq"], unique=False)
    op.create_table(
        "outgoing",
        _text("device"),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        _text("id"),
        _text("kind"),
        _text("bundle_id"),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        _text("queued_at"),
        _text("published_at"),
        sa.PrimaryKeyConstraint("device", "seq", name=op.f("pk_outgoing")),
    )
    op.create_index(op.f("ix_outgoing_bundle_id"), "outgoing", ["bundle_id"], unique=False)
    op.create_index(op.f("ix_outgoing_published_at"), "outgoing", ["published_at"], unique=False)
    op.create_table(
        "piece",
        _text("remote"),
        _text("sha256"),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        _text("at"),
        sa.PrimaryKeyConstraint("remote", "sha256", name=op.f("pk_piece")),
        sa.CheckConstraint("bytes >= 0", name=op.f("ck_piece_bytes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement",
        _text("id"),
        _text("kind"),
        _text("visit", nullable=True),
        _text("bundle_id", nullable=True),
        _text("prev", nullable=True),
        _text("principal"),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        _text("source"),
        _text("arrived_at"),
        _text("state"),
        _text("code"),
        _text("reason"),
        sa.Column("applied_seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.CheckConstraint(
            "state IN ('applied', 'held', 'quarantined', 'conflict')", name=op.f("ck_statement_state")
        ),
    )
    op.create_index(op.f("ix_statement_bundle_id"), "statement", ["bundle_id"], unique=False)
    op.create_index(op.f("ix_statement_state"), "statement", ["state"], unique=False)
    op.create_index(op.f("ix_statement_visit"), "statement", ["visit"], unique=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)
