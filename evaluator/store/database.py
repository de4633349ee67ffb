"""The one connection to the database: opened in a fixed way, checked, and every failure of it named.

    with open_database(workspace.database, create=True) as database:
        with database.transaction() as connection:
            answers.save(connection, …)

What stood in `transaction` is on the medium when the block is left without an error; otherwise nothing of it is.
The connection belongs to one thread at a time and holds the file exclusively; take `lock.hold` first, which can
tell who else is there.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection, Engine, StaticPool, create_engine
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.exc import DBAPIError

from evaluator.errors import DatabaseTooNewError, DiskFullError, NotFoundError, StorageError
from evaluator.language import _
from evaluator.paths import disk_errors, fsync_directory, make_directory
from evaluator.store import events, failures
from evaluator.store.tables import (
    APPLICATION_ID,
    METADATA,
    SCHEMA_VERSION,
    TRIGGERS,
    create_all,
)

# The order matters: the locking mode before the first access, foreign keys outside a transaction. The reasons
# stand in README.md; the second member is the answer that SQLite must give, None where it may differ.
PROFILE: Final = (
    ("locking_mode", "EXCLUSIVE", "exclusive"),
    ("journal_mode", "WAL", None),
    ("synchronous", "FULL", None),
    ("fullfsync", "ON", None),
    ("checkpoint_fullfsync", "ON", None),
    ("foreign_keys", "ON", None),
    ("busy_timeout", "2000", None),
    ("trusted_schema", "OFF", None),
    ("cell_size_check", "ON", None),
    ("mmap_size", "0", None),
    ("temp_store", "MEMORY", None),
    ("secure_delete", "ON", None),
    ("journal_size_limit", "67108864", None),
)
_CREATION: Final = (("page_size", "4096"), ("encoding", "'UTF-8'"), ("auto_vacuum", "NONE"))
# Errors of the caller, not of the disk.
_MISTAKES: Final = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.DataError,
)
_OLDEST_SQLITE: Final = (3, 37, 0)
_LINKS_CHECKED: Final = 200
_HEADER_MAGIC: Final = b"SQLite format 3\x00"


class Database:
    """An open database. Get one from `open_database`."""

    def __init__(self, path: Path, raw: sqlite3.Connection, journal_mode: str) -> None:
        self.path = path
        self.reserve = path.with_name("reserve.bin")
        self.journal_mode = journal_mode
        self._guard = threading.RLock()
        self._begin = "BEGIN IMMEDIATE"
        self._suspect = False
        self._attach(raw)

    def _attach(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self._engine: Engine = create_engine(
            "sqlite://", creator=lambda: raw, poolclass=StaticPool, skip_autocommit_rollback=True
        )
        sqlalchemy_event.listen(self._engine, "begin", lambda _connection: raw.execute(self._begin))
        self._connection = self._engine.connect()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All of the block or nothing of it; durable when left without an error.

        Raises StorageError (DiskFullError, DatabaseDamagedError, …) or WorkspaceHeldError when the disk fails;
        nothing of the block is stored then, and it may be tried again.
        """
        with self._within("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view to read from."""
        with self._within("BEGIN") as connection:
            yield connection

    @contextmanager
    def _within(self, begin: str) -> Iterator[Connection]:
        with self._guard:
            if self._connection.in_transaction():
                raise RuntimeError("a transaction is open already on this connection")
            if self._suspect:
                self._reopen()
            self._begin = begin
            try:
                with self._connection.begin():
                    yield self._connection
            except (DBAPIError, sqlite3.Error) as error:
                self._clear()
                original = error.orig if isinstance(error, DBAPIError) else error
                if not isinstance(original, sqlite3.Error) or _is_mistake(original):
                    raise
                raise self.failure(original) from error
            except BaseException:
                self._clear()
                raise

    @contextmanager
    def backing_up(self) -> Iterator[sqlite3.Connection]:
        """The driver's connection outside a transaction, to copy or examine the whole file with; errors are named
        as in `transaction`."""
        with self._guard:
            if self._connection.in_transaction():
                raise RuntimeError("a transaction is open already on this connection")
            try:
                yield self.raw
            except sqlite3.Error as error:
                if _is_mistake(error):
                    raise
                raise self.failure(error) from error

    def _clear(self) -> None:
        """Leave no transaction behind, whatever failed."""
        if self._connection.in_transaction():
            with suppress(DBAPIError):
                self._connection.rollback()
        with suppress(sqlite3.Error):
            if self.raw.in_transaction:
                self.raw.execute("ROLLBACK")

    def failure(self, error: sqlite3.Error) -> Exception:
        """The error to raise for `error`. Gives up the reserve on a full disk; after an I/O error the connection
        is opened anew and checked before it is used again, since a failed fsync may have dropped pages."""
        if failures.primary_code(error) == sqlite3.SQLITE_IOERR:
            self._suspect = True
        told = failures.storage_error(error, self.path)
        if isinstance(told, DiskFullError):
            failures.give_up_reserve(self.reserve)
        return told

    def _reopen(self) -> None:
        self._disconnect()
        try:
            raw, self.journal_mode = _connect(self.path, create=False)
            try:
                _quick_check(raw, self.path)
            except BaseException:
                raw.close()
                raise
        except sqlite3.Error as error:
            raise failures.storage_error(error, self.path) from error
        self._attach(raw)
        self._suspect = False

    def _disconnect(self) -> None:
        with suppress(DBAPIError):
            self._connection.close()
        self._engine.dispose()
        with suppress(sqlite3.Error):
            self.raw.close()

    def close(self) -> None:
        """Close the database; may be called twice."""
        with self._guard:
            self._disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_database(path: Path, *, create: bool = False, check: bool = True) -> Database:
    """Open the database at `path`, making it (with its folder) if `create` and there is none.

    An older schema is migrated, after a snapshot. `check` (which only `examine` goes without) runs a quick check
    and verifies the last links of the audit trail. Raises NotFoundError, DatabaseTooNewError or a StorageError for a
    foreign file without touching it, DatabaseDamagedError, WorkspaceHeldError.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StorageError(
            "sqlite_too_old",
            _("SQLite {version} is too old").format(version=sqlite3.sqlite_version),
            _("Use a Python with SQLite 3.37 or newer"),
        )
    fresh = _prepare_file(path, create)
    try:
        raw, journal_mode = _connect(path, create=fresh)
    except sqlite3.Error as error:
        raise failures.storage_error(error, path) from error
    database = Database(path, raw, journal_mode)
    try:
        _bring_up_to_date(database, create)
        if check:
            _check(database)
    except DBAPIError as error:
        database.close()
        if isinstance(error.orig, sqlite3.Error):
            raise failures.storage_error(error.orig, path) from error
        raise
    except sqlite3.Error as error:
        database.close()
        raise failures.storage_error(error, path) from error
    except BaseException:
        database.close()
        raise
    failures.keep_reserve(database.reserve)
    return database


def _is_mistake(error: sqlite3.Error) -> bool:
    """Whether the caller is wrong and not the disk: a broken constraint, a misspelt statement."""
    mistakes = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError)
    return isinstance(error, mistakes) or failures.primary_code(error) == sqlite3.SQLITE_ERROR


def _prepare_file(path: Path, create: bool) -> bool:
    """Make the file with its mode, or look at its header; whether it is empty."""
    if not path.exists():
        if not create:
            raise NotFoundError(
                "database_not_found",
                _("There is no database {path}").format(path=path),
                _("Make a workspace with `evaluator init`"),
            )
        make_directory(path.parent)
        with disk_errors(path):
            # SQLite makes its files by the umask; the write-ahead log takes the mode of the database.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            fsync_directory(path.parent)
        return True
    with disk_errors(path):
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
        with path.open("rb") as file:
            header = file.read(100)
    if not header:
        return True
    if header[:16] != _HEADER_MAGIC:
        raise _foreign(path)
    if int.from_bytes(header[60:64], "big") > SCHEMA_VERSION:
        raise _too_new(path)
    application = int.from_bytes(header[68:72], "big")
    if application not in (0, APPLICATION_ID):
        raise _foreign(path)
    return False


def _connect(path: Path, *, create: bool) -> tuple[sqlite3.Connection, str]:
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=2.0)
    try:
        journal_mode = ""
        for name, value, expected in PROFILE:
            answer = raw.execute(f"PRAGMA {name} = {value}").fetchone()
            if expected is not None and (answer is None or answer[0] != expected):
                raise StorageError(
                    "profile_refused",
                    _("SQLite refuses {setting} on {path}").format(setting=f"{name}={value}", path=path),
                    _("Keep the workspace on a local disk"),
                )
            if name == "locking_mode" and create:
                for setting, wanted in _CREATION:
                    raw.execute(f"PRAGMA {setting} = {wanted}")
            if name == "journal_mode":
                journal_mode = answer[0]
        if journal_mode != "wal":
            # Some file systems cannot do it; this is the next best that lost nothing under power cuts.
            journal_mode = raw.execute("PRAGMA journal_mode = TRUNCATE").fetchone()[0]
        if raw.execute("PRAGMA foreign_keys").fetchone()[0] != 1:
            raise StorageError(
                "profile_refused",
                _("SQLite refuses {setting} on {path}").format(setting="foreign_keys=ON", path=path),
            )
    except BaseException:
        raw.close()
        raise
    return raw, journal_mode


def _bring_up_to_date(database: Database, create: bool) -> None:
    application = database.raw.execute("PRAGMA application_id").fetchone()[0]
    version = database.raw.execute("PRAGMA user_version").fetchone()[0]
    objects = database.raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application == 0 and version == 0 and objects == 0:
        if not create:
            raise NotFoundError(
                "database_empty",
                _("The database {path} is empty").format(path=database.path),
                _("Make a workspace with `evaluator init`"),
            )
        with database.transaction() as connection:
            create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
        # The header of the file itself must tell the version, so that an older program need not open it to see.
        database.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    elif application != APPLICATION_ID:
        raise _foreign(database.path)
    elif version > SCHEMA_VERSION:
        raise _too_new(database.path)
    elif version < SCHEMA_VERSION:
        # Alembic takes a while to import and is seldom needed.
        from evaluator.store.migrations import migrate

        migrate(database, version)


def _check(database: Database) -> None:
    _quick_check(database.raw, database.path)
    _check_schema(database.raw, database.path)
    with database.reading() as connection:
        broken = events.broken_links(connection, _LINKS_CHECKED)
    if broken:
        raise failures.damaged(
            database.path, _("the audit trail is broken at entry {seq}").format(seq=broken[0])
        )


def _quick_check(raw: sqlite3.Connection, path: Path) -> None:
    answer = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
    if answer != "ok":
        raise failures.damaged(path, answer)


def _check_schema(raw: sqlite3.Connection, path: Path) -> None:
    """Refuse what is not ours: a trigger or view slipped into the file would run with our statements."""
    found = {
        (kind, name): sql
        for kind, name, sql in raw.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
    }
    expected = {("table", name) for name in METADATA.tables}
    expected |= {("index", str(index.name)) for table in METADATA.tables.values() for index in table.indexes}
    expected |= {("trigger", name) for name in TRIGGERS}
    for kind, name in sorted(expected ^ found.keys()):
        raise failures.damaged(path, _("unexpected or missing {kind} {name}").format(kind=kind, name=name))
    for name, sql in TRIGGERS.items():
        if found["trigger", name] != sql:
            raise failures.damaged(
                path, _("unexpected or missing {kind} {name}").format(kind="trigger", name=name)
            )


def _foreign(path: Path) -> StorageError:
    return StorageError(
        "foreign_database",
        _("{path} is not a database of this program; it was not touched").format(path=path),
        _("Choose another folder with --home"),
    )


def _too_new(path: Path) -> DatabaseTooNewError:
    return DatabaseTooNewError(
        "database_too_new",
        _("The database {path} was written by a newer version of this program; it was not touched").format(
            path=path
        ),
        _("Install the newer version"),
    )
