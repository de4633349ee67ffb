"""One visit at a glance, and the end of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.identity import init
from evaluator.paths import Workspace
from evaluator.tui.dialogs.confirm import Confirm
from evaluator.tui.finalise.screen import FinaliseScreen
from evaluator.tui.form.screen import FormScreen
from evaluator.tui.visit.screen import VisitScreen

from .conftest import SMALL, Running, new_visit, press, settle, text_of, type_text


def _line(text: str, word: str) -> str:
    return next(line for line in text.splitlines() if word in line)


async def test_the_forms_stand_with_progress_score_and_band(workspace: Workspace, running: Running) -> None:
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=2)
    async with running(workspace, visit=visit) as pilot:
        line = _line(text_of(pilot), "Governance")
        assert "━━╸── 1/2" in line
        assert "~2.00 Good" in line
        assert "Provisional score 2.00 Good · 1 left" in text_of(pilot)
        assert "0 assessor team" in _line(text_of(pilot), " Visit ")


async def test_the_difference_from_the_region_and_from_last_year_waits_for_the_own_score(
    workspace: Workspace, running: Running
) -> None:
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1)
    file = workspace.root / "self.csv"
    file.write_text("question,value,note\ngov.SATU,2,\ngov.DUA,0,\n", encoding="utf-8")
    async with running(workspace) as pilot:
        await press(pilot, "i")
        await type_text(pilot, str(file))
        await press(pilot, "enter", "enter")
        assert "−1.00" in _line(text_of(pilot), "Governance")
        await press(pilot, "1", "down", "2", "escape")
        assert "+0.50" in _line(text_of(pilot), "Governance")
    assert visit


async def test_a_failed_check_leads_to_its_answer(workspace: Workspace, running: Running) -> None:
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1, gov__DUA=1)
    async with running(workspace, visit=visit) as pilot:
        assert "! warning   K90  Both levels are equal" in text_of(pilot)
        await press(pilot, "c")
        assert "· Both levels are equal" in text_of(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, FormScreen)
        assert "SATU" in text_of(pilot)
        await press(pilot, "escape", "c", "c")
        assert isinstance(pilot.app.screen, VisitScreen)


@pytest.mark.parametrize(("key", "title"), [("enter", "Visit"), ("t", "Visit"), ("1", "Governance")])
async def test_one_key_to_each_form(workspace: Workspace, running: Running, key: str, title: str) -> None:
    visit = new_visit(workspace, "64.02", SMALL)
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, key)
        assert isinstance(pilot.app.screen, FormScreen)
        assert title in text_of(pilot).splitlines()[0]


async def test_a_key_without_a_form_does_nothing(workspace: Workspace, running: Running) -> None:
    visit = new_visit(workspace, "64.02", SMALL)
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "9", "r")
        assert isinstance(pilot.app.screen, VisitScreen)


async def test_the_next_open_question(workspace: Workspace, running: Running) -> None:
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1)
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "m")
        assert isinstance(pilot.app.screen, FormScreen)
        await press(pilot, "2", "escape")
        await press(pilot, "m")
        assert "Nothing is open" in text_of(pilot)


async def test_undo_and_redo_over_a_restart(workspace: Workspace, running: Running) -> None:
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1)
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "u")
        assert "Taken back: gov.SATU" in text_of(pilot)
        assert "0/2" in _line(text_of(pilot), "Governance")
        await press(pilot, "ctrl+r")
        assert "Done again: gov.SATU" in text_of(pilot)
        assert "1/2" in _line(text_of(pilot), "Governance")
        await press(pilot, "ctrl+r")
        assert "There is nothing to do again" in text_of(pilot)


async def test_the_picture_stands_beside_or_in_the_place_of_the_checks(
    workspace: Workspace, running: Running
) -> None:
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1)
    async with running(workspace, visit=visit) as pilot:
        assert "Scores of the pillars" not in text_of(pilot)
        await press(pilot, "c", "p")
        assert "Scores of the pillars" in text_of(pilot)
        assert "GOV" in text_of(pilot)
        await press(pilot, "p")
        assert "Scores of the pillars" not in text_of(pilot)
    async with running(workspace, visit=visit, size=(120, 36)) as pilot:
        assert "GOV" in text_of(pilot)
        await press(pilot, "p")
        assert "GOV" not in text_of(pilot)


async def test_a_small_terminal_still_shows_the_forms(workspace: Workspace, running: Running) -> None:
    visit = new_visit(workspace, "64.02")
    async with running(workspace, visit=visit, size=(60, 14)) as pilot:
        assert "Visit" in text_of(pilot)
        await press(pilot, "end")
        assert "Closing" in text_of(pilot)


async def test_what_is_missing_is_listed_and_led_to(workspace: Workspace, running: Running) -> None:
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1)
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "f")
        assert isinstance(pilot.app.screen, FinaliseScreen)
        assert "Not ready: 1 missing, 0 checks failed as errors" in text_of(pilot)
        assert "○ no answer" in text_of(pilot)
        await press(pilot, "s")
        assert "✗ 1 missing and 0 errors are in the way" in text_of(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, FormScreen)
        await press(pilot, "1", "escape")
        assert "Ready to be signed" in text_of(pilot)
        assert "K90" in text_of(pilot)


async def test_a_visit_is_signed_exported_and_opened_again(
    workspace: Workspace, running: Running, tmp_path: Path
) -> None:
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1, gov__DUA=2)
    stick = tmp_path / "stick"
    stick.mkdir()
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "f")
        assert "Press s to sign as Budi Santoso <budi@example.id>." in text_of(pilot)
        await press(pilot, "s")
        assert isinstance(pilot.app.screen, Confirm)
        await press(pilot, "n", "s", "y")
        shown = text_of(pilot)
        assert "✓ Revision 1 is sealed" in shown
        assert "● final" in shown
        [bundle] = workspace.outbox.iterdir()
        assert bundle.name in shown.replace("\n", "").replace(" ", "")
        assert len(shown.splitlines()) == 24
        assert "Sign" not in shown.splitlines()[-1]
        await press(pilot, "s", "e", "ctrl+u")
        await type_text(pilot, str(stick))
        await press(pilot, "enter")
        assert "✓ Copied to" in text_of(pilot)
        assert (stick / bundle.name).read_bytes() == bundle.read_bytes()
        await press(pilot, "o", "enter")
        assert "A reason is needed" in text_of(pilot)
        await type_text(pilot, "late data")
        await press(pilot, "enter")
        assert "The visit is open again" in text_of(pilot)
        await press(pilot, "s", "y")
        assert "✓ Revision 2 is sealed" in text_of(pilot)
        await press(pilot, "escape")
        assert "● final r2" in text_of(pilot)
        await press(pilot, "escape")
        assert "● final" in text_of(pilot)


async def test_a_wrong_passphrase_can_be_typed_again(tmp_path: Path, running: Running) -> None:
    workspace = Workspace(tmp_path / "locked")
    init(workspace, name="Siti", email="siti@example.id", passphrase="rahasia", language="en")
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1, gov__DUA=2)
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "f", "s")
        assert "Sign revision 1" in text_of(pilot)
        await type_text(pilot, "salah")
        await press(pilot, "enter")
        assert "Sign revision 1" in text_of(pilot)
        await type_text(pilot, "rahasia")
        await press(pilot, "enter")
        assert "✓ Revision 1 is sealed" in text_of(pilot)


async def test_the_passphrase_may_be_refused(tmp_path: Path, running: Running) -> None:
    workspace = Workspace(tmp_path / "locked")
    init(workspace, name="Siti", email="siti@example.id", passphrase="rahasia", language="en")
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1, gov__DUA=2)
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "f", "s", "escape")
        assert "Ready to be signed" in text_of(pilot)


async def test_a_bundle_is_never_written_over_something_else(
    workspace: Workspace, running: Running, tmp_path: Path
) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(b"something else")
    visit = new_visit(workspace, "64.02", SMALL, gov__SATU=1, gov__DUA=2)
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "f", "s", "y", "e", "ctrl+u")
        await type_text(pilot, str(other))
        await press(pilot, "enter")
        assert "✗" in text_of(pilot)
        await settle(pilot)
    assert other.read_bytes() == b"something else"
