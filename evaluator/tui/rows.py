"""A list painted line by line: as long as you like at the cost of what is on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from evaluator.tui.keys import bindings

Painter = Callable[[int, int], Content]


class Rows(ScrollView, can_focus=True):
    """`count` lines, each given by `paint(index, width)`; one of them holds the cursor.

    The cursor is a mark at the left and a filled line, so it is seen without colour. Lines for which `selectable`
    says no are headings and are stepped over.
    """

    place: ClassVar[str] = "list"
    BINDINGS: ClassVar[list[BindingType]] = bindings("list")

    cursor: reactive[int] = reactive(0, init=False)

    class Moved(Message):
        """The cursor went to another line."""

        def __init__(self, rows: Rows, index: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index

        @property
        def control(self) -> Rows:
            return self.rows

    class Chosen(Message):
        """The line under the cursor was clicked once more."""

        def __init__(self, rows: Rows, index: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index

        @property
        def control(self) -> Rows:
            return self.rows

    def __init__(
        self,
        paint: Painter,
        *,
        count: int = 0,
        cursor: int = 0,
        selectable: Callable[[int], bool] | None = None,
        id: str | None = None,  # noqa: A002  # Textual's name for it
    ) -> None:
        super().__init__(id=id)
        self._paint = paint
        self._selectable = selectable or (lambda _index: True)
        self.count = count
        self.set_reactive(Rows.cursor, cursor)
        self._strips: dict[tuple[int, bool, bool], Strip] = {}

    def fill(self, count: int, cursor: int | None = None) -> None:
        """There are `count` lines now; all are painted anew. The cursor stays near where it was, or at `cursor`."""
        self.count = count
        self._strips.clear()
        self.virtual_size = Size(self.size.width, count)
        self.set_reactive(Rows.cursor, self._near(self.cursor if cursor is None else cursor))
        self._show_cursor()
        self.refresh()

    def repaint(self) -> None:
        """Paint all lines anew; their number has not changed."""
        self._strips.clear()
        self.refresh()

    def on_mount(self) -> None:
        self.fill(self.count)

    def on_resize(self, _event: Resize) -> None:
        self._strips.clear()
        self.virtual_size = Size(self.size.width, self.count)
        self._show_cursor()

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self.visual_style
        if index >= self.count:
            return Strip.blank(width, base.rich_style)
        on_cursor = index == self.cursor and self._selectable(index)
        key = (index, on_cursor, self.has_focus)
        strip = self._strips.get(key)
        if strip is None:
            style = base + self._cursor_style() if on_cursor else base
            mark = "›" if on_cursor else " "
            line = Content.assemble((mark, "bold"), self._paint(index, width - 1))
            strip = Strip(line.render_segments(style)).adjust_cell_length(width, style.rich_style)
            if len(self._strips) > 500:
                self._strips.clear()
            self._strips[key] = strip
        return strip

    def _cursor_style(self) -> Style:
        if self.has_focus:
            return Style.parse("bold on $primary 25%")
        return Style.parse("on $panel")

    def watch_cursor(self, before: int, now: int) -> None:
        for index in (before, now):
            self.refresh_line(index)
        self._show_cursor()
        self.post_message(self.Moved(self, now))

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self.refresh_line(self.cursor)

    def _show_cursor(self) -> None:
        if self.count and self.size.height:
            self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, immediate=True)

    def _near(self, index: int, step: int = 1) -> int:
        """The selectable line at `index` or next to it, first in the direction of `step`."""
        if not self.count:
            return 0
        index = min(max(index, 0), self.count - 1)
        for direction in (step, -step):
            at = index
            while 0 <= at < self.count:
                if self._selectable(at):
                    return at
                at += direction
        return index

    def action_move(self, step: int) -> None:
        """One line up or down, over headings."""
        at = self.cursor + step
        while 0 <= at < self.count and not self._selectable(at):
            at += step
        if 0 <= at < self.count:
            self.cursor = at
        elif step < 0:
            self.scroll_home(animate=False)

    def action_page(self, direction: int) -> None:
        """A page up or down."""
        self.cursor = self._near(self.cursor + direction * max(1, self.size.height - 1), direction)

    def action_first(self) -> None:
        """To the first line."""
        self.cursor = self._near(0)

    def action_last(self) -> None:
        """To the last line."""
        self.cursor = self._near(self.count - 1, -1)

    def on_click(self, event: Click) -> None:
        """A click moves the cursor, a click on it chooses."""
        index = event.y + self.scroll_offset.y
        if index >= self.count or not self._selectable(index):
            return
        if index == self.cursor:
            self.post_message(self.Chosen(self, index))
        else:
            self.cursor = index

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.scroll_relative(y=3, animate=False)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.scroll_relative(y=-3, animate=False)
