"""The sync log: a text file for people, a line for each thing that happened, the newest last."""

from __future__ import annotations

import os
from pathlib import Path

from evaluator import clock
from evaluator.paths import disk_errors, replace
from evaluator.text import line

_FULL = 1 << 20


class Log:
    """The log in the file `path`; a full one is put aside once, as `sync.log.1`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, text: str) -> None:
        """Add a line with the time; whatever foreign text it holds is made harmless."""
        data = f"{clock.local()[:19].replace('T', ' ')}  {line(text, 500)}\n".encode()
        with disk_errors(self._path):
            if self._path.exists() and self._path.stat().st_size + len(data) > _FULL:
                replace(self._path, self._path.with_name(f"{self._path.name}.1"))
            # One write, so that a kill leaves a whole line or none.
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, data)
            finally:
                os.close(descriptor)


def last_lines(path: Path, count: int) -> list[str]:
    """The last `count` lines of the log, oldest first; empty before the first sync."""
    if not path.exists():
        return []
    with disk_errors(path):
        return path.read_text("utf-8", errors="replace").splitlines()[-count:]
