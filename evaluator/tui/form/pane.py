"""Lines beside the questions: the sections at the left, guidance at the right."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from evaluator.tui.form.lines import Line
from evaluator.tui.form.view import STYLES


class LinesPane(ScrollView, can_focus=False):
    """Shows lines that somebody else painted."""

    class Pointed(Message):
        """A line with an option was clicked."""

        def __init__(self, pane: LinesPane, option: int) -> None:
            super().__init__()
            self.pane = pane
            self.option = option

        @property
        def control(self) -> LinesPane:
            return self.pane

    def __init__(self, id: str) -> None:  # noqa: A002  # Textual's name for it
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()

    @property
    def room(self) -> int:
        """The cells that a line may fill."""
        return max(10, self.scrollable_content_region.width)

    def show(self, lines: Sequence[Line], *, home: bool = True) -> None:
        """Show `lines`, from the first one on if `home`."""
        if tuple(lines) == self._lines:
            return
        if len(lines) != len(self._lines):
            self.virtual_size = Size(self.room, len(lines))
        self._lines = tuple(lines)
        if home:
            self.scroll_home(animate=False, immediate=True)
        self.refresh()

    def text(self) -> str:
        """All lines, for tests."""
        return "\n".join(line.text.rstrip() for line in self._lines)

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        style = self.visual_style
        if row >= len(self._lines):
            return Strip.blank(width, style.rich_style)
        content = Content.assemble(*((span.text, STYLES[span.role]) for span in self._lines[row].spans))
        return Strip(content.render_segments(style)).adjust_cell_length(width, style.rich_style)

    def on_click(self, event: Click) -> None:
        row = event.y + self.scroll_offset.y
        option = self._lines[row].option if row < len(self._lines) else None
        if option is not None:
            self.post_message(self.Pointed(self, option))
