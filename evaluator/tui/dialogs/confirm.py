"""Yes or no."""

from __future__ import annotations

from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.keys import bindings


class Confirm(Dialog[bool]):
    """Asks before something that cannot be undone; gives whether to do it."""

    place = "confirm"
    BINDINGS = bindings("confirm")

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_no(self) -> None:
        self.dismiss(False)
