"""Writing the canonical ZIP: one pass over each file for copy, SHA-256 and CRC-32, large ones by two threads."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evaluator.bundle import archive
from evaluator.bundle.archive import Member
from evaluator.errors import BundleError, StorageError
from evaluator.language import _
from evaluator.paths import fsync_file

CHUNK = 256 * 1024
THREADED_FROM = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A member to be written: where its bytes come from, and what they must be."""

    name: str
    content: bytes | Path
    sha256: str
    size: int


def write_zip(path: Path, sources: Sequence[Source]) -> tuple[str, int]:
    """Write the archive of `sources` to the new file `path` and flush it; its SHA-256 and size.

    Raises BundleError `hash_mismatch` where a file is not what its source says, OSError from the disk.
    """
    *offsets, start = archive.layout((source.name, source.size) for source in sources)
    whole = hashlib.sha256()
    members: list[Member] = []
    with path.open("xb") as handle:
        handle.truncate(start)
        handle.flush()
        for source, offset, crc in zip(sources, offsets, _copied(path, sources, offsets), strict=True):
            header = archive.local_header(source.name, source.size, crc)
            handle.seek(offset - len(header))
            handle.write(header)
            whole.update(header)
            _hash_again(whole, path, source, offset)
            members.append(Member(source.name, source.size, crc, offset))
        end = archive.directory(members, start)
        handle.seek(start)
        handle.write(end)
        handle.flush()
        fsync_file(handle.fileno())
    whole.update(end)
    return whole.hexdigest(), start + len(end)


def _copied(path: Path, sources: Sequence[Source], offsets: Sequence[int]) -> Iterator[int]:
    """The CRC of each member, once its data are in the file."""

    def copy(source: Source, offset: int) -> int:
        with path.open("r+b", buffering=0) as target:
            target.seek(offset)
            return _copy(source, target)

    if sum(source.size for source in sources) < THREADED_FROM or (os.cpu_count() or 1) == 1:
        yield from map(copy, sources, offsets)
        return
    pool = ThreadPoolExecutor(2)
    try:
        yield from pool.map(copy, sources, offsets)
    finally:
        # After a failure the copies that have not begun are of no use.
        pool.shutdown(wait=True, cancel_futures=True)


def _copy(source: Source, target: BinaryIO) -> int:
    sha256, crc, size = hashlib.sha256(), 0, 0
    for chunk in _chunks(source.content):
        sha256.update(chunk)
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        if size > source.size:
            break  # it would run into the next member
        _write_all(target, chunk)
    if size != source.size or sha256.hexdigest() != source.sha256:
        raise BundleError(
            "hash_mismatch",
            _("{name} is not what it was when it was attached").format(name=source.name.partition("/")[2]),
            _("Restore the file from a backup, or remove it from the answer and attach it again"),
        )
    return crc


def _chunks(content: bytes | Path) -> Iterator[bytes | memoryview]:
    if isinstance(content, bytes):
        yield content
        return
    buffer = memoryview(bytearray(CHUNK))
    try:
        with content.open("rb", buffering=0) as handle:
            while count := handle.readinto(buffer):
                yield buffer[:count]
    except OSError as error:
        raise StorageError(
            "file_unreadable",
            _("{path} cannot be read: {reason}").format(path=content, reason=error.strerror or error),
            _("Check the disk and try again; everything saved before is kept"),
        ) from error


def _write_all(target: BinaryIO, chunk: bytes | memoryview) -> None:
    view = memoryview(chunk)
    while view:
        view = view[target.write(view) :]


def _hash_again(whole: hashlib._Hash, path: Path, source: Source, offset: int) -> None:
    """Add a member to the hash of the whole file, read back while it is still in the cache."""
    if isinstance(source.content, bytes):
        whole.update(source.content)
        return
    buffer = memoryview(bytearray(CHUNK))
    left = source.size
    with path.open("rb", buffering=0) as handle:
        handle.seek(offset)
        while left and (count := handle.readinto(buffer[: min(CHUNK, left)])):
            whole.update(buffer[:count])
            left -= count
