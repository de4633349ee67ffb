"""Every key that moves, and the rows of repeats."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from evaluator.errors import DiskFullError
from evaluator.paths import Workspace
from evaluator.tui.form.screen import FormScreen
from evaluator.visits.visit import Visit

from .conftest import Running
from .form_harness import Form, answered, open_form


async def test_up_down_home_end_and_letters(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("down", "j")
        assert form.here == "gov.GOV-Q1"
        await form.press("k", "up")
        assert form.here == "gov.GOV-01"
        await form.press("up")
        assert form.here == "gov.GOV-01"
        await form.press("end")
        assert form.here == "gov.GOV-Y1"
        await form.press("home")
        assert form.here == "gov.GOV-01"


async def test_sections_keep_the_place_in_them(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("down", "right_square_bracket")
        assert form.here == "gov.GOV-03"
        assert "(2 of 3)" in form.text
        await form.press("left_square_bracket")
        assert form.here == "gov.GOV-02"
        await form.press("left_square_bracket")
        assert "This is the first section" in form.text


async def test_the_next_open_question_across_sections_and_forms(
    running: Running, workspace: Workspace
) -> None:
    levels = answered(*((f"gov.GOV-0{number}", 3) for number in (1, 2, 3, 5, 6)))
    async with open_form(running, workspace, "gov", prepare=levels) as form:
        await form.press("m")
        assert form.here == "gov.GOV-04"
        await form.press("4", "m")
        assert form.here == "bra.BRA-01"
        assert "in another one" in form.text


async def test_find_narrows_by_words_and_goes_there(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.pilot.press("slash", *"complaints", "space", *"satisfaction", "enter")
        await form.settle()
        assert form.here == "gov.GOV-02"
        assert isinstance(form.pilot.app.screen, FormScreen)


async def test_go_to_a_code_of_another_form(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.pilot.press("g", *"env", "minus", *"03", "enter")
        await form.settle()
        assert form.here == "env.ENV-03"
        assert "Smart Environment" in form.text


async def test_undo_goes_to_what_it_takes_back(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("4", "right_square_bracket", "5", "left_square_bracket", "u")
        assert form.here == "gov.GOV-03"
        assert form.value("gov.GOV-03") is None
        await form.press("u")
        assert form.here == "gov.GOV-01"
        assert form.value("gov.GOV-01") is None
        await form.press("u")
        assert "nothing to take back" in form.text


async def test_escape_and_q_leave_the_screen(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("q")
        assert not isinstance(form.pilot.app.screen, FormScreen)


async def test_guidance_on_demand_where_there_is_no_room(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        assert "How to examine it" not in form.text
        await form.press("p")
        assert "How to examine it" in form.text
        assert "Evidence wanted" in form.text
        await form.press("down")
        assert "five complaint numbers" in form.side
        await form.press("escape")
        assert "GOV-02" in form.text
        assert isinstance(form.pilot.app.screen, FormScreen)


async def test_a_row_is_added_filled_and_left(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj", focus="knj.KNJ-10") as form:
        await form.press("down", "a")
        assert "Assessor team 1" in form.text
        await form.type("Budi Santoso")
        await form.press("enter", "1", "enter", "1", "escape")
        assert form.value("knj.KNJ-TIM[1].nama") == "Budi Santoso"
        assert form.value("knj.KNJ-TIM[1].unsur") is not None
        assert "Budi Santoso" in form.text
        assert form.here == "knj.KNJ-TIM[1]"


def _two_rows(visit: Visit) -> None:
    answered(("knj.KNJ-TIM[1].nama", "Ani"), ("knj.KNJ-TIM[2].nama", "Budi"))(visit)


async def test_rows_are_copied_moved_inserted_and_deleted(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj", focus="knj.KNJ-TIM[1]", prepare=_two_rows) as form:

        def names() -> list[object]:
            rows = form.visit.filling.rows("knj.KNJ-TIM")
            return [form.visit.filling.state(("knj.KNJ-TIM.nama", row)).value for row in rows]

        await form.press("greater_than_sign")
        assert names() == ["Budi", "Ani"]
        assert form.here == "knj.KNJ-TIM[2]"
        await form.press("less_than_sign", "D")
        assert names() == ["Ani", "Ani", "Budi"]
        await form.press("d")
        assert names() == ["Ani", "Budi"]
        await form.press("u")
        assert names() == ["Ani", "Ani", "Budi"]
        await form.press("i")
        await form.type("Cici")
        await form.press("escape", "escape")
        assert "Cici" in names()


async def test_brackets_go_from_row_to_row(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj", focus="knj.KNJ-TIM[1].peran", prepare=_two_rows) as form:
        await form.press("right_square_bracket")
        assert form.here == "knj.KNJ-TIM[2].peran"
        await form.press("right_square_bracket")
        assert "This is the last row" in form.text
        await form.press("escape")
        assert form.here == "knj.KNJ-TIM[2]"


async def test_a_quick_win_has_its_levels_in_the_row(running: Running, workspace: Workspace) -> None:
    named = answered(("qwn.QWN-REC[1].nama", "SIMPEL"))
    async with open_form(running, workspace, "qwn", focus="qwn.QWN-REC[1].QWN-03", prepare=named) as form:
        await form.press("4")
        assert form.value("qwn.QWN-REC[1].QWN-03") == 4
        assert "SIMPEL" in form.text


async def test_the_mouse_goes_to_questions_and_takes_choices(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj") as form:
        lines = form.text.splitlines()
        row = next(number for number, line in enumerate(lines) if "KNJ-07" in line)
        await form.pilot.click(offset=(20, row))
        await form.settle()
        assert form.here == "knj.KNJ-07"
        lines = form.text.splitlines()
        row = next(number for number, line in enumerate(lines) if "2 ( )" in line)
        await form.pilot.click(offset=(20, row))
        await form.settle()
        assert form.value("knj.KNJ-07") == "daring"


async def test_sections_are_clicked_where_they_are_shown(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", size=(120, 36)) as form:
        await form.pilot.click("#sections", offset=(5, 2))
        await form.settle()
        assert "(3 of 3)" in form.text


async def test_a_table_with_too_few_rows_is_open_too(running: Running, workspace: Workspace) -> None:
    done = answered(("knj.KNJ-10", "ya"))
    async with open_form(running, workspace, "knj", focus="knj.KNJ-10", prepare=done) as form:
        await form.press("m")
        assert form.screen.item is not None
        assert (form.screen.item.kind, form.screen.item.key[0]) == ("add", "knj.KNJ-TIM")
        await form.press("m")
        assert form.screen.item.key[0] == "knj.KNJ-PST"
        await form.press("m")
        assert form.here == "knj.KNJ-05"


async def _burst(form: Form, *keys: str) -> None:
    """All keys at once, as a slow machine gets them."""
    characters = {"minus": "-", "space": " ", "full_stop": "."}
    for key in keys:
        form.pilot.app.post_message(events.Key(key, characters.get(key, key if len(key) == 1 else None)))
    await form.settle()


async def test_keys_typed_ahead_of_a_dialog_reach_it_in_order(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Y1") as form:
        await _burst(form, "g", *"knj", "minus", *"09", "enter")
        assert form.here == "knj.KNJ-09"
        assert not form.visit.stored(form.visit.key("gov.GOV-Q2")).note


async def test_keys_that_come_while_a_dialog_opens_wait_behind_the_earlier_ones(
    running: Running, workspace: Workspace
) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Y1") as form:
        app = form.pilot.app
        for key in ("g", "e", "n", "v"):
            app.post_message(events.Key(key, key))
        await asyncio.sleep(0.02)
        for key in ("minus", "0", "3", "enter"):
            app.post_message(events.Key(key, "-" if key == "minus" else key if len(key) == 1 else None))
            await asyncio.sleep(0.01)
        await form.settle()
        assert form.here == "env.ENV-03"


async def test_a_field_opened_in_a_burst_gets_what_follows(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Q2") as form:
        await _burst(form, "enter", "6", "2", "full_stop", "enter", "y")
        assert form.value("gov.GOV-Q2") == "62"
        assert form.value("gov.GOV-Y1") == "ya"


async def test_the_keyboard_does_not_stay_deaf_when_a_dialog_fails(
    running: Running, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_visit: Visit, _key: object) -> tuple[str, ...]:
        raise DiskFullError("disk_full", "The disk is full")

    async with open_form(running, workspace, "gov") as form:
        monkeypatch.setattr("evaluator.tui.form.base.LONGEST_WAIT", 0.1)
        monkeypatch.setattr(Visit, "history", fail)
        await form.press("h")
        await form.pilot.pause(0.3)
        await form.press("escape", "3")
        assert form.value("gov.GOV-01") == 3
