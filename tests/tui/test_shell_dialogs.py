"""The dialogs: what each gives back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen

from evaluator import language
from evaluator.paths import Workspace
from evaluator.tui.app import EvaluatorApp
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.choose import Choose, Option
from evaluator.tui.dialogs.confirm import Confirm
from evaluator.tui.dialogs.help import HelpScreen
from evaluator.tui.dialogs.message import Message
from evaluator.tui.keys import commands
from evaluator.tui.place import Place
from evaluator.tui.typed_path import typed_path

from .conftest import press, settle, text_of, type_text

NOTHING = object()


class _Program(EvaluatorApp):
    def start(self) -> None:
        self.push_screen(Place())


@asynccontextmanager
async def showing(
    dialog: ModalScreen[Any], tmp_path: Path, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[int], list[object]]]:
    """A program with `dialog` open, and the list that gets its result."""
    app, results = _Program(Workspace(tmp_path / "workspace")), []
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await app.push_screen(dialog, results.append)
        await settle(pilot)
        yield pilot, results
    app.close()


@pytest.mark.parametrize(("key", "answer"), [("enter", True), ("y", True), ("n", False), ("escape", False)])
async def test_confirm(tmp_path: Path, key: str, answer: bool) -> None:
    async with showing(Confirm("Delete [b]it[/b]?", "It comes back with undo."), tmp_path) as (
        pilot,
        results,
    ):
        assert "Delete [b]it[/b]?" in text_of(pilot)
        await press(pilot, key)
    assert results == [answer]


@pytest.mark.parametrize("key", ["enter", "escape", "q"])
async def test_a_message_closes(tmp_path: Path, key: str) -> None:
    async with showing(Message("Not saved", "The disk is full", error=True), tmp_path) as (pilot, results):
        await press(pilot, key)
    assert results == [None]


async def test_ask_gives_the_line_and_refuses_what_is_wrong(tmp_path: Path) -> None:
    dialog = AskLine("Reason", check=lambda text: "" if text.strip() else "A reason is needed")
    async with showing(dialog, tmp_path) as (pilot, results):
        await press(pilot, "enter")
        assert "A reason is needed" in text_of(pilot)
        assert results == []
        await type_text(pilot, "late data")
        await press(pilot, "enter")
    assert results == ["late data"]


async def test_a_passphrase_is_never_shown(tmp_path: Path) -> None:
    async with showing(AskLine("Passphrase", hidden=True), tmp_path) as (pilot, results):
        await type_text(pilot, "secret")
        assert "secret" not in text_of(pilot)
        await press(pilot, "escape")
    assert results == [None]


def _regions() -> list[Option[str]]:
    return [Option(f"{number:03}", f"Region {number}", f"Province {number % 5}") for number in range(514)]


async def test_choose_narrows_by_every_word_typed(tmp_path: Path) -> None:
    async with showing(Choose("Region", _regions()), tmp_path) as (pilot, results):
        await type_text(pilot, "42 province 2")
        assert "Region 142" in text_of(pilot)
        assert "Region 143" not in text_of(pilot)
        await press(pilot, "down", "enter")
    assert results == ["142"]


async def test_choose_starts_at_the_current_value_and_moves_by_pages(tmp_path: Path) -> None:
    async with showing(Choose("Region", _regions(), current="100"), tmp_path) as (pilot, results):
        assert "› Region 100" in text_of(pilot)
        await press(pilot, "pagedown", "pageup", "up", "enter")
    assert results == ["099"]


async def test_choose_takes_nothing_from_an_empty_list(tmp_path: Path) -> None:
    async with showing(Choose("Region", _regions()), tmp_path) as (pilot, results):
        await type_text(pilot, "no such place")
        await press(pilot, "enter")
        assert results == []
        await press(pilot, "escape")
    assert results == [None]


async def test_choose_by_mouse(tmp_path: Path) -> None:
    async with showing(Choose("Region", _regions()), tmp_path) as (pilot, results):
        await pilot.click("Rows", offset=(5, 2))
        await pilot.click("Rows", offset=(5, 2))
        await settle(pilot)
    assert results == ["002"]


@pytest.mark.parametrize("place", ["visits", "visit", "form", "finalise"])
@pytest.mark.parametrize("lang", ["id", "en"])
async def test_help_lists_every_key_of_the_place(tmp_path: Path, place: str, lang: str) -> None:
    language.use(lang)
    listed = commands(place)
    async with showing(HelpScreen("What it is for", listed), tmp_path, size=(80, 60)) as (pilot, _results):
        shown = text_of(pilot)
    for command in listed:
        assert command.key_text(every=True) in shown
        assert " ".join(command.help_text.split()[:3]) in shown


async def test_help_opens_over_a_dialog_and_only_once(tmp_path: Path) -> None:
    async with showing(Confirm("Sure?"), tmp_path) as (pilot, results):
        await press(pilot, "f1", "f1")
        assert isinstance(pilot.app.screen, HelpScreen)
        await press(pilot, "escape", "y")
    assert results == [True]


@pytest.mark.parametrize(
    "typed",
    [
        "'/tmp/a b.pdf'",
        '"/tmp/a b.pdf"',
        "/tmp/a b.pdf",
        "/tmp/a\\ b.pdf",
        "file:///tmp/a%20b.pdf",
        " /tmp/a b.pdf ",
    ],
)
def test_a_dropped_path_is_understood(typed: str) -> None:
    assert typed_path(typed) == Path("/tmp/a b.pdf")


def test_a_path_may_start_at_home(tmp_path: Path) -> None:
    assert typed_path("~/bukti.pdf") == tmp_path / "bukti.pdf"
