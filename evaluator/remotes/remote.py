"""What a remote must do. So little that a shared folder, SFTP, WebDAV and S3 can all do it.

A remote is a store that nobody trusts: whoever reads checks hash and signature. Every name is written once, by one
writer or with one possible content, so that no lock and no order of arrival matters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from evaluator.errors import RemoteError, RemoteMissingError
from evaluator.language import _


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to be written: what they must be, and how to get them, from the beginning each time."""

    sha256: str
    size: int
    chunks: Callable[[], Iterator[bytes]]


def content_of(data: bytes) -> Content:
    """Bytes in memory as content."""
    return Content(hashlib.sha256(data).hexdigest(), len(data), lambda: iter((data,)))


class Remote(Protocol):
    """A store of files by name. Names are parts joined by `/`; see `layout`.

    Every method raises RemoteError where the remote is away or refuses.
    """

    @property
    def identity(self) -> str:
        """What this remote is remembered by."""

    def list(self, folder: str) -> list[str]:
        """The names of the files directly in `folder`, sorted, without what is still being written; empty if there
        is no such folder."""

    def folders(self, folder: str) -> tuple[str, ...]:
        """The names of the folders directly in `folder`, sorted; empty if there is no such folder."""

    def size(self, name: str) -> int | None:
        """The size of a file, None where there is none."""

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes of a file piece by piece. Raises RemoteMissingError."""

    def write_new(self, name: str, content: Content) -> bool:
        """Write a file that appears whole or not at all, and lasts; whether it had to be written.

        Where the same content is there already nothing happens. Raises RemoteConflictError where there is other
        content, BundleError `hash_mismatch` where `content` is not what it should be.
        """

    def remove(self, name: str) -> None:
        """Remove a damaged piece; for the office, and for whoever can write it again. Nothing happens if it is gone."""


def read_all(remote: Remote, name: str, limit: int) -> bytes | None:
    """All bytes of a file, None where there is none. Raises RemoteError `remote_too_large` beyond `limit`."""
    parts: list[bytes] = []
    size = 0
    try:
        for chunk in remote.read(name):
            size += len(chunk)
            if size > limit:
                raise RemoteError(
                    "remote_too_large",
                    _("{name} at the remote is too large to be read").format(name=name),
                )
            parts.append(chunk)
    except RemoteMissingError:
        return None
    return b"".join(parts)
