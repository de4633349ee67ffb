from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.errors import (
    DatabaseDamagedError,
    DatabaseTooNewError,
    NotFoundError,
    StorageError,
    WorkspaceHeldError,
)
from evaluator.store import answers, events, meta, visits
from evaluator.store.answers import StoredAnswer
from evaluator.store.database import Database, open_database
from evaluator.store.events import Author
from evaluator.store.tables import APPLICATION_ID, SCHEMA_VERSION

from .conftest import damage, fill

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX file modes")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("locking_mode", "exclusive"),
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("fullfsync", 1),
        ("checkpoint_fullfsync", 1),
        ("foreign_keys", 1),
        ("busy_timeout", 2000),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("temp_store", 2),
        ("secure_delete", 1),
        ("journal_size_limit", 67108864),
        ("page_size", 4096),
        ("encoding", "UTF-8"),
        ("auto_vacuum", 0),
        ("application_id", APPLICATION_ID),
        ("user_version", SCHEMA_VERSION),
    ],
)
def test_the_connection_says_it_is_durable(database: Database, setting: str, value: object) -> None:
    assert database.raw.execute(f"PRAGMA {setting}").fetchone()[0] == value


def test_the_settings_hold_on_every_opening(home: Path) -> None:
    for _ in range(2):
        with open_database(home / "evaluator.db", create=True) as database:
            read = {
                name: database.raw.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("synchronous", "foreign_keys", "locking_mode", "trusted_schema")
            }
            assert read == {
                "synchronous": 2,
                "foreign_keys": 1,
                "locking_mode": "exclusive",
                "trusted_schema": 0,
            }


@posix
@pytest.mark.usefixtures("visit")
def test_only_the_owner_may_read_what_is_written(home: Path) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    assert modes == {"evaluator.db": 0o600, "evaluator.db-wal": 0o600, "reserve.bin": 0o600}


@posix
def test_a_readable_database_is_made_private_again(database: Database) -> None:
    database.close()
    database.path.chmod(0o644)
    open_database(database.path).close()
    assert stat.S_IMODE(database.path.stat().st_mode) == 0o600


def test_a_transaction_is_all_or_nothing(database: Database, visit: str, by: Author) -> None:
    def fail() -> None:
        with database.transaction() as connection:
            answers.save(connection, visit, None, StoredAnswer("gov.GOV-01", value=3), by)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with database.reading() as connection:
        assert answers.load(connection, visit) == {}
        assert events.last_seq(connection) == 0
        assert visits.get(connection, visit).visit_rev == 0


def test_a_refused_row_leaves_the_connection_usable(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), database.transaction() as connection:
        answers.put(connection, "no such visit", StoredAnswer("gov.GOV-01", value=3))
    with database.transaction() as connection:
        meta.put(connection, meta.DEVICE, "lt-014")
    with database.reading() as connection:
        assert meta.find(connection, meta.DEVICE) == "lt-014"
        assert meta.find(connection, "unknown") is None


def test_a_transaction_within_a_transaction_is_a_mistake(database: Database) -> None:
    with (
        database.transaction(),
        pytest.raises(RuntimeError, match="open already"),
        database.transaction(),
    ):
        pytest.fail("entered")


def test_there_must_be_a_database(home: Path) -> None:
    with pytest.raises(NotFoundError) as raised:
        open_database(home / "evaluator.db")
    assert raised.value.code == "database_not_found"
    assert not home.exists()


def test_a_second_process_is_refused(database: Database) -> None:
    script = (
        "import sys; from pathlib import Path; from evaluator.store.database import open_database\n"
        "try: open_database(Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__, error.exit_code)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, str(database.path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert found.stdout.split() == [WorkspaceHeldError.__name__, "3"]


def test_a_newer_schema_is_refused_and_left_alone(home: Path, database: Database) -> None:
    database.raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    database.close()
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    with pytest.raises(DatabaseTooNewError) as raised:
        open_database(database.path, create=True)
    assert raised.value.code == "database_too_new"
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


@pytest.mark.parametrize("kind", ["other program", "no database", "tables without a name"])
def test_a_foreign_file_is_refused_and_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "evaluator.db"
    if kind == "no database":
        path.write_bytes(b"PK\x03\x04" * 100)
    else:
        foreign = sqlite3.connect(path)
        foreign.execute("CREATE TABLE notes (text)")
        if kind == "other program":
            foreign.execute("PRAGMA application_id = 7")
        foreign.close()
    before = path.read_bytes()
    with pytest.raises(StorageError) as raised:
        open_database(path, create=True)
    assert raised.value.code == "foreign_database"
    if kind != "tables without a name":  # whose header SQLite must open to tell
        assert path.read_bytes() == before


def test_an_empty_file_becomes_a_database_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "evaluator.db"
    path.touch()
    with pytest.raises(NotFoundError):
        open_database(path)
    with open_database(path, create=True) as database, database.reading() as connection:
        assert visits.list_all(connection) == []


def test_a_trigger_slipped_into_the_file_is_refused(database: Database) -> None:
    database.raw.execute(
        "CREATE TRIGGER gift AFTER INSERT ON answer BEGIN UPDATE visit SET state = 'approved'; END"
    )
    database.close()
    with pytest.raises(DatabaseDamagedError, match="gift"):
        open_database(database.path)


def test_a_missing_guard_of_the_audit_trail_is_refused(database: Database) -> None:
    database.raw.execute("DROP TRIGGER event_no_update")
    database.close()
    with pytest.raises(DatabaseDamagedError, match="event_no_update"):
        open_database(database.path)


def test_damaged_pages_are_seen_on_opening(database: Database, visit: str, by: Author) -> None:
    fill(database, visit, by)
    database.close()
    damage(database.path)
    with pytest.raises(DatabaseDamagedError) as raised:
        open_database(database.path)
    assert raised.value.exit_code == 3


def test_a_changed_entry_of_the_audit_trail_is_seen_on_opening(
    database: Database, visit: str, by: Author
) -> None:
    with database.transaction() as connection:
        answers.save(connection, visit, None, StoredAnswer("gov.GOV-01", value=3), by)
    guard = database.raw.execute("SELECT sql FROM sqlite_schema WHERE name = 'event_no_update'").fetchone()[0]
    database.raw.execute("DROP TRIGGER event_no_update")
    database.raw.execute("UPDATE event SET new = '4'")
    database.raw.execute(guard)
    database.close()
    with pytest.raises(DatabaseDamagedError):
        open_database(database.path)
    open_database(database.path, check=False).close()
