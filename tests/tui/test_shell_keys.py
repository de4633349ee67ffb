"""The keys: declared once, reachable everywhere, each doing something."""

from __future__ import annotations

import pytest
from textual.widget import Widget

from evaluator import language
from evaluator.tui.app import EvaluatorApp
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.ask_text import AskText
from evaluator.tui.dialogs.choose import Choose
from evaluator.tui.dialogs.confirm import Confirm
from evaluator.tui.dialogs.help import HelpScreen
from evaluator.tui.dialogs.message import Message
from evaluator.tui.finalise.screen import FinaliseScreen
from evaluator.tui.first_start import FirstStart
from evaluator.tui.keys import EVERYWHERE, PLACES, Command, key_name
from evaluator.tui.review.form import ReviewForm
from evaluator.tui.review.screen import ReviewScreen
from evaluator.tui.rows import Rows
from evaluator.tui.sync.screen import SyncScreen
from evaluator.tui.visit.screen import VisitScreen
from evaluator.tui.visits.new import NewVisit
from evaluator.tui.visits.screen import VisitsScreen

SCREENS: dict[str, type[Widget]] = {
    "confirm": Confirm,
    "ask": AskLine,
    "text": AskText,
    "choose": Choose,
    "message": Message,
    "first_start": FirstStart,
    "list": Rows,
    "visits": VisitsScreen,
    "new_visit": NewVisit,
    "visit": VisitScreen,
    "finalise": FinaliseScreen,
    "review": ReviewScreen,
    "review_form": ReviewForm,
    "sync": SyncScreen,
}
ALL = [(place, command) for place, commands in PLACES.items() for command in commands]
FREE_CTRL = set("bfglnorst")


@pytest.mark.parametrize(("place", "screen"), SCREENS.items())
def test_every_command_has_a_method_on_the_screen_of_its_place(place: str, screen: type[Widget]) -> None:
    assert getattr(screen, "place") == place  # noqa: B009  # not every Screen has it
    for command in PLACES[place]:
        target = EvaluatorApp if command.plain_action.startswith("app.") else screen
        assert hasattr(target, "action_" + command.plain_action.removeprefix("app.")), command.id


def test_every_command_of_everywhere_has_a_method() -> None:
    for command in EVERYWHERE:
        assert hasattr(EvaluatorApp, "action_" + command.action_name.removeprefix("app."))


def test_the_help_closes_like_a_message() -> None:
    assert HelpScreen.place == "message"
    assert hasattr(HelpScreen, "action_close")


@pytest.mark.parametrize("place", PLACES)
def test_no_key_is_used_twice_in_a_place(place: str) -> None:
    keys = [key for command in (*PLACES[place], *EVERYWHERE) for key in command.keys.split(",")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("place", "command"), ALL, ids=lambda value: getattr(value, "id", value))
def test_keys_reach_every_terminal(place: str, command: Command) -> None:
    for key in command.keys.split(","):
        if key.startswith("ctrl+"):
            assert key[5:] in FREE_CTRL | {"p", "q"}, (place, key)
        else:
            assert "+" not in key or key == "shift+tab", (place, key)
        assert not (key.startswith("f") and key[1:].isdigit() and int(key[1:]) > 10)


@pytest.mark.parametrize("place", PLACES)
def test_six_keys_at_most_stand_in_the_row_beside_help(place: str) -> None:
    assert sum(command.shown for command in PLACES[place]) <= 6


@pytest.mark.parametrize(("place", "command"), ALL, ids=lambda value: getattr(value, "id", value))
def test_labels_are_short_and_helps_are_sentences(place: str, command: Command) -> None:
    assert 0 < len(command.label) <= 16, place
    assert len(command.help) > 4
    assert not command.help.endswith(".")


def test_keys_are_named_as_on_a_keyboard() -> None:
    assert [key_name(key) for key in ("ctrl+p", "slash", "f1", "n", "escape")] == [
        "Ctrl+P",
        "/",
        "F1",
        "n",
        "Esc",
    ]


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("place", PLACES)
def test_the_row_of_keys_fits_80_columns(place: str, lang: str) -> None:
    language.use(lang)
    shown = [command for command in (*PLACES[place], *EVERYWHERE) if command.shown]
    assert 1 + sum(len(f"{command.key_text()} {command.label_text}  ") for command in shown) <= 80
