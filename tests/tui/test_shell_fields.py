"""Fields take fast keys in order, pastes as they can be kept, and never show what a terminal would obey."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import ComposeResult
from textual.widgets import TextArea

from evaluator.tui.dialogs.choose import Choose, Option
from evaluator.tui.flat import FlatInput, KeysInOrder, pasted
from evaluator.tui.form.evidence import paths_in
from evaluator.tui.harmless import HarmlessApp
from evaluator.tui.keyhold import KeyHold


class _Text(KeysInOrder, TextArea):
    pass


class _Fields(KeyHold, HarmlessApp):
    """A line and a text."""

    def compose(self) -> ComposeResult:
        yield FlatInput()
        yield _Text()

    def type_fast(self, *keys: str) -> None:
        """All keys before the first of them was taken."""
        for key in keys:
            self.post_message(events.Key(key, key if len(key) == 1 else None))


@pytest.mark.parametrize("field", [FlatInput, _Text])
async def test_fast_keys_are_taken_in_the_order_in_which_they_were_typed(
    field: type[FlatInput | _Text],
) -> None:
    app = _Fields()
    async with app.run_test() as pilot:
        widget = app.query_one(field)
        widget.focus()
        await pilot.pause()
        app.type_fast("a", "b", "backspace", "c", "left", "d", "home", "e", "end", "f")
        await pilot.pause()
        assert (widget.value if isinstance(widget, FlatInput) else widget.text) == "eadcf"


async def test_keys_of_the_dialog_around_a_field_are_not_overtaken() -> None:
    app = _Fields()
    chosen: list[str | None] = []
    async with app.run_test() as pilot:
        options = [Option(name, name) for name in ("one", "two", "three")]
        app.push_screen(Choose("Which?", options, current="two"), chosen.append)
        app.type_fast("up", "down", "down", "enter")
        await pilot.pause()
        await pilot.pause()
    assert chosen == ["three"]


async def test_what_is_typed_while_a_dialog_opens_is_for_the_dialog() -> None:
    app = _Fields()
    chosen: list[str | None] = []
    async with app.run_test() as pilot:
        app.query_one(FlatInput).focus()
        app.push_screen(Choose("Which?", [Option(name, name) for name in ("one", "two")]), chosen.append)
        app.type_fast("t", "w", "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.query_one(FlatInput).value == ""
    assert chosen == ["two"]


def test_a_pasted_text_loses_what_could_not_be_saved() -> None:
    assert pasted("a\r\nb\rc\x0cd\x85e") == "a\nb\nc\nd\ne"
    assert pasted("1\x1b[2J\x07\x9b3\ud8004") == "1[2J34"
    assert pasted("naïve 😀\tA\u200dB") == "naïve 😀\tA\u200dB"


async def test_a_line_takes_all_lines_of_a_paste() -> None:
    app = _Fields()
    async with app.run_test() as pilot:
        app.query_one(FlatInput).focus()
        await pilot.pause()
        app.post_message(events.Paste("Jalan Merdeka\r\nNomor 7\n"))
        await pilot.pause()
        assert app.query_one(FlatInput).value == "Jalan Merdeka Nomor 7"


async def test_an_open_field_shows_nothing_that_a_terminal_would_obey() -> None:
    app = _Fields()
    async with app.run_test(size=(60, 12)) as pilot:
        app.query_one(FlatInput).value = "csi \x9b31m rlo \u202e end"
        app.query_one(_Text).text = "bel \x07 osc \x9d0;x isolate \u2066 end"
        await pilot.pause()
        painted = "".join(strip.text for strip in app.screen._compositor.render_strips())
    assert "csi" in painted
    assert "isolate" in painted
    assert not set("\x07\x9b\x9d\u202e\u2066") & set(painted)


@pytest.mark.parametrize(
    "text",
    ["x" * 3000, "~nobody-of-this-name/x", "file://[", "\0", "'", "a\0b c", "~" * 20, "/" * 5000, "'" * 99],
)
def test_a_pasted_text_that_is_no_path_is_no_path(text: str) -> None:
    assert paths_in(text) == ()
