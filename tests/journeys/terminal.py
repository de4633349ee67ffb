"""The real program in a real terminal: a pseudo-terminal whose screen pyte keeps, driven by keys alone."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pagedown": "\x1b[6~",
    "end": "\x1b[F",
    "home": "\x1b[H",
    "backspace": "\x7f",
    "ctrl+s": "\x13",
    "ctrl+u": "\x15",
    "ctrl+p": "\x10",
    "ctrl+q": "\x11",
    "f1": "\x1bOP",
}
DEADLINE = 30.0  # seconds that a busy machine may take for one step

# Runs its arguments with the terminal as the controlling one, so that resizing and hanging up send their signals.
_LAUNCHER = (
    sys.executable, "-ISc",
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])",
)  # fmt: skip


class Terminal:
    """A program in a terminal of `columns` by `rows`."""

    def __init__(
        self,
        words: Sequence[str],
        env: dict[str, str],
        columns: int = 80,
        rows: int = 24,
        cwd: Path | None = None,
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = bytearray()
        """Every byte that the program sent to the terminal."""
        master, slave = pty.openpty()
        self._master: int | None = master
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._process = subprocess.Popen(
            [*_LAUNCHER, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env={**env, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"},
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._close()

    @property
    def text(self) -> str:
        """The screen as text."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, *keys: str) -> None:
        """Press keys by name; anything longer without a name is typed."""
        for key in keys:
            self._send(KEYS.get(key, key).encode())

    def paste(self, text: str) -> None:
        """Paste as terminals do, in brackets."""
        self._send(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def wait(self, wanted: str | Callable[[str], bool]) -> str:
        """Read until the screen shows `wanted` (a regular expression, or a judgement of the text)."""
        shows = wanted if callable(wanted) else lambda text: re.search(wanted, text) is not None
        ends = time.monotonic() + DEADLINE
        while not shows(self.text):
            left = ends - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"waited for {wanted!r}; the screen shows:\n{self.text}")
        return self.text

    def exit_code(self) -> int:
        """Read until the program ends."""
        while self._read(DEADLINE):
            pass
        return self._process.wait(DEADLINE)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self._process.send_signal(number)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal; the program is told by SIGWINCH."""
        assert self._master is not None
        self._screen.resize(rows, columns)
        self._screen.erase_in_display(2)  # what was there is painted anew or it is gone
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hang_up(self) -> None:
        """Close the terminal as if its window was closed: the program gets SIGHUP. Wait until it has ended."""
        self._close()
        self._process.wait(DEADLINE)

    def _close(self) -> None:
        if self._master is not None:
            os.close(self._master)
            self._master = None

    def _send(self, data: bytes) -> None:
        """Type `data`, reading meanwhile: a program that cannot write may not read either."""
        while data:
            readable, writable, _ = select.select([self._master], [self._master], [], DEADLINE)
            if readable and self._read(0):
                continue
            if writable:
                assert self._master is not None
                data = data[os.write(self._master, data[:1024]) :]
            else:
                raise AssertionError(f"the program takes no keys; the screen shows:\n{self.text}")

    def _read(self, seconds: float) -> bool:
        assert self._master is not None
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the other side is closed
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)
