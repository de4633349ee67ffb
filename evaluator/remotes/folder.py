"""A folder as a remote: on this disk, a stick, a mounted share, or one that another program keeps in step."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from evaluator.errors import BundleError, RemoteConflictError, RemoteError, RemoteMissingError
from evaluator.language import _
from evaluator.paths import fsync_directory, fsync_file, replace
from evaluator.remotes.remote import Content

CHUNK = 256 * 1024
_PART = ".part-"


class FolderRemote:
    """The files below `root`. `writer` names whoever writes, so that their torn files are used again, not collected.

    New files and folders may be read by whoever may read `root` itself.
    """

    def __init__(self, root: Path, writer: str = "") -> None:
        self.root = root
        self._part = _PART + (writer or secrets.token_hex(8))
        self._check_root()

    @property
    def identity(self) -> str:
        """The folder itself."""
        return str(self.root.resolve())

    def list(self, folder: str) -> list[str]:
        """See `Remote.list`."""
        self._check_root()
        with self._errors(folder):
            try:
                with os.scandir(self._path(folder)) as entries:
                    found = [
                        entry.name
                        for entry in entries
                        if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)
                    ]
            except FileNotFoundError:
                return []
        return sorted(found)

    def folders(self, folder: str) -> tuple[str, ...]:
        """See `Remote.folders`."""
        self._check_root()
        with self._errors(folder):
            try:
                with os.scandir(self._path(folder)) as entries:
                    found = [
                        entry.name
                        for entry in entries
                        if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
                    ]
            except FileNotFoundError:
                return ()
        return tuple(sorted(found))

    def size(self, name: str) -> int | None:
        """See `Remote.size`."""
        with self._errors(name):
            try:
                found = os.lstat(self._path(name))
            except FileNotFoundError:
                self._check_root()
                return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def read(self, name: str) -> Iterator[bytes]:
        """See `Remote.read`."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with self._errors(name):
            try:
                descriptor = os.open(self._path(name), flags | getattr(os, "O_NONBLOCK", 0))
            except FileNotFoundError:
                self._check_root()
                raise RemoteMissingError(
                    "remote_missing", _("There is no {name} at the remote").format(name=name)
                ) from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise RemoteError("remote_not_a_file", _("{name} at the remote is no file").format(name=name))
        with os.fdopen(descriptor, "rb") as file:
            while chunk := self._read_chunk(file, name):
                yield chunk

    def _read_chunk(self, file: BinaryIO, name: str) -> bytes:
        with self._errors(name):
            return file.read(CHUNK)

    def write_new(self, name: str, content: Content) -> bool:
        """See `Remote.write_new`."""
        self._check_root()
        target = self._path(name)
        if self._holds(name, target, content):
            return False
        part = target.with_name(self._part)
        with self._errors(name):
            self._make_folder(target.parent)
            try:
                self._write_part(part, name, content)
                replace(part, target)
            finally:
                with suppress(OSError):
                    part.unlink(missing_ok=True)
        return True

    def remove(self, name: str) -> None:
        """See `Remote.remove`."""
        with self._errors(name):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if any(part in ("", ".", "..") for part in name.split("/")):
            raise ValueError(name)
        return self.root / name

    def _check_root(self) -> None:
        if not self.root.is_dir():
            raise RemoteError(
                "remote_away",
                _("The shared folder {path} is not there").format(path=self.root),
                _("Connect or mount it and run `evaluator sync` again; nothing is lost"),
            )

    def _holds(self, name: str, target: Path, content: Content) -> bool:
        """Whether the file is there already. Raises RemoteConflictError where it is something else."""
        if not os.path.lexists(target):
            return False
        if self.size(name) == content.size:
            sha256 = hashlib.sha256()
            for chunk in self.read(name):
                sha256.update(chunk)
            if sha256.hexdigest() == content.sha256:
                return True
        raise RemoteConflictError(
            "remote_conflict",
            _("Something else lies at the remote under the name {name}").format(name=name),
            _("Tell the office; both copies are kept"),
        )

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        with suppress(FileExistsError):  # two writers at once
            folder.mkdir()
            self._share(folder, 0o7777)
        fsync_directory(folder.parent)

    def _share(self, path: Path, mask: int) -> None:
        """Give a new file or folder the mode of the remote itself, which our umask would hide from the office."""
        with suppress(OSError):  # shares that know no modes
            path.chmod(stat.S_IMODE(self.root.stat().st_mode) & mask)

    def _write_part(self, part: Path, name: str, content: Content) -> None:
        sha256 = hashlib.sha256()
        with part.open("wb") as file:
            for chunk in content.chunks():
                sha256.update(chunk)
                file.write(chunk)
            file.flush()
            fsync_file(file.fileno())
        if sha256.hexdigest() != content.sha256:
            raise BundleError(
                "hash_mismatch", _("{name} was changed on this disk: its SHA-256 differs").format(name=name)
            )
        self._share(part, 0o666)

    @contextmanager
    def _errors(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise RemoteError(
                    "remote_full",
                    _("There is no room left at the remote for {name}").format(name=name),
                    _("Tell the office; what was sent so far is kept"),
                ) from error
            raise RemoteError(
                "remote_refuses",
                _("The remote refuses {name}: {reason}").format(name=name, reason=error.strerror or error),
                _("Check the connection and your rights there, then run `evaluator sync` again"),
            ) from error
