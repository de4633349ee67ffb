"""From what a person types to a remote."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from evaluator.errors import UsageError
from evaluator.language import _
from evaluator.remotes.folder import FolderRemote
from evaluator.remotes.remote import Remote
from evaluator.text import line


def full_name(text: str) -> str:
    """`text` as it is remembered: a path without its dependence on the folder one stands in."""
    return str(_folder(text))


def open_remote(text: str, writer: str = "") -> Remote:
    """The remote that `text` names: a path, or a `file://` address.

    `writer` is the device that writes. Raises UsageError for another kind of address, RemoteError where the remote is
    away.
    """
    return FolderRemote(_folder(text), writer)


def _folder(text: str) -> Path:
    address = urlsplit(text)
    if len(address.scheme) < 2:  # a path, or a drive letter
        return Path(text).expanduser().absolute()
    if address.scheme == "file" and address.netloc in ("", "localhost"):
        return Path(url2pathname(address.path)).absolute()
    raise UsageError(
        "remote_not_supported",
        _("{remote} is no remote that this version can use").format(remote=line(text, 120)),
        _("Name a folder: a path, or file:///path; mount a share first"),
    )
