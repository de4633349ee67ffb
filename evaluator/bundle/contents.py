"""The files of a bundle, whether they still lie in their ZIP or were unpacked to a folder."""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Protocol

from evaluator.bundle import archive, names, zipreading
from evaluator.errors import BundleError, NotFoundError, UsageError
from evaluator.language import _
from evaluator.text import line as one_line

CHUNK = 256 * 1024  # stays in the second-level cache between the two checksums
_SMALL = 4 * 1024 * 1024  # read in one go: a seek for each of its members costs more


@dataclass(frozen=True, slots=True)
class Checksums:
    """SHA-256 and CRC-32 of the same bytes."""

    sha256: str
    crc: int


def checksums(data: bytes) -> Checksums:
    """Of bytes in memory."""
    return Checksums(hashlib.sha256(data).hexdigest(), zlib.crc32(data))


class Contents(Protocol):
    """Names, sizes and bytes of the files of a bundle.

    `root` is the folder they lie in, None where its name is free; `sizes` is by name below the root, in stored order;
    `crcs` holds what the archive says; `problems` what is wrong with the container itself, as (code, message).
    """

    root: str | None
    sizes: Mapping[str, int]
    crcs: Mapping[str, int]
    problems: list[tuple[str, str]]

    def chunks(self, name: str) -> Iterator[memoryview]:
        """The bytes of a file piece by piece; each piece is overwritten by the next. Safe in several threads."""


def read(contents: Contents, name: str) -> bytes:
    """All bytes of a file."""
    return b"".join(bytes(chunk) for chunk in contents.chunks(name))


def digest(contents: Contents, name: str) -> Checksums:
    """The checksums of a file, in one pass."""
    sha256, crc = hashlib.sha256(), 0
    for chunk in contents.chunks(name):
        sha256.update(chunk)
        crc = zlib.crc32(chunk, crc)
    return Checksums(sha256.hexdigest(), crc)


class ZipContents:
    """The files in a ZIP. Raises BundleError where it cannot be listed."""

    def __init__(self, handle: BinaryIO) -> None:
        listing = zipreading.list_members(handle)
        self._handle = handle
        self._lock = Lock()
        self.problems: list[tuple[str, str]] = []
        if listing.irregular:
            error = zipreading.not_canonical(listing.irregular)
            self.problems.append((error.code, error.message))
        self.root: str | None = listing.members[0].name.partition("/")[0] if listing.members else ""
        self._members = {}
        for member in listing.members:
            root, slash, name = member.name.partition("/")
            if root == self.root and slash and names.is_allowed(member.name):
                self._members[name] = member
            else:
                self.problems.append(not_allowed(member.name))
        self.sizes: Mapping[str, int] = {name: member.size for name, member in self._members.items()}
        self.crcs: Mapping[str, int] = {name: member.crc for name, member in self._members.items()}

    def chunks(self, name: str) -> Iterator[memoryview]:
        member = self._members[name]
        buffer = memoryview(bytearray(min(CHUNK, member.size)))
        at, end = member.offset, member.offset + member.size
        while at < end:
            window = buffer[: min(CHUNK, end - at)]
            # One handle for all threads, so that they all read the file that was listed.
            with self._lock:
                self._handle.seek(at)
                count = self._handle.readinto(window)  # type: ignore[attr-defined]  # BinaryIO leaves it out
            if not count:
                raise zipreading.not_canonical(_("it was cut off while it was read"))
            yield window[:count]
            at += count


class FolderContents:
    """The files of an unpacked bundle. Links and other special files are problems, and not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = folder.name if names.parse_root(folder.name) else None
        self.crcs: Mapping[str, int] = {}
        self.problems: list[tuple[str, str]] = []
        found: dict[str, int] = {}
        self._walk(folder, "", found)
        self.sizes: Mapping[str, int] = found

    def _walk(self, folder: Path, prefix: str, found: dict[str, int]) -> None:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
        for entry in entries:
            name = prefix + entry.name
            if len(found) + len(self.problems) > archive.MAX_ENTRIES:
                raise BundleError("zip_limit", _("The folder has too many files"))
            if not names.is_allowed(f"bundle/{name}"):
                self.problems.append(not_allowed(name))
            elif entry.is_dir(follow_symlinks=False):
                self._walk(folder / entry.name, f"{name}/", found)
            elif entry.is_file(follow_symlinks=False):
                found[name] = entry.stat(follow_symlinks=False).st_size
            else:
                self.problems.append(("extra_file", _("{name} is a link, not a file").format(name=name)))

    def chunks(self, name: str) -> Iterator[memoryview]:
        buffer = memoryview(bytearray(min(CHUNK, self.sizes[name]) or 1))
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(self._folder / name, flags), "rb", buffering=0) as handle:  # noqa: PTH123  # Path takes no flags
            while count := handle.readinto(buffer):
                yield buffer[:count]


@contextmanager
def opened(path: Path) -> Iterator[Contents]:
    """The contents of the bundle at `path`, a ZIP or a folder.

    Raises NotFoundError or UsageError where it cannot be read, BundleError where it is no archive at all.
    """
    try:
        if path.is_dir():
            yield FolderContents(_bag_folder(path))
            return
        with path.open("rb") as handle:
            if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
                raise UsageError("file_unreadable", _("{path} is not a file").format(path=path))
            small = os.fstat(handle.fileno()).st_size <= _SMALL
            yield ZipContents(BytesIO(handle.read()) if small else handle)
    except FileNotFoundError:
        raise NotFoundError("file_not_found", _("There is no file {path}").format(path=path)) from None
    except OSError as error:
        raise UsageError(
            "file_unreadable",
            _("{path} cannot be read: {reason}").format(path=path, reason=error.strerror or error),
        ) from error


def _bag_folder(path: Path) -> Path:
    """`path`, or the one folder in it that a bundle was unpacked to."""
    inside = list(path.iterdir())
    if len(inside) == 1 and names.parse_root(inside[0].name) and inside[0].is_dir():
        return inside[0]
    return path


def not_allowed(name: str) -> tuple[str, str]:
    """The problem of a name that may not stand in a bundle."""
    return "name_not_allowed", _("A file may not be called {name}").format(name=one_line(name, 210))
