"""One exchange with the office: begun, followed, stopped.

It runs in the thread of the workspace and lets saves that wait there go first.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from evaluator.errors import EvaluatorError
from evaluator.language import _

if TYPE_CHECKING:
    from evaluator.office.ingest import Outcome
    from evaluator.sync.values import Progress, SyncResult
    from evaluator.workspaces import OpenWorkspace

_SPAN = 5.0  # seconds over which the speed is measured


class SyncStoppedError(EvaluatorError):
    """Somebody stopped the exchange."""

    exit_code = 130


@dataclass(slots=True)
class SyncRun:
    """How far an exchange is. The thread of the workspace writes, the screen reads.

    `give_way` lets saves that wait go first; `taken` is what an office took in.
    """

    give_way: Callable[[], None]
    state: Literal["running", "done", "stopped", "failed"] = "running"
    progress: Progress | None = None
    taken: list[Outcome] = field(default_factory=list)
    result: SyncResult | None = None
    error: EvaluatorError | None = None
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _measured: deque[tuple[float, int]] = field(default_factory=deque)

    def stop(self) -> None:
        """End as soon as possible; everything that was done lasts."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    @property
    def seconds(self) -> float:
        """How long it runs, or ran."""
        return (self.ended or time.monotonic()) - self.began

    @property
    def speed(self) -> float:
        """Bytes a second, lately; 0 while that is not known."""
        measured = tuple(self._measured)
        if len(measured) < 2:
            return 0.0
        (first, before), (last, after) = measured[0], measured[-1]
        return (after - before) / (last - first) if last > first else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take, None while that is not known."""
        progress, speed = self.progress, self.speed
        if progress is None or speed <= 0 or progress.step != "send":
            return None
        return (progress.total - progress.done) / speed

    def report(self, progress: Progress) -> None:
        """Take in how far it is; raises SyncStoppedError where somebody stopped it."""
        now = time.monotonic()
        if self.progress is None or progress.step != self.progress.step:
            self._measured.clear()
        self._measured.append((now, progress.done))
        while now - self._measured[0][0] > _SPAN:
            self._measured.popleft()
        self.progress = progress
        self.pause()

    def pause(self) -> None:
        """Between two steps: let saves go first. Raises SyncStoppedError."""
        if self.stopping:
            raise SyncStoppedError(
                "stopped", _("The exchange was stopped"), _("The next one goes on where this one was")
            )
        self.give_way()


def exchange(opened: OpenWorkspace, run: SyncRun, remote: str | None, passphrase: str | None) -> None:
    """Exchange with the office, or as an office; what came of it stands in `run`, whatever that is.

    `remote` is given where another than the remembered one is meant. Raises only what is no EvaluatorError.
    """
    from evaluator.identity import is_office, unlock
    from evaluator.office.ingest import Ingest
    from evaluator.sync.exchange import open_known_remote, synchronise

    try:
        place = open_known_remote(opened, remote)
        if is_office(opened.workspace):
            for outcome in Ingest(opened).run(place):
                run.taken.append(outcome)
                run.pause()
        run.result = synchronise(
            opened, place, lambda: unlock(opened.workspace, opened.config, passphrase), run.report
        )
        run.state = "done"
    except SyncStoppedError as error:
        run.state, run.error = "stopped", error
    except EvaluatorError as error:
        run.state, run.error = "failed", error
    finally:
        run.ended = time.monotonic()
        if run.state == "running":  # an error of the program itself, which its reader reports
            run.state = "failed"
