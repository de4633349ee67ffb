"""Every key that answers, on the shipped instrument."""

from __future__ import annotations

import pytest

from evaluator import language
from evaluator.errors import DiskFullError
from evaluator.paths import Workspace
from evaluator.visits.values import Entry, Saved
from evaluator.visits.visit import Visit

from .conftest import Running
from .form_harness import answered, open_form


async def test_a_digit_sets_the_level_and_stays(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        assert form.here == "gov.GOV-01"
        await form.press("4")
        assert form.value("gov.GOV-01") == 4
        assert form.here == "gov.GOV-01"
        assert "4 (x)" in form.text
        assert "✓ Saved " in form.text
        await form.press("2")
        assert form.value("gov.GOV-01") == 2


async def test_levels_typed_in_one_burst_land_on_their_questions(
    running: Running, workspace: Workspace
) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.pilot.press("3", "down", "4", "m", "2")
        await form.settle()
        assert form.value("gov.GOV-01") == 3
        assert form.value("gov.GOV-02") == 4
        assert form.value("gov.GOV-03") == 2


async def test_a_digit_outside_the_scale_changes_nothing(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("9")
        assert form.value("gov.GOV-01") is None
        assert "The scale is 0–5" in form.text


async def test_a_number_is_typed_as_it_is_written_here(running: Running, workspace: Workspace) -> None:
    language.use("id")
    async with open_form(running, workspace, "gov", focus="gov.GOV-Q2") as form:
        await form.press("enter")
        await form.type("62,5")
        await form.press("enter")
        assert form.value("gov.GOV-Q2") == "62.5"
        assert "62,5 %" in form.text
        assert form.here == "gov.GOV-Y1"


async def test_a_digit_begins_to_type_a_number(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Q2") as form:
        await form.press("8", "0", "down")
        assert form.value("gov.GOV-Q2") == "80"
        assert form.here == "gov.GOV-Y1"


async def test_what_is_no_number_stays_in_the_field_with_the_reason(
    running: Running, workspace: Workspace
) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Q2") as form:
        await form.press("enter")
        await form.type("sixty")
        await form.press("enter")
        assert form.value("gov.GOV-Q2") is None
        assert "“sixty” is not a number" in form.text
        assert form.here == "gov.GOV-Q2"
        assert form.screen.editor is not None
        await form.press("escape")
        assert form.screen.editor is None


async def test_a_broken_constraint_is_stored_and_shown(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Q2") as form:
        await form.press("1", "2", "0", "enter", "up")
        assert form.value("gov.GOV-Q2") == "120"
        assert "✗" in form.text
        assert form.visit.filling.state(form.visit.key("gov.GOV-Q2")).invalid[0] in " ".join(
            form.text.split()
        )


async def test_yes_opens_the_questions_that_follow_and_no_closes_them(
    running: Running, workspace: Workspace
) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Y1") as form:
        assert "GOV-Y1a" not in form.text
        await form.press("y")
        assert "GOV-Y1a" in form.text
        await form.press("t")
        assert form.value("gov.GOV-Y1") == "tidak"
        assert "GOV-Y1a" not in form.text
        assert form.here == "gov.GOV-Y1"


async def test_dates_are_typed_and_shown_in_words(running: Running, workspace: Workspace) -> None:
    language.use("id")
    async with open_form(running, workspace, "knj", focus="knj.KNJ-05") as form:
        await form.press("enter")
        await form.type("25/2/2020")
        await form.press("escape")
        assert form.value("knj.KNJ-05") == "2020-02-25"
        assert "25 Februari 2020" in form.text
        await form.press("enter")
        await form.pilot.press("ctrl+u")
        await form.type("31/2/2020")
        await form.press("enter")
        assert form.value("knj.KNJ-05") == "2020-02-25"
        assert "31/2/2020" in form.text


async def test_the_fields_of_a_date_follow_one_another(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj", focus="knj.KNJ-05") as form:
        await form.pilot.press("enter", *"25-2-2026".replace("-", " ").split()[0])
        await form.type("/2/2026")
        await form.press("enter")
        assert form.screen.editor is not None
        await form.type("26/2/2026")
        await form.press("enter")
        assert form.value("knj.KNJ-05") == "2026-02-25"
        assert form.value("knj.KNJ-06") == "2026-02-26"
        assert form.here == "knj.KNJ-07"


async def test_choices_by_digit_and_with_the_arrows(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj", focus="knj.KNJ-07") as form:
        await form.press("3")
        assert form.value("knj.KNJ-07") == "hibrida"
        assert "3 (x)" in form.text
        await form.press("space", "up", "space")
        assert form.value("knj.KNJ-07") == "daring"
        await form.press("backspace", "enter", "down", "enter")
        assert form.value("knj.KNJ-07") == "daring"


async def test_long_text_takes_lines_and_keeps_what_was_typed(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj", focus="knj.KNJ-09") as form:
        await form.press("enter")
        await form.type("Banjir")
        await form.press("enter")
        await form.type("besar")
        await form.press("escape")
        assert form.value("knj.KNJ-09") == "Banjir\nbesar"
        assert form.screen.editor is None


async def test_what_the_program_fills_in_cannot_be_typed_over(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj", focus="knj.KNJ-02") as form:
        await form.press("1")
        assert form.value("knj.KNJ-02") == 2026
        assert "This is filled in by the program" in form.text
        assert "filled in by the program" in form.text


async def test_clearing_is_a_step_that_can_be_taken_back(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("4", "delete")
        assert form.value("gov.GOV-01") is None
        await form.press("u")
        assert form.value("gov.GOV-01") == 4
        await form.press("ctrl+r")
        assert form.value("gov.GOV-01") is None


async def test_not_applicable_with_its_reason(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("x", "enter")
        state = form.visit.filling.state(form.visit.key("gov.GOV-01"))
        assert (state.status, state.na) == ("na", "geografis")
        assert "N/A: " in form.text
        assert "– GOV-01" in form.text
        await form.press("x", "home", "up", "up", "enter")
        assert form.visit.filling.state(form.visit.key("gov.GOV-01")).status == "unanswered"


async def test_a_special_value_is_offered_with_the_reasons(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", focus="gov.SURVEI.rata_a") as form:
        await form.press("x")
        await form.type("answer")
        await form.press("enter")
        assert form.visit.filling.state(form.visit.key("gov.SURVEI.rata_a")).status == "special"


async def test_the_flag(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("f")
        assert "⚑ flagged" in form.text
        assert form.visit.stored(form.visit.key("gov.GOV-01")).flag
        await form.press("f")
        assert "⚑" not in form.text


async def test_a_region_or_agency_is_chosen_from_a_list_that_narrows(
    running: Running, workspace: Workspace
) -> None:
    def row(visit: Visit) -> None:
        visit.insert_row("qwn.QWN-REC")

    async with open_form(running, workspace, "qwn", focus="qwn.QWN-REC[1].opd", prepare=row) as form:
        await form.pilot.press("enter", *"dinkes", "enter")
        await form.settle()
        assert form.value("qwn.QWN-REC[1].opd") == "DINKES"


async def test_what_is_typed_is_saved_in_a_pause(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj", focus="knj.KNJ-09") as form:
        await form.press("enter")
        await form.type("Banjir")
        await form.pilot.pause(0.6)
        await form.settle()
        assert form.value("knj.KNJ-09") == "Banjir"
        assert form.screen.editor is not None


async def test_flush_saves_the_open_field(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Q2") as form:
        await form.press("7")
        await form.screen.flush()
        assert form.value("gov.GOV-Q2") == "7"
        assert form.screen.editor is not None


async def test_hostile_text_is_shown_harmless(running: Running, workspace: Workspace) -> None:
    hostile = "[red]x[/] [/] \u202eabc"
    async with open_form(
        running, workspace, "knj", focus="knj.KNJ-08", prepare=answered(("knj.KNJ-09", hostile))
    ) as form:
        assert "[red]x[/] [/] \ufffdabc" in form.text


async def test_a_difference_to_the_self_assessment_asks_for_a_note(
    running: Running, workspace: Workspace
) -> None:
    def with_self(visit: Visit) -> None:
        file = workspace.root / "self.csv"
        file.write_text("question,value,note\ngov.GOV-01,5,kami hebat\n", encoding="utf-8")
        visit.import_self(file)

    async with open_form(running, workspace, "gov", size=(120, 36), prepare=with_self) as form:
        assert "kami hebat" not in form.text
        assert "shown once you have given your own level" in form.side
        await form.press("2")
        assert "say why in a note" in form.questions
        assert "Self-assessment 5 " in form.side
        assert "kami hebat" in form.side
        await form.press("n")
        await form.type("lihat lapangan")
        await form.press("ctrl+s")
        assert "say why in a note" not in form.questions


async def test_a_sealed_visit_is_shown_and_not_changed(
    running: Running, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_form(running, workspace, "gov", prepare=answered(("gov.GOV-01", 3))) as form:
        monkeypatch.setattr(Visit, "read_only", True)
        await form.press("5")
        assert form.value("gov.GOV-01") == 3
        assert "read only" in form.text
        await form.press("down", "x")
        assert form.here == "gov.GOV-02"
        assert form.pilot.app.screen is form.screen


async def test_what_could_not_be_saved_is_said_and_stays_in_the_field(
    running: Running, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_visit: Visit, _entry: Entry) -> Saved:
        raise DiskFullError("disk_full", "The disk is full", "Free some room")

    async with open_form(running, workspace, "knj", focus="knj.KNJ-09") as form:
        await form.press("enter")
        await form.type("Banjir")
        with monkeypatch.context() as broken:
            broken.setattr(Visit, "answer", full)
            await form.press("escape")
            assert "Not saved" in form.text
            assert "The disk is full" in form.text
            await form.press("enter")
            assert form.screen.editor is not None
            assert "Saved" not in form.text
        await form.press("escape")
        assert form.value("knj.KNJ-09") == "Banjir"
        assert "✓ Saved " in form.text


async def test_help_over_an_open_field_saves_it(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Q2") as form:
        await form.press("4", "f1")
        assert form.value("gov.GOV-Q2") == "4"
        await form.press("escape", "2", "enter")
        assert form.value("gov.GOV-Q2") == "42"
