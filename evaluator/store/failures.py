"""What SQLite says when the disk fails, told as one clear sentence with what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from evaluator.errors import (
    DatabaseDamagedError,
    DiskFullError,
    EvaluatorError,
    StorageError,
    WorkspaceHeldError,
)
from evaluator.language import _
from evaluator.paths import free_bytes, fsync_directory, fsync_file

RESERVE_BYTES = 4 * 1024 * 1024
ROOM_FOR_RESERVE = 200 * 1024 * 1024
_FULL_BELOW = 1024 * 1024
_PRIMARY = 0xFF  # an extended result code holds the primary one in its low byte


def primary_code(error: sqlite3.Error) -> int:
    """The primary result code of an error, 0 where it carries none."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def storage_error(error: sqlite3.Error, path: Path) -> EvaluatorError:
    """The error to raise for `error`, met while working on the database at `path`."""
    code = primary_code(error)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and free_bytes(path) < _FULL_BELOW):
        return DiskFullError(
            "disk_full",
            _("The disk is full, {megabytes} MB left: this change was not saved").format(
                megabytes=free_bytes(path) >> 20
            ),
            _("Free some space and save again; everything saved before is kept"),
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or (
        code == 0
        and isinstance(error, sqlite3.DatabaseError)
        and not isinstance(error, sqlite3.OperationalError)
    ):
        return damaged(path, str(error))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return WorkspaceHeldError(
            "workspace_held",
            _("Another process has the database {path} open").format(path=path),
            _("Close it and try again"),
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return StorageError(
            "not_writable",
            _("The database {path} may not be written").format(path=path),
            _("Check the permissions of the folder or choose another with --home"),
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return StorageError(
            "database_unopenable",
            _("The database {path} cannot be opened").format(path=path),
            _("Check that the folder exists and may be read"),
        )
    return StorageError(
        "disk_error",
        _("The database {path} could not be written: {reason}").format(path=path, reason=error),
        _("Check the disk and save again; everything saved before is kept"),
    )


def damaged(path: Path, reason: str) -> DatabaseDamagedError:
    """The error for a database that does not pass a check."""
    return DatabaseDamagedError(
        "database_damaged",
        _("The database {path} is damaged: {reason}").format(path=path, reason=reason),
        _("Keep the file, run `evaluator doctor`, and restore the newest snapshot"),
    )


def keep_reserve(path: Path) -> bool:
    """Write the reserve where there is room for it; whether it is there.

    It is really written, not sparse: only so does giving it up free blocks on a full disk.
    """
    with suppress(OSError):
        if path.exists() and path.stat().st_size == RESERVE_BYTES:
            return True
        if free_bytes(path) < ROOM_FOR_RESERVE:
            return False
        temporary = path.with_name(path.name + ".part")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            # Random bytes: a file system that compresses would keep nothing of zeros.
            file.write(os.urandom(RESERVE_BYTES))
            file.flush()
            fsync_file(file.fileno())
        temporary.replace(path)
        fsync_directory(path.parent)
        return True
    return False


def give_up_reserve(path: Path) -> bool:
    """Free the reserve, so that what is open can still be saved; whether there was one."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        return error.errno == errno.ENOENT
    return True
