"""The last door before the terminal: nothing painted holds what a terminal would obey.

Text of ours went through `content` already; what somebody types or pastes into an open field did not.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

from evaluator.text import REPLACEMENT, shown


class Harmless(LineFilter):
    """Takes control characters and bidirectional overrides out of a painted line, which keeps its width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  # Textual's order
        """`segments` with harmless texts."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [segment._replace(text=_harmless(segment.text)) for segment in segments]


class HarmlessApp(App[int]):
    """An application all of whose lines are harmless."""

    _harmless = Harmless()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every painted line goes through."""
        return (*super().get_line_filters(), self._harmless)


def _harmless(text: str) -> str:
    return "".join(_of_same_width(character) for character in text)


def _of_same_width(character: str) -> str:
    if shown(character) == character:
        return character
    return REPLACEMENT * min(1, cell_len(character))
