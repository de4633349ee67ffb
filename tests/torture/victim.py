"""A command that runs in its own process and is killed with SIGKILL, so that nothing of it can be tidied up."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.journeys.program import COMMAND, Program, environment

PATIENCE = 60.0


class Victim:
    """A running command; `replies` are the complete lines that it has said, `sent` how many lines it may have read."""

    def __init__(self, program: Program, *arguments: str | Path, lines: Sequence[bytes] = ()) -> None:
        self.replies: list[dict[str, Any]] = []
        self.sent = 0
        self.began = time.monotonic()
        self._said = threading.Condition()
        self._complaints = (program.folder / "stderr").open("w+b")
        self._process = subprocess.Popen(
            [*COMMAND, "--home", str(program.home), "--lang", "en", "--json", *map(str, arguments)],
            cwd=program.folder,
            env=environment(program.folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            bufsize=0,
        )
        self._threads = [
            threading.Thread(target=self._feed, args=(lines,), daemon=True),
            threading.Thread(target=self._listen, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _feed(self, lines: Sequence[bytes]) -> None:
        assert self._process.stdin is not None
        try:
            for line in lines:
                self.sent += 1  # before it is written: it may be read whole although the writing is cut short
                self._process.stdin.write(line)
            self._process.stdin.close()
        except OSError:
            self._process.stdin.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        rest = b""
        while block := self._process.stdout.read(65536):
            *lines, rest = (rest + block).split(b"\n")
            with self._said:
                self.replies += [json.loads(line) for line in lines]
                self._said.notify()

    def wait_for_replies(self, count: int) -> None:
        """Until it has said `count` lines, or is over."""
        with self._said:
            self._said.wait_for(lambda: len(self.replies) >= count or not self.running, PATIENCE)

    def wait_for_sight(self, folders: Iterable[Path]) -> None:
        """Until something new lies in one of `folders`, or it is over."""
        watched = tuple(folders)
        before = _names(watched)
        while self.running and _names(watched) <= before:
            time.sleep(0.0003)

    @property
    def running(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def wait(self) -> int:
        """Let it come to its end; the exit code."""
        code = self._process.wait(PATIENCE)
        self._bury()
        return code

    def kill(self) -> bool:
        """End it where it stands; whether it was still at work."""
        self._process.kill()
        killed = self._process.wait(PATIENCE) == -9
        self._bury()
        return killed

    def _bury(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._complaints.seek(0)
        said = self._complaints.read().decode()
        self._complaints.close()
        assert "Traceback" not in said, said


def _names(folders: Iterable[Path]) -> set[Path]:
    return {path for folder in folders if folder.is_dir() for path in folder.iterdir()}
