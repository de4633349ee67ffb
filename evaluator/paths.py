"""Where things lie, and how a file is replaced so that a power cut leaves the old or the new one.

Everything that differs between operating systems stands in this module.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evaluator.errors import DiskFullError, NotFoundError, StorageError, UsageError
from evaluator.language import _

HOME_VARIABLE = "EVALUATOR_HOME"
_WINDOWS_HELD = (5, 32, 33)  # another process, often a virus scanner, has the file open for a moment


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder that holds everything of one assessor or office."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "evaluator.db"

    @property
    def evidence(self) -> Path:
        return self.root / "evidence"

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def quarantine(self) -> Path:
        return self.inbox / "quarantine"

    @property
    def sync_log(self) -> Path:
        return self.root / "sync.log"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    @property
    def instruments(self) -> Path:
        return self.root / "instruments"

    @property
    def tmp(self) -> Path:
        return self.root / "tmp"

    @property
    def config(self) -> Path:
        return self.root / "config.toml"

    @property
    def lock(self) -> Path:
        return self.root / "instance.lock"

    @property
    def reserve(self) -> Path:
        return self.root / "reserve.bin"

    def exists(self) -> bool:
        """Whether `init` has been here."""
        return self.config.exists()


def workspace(home: str | os.PathLike[str] | None = None) -> Workspace:
    """The workspace at `home`, else at `$EVALUATOR_HOME`, else at the platform's place for user data."""
    chosen = home or os.environ.get(HOME_VARIABLE)
    if chosen:
        return Workspace(Path(chosen).expanduser().absolute())
    import platformdirs

    return Workspace(Path(platformdirs.user_data_dir("evaluator", appauthor=False, roaming=False)))


def make_directory(path: Path) -> None:
    """Make `path` and its parents, mode 0700, durably.

    Raises UsageError where a file is in the way, StorageError where the disk refuses.
    """
    missing = []
    at = path
    while not at.exists():
        missing.append(at)
        if at.parent == at:
            break
        at = at.parent
    if at.exists() and not at.is_dir():
        raise UsageError("not_a_folder", _("{path} is a file, not a folder").format(path=at))
    with disk_errors(path):
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
            fsync_directory(folder.parent)


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace `path` by `data`: temporary file beside it, fsync, rename, fsync of the folder."""
    with _replacing(path, mode) as file:
        file.write(data)


def copy_atomically(source: Path, path: Path, mode: int = 0o600) -> None:
    """Replace `path` by a copy of `source`, however large, as `write_atomically` does."""
    with _replacing(path, mode) as file, source.open("rb") as original:
        shutil.copyfileobj(original, file, 1 << 20)


@contextmanager
def _replacing(path: Path, mode: int) -> Iterator[BinaryIO]:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with disk_errors(path):
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, mode)
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                fsync_file(file.fileno())
            replace(temporary, path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


_BINARY = getattr(os, "O_BINARY", 0)
_BLOCK = 1 << 20


def replace(source: Path, target: Path) -> None:
    """Rename `source` over `target` and make the rename durable; waits out short locks on Windows."""
    delay = 0.05
    while True:
        try:
            source.replace(target)
            break
        except OSError as error:
            if getattr(error, "winerror", None) not in _WINDOWS_HELD or delay > 0.8:
                raise
            time.sleep(delay)
            delay *= 2
    fsync_directory(target.parent)


def fsync_file(descriptor: int) -> None:
    """Flush a file to the medium itself (on macOS fsync alone stops at the drive's cache)."""
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def fsync_directory(path: Path) -> None:
    """Make renames and new names in `path` durable. Windows has no such call; its rename is journalled."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def free_bytes(path: Path) -> int:
    """Free bytes on the disk that holds `path`, or its nearest existing parent."""
    at = path
    while not at.exists() and at.parent != at:
        at = at.parent
    return shutil.disk_usage(at).free


def read_input(path: Path, limit: int = 64 * 1024 * 1024) -> bytes:
    """The bytes of a file that the user named. Raises NotFoundError or UsageError with one clear line."""
    try:
        if path.is_dir():
            raise UsageError("is_a_folder", _("{path} is a folder; name a file").format(path=path))
        if path.stat().st_size > limit:
            raise UsageError(
                "too_large", _("{path} is larger than {size} MB").format(path=path, size=limit >> 20)
            )
        return path.read_bytes() if path.is_file() else _read_device(path, limit)
    except FileNotFoundError:
        raise NotFoundError("file_not_found", _("There is no file {path}").format(path=path)) from None
    except OSError as error:
        raise UsageError(
            "file_unreadable", _("{path} cannot be read: {reason}").format(path=path, reason=error.strerror)
        ) from error


def _read_device(path: Path, limit: int) -> bytes:
    """What a pipe or device gives; it has no size to be asked for, and some have no end."""
    found = bytearray()
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            found += block
            if len(found) > limit:
                raise UsageError(
                    "too_large", _("{path} is larger than {size} MB").format(path=path, size=limit >> 20)
                )
    return bytes(found)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an OSError of writing below `path` into a StorageError that says what to do."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


def storage_error(error: OSError, path: Path) -> StorageError:
    """The StorageError for an OSError met while writing `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            "disk_full",
            _("The disk is full: {path} could not be written").format(path=path),
            _("Free some space and try again; everything saved before is kept"),
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(
            "not_writable",
            _("{path} may not be written: {reason}").format(path=path, reason=error.strerror),
            _("Check the permissions of the folder or choose another with --home"),
        )
    return StorageError(
        "disk_error",
        _("{path} could not be written: {reason}").format(path=path, reason=error.strerror or error),
        _("Check the disk and try again; everything saved before is kept"),
    )
