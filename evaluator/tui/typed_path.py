"""A path as people type it, paste it or drop it on the terminal."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit


def typed_path(text: str) -> Path:
    """The path in `text`: terminals quote what is dropped on them, escape its blanks or make it a URL."""
    plain = text.strip()
    # Any text may be pasted: an address that is none, or a home of nobody, is a plain name.
    if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "'\"":
        plain = plain[1:-1]
    elif plain.startswith("file://"):
        with suppress(ValueError):
            plain = unquote(urlsplit(plain).path)
    elif os.sep == "/":
        plain = plain.replace("\\ ", " ")
    with suppress(RuntimeError):
        return Path(plain).expanduser()
    return Path(plain)


def is_file(path: Path) -> bool:
    """Whether `path` is a file; False for what no system takes as a name."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # longer than a name can be, or with a zero in it
        return False
