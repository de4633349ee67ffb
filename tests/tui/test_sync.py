"""The exchange on the screen: what waits, progress, stop, result; and the way back to the assessor."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from evaluator.bundle.keys import Signer
from evaluator.config import read_config, write_config
from evaluator.paths import Workspace
from evaluator.remotes.remote import Remote
from evaluator.sync import exchange as exchanging
from evaluator.sync.values import Progress, SyncResult
from evaluator.tui.app import EvaluatorApp
from evaluator.tui.form.screen import FormScreen
from evaluator.tui.sync import run as running_module
from evaluator.tui.sync.lines import bars, entries, size_text, time_text
from evaluator.tui.sync.run import SyncRun, SyncStoppedError, exchange
from evaluator.tui.sync.screen import SyncScreen, shortened
from evaluator.tui.visit.screen import VisitScreen
from evaluator.tui.visits.screen import VisitsScreen
from evaluator.workspaces import OpenWorkspace
from tests.office.conftest import built, homes
from tests.office.homes import Homes

from .conftest import Running, press, text_of, type_text
from .test_review import protect

__all__ = ["built", "homes"]


@pytest.fixture
def assessor(homes: Homes) -> Workspace:
    """An assessor with one sealed visit."""
    return Workspace(homes.assessor_1)


def without_remote(workspace: Workspace) -> None:
    write_config(workspace, replace(read_config(workspace), remote=""))


def app_of(pilot: Pilot[int]) -> EvaluatorApp:
    assert isinstance(pilot.app, EvaluatorApp)
    return pilot.app


def flat(pilot: Pilot[int]) -> str:
    """The screen as one line."""
    return " ".join(text_of(pilot).replace("│", " ").split())


# -- the exchange


async def test_what_waits_is_sent_and_the_result_stays(
    homes: Homes, assessor: Workspace, running: Running
) -> None:
    async with running(assessor) as pilot:
        await press(pilot, "s")
        text = text_of(pilot)
        assert "Not begun" in text
        assert "Going out: 1" in text
        assert "○ Bundle: Kabupaten Kutai Kartanegara, revision 1" in text
        await press(pilot, "enter")
        text = text_of(pilot)
        assert "✓ Done in" in text
        assert " 100 % " in text
        assert "Went out: 1" in text
        assert "Sent, no receipt yet: 1" in text
        await press(pilot, "escape")
        assert "↑ sent" in text_of(pilot)
        await press(pilot, "s")
        assert "Went out: 1" in text_of(pilot), "it can be returned to"
        await press(pilot, "l")
        assert "Sent Kabupaten Kutai Kartanegara, revision 1" in text_of(pilot)
    assert list(homes.remote.glob("out/*/00000001-*.json"))


async def test_it_is_reached_from_everywhere_by_the_palette(assessor: Workspace, running: Running) -> None:
    async with running(assessor) as pilot:
        await press(pilot, "enter", "f9")
        assert isinstance(pilot.app.screen, SyncScreen)
        await press(pilot, "f9", "escape")
        assert isinstance(pilot.app.screen, VisitScreen)
        await press(pilot, "ctrl+p")
        await type_text(pilot, "fetch")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, SyncScreen)


async def test_a_remote_is_asked_for_and_remembered(
    homes: Homes, assessor: Workspace, running: Running
) -> None:
    without_remote(assessor)
    async with running(assessor) as pilot:
        await press(pilot, "s")
        assert "no remote yet" in text_of(pilot)
        await press(pilot, "enter", "enter")
        assert "Without a remote nothing can be exchanged" in flat(pilot)
        await press(pilot, "escape")
        assert not app_of(pilot).syncing
        await press(pilot, "enter")
        await type_text(pilot, str(homes.remote))
        await press(pilot, "enter")
        assert "✓ Done in" in text_of(pilot)
    assert read_config(assessor).remote == str(homes.remote)


async def test_another_remote_is_named_without_an_exchange(
    homes: Homes, assessor: Workspace, running: Running
) -> None:
    without_remote(assessor)
    async with running(assessor) as pilot:
        await press(pilot, "s", "r")
        await type_text(pilot, f"'{homes.remote}'")
        await press(pilot, "enter")
        assert "✓ Remembered" in text_of(pilot)
        assert "Not begun" in text_of(pilot)
        await press(pilot, "r")
        await press(pilot, "end", "ctrl+u")
        await type_text(pilot, "s3://kota/berkas")
        await press(pilot, "enter")
        assert "s3" in flat(pilot)
    assert read_config(assessor).remote == str(homes.remote)


async def test_the_passphrase_is_asked_once_and_only_if_something_is_signed(
    homes: Homes, assessor: Workspace, running: Running
) -> None:
    protect(homes.assessor_1)
    async with running(assessor) as pilot:
        await press(pilot, "s", "enter")
        assert "Sign what is sent" in text_of(pilot)
        await type_text(pilot, "salah")
        await press(pilot, "enter")
        assert "Sign what is sent" in text_of(pilot)
        await type_text(pilot, "rahasia")
        await press(pilot, "enter")
        assert "✓ Done in" in text_of(pilot)
        await press(pilot, "enter")
        assert "✓ Done in" in text_of(pilot), "nothing has to be signed any more"


async def test_a_dead_link_is_said_with_what_to_do(
    homes: Homes, assessor: Workspace, running: Running
) -> None:
    aside = homes.remote.rename(homes.root / "away")
    async with running(assessor) as pilot:
        await press(pilot, "s", "enter")
        assert "Stopped after" in text_of(pilot)
        assert "Problems: 1" in text_of(pilot)
        assert "is not there" in flat(pilot)
        aside.rename(homes.remote)
        await press(pilot, "enter")
        assert "Went out: 1" in text_of(pilot)


async def test_a_stranger_s_bundle_is_a_problem_and_stops_nothing(homes: Homes, running: Running) -> None:
    homes.ok(homes.assessor_1, "sync")
    (homes.office / "keys" / "allowed_signers").write_text("")
    async with running(Workspace(homes.office)) as pilot:
        await press(pilot, "s", "enter")
        assert "Problems: 1" in text_of(pilot)
        assert "✗ out/" in text_of(pilot)
        await press(pilot, "escape")
        assert "Nothing was received yet" in text_of(pilot)


# -- while it goes on


class Slow:
    """An exchange that goes on until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        monkeypatch.setattr(exchanging, "synchronise", self.synchronise)

    def synchronise(
        self,
        opened: OpenWorkspace,
        remote: Remote,
        unlock: Callable[[], Signer],
        report: Callable[[Progress], None],
    ) -> SyncResult:
        assert opened.config
        assert unlock
        sent = 0
        while not self.go.wait(0.01):
            sent = min(sent + 1000, 900_000)
            report(Progress("send", "visit.zip data/evidence/ev-0001.mp4", sent, 1_000_000, sent, 2_000_000))
        return SyncResult(remote.identity)


async def until(pilot: Pilot[int], wanted: Callable[[], bool]) -> None:
    """Wait while the exchange is busy."""
    for _turn in range(2000):
        await pilot.pause()
        if wanted():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(text_of(pilot))


async def test_it_shows_how_far_it_is_and_can_be_left_and_returned_to(
    assessor: Workspace, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    async with running(assessor) as pilot:
        await press(pilot, "s")
        await pilot.press("enter")
        await until(pilot, lambda: "Sending" in text_of(pilot) and "left" in text_of(pilot))
        text = text_of(pilot)
        assert "kB / 1.0 MB" in text
        assert "a second" in text
        assert "kB / 2.0 MB · data/evidence/ev-0001.mp4" in text
        assert "x Stop" in text
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, VisitsScreen))
        desk = app_of(pilot).desk
        assert desk is not None
        assert await app_of(pilot).work(desk.visits), "the workspace answers meanwhile"
        await pilot.press("s")
        await until(pilot, lambda: "Sending" in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, VisitsScreen))
        slow.go.set()
        await until(pilot, lambda: "Sync: Done in" in text_of(pilot))


async def test_answers_are_saved_while_it_goes_on(
    assessor: Workspace, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    async with running(assessor) as pilot:
        await press(pilot, "s")
        await pilot.press("enter")
        await until(pilot, lambda: "Sending" in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, VisitsScreen))
        await pilot.press("enter")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, VisitScreen) and "Governance" in text_of(pilot)
        )
        await pilot.press("1")
        await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen))
        await pilot.press("2")
        await until(pilot, lambda: "✓ Saved" in text_of(pilot))
        assert app_of(pilot).syncing
        slow.go.set()
        await until(pilot, lambda: not app_of(pilot).syncing)


async def test_it_is_stopped_by_a_key_and_by_leaving_the_program(
    assessor: Workspace, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    Slow(monkeypatch)
    async with running(assessor) as pilot:
        await press(pilot, "s")
        await pilot.press("enter")
        await until(pilot, lambda: "Sending" in text_of(pilot))
        await pilot.press("x")
        await until(pilot, lambda: "Stopped after" in text_of(pilot))
        assert "The next one goes on where this one was" in flat(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "Sending" in text_of(pilot))
        await app_of(pilot).leave()
    run = app_of(pilot).sync_run
    assert run is not None
    assert run.state == "stopped"


async def test_an_error_of_the_program_is_reported_and_ends_the_exchange(
    assessor: Workspace, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> SyncResult:
        raise ZeroDivisionError

    monkeypatch.setattr(exchanging, "synchronise", broken)
    async with running(assessor) as pilot:
        await press(pilot, "s", "enter")
        assert "Something in the program failed" in flat(pilot)
        assert not app_of(pilot).syncing


def test_what_was_stopped_goes_on_next_time(homes: Homes) -> None:
    with homes.opened(homes.assessor_1) as opened:
        run = SyncRun(lambda: None)
        run.give_way = run.stop  # at the first sign of progress
        exchange(opened, run, None, None)
        assert run.state == "stopped"
        assert isinstance(run.error, SyncStoppedError)
        assert not list(homes.remote.glob("out/*/*.json"))
        again = SyncRun(lambda: None)
        exchange(opened, again, None, None)
        assert again.state == "done"
        assert again.result is not None
        assert len(again.result.sent) == 1
    assert len(list(homes.remote.glob("out/*/*.json"))) == 1
    assert homes.ingest()[0]["verdict"] == "stored"


# -- lines


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (999_600, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (3.2e9, "3.2 GB"),
    ],
)
def test_sizes_are_for_people(size: float, text: str) -> None:
    assert size_text(size) == text


def test_times_are_for_people() -> None:
    assert [time_text(seconds) for seconds in (0, 65.4, 3600, 3723)] == ["0:00", "1:05", "1:00:00", "1:02:03"]


def test_speed_and_time_left_are_those_of_the_last_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 1.0, 2.0, 10.0, 11.0])
    monkeypatch.setattr(running_module.time, "monotonic", lambda: next(moments))
    run = SyncRun(lambda: None)
    assert (run.speed, run.seconds_left) == (0.0, None)
    for done in (0, 1000, 2000):
        run.report(Progress("send", "a", done, 10_000))
    assert (run.speed, run.seconds_left) == (1000.0, 8.0)
    run.report(Progress("send", "a", 4000, 10_000))
    run.report(Progress("send", "a", 6000, 10_000))
    assert (run.speed, run.seconds_left) == (2000.0, 2.0)
    assert "2 kB a second · 0:02 left" in bars(run, 80).plain


def test_nothing_new_is_said() -> None:
    run = SyncRun(lambda: None, state="done", result=SyncResult("x"))
    assert [entry.text for entry in entries((), run, {})] == ["Nothing new"]


# -- the way back


@pytest.fixture
def returned(homes: Homes) -> str:
    """The visit of assessor 1, returned with two comments; its id."""
    homes.ok(homes.assessor_1, "sync")
    homes.ingest()
    homes.ok(
        homes.office, "review", homes.bundle(), "--decision", "has_issues", "--summary", "Dua [b]hal[/b]",
        "--comment", "gov.GOV-01=Mengapa tiga?", "--comment", "pnt.PNT-KUAT[1].uraian=Di mana?",
    )  # fmt: skip
    homes.ok(homes.office, "sync")
    return homes.sealed_visit()


async def test_the_assessor_corrects_what_was_returned(
    homes: Homes, returned: str, assessor: Workspace, running: Running
) -> None:
    async with running(assessor, visit=returned) as pilot:
        text = text_of(pilot)
        assert "r1 ✓ here ✓ at the remote ○ received" in text
        assert "reopens" not in text
        await press(pilot, "f9", "enter")
        assert "↓ Review: Kabupaten Kutai Kartanegara, revision 1: returned with issues" in text_of(pilot)
        await press(pilot, "escape")
        text = text_of(pilot)
        assert "↩ returned r1" in text
        assert "Revision 1: returned with issues" in text
        assert "Dua [b]hal[/b]" in text
        assert "v 2/2 comments open · o reopens · r1 ✓ here ✓ at the remote ✓ received" in text
        await press(pilot, "o")
        assert "Dua [b]hal[/b]" in flat(pilot)
        await press(pilot, "enter")
        assert "✓ The visit is open again" in text_of(pilot)
        await press(pilot, "v")
        assert "▌✓ GOV-01" in text_of(pilot)
        assert "» Review of revision 1, sekretariat@contoh.example: Mengapa tiga?" in flat(pilot).replace(
            "▌ ", ""
        )
        await press(pilot, "b")
        await type_text(pilot, "Dilihat")
        await press(pilot, "ctrl+s")
        assert "Reply: Dilihat" in text_of(pilot)
        await press(pilot, "v")
        assert "Di mana?" in text_of(pilot)
        await press(pilot, "v")
        assert "Mengapa tiga?" in text_of(pilot), "round and round"
        await press(pilot, "escape")
        assert "v 1/2 comments open" in text_of(pilot)
        await press(pilot, "v")
        assert "Di mana?" in text_of(pilot)
        await press(pilot, "escape", "escape", "f", "s", "enter")
        assert "Revision 2 is sealed" in text_of(pilot)
        await press(pilot, "escape", "w")
        assert f"visit-{returned}-r01.zip" in text_of(pilot)
        assert "✓ here ○ at the remote ○ received" in text_of(pilot)
    assert homes.ok(homes.assessor_1, "visit", "list")[0]["revision"] == 2


async def test_the_reason_is_filled_from_the_review_at_the_end_of_a_visit_too(
    homes: Homes, returned: str, assessor: Workspace, running: Running
) -> None:
    homes.ok(homes.assessor_1, "sync")
    async with running(assessor, visit=returned) as pilot:
        await press(pilot, "f", "o")
        assert "Dua [b]hal[/b]" in flat(pilot)
        await press(pilot, "escape")
        assert "e Export" in text_of(pilot)


async def test_an_approved_visit_is_not_reopened(homes: Homes, assessor: Workspace, running: Running) -> None:
    homes.ok(homes.assessor_1, "sync")
    homes.ingest()
    homes.ok(homes.office, "review", homes.bundle(), "--decision", "approved")
    homes.ok(homes.office, "sync")
    homes.ok(homes.assessor_1, "sync")
    async with running(assessor, visit=homes.sealed_visit()) as pilot:
        assert "Revision 1: approved" in text_of(pilot)
        await press(pilot, "o", "v")
        assert isinstance(pilot.app.screen, VisitScreen)
        assert "reopens" not in text_of(pilot)


async def test_a_visit_that_was_never_sealed_has_no_letters(workspace: Workspace, running: Running) -> None:
    from .conftest import SMALL, new_visit

    visit = new_visit(workspace, "64.02", SMALL)
    async with running(workspace, visit=visit) as pilot:
        assert "at the remote" not in text_of(pilot)
        await press(pilot, "w")
        assert "Nothing is sealed or attached yet" in text_of(pilot)


async def test_a_new_workspace_has_nothing_to_exchange_with(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "s")
        assert "Nothing waits to go out" in text_of(pilot)
        await press(pilot, "l")
        assert "No exchange yet" in text_of(pilot)


async def test_the_first_start_has_nothing_to_exchange(empty_workspace: Workspace, running: Running) -> None:
    async with running(empty_workspace) as pilot:
        await press(pilot, "f9")
        assert not isinstance(pilot.app.screen, SyncScreen)
        assert Path(empty_workspace.root).exists() is False


def test_of_a_long_path_the_end_is_shown() -> None:
    assert shortened("/media/share", 20) == "/media/share"
    assert shortened("/media/very/long/name/office", 12) == "…name/office"
