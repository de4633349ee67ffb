"""A path as people type it, paste it or drop it on the terminal."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


def typed_path(text: str) -> Path:
    """The path in `text`: terminals quote what is dropped on them, escape its blanks or make it a URL."""
    plain = text.strip()
    if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "'\"":
        plain = plain[1:-1]
    elif plain.startswith("file://"):
        plain = unquote(urlsplit(plain).path)
    elif os.sep == "/":
        plain = plain.replace("\\ ", " ")
    return Path(plain).expanduser()
