"""The questions of a page as painted lines: one widget however many there are, one of them in full."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from textual.content import Content
from textual.events import Click, Key, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from evaluator.tui.form.lines import Line
from evaluator.tui.form.page import Item

STYLES = {
    "text": "",
    "bar": "bold $primary",
    "code": "$text-muted",
    "label": "",
    "muted": "$text-muted",
    "value": "bold",
    "done": "$success",
    "open": "bold $accent",
    "wrong": "bold $error",
    "warning": "$warning",
    "flag": "bold $accent",
    "chosen": "bold $primary",
    "heading": "bold $primary",
    "cursor": "bold",
}


@dataclass(frozen=True, slots=True)
class Block:
    """The painted lines of one item; its editor, if open, begins on the line `editor`."""

    lines: tuple[Line, ...]
    editor: int = 0


class KeyReader(Protocol):
    """Who takes the keys in the order in which they were typed."""

    async def press(self, event: Key) -> None: ...


class FormView(ScrollView, can_focus=True):
    """Paints items with `paint(item, focused, width)`; `reader` gets every key.

    Keys are taken here, one after the other, and not through bindings: a key typed while the one before it is
    still being saved must find the state after it.
    """

    class Pointed(Message):
        """An item was clicked; `option` is the choice under the mouse, if any."""

        def __init__(self, index: int, option: int | None) -> None:
            super().__init__()
            self.index = index
            self.option = option

    class Scrolled(Message):
        """The lines moved, or became more or fewer."""

    def __init__(self, paint: Callable[[Item, bool, int], Block], reader: KeyReader) -> None:
        super().__init__()
        self._paint = paint
        self._reader = reader
        self.items: tuple[Item, ...] = ()
        self.keys: dict[tuple[str, str], int] = {}
        self._rows: dict[str, int] = {}
        self.current = 0
        self._blocks: list[Block] = []
        self._ends: list[int] = []
        self._strips: dict[tuple[int, int], Strip] = {}
        self._width = 0

    # What is shown

    @property
    def item(self) -> Item | None:
        """The item that the keyboard stands on."""
        return self.items[self.current] if self.current < len(self.items) else None

    @property
    def painted_width(self) -> int:
        """The cells that a line may fill."""
        return max(20, self.scrollable_content_region.width)

    def fill(self, items: Sequence[Item], current: int) -> None:
        """Show these items and stand on `current`."""
        self._take(items, current)
        self._width = self.painted_width
        self._blocks = [
            self._paint(item, index == current, self._width) for index, item in enumerate(self.items)
        ]
        self._strips.clear()
        self._measure()
        self.show_current()

    def renew(self, items: Sequence[Item], current: int, dirty: set[tuple[str, str]]) -> None:
        """Show these items; only those that are new, or whose key is `dirty`, are painted."""
        kept = {
            item.identity: block
            for index, (item, block) in enumerate(zip(self.items, self._blocks, strict=True))
            if item.key not in dirty and index != self.current
        }
        before = [item.identity for item in self.items]
        self._take(items, current)
        blocks = []
        for index, item in enumerate(self.items):
            # A row or the line that adds one shows its position or count, a heading the titles of columns.
            block = kept.get(item.identity) if item.kind == "question" and index != current else None
            blocks.append(block or self._paint(item, index == current, self._width))
        self._blocks = blocks
        self._strips.clear()
        self._measure()
        if before != [item.identity for item in self.items]:
            self.show_current()

    def _take(self, items: Sequence[Item], current: int) -> None:
        self.items = tuple(items)
        self.keys = {
            item.key: index
            for index, item in enumerate(self.items)
            if item.kind in ("question", "note", "add")
        }
        self._rows = {item.key[1]: index for index, item in enumerate(self.items) if item.kind == "row"}
        self.current = current

    def stand(self, current: int) -> None:
        """Move the keyboard to another item."""
        before, self.current = self.current, current
        self.repaint((before, current))
        self.show_current()

    def repaint(self, indexes: Sequence[int]) -> None:
        """Paint some items anew."""
        taller = False
        for index in dict.fromkeys(indexes):
            if index >= len(self.items):
                continue
            block = self._paint(self.items[index], index == self.current, self._width)
            old = self._blocks[index]
            taller |= len(block.lines) != len(old.lines)
            self._blocks[index] = block
            for line in range(max(len(block.lines), len(old.lines))):
                self._strips.pop((index, line), None)
        if taller:
            self._measure()
        else:
            self.refresh()

    def repaint_keys(self, keys: set[tuple[str, str]]) -> None:
        """Paint anew the questions with these keys, and the rows that hold them, where they are on the page."""
        found = [self.keys[key] for key in keys if key in self.keys]
        self.repaint([*found, *(self._rows[row] for _path, row in keys if row in self._rows)])

    def show_current(self) -> None:
        """Scroll so that the current item is seen, its beginning first."""
        if not self.items or not self.size.height:
            return
        top, height = self._start(self.current), len(self._blocks[self.current].lines)
        if self.current == next((i for i, item in enumerate(self.items) if item.focusable), 0):
            top, height = 0, top + height
        room = self.scrollable_content_region.height
        y = self.scroll_offset.y
        if top < y or height >= room:
            y = top
        elif top + height > y + room:
            y = top + height - room
        self.scroll_to(y=y, animate=False, immediate=True)
        self.post_message(self.Scrolled())

    def editor_region(self, height: int) -> Region:
        """Where in this widget the editor of the current item lies."""
        line = self._start(self.current) + self._blocks[self.current].editor
        return Region(0, line - self.scroll_offset.y, self.painted_width, height)

    def show_lines(self, line: int, height: int) -> None:
        """Scroll so that `height` lines of the current item from `line` on are seen."""
        top = self._start(self.current) + line
        self.scroll_to_region(
            Region(0, top, 1, height), animate=False, immediate=True, force=True, x_axis=False
        )
        self.post_message(self.Scrolled())

    def item_at(self, row: int) -> int:
        """The index of the item painted on a line of the page."""
        return min(bisect_right(self._ends, row), max(0, len(self.items) - 1))

    @property
    def editor_line(self) -> int:
        """The line of the current item where its editor begins."""
        return self._blocks[self.current].editor if self.current < len(self._blocks) else 0

    def text(self) -> str:
        """All painted lines, for tests and for reading aloud."""
        return "\n".join(line.text.rstrip() for block in self._blocks for line in block.lines)

    def _start(self, index: int) -> int:
        return self._ends[index - 1] if index else 0

    def _measure(self) -> None:
        self._ends = list(accumulate(len(block.lines) for block in self._blocks))
        self.virtual_size = Size(self._width, self._ends[-1] if self._ends else 0)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self.visual_style
        index = bisect_right(self._ends, row)
        if index >= len(self._blocks):
            return Strip.blank(width, base.rich_style)
        number = row - self._start(index)
        strip = self._strips.get((index, number))
        if strip is None:
            style = base + Style.parse("on $surface") if index == self.current else base
            spans = self._blocks[index].lines[number].spans
            content = Content.assemble(*((span.text, STYLES[span.role]) for span in spans))
            strip = Strip(content.render_segments(style)).adjust_cell_length(width, style.rich_style)
            self._strips[index, number] = strip
        return strip

    # What happens to it

    async def _on_key(self, event: Key) -> None:
        event.prevent_default()
        await self._reader.press(event)

    def on_resize(self, _event: Resize) -> None:
        if self.painted_width != self._width:
            self.fill(self.items, self.current)
        else:
            self.show_current()

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())

    def on_click(self, event: Click) -> None:
        row = event.y + self.scroll_offset.y
        index = bisect_right(self._ends, row)
        if index < len(self._blocks):
            option = self._blocks[index].lines[row - self._start(index)].option
            self.post_message(self.Pointed(index, option))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.scroll_relative(y=3, animate=False)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.scroll_relative(y=-3, animate=False)
