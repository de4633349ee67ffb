"""The one thread, and the tasks of screens that wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import ComposeResult

from evaluator.errors import DiskFullError, UsageError
from evaluator.paths import Workspace
from evaluator.tui.app import EvaluatorApp
from evaluator.tui.dialogs.message import Message
from evaluator.tui.place import Place
from evaluator.tui.status import StatusLine
from evaluator.tui.work import WorkThread, task

from .conftest import press, settle, text_of


@pytest.fixture
def thread() -> Iterator[WorkThread]:
    made = WorkThread()
    yield made
    made.close()


async def test_everything_runs_in_one_other_thread_in_order(thread: WorkThread) -> None:
    seen: list[tuple[int, int]] = []

    def note(number: int) -> None:
        seen.append((number, threading.get_ident()))

    await asyncio.gather(*(thread.run(note, number) for number in range(20)))
    assert [number for number, _ident in seen] == list(range(20))
    assert len({ident for _number, ident in seen}) == 1
    assert seen[0][1] != threading.get_ident()


async def test_long_work_lets_what_waits_go_first(thread: WorkThread) -> None:
    seen: list[str] = []
    waiting = threading.Event()

    def long_work() -> None:
        seen.append("begun")
        waiting.wait()
        thread.run_waiting()
        seen.append("ended")

    first = asyncio.create_task(thread.run(long_work))
    await asyncio.sleep(0)
    second = asyncio.create_task(thread.run(seen.append, "saved"))
    await asyncio.sleep(0)
    waiting.set()
    await asyncio.gather(first, second)
    assert seen == ["begun", "saved", "ended"]


async def test_the_end_comes_after_long_work_that_gave_way() -> None:
    thread = WorkThread()
    asked, closing = threading.Event(), threading.Event()
    seen: list[str] = []

    def long_work() -> None:
        asked.set()
        closing.wait()
        thread.run_waiting()
        seen.append("worked")

    work = asyncio.create_task(thread.run(long_work))
    await asyncio.to_thread(asked.wait)
    end = asyncio.create_task(asyncio.to_thread(thread.close))
    closing.set()
    await asyncio.gather(work, end)
    assert seen == ["worked"]


async def test_an_error_comes_back_to_who_asked(thread: WorkThread) -> None:
    def fail() -> None:
        raise UsageError("code", "Wrong")

    with pytest.raises(UsageError):
        await thread.run(fail)
    assert await thread.run(int, "3") == 3
    assert thread.waiting == 0


async def test_a_save_is_done_even_if_nobody_waits_for_it_any_more(thread: WorkThread) -> None:
    gate, saved = threading.Event(), threading.Event()
    first = asyncio.create_task(thread.run(gate.wait))
    second = asyncio.create_task(thread.run(saved.set))
    await asyncio.sleep(0)
    second.cancel()
    gate.set()
    await first
    with pytest.raises(asyncio.CancelledError):
        await second
    await thread.run(int)
    assert saved.is_set()


def test_closing_finishes_the_queue_first() -> None:
    made, done = WorkThread(), []
    asyncio.run(made.run(done.append, "save"))
    made.close(lambda: done.append("close"))
    assert done == ["save", "close"]


class _Trouble(Place):
    """A place whose keys fail in three ways."""

    BINDINGS = [("a", "refuse", ""), ("b", "lose", ""), ("c", "break", "")]  # noqa: RUF012

    def compose_body(self) -> ComposeResult:
        yield StatusLine(id="other")

    @task
    async def action_refuse(self) -> None:
        raise UsageError("refused", "That is [b]not[/b] a number", "Type digits")

    @task
    async def action_lose(self) -> None:
        await self.app.work(_fill_disk)

    @task
    async def action_break(self) -> None:
        name = "Siti Aminah 6402"
        raise KeyError(name)


def _fill_disk() -> None:
    raise DiskFullError("disk_full", "The disk is full", "Free some space")


class _TroubleApp(EvaluatorApp):
    def start(self) -> None:
        self.push_screen(_Trouble())


class _Unsaved(Place):
    """A place whose open field cannot be saved."""

    async def flush(self) -> None:
        await self.app.work(_fill_disk)


@pytest.mark.parametrize(("key", "leaves"), [("n", False), ("y", True)])
async def test_what_cannot_be_saved_is_not_left_without_asking(
    trouble: EvaluatorApp, key: str, leaves: bool
) -> None:
    async with trouble.run_test(size=(80, 24)) as pilot:
        await trouble.push_screen(_Unsaved())
        await press(pilot, "ctrl+q")
        assert "Leave anyway?" in text_of(pilot)
        assert "The disk is full" in text_of(pilot)
        await press(pilot, key)
        assert trouble.is_running is not leaves
        if not leaves:
            await press(pilot, "ctrl+q")
            assert "Leave anyway?" in text_of(pilot)


@pytest.fixture
def trouble(tmp_path: Path) -> Iterator[EvaluatorApp]:
    app = _TroubleApp(Workspace(tmp_path / "workspace"))
    yield app
    app.close()


async def test_a_refusal_is_said_on_the_status_line(trouble: EvaluatorApp) -> None:
    async with trouble.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        assert "✗ That is [b]not[/b] a number. Type digits" in text_of(pilot)
        assert isinstance(trouble.screen, _Trouble)


async def test_what_could_not_be_saved_must_be_acknowledged(trouble: EvaluatorApp) -> None:
    async with trouble.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        assert isinstance(trouble.screen, Message)
        assert "Not saved" in text_of(pilot)
        await press(pilot, "a", "enter")
        assert isinstance(trouble.screen, _Trouble)
        assert "The disk is full" in text_of(pilot)


async def test_an_error_of_the_program_is_reported_without_values_and_the_screen_lives(
    trouble: EvaluatorApp,
) -> None:
    async with trouble.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "c")
        assert "Something in the program failed" in text_of(pilot)
        await press(pilot, "a")
        assert "not[/b] a number" in text_of(pilot)
    [report] = (trouble.workspace.root / "reports").iterdir()
    written = report.read_text()
    assert "KeyError" in written
    assert "action_break" in written
    assert "Siti" not in written
    assert str(report) not in written
