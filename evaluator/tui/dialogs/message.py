"""Something that must be read before going on."""

from __future__ import annotations

from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.keys import bindings


class Message(Dialog[None]):
    """Shows a heading and words until it is closed."""

    place = "message"
    BINDINGS = bindings("message")

    def __init__(self, heading: str, words: str, *, error: bool = False) -> None:
        super().__init__(heading, words)
        self.set_class(error, "-error-dialog")

    def action_close(self) -> None:
        self.dismiss(None)
