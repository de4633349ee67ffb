"""Crashes and signals: one line on the terminal, nothing of anybody in it, nothing typed lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from evaluator.tui.textual_internals import CrashSafeApp, screen_text

ROOT = Path(__file__).parents[2]


class _Crashing(CrashSafeApp):
    def report_crash(self, error: BaseException) -> str:
        return f"failed: {type(error).__name__}"

    def on_mount(self) -> None:
        name = "Siti Aminah"
        raise ValueError(name)


class _RenderableError(ValueError):
    def __rich__(self) -> str:
        return f"secret {self.args[0]}"


class _CrashingRich(_Crashing):
    def on_mount(self) -> None:
        raise _RenderableError("Siti Aminah")


@pytest.mark.parametrize("kind", [_Crashing, _CrashingRich])
def test_a_crash_prints_one_line_without_locals(
    kind: type[_Crashing], capsys: pytest.CaptureFixture[str]
) -> None:
    app = kind()
    app.run(headless=True)
    printed = "".join(capsys.readouterr())
    assert app.return_code == 1
    assert "failed: " in printed
    assert "Siti" not in printed
    assert "Traceback" not in printed
    assert len(printed.strip().splitlines()) == 1


async def test_the_text_of_a_screen_is_what_stands_there() -> None:
    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield Static("one\ntwo")

    async with Page().run_test(size=(20, 5)) as pilot:
        assert screen_text(pilot.app.screen).splitlines()[:2] == ["one", "two"]


_PROGRAM = """
import sys
from pathlib import Path
from evaluator.paths import Workspace
from evaluator.tui.app import EvaluatorApp
from evaluator.tui.place import Place

class Editing(Place):
    async def flush(self):
        await self.app.work(Path(sys.argv[1]).write_text, "what was typed")

class Program(EvaluatorApp):
    def start(self):
        self.push_screen(Editing())
        Path(sys.argv[2]).write_text("up")

app = Program(Workspace(Path(sys.argv[3])))
app.run()
app.close()
sys.exit(app.return_code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_saves_the_open_editor_and_ends_the_program(tmp_path: Path, number: signal.Signals) -> None:
    import pty

    saved, up = tmp_path / "saved", tmp_path / "up"
    main, terminal = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(saved), str(up), str(tmp_path / "workspace")],
        stdin=terminal, stdout=terminal, stderr=terminal, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    try:
        _read_until(main, up.exists)
        process.send_signal(number)
        _read_until(main, lambda: process.poll() is not None)
    finally:
        process.kill()
        os.close(main)
    assert saved.read_text() == "what was typed"
    assert process.returncode == 128 + number


def _read_until(descriptor: int, done: object, seconds: float = 20.0) -> None:
    """Read what the program draws, as a terminal would, until `done()`."""
    os.set_blocking(descriptor, False)
    until = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < until, "the program does not come to an end"
        try:
            os.read(descriptor, 65536)
        except BlockingIOError:
            time.sleep(0.01)
        except OSError:
            time.sleep(0.01)
