"""One process for one workspace, kept by a lock of the operating system.

The lock is the truth; what the file says (who, where, since when) only makes the refusal helpful. The lock goes with
its process, even by `kill -9`, so nothing stale is ever left to be removed by hand.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from evaluator import clock
from evaluator.errors import WorkspaceHeldError
from evaluator.language import _
from evaluator.paths import disk_errors, make_directory
from evaluator.text import line

_LOCKED_BYTE = (
    1 << 20
)  # Windows locks bytes against reading too: one far behind the text leaves that readable


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the workspace by the lock file at `path` while the block runs.

    Raises WorkspaceHeldError, at once, with who holds it and since when.
    """
    make_directory(path.parent)
    with disk_errors(path):
        # Never truncated on opening: a refused process must leave the holder's text alone.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        if not _try_lock(descriptor):
            raise _held(descriptor)
        # On a full disk nothing can be said of the holder, and the answers can be read all the same.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            _write(descriptor, _holder())
        try:
            yield
        finally:
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
    finally:
        # Closing gives the lock up. The file stays: removing it would let two processes lock two files.
        os.close(descriptor)


def holder(path: Path) -> dict[str, str]:
    """What the lock file says of its holder; empty if it says nothing."""
    try:
        return _parsed(path.read_bytes())
    except OSError:
        return {}


def _holder() -> bytes:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = ""  # no entry for this user id, as in a container
    return json.dumps(
        {"pid": str(os.getpid()), "host": socket.gethostname(), "user": user, "since": clock.local()}
    ).encode()


def _held(descriptor: int) -> WorkspaceHeldError:
    os.lseek(descriptor, 0, os.SEEK_SET)
    said = _parsed(os.read(descriptor, 4096))
    hint = _("Close it there and try again")
    if not said:
        return WorkspaceHeldError("workspace_held", _("The workspace is open in another process"), hint)
    return WorkspaceHeldError(
        "workspace_held",
        _("The workspace is open already: process {pid} of {user} on {host}, since {since}").format(
            pid=line(said.get("pid", "?")),
            user=line(said.get("user") or "?"),
            host=line(said.get("host", "?")),
            since=line(said.get("since", "?")),
        ),
        hint,
    )


def _parsed(data: bytes) -> dict[str, str]:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return {str(key): str(value) for key, value in said.items()} if isinstance(said, dict) else {}


def _write(descriptor: int, data: bytes) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, data)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
