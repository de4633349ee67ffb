"""A text over several lines: a comment, a summary."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static, TextArea

from evaluator.language import _
from evaluator.tui.content import content
from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.flat import KeysInOrder, pasted
from evaluator.tui.keys import bindings

Keep = Callable[[str], Awaitable[object]]


class AskText(Dialog[str | None]):
    """Gives the text that was typed, or None. A changed text is only thrown away by a second Escape; should the program
    end meanwhile, `keep` gets it."""

    place = "text"
    BINDINGS = bindings("text")
    CSS = """
    AskText > Vertical { width: 76; }
    AskText TextArea { height: 8; margin: 1 0 0 0; border: none; padding: 0 1; background: $panel; }
    """

    def __init__(self, heading: str, words: str = "", *, value: str = "", keep: Keep | None = None) -> None:
        super().__init__(heading, words)
        self._value = value
        self._keep = keep
        self._warned = False

    def compose_body(self) -> ComposeResult:
        area = TextField(self._value, soft_wrap=True, tab_behavior="focus", compact=True)
        area.highlight_cursor_line = False
        yield area
        yield Static(classes="problem")

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        area.focus()

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.query_one(TextArea).text.strip()

    def action_accept(self) -> None:
        """Take the text."""
        self.dismiss(self.text)

    def action_cancel(self) -> None:
        """Close without a change."""
        if self.text == self._value.strip() or self._warned:
            self.dismiss(None)
            return
        self._warned = True
        problem = self.query_one(".problem", Static)
        problem.update(content(_("Not kept yet: Ctrl+S keeps it, Esc once more throws it away")))
        problem.add_class("-shown")

    async def flush(self) -> None:
        """Keep what was typed, for whatever reason the program ends."""
        if self._keep is not None and self.text != self._value.strip():
            await self._keep(self.text)


class TextField(KeysInOrder, TextArea):
    """The field of the dialog."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = pasted(event.text)
