from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from evaluator.errors import DatabaseTooNewError, DiskFullError, StorageError
from evaluator.store import answers, backup, events, tables
from evaluator.store.answers import StoredAnswer
from evaluator.store.database import Database, open_database
from evaluator.store.events import Author
from evaluator.store.migrations import migrate, upgrade

_NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visit", sa.Column("moderator", sa.String(), nullable=False, server_default=""))
    op.create_table("ranking", sa.Column("region", sa.String(), primary_key=True))
    {then}
"""


def _schema(connection: object) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT type || ' ' || name, sql FROM sqlite_schema")  # type: ignore[attr-defined]
    return {name: " ".join(sql.split()) if sql else "" for name, sql in rows}


def test_migrating_from_nothing_gives_the_schema_of_the_tables() -> None:
    made, migrated = create_engine("sqlite://"), create_engine("sqlite://")
    with made.begin() as connection:
        tables.create_all(connection)
        wanted = _schema(connection)
        stamp = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    with migrated.begin() as connection:
        upgrade(connection)
        found = _schema(connection)
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == stamp
    made.dispose()
    migrated.dispose()
    assert found == wanted
    assert len(wanted) > 20


def test_the_tables_compile_for_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in tables.METADATA.sorted_tables:
        assert "WITHOUT ROWID" not in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            str(CreateIndex(index).compile(dialect=dialect))
    assert "plpgsql" in "".join(tables.guards("postgresql"))


def test_every_foreign_key_restricts_and_every_check_has_a_name() -> None:
    for table in tables.METADATA.sorted_tables:
        for constraint in table.foreign_key_constraints:
            assert constraint.ondelete == "RESTRICT"
        assert all(constraint.name for constraint in table.constraints)


@pytest.fixture
def filled(database: Database, visit: str, by: Author) -> Database:
    with database.transaction() as connection:
        for number in range(50):
            answer = StoredAnswer(f"gov.GOV-{number:02d}", value=number, note="catatan")
            answers.save(connection, visit, None, answer, by)
    return database


def _further(tmp_path: Path, then: str = "") -> list[Path]:
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "v0002_next.py").write_text(_NEXT.replace("{then}", then))
    return [folder]


def _contents(database: Database, visit: str) -> object:
    with database.reading() as connection:
        return answers.load(connection, visit), events.as_jsonl(connection, visit)


def test_a_migration_keeps_everything_and_makes_a_copy_first(
    filled: Database, visit: str, tmp_path: Path
) -> None:
    before = _contents(filled, visit)
    copy = migrate(filled, 1, 2, _further(tmp_path))
    assert _contents(filled, visit) == before
    assert filled.raw.execute("PRAGMA user_version").fetchone()[0] == 2
    assert filled.raw.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert filled.raw.execute("SELECT moderator FROM visit").fetchall() == [("",)]
    assert filled.raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]
    assert copy == backup.list_all(filled.path.with_name("snapshots"))[0]
    assert copy.name == "snapshot-000001-schema-1.db"
    old = sqlite3.connect(copy)
    assert old.execute("PRAGMA user_version").fetchone()[0] == 1
    assert old.execute("SELECT count(*) FROM answer").fetchone()[0] == 50
    old.close()
    filled.close()
    with pytest.raises(DatabaseTooNewError):
        open_database(filled.path)


@pytest.mark.parametrize(
    ("then", "kind"),
    [
        ("raise RuntimeError('half way')", RuntimeError),
        ("op.execute('DELETE FROM answer')", StorageError),
        ("op.execute(\"UPDATE answer SET note = ''\")", StorageError),
        ("op.execute(\"UPDATE visit SET audit_head = 'x'\")", StorageError),
        ("op.execute('DROP TRIGGER event_no_delete')", StorageError),
        ("op.execute(\"UPDATE answer SET visit = 'nowhere'\")", StorageError),
    ],
)
def test_a_migration_that_fails_or_loses_something_changes_nothing(
    filled: Database, visit: str, tmp_path: Path, then: str, kind: type[Exception]
) -> None:
    before = _contents(filled, visit)
    schema = filled.raw.execute("SELECT name, sql FROM sqlite_schema").fetchall()
    with pytest.raises(kind):
        migrate(filled, 1, 2, _further(tmp_path, then))
    assert _contents(filled, visit) == before
    assert filled.raw.execute("SELECT name, sql FROM sqlite_schema").fetchall() == schema
    assert filled.raw.execute("PRAGMA user_version").fetchone()[0] == 1
    assert filled.raw.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    filled.close()
    open_database(filled.path).close()


def test_a_migration_without_room_does_not_begin(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.store.migrations.free_bytes", lambda _path: 1000)
    with pytest.raises(DiskFullError):
        migrate(filled, 1)
    assert backup.list_all(filled.path.with_name("snapshots")) == []
