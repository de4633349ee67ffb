"""Evidence files under their hash: `evidence/ab/<sha256>`, written once and never again.

A file is copied and hashed in one pass to a temporary name, flushed, and renamed; only then may the database speak
of it. A file without a row is harmless, a row without a file would be a loss.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evaluator.errors import BundleError, DiskFullError, NotFoundError, UsageError
from evaluator.language import _
from evaluator.paths import (
    disk_errors,
    free_bytes,
    fsync_directory,
    fsync_file,
    make_directory,
    replace,
)
from evaluator.text import line

LIMIT_BYTES = 1 << 30
_BLOCK = 1 << 20
_SPARE_BYTES = 50 * 1024 * 1024
_BINARY = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file in the store, and whether it was there before."""

    sha256: str
    bytes: int
    path: Path
    known: bool


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content with this hash lies below the evidence folder."""
    return folder / sha256[:2] / sha256


def keep(source: Path, folder: Path, tmp: Path, *, limit: int = LIMIT_BYTES) -> KeptFile:
    """Copy `source` into the evidence folder, durably; the same content is stored once.

    `tmp` must lie on the same disk as `folder`. Raises NotFoundError where there is no such file, UsageError for what
    is no regular file, is empty, larger than `limit` bytes, unreadable, or changes while it is copied, DiskFullError
    and StorageError for the workspace's disk.
    """
    with _opened(source, limit) as (file, before):
        if free_bytes(folder) < before.st_size + _SPARE_BYTES:
            raise DiskFullError(
                "disk_full",
                _("There is no room for {name}: it has {size} MB, {free} MB are free").format(
                    name=line(source.name), size=-(-before.st_size >> 20), free=free_bytes(folder) >> 20
                ),
                _("Free some space and attach it again; everything saved before is kept"),
            )
        make_directory(tmp)
        part = tmp / f"{os.getpid()}-{os.urandom(8).hex()}.part"
        try:
            sha256, size = _copy(file, part, source, limit)
            after = os.fstat(file.fileno())
            if (after.st_size, after.st_mtime_ns) != (
                before.st_size,
                before.st_mtime_ns,
            ) or size != after.st_size:
                raise UsageError(
                    "file_changed",
                    _("{name} changed while it was being copied").format(name=line(source.name)),
                    _("Wait until it is written and attach it again"),
                )
            target = path_of(folder, sha256)
            if verify(folder, sha256):
                return KeptFile(sha256, size, target, known=True)
            make_directory(target.parent)
            with disk_errors(target):
                replace(part, target)
            return KeptFile(sha256, size, target, known=False)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def keep_chunks(chunks: Iterable[bytes], sha256: str, folder: Path, tmp: Path) -> None:
    """Keep content that has the hash `sha256`, durably; what is there already is not written again.

    Raises BundleError `hash_mismatch` where it is something else, DiskFullError and StorageError for the disk.
    """
    target = path_of(folder, sha256)
    if verify(folder, sha256):
        return
    make_directory(tmp)
    make_directory(target.parent)
    part = tmp / f"{os.getpid()}-{os.urandom(8).hex()}.part"
    digest = hashlib.sha256()
    try:
        with disk_errors(part):
            with part.open("xb") as copy:
                for chunk in chunks:
                    digest.update(chunk)
                    copy.write(chunk)
                copy.flush()
                fsync_file(copy.fileno())
            if digest.hexdigest() != sha256:
                raise BundleError("hash_mismatch", _("A file in the bundle was changed while it was copied"))
            replace(part, target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def verify(folder: Path, sha256: str) -> bool:
    """Whether the content with this hash is there and is what it was."""
    return hash_of(path_of(folder, sha256)) == sha256


def hash_of(path: Path) -> str:
    """SHA-256 of a file, "" if it is not there or cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def orphans(folder: Path, referred: set[str]) -> Iterator[Path]:
    """Files in the evidence folder that nothing refers to."""
    if not folder.is_dir():
        return
    for shelf in sorted(folder.iterdir()):
        if shelf.is_dir():
            yield from (path for path in sorted(shelf.iterdir()) if path.name not in referred)


def clear_parts(tmp: Path) -> int:
    """Remove what interrupted copies left behind; returns how many. Only with the workspace's lock held."""
    removed = 0
    if tmp.is_dir():
        for path in tmp.glob("*.part"):
            with suppress(OSError):
                path.unlink()
                removed += 1
    return removed


@contextmanager
def _opened(source: Path, limit: int) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    """The source file and its state at the start, refused by name where it cannot be evidence."""
    name = line(source)
    try:
        # Not blocking: opening a named pipe would wait for its writer for ever.
        descriptor = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError("file_not_found", _("There is no file {path}").format(path=name)) from None
    except (OSError, ValueError) as error:
        with suppress(OSError):  # a name that is too long cannot even be asked about
            if source.is_dir():
                raise _folder(name) from None
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(name, reason) from error
    try:
        state = os.fstat(descriptor)
        if stat.S_ISDIR(state.st_mode):
            raise _folder(name)
        if not stat.S_ISREG(state.st_mode):
            raise UsageError("not_a_file", _("{path} is a device or a pipe, not a file").format(path=name))
        if state.st_size == 0:
            raise UsageError(
                "file_empty",
                _("{path} is empty").format(path=name),
                _("A file that is still being copied may be: wait and attach it again"),
            )
        if state.st_size > limit:
            raise _too_large(name, limit)
    except BaseException:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        yield file, state


def _copy(file: BinaryIO, part: Path, source: Path, limit: int) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    with disk_errors(part):
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as copy:
            while block := _read(file, source):
                size += len(block)
                if size > limit:
                    raise _too_large(line(source), limit)
                digest.update(block)
                rest = memoryview(block)
                while rest:
                    rest = rest[copy.write(rest) :]
            fsync_file(copy.fileno())
        fsync_directory(part.parent)
    return digest.hexdigest(), size


def _read(file: BinaryIO, source: Path) -> bytes:
    try:
        return file.read(_BLOCK)
    except OSError as error:
        # The user's stick failed, not the workspace's disk.
        raise _unreadable(line(source), error.strerror or "") from error


def _unreadable(name: str, reason: str) -> UsageError:
    return UsageError(
        "file_unreadable", _("{path} cannot be read: {reason}").format(path=name, reason=reason)
    )


def _folder(name: str) -> UsageError:
    return UsageError("is_a_folder", _("{path} is a folder; name a file").format(path=name))


def _too_large(name: str, limit: int) -> UsageError:
    return UsageError(
        "file_too_large",
        _("{path} is larger than {limit} MB").format(path=name, limit=limit >> 20),
        _("Attach a smaller copy, or name where the original is kept"),
    )
