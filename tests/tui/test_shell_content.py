"""Foreign text on its way to a widget."""

from __future__ import annotations

from decimal import Decimal

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from evaluator import language
from evaluator.tui.content import content, fitted, one_line
from evaluator.tui.marks import difference_text, progress_bar, score_bar, score_text
from evaluator.tui.textual_internals import screen_text

HOSTILE = "A[/]B [b]bold[/b] [@click=app.quit]x[/] \x1b[31mred\x07 \u202eback"


def test_markup_stays_text() -> None:
    found = content(HOSTILE)
    assert not found.spans
    assert "A[/]B [b]bold[/b] [@click=app.quit]x[/]" in found.plain


def test_control_characters_become_visible() -> None:
    assert not set("\x1b\x07\u202e") & set(content(HOSTILE).plain)


def test_one_line_has_no_line_feeds() -> None:
    assert one_line("a\nb\n\nc").plain == "a b c"


@pytest.mark.parametrize(
    "text", ["", "short", "exactly ten", "漢字漢字漢字漢字", "a much longer text than that"]
)
@pytest.mark.parametrize("right", [False, True])
def test_fitted_fills_exactly_its_cells(text: str, right: bool) -> None:
    assert fitted(text, 10, right=right).cell_length == 10


def test_fitted_to_nothing_is_empty() -> None:
    assert fitted("text", 0).plain == ""


async def test_hostile_text_is_drawn_and_nothing_of_it_is_obeyed() -> None:
    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield Static(content(HOSTILE))

    async with Page().run_test() as pilot:
        assert "A[/]B [b]bold[/b]" in screen_text(pilot.app.screen)


def test_a_bar_shows_halves_and_never_hides_a_beginning() -> None:
    assert progress_bar(0, 12, 3).plain == "───"
    assert progress_bar(1, 100, 3).plain == "╸──"
    assert progress_bar(6, 12, 3).plain == "━╸─"
    assert progress_bar(12, 12, 3).plain == "━━━"
    assert progress_bar(0, 0, 3).plain == "   "


def test_a_score_bar_is_as_long_as_the_score() -> None:
    assert score_bar(Decimal("2.5"), 5, 10).plain == "━━━━━─────"
    assert score_bar(None, 5, 4).plain == "╌╌╌╌"


def test_scores_are_written_as_in_the_place() -> None:
    language.use("id")
    assert score_text(Decimal("2.753055")) == "2,75"
    assert score_text(Decimal("1.795")) == "1,80"
    assert score_text(None) == "–"
    assert [difference_text(Decimal(value)) for value in ("0.5", "-1.25", "0.001")] == [
        "+0,50",
        "−1,25",
        "=0,00",
    ]
