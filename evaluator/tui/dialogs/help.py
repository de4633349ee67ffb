"""F1: what this place is for, and all its keys."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from evaluator.language import _
from evaluator.tui.content import content, fitted
from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.keys import Command, bindings

WIDTH: Final = 70  # of the text, as app.tcss leaves it room


class HelpScreen(Dialog[None]):
    """Shows `words` and a line for each of `listed`."""

    place = "message"
    BINDINGS = bindings("message")

    def __init__(self, words: str, listed: Sequence[Command]) -> None:
        super().__init__(_("Help"))
        self._page = words
        self._listed = listed

    def compose_body(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._text(), classes="page")

    def _text(self) -> Content:
        keys = [(command.key_text(every=True), command) for command in self._listed]
        width = max((len(text) for text, _command in keys), default=0) + 2
        indent = "\n" + " " * width
        lines = [
            Content.assemble(
                fitted(text, width, "bold $primary"),
                content(indent.join(wrap(command.help_text, WIDTH - width))),
            )
            for text, command in keys
        ]
        head = [Content(""), content(self._page), Content("")] if self._page else [Content("")]
        tail = [Content(""), content(_("To mark and copy text with the mouse, hold Shift."), "$text-muted")]
        return Content("\n").join([*head, *lines, *tail])

    def action_close(self) -> None:
        self.dismiss(None)
