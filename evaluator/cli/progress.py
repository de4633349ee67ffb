"""How far something is, on standard error: one line that changes in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

from evaluator.language import _, number
from evaluator.sync.values import Progress
from evaluator.text import line

_EVERY = 0.1  # seconds between two changes of the line
_STEPS_TOLD = 4  # of a long step elsewhere: a line for each quarter


class ProgressLine:
    """Shows `Progress` on `stream`; use it as a context manager, so that the line is finished."""

    def __init__(self, stream: TextIO, width: int = 79) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._width = width
        self._next = 0.0
        self._told = ("", -1)
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()

    def show(self, progress: Progress) -> None:
        """Show how far it is."""
        if self._live:
            self._change(progress)
        else:
            self._tell(progress)

    def _change(self, progress: Progress) -> None:
        now = time.monotonic()
        if now < self._next and progress.done < progress.total:
            return
        self._next = now + _EVERY
        self._stream.write("\r" + line(_text(progress), self._width).ljust(self._width))
        self._stream.flush()
        self._shown = True

    def _tell(self, progress: Progress) -> None:
        if not progress.total:
            return
        quarter = progress.done * _STEPS_TOLD // progress.total
        if (progress.step, quarter) != self._told and quarter:
            self._told = (progress.step, quarter)
            self._stream.write(line(_text(progress)) + "\n")
            self._stream.flush()


def _text(progress: Progress) -> str:
    if progress.step == "receive":
        return _("Receiving {done} of {total}").format(done=progress.done, total=progress.total)
    percent = progress.done * 100 // progress.total if progress.total else 100
    sizes = {"done": _kilobytes(progress.done), "total": _kilobytes(progress.total), "percent": percent}
    if progress.step == "publish":
        return _("Publishing {percent} %, {done} of {total} kB").format(**sizes)
    return _("Sending {percent} %, {done} of {total} kB  {name}").format(name=progress.label, **sizes)


def _kilobytes(size: int) -> str:
    return number(str(-(-size // 1000)))
