"""The list of visits."""

from __future__ import annotations

from evaluator.language import _
from evaluator.tui.keys import bindings
from evaluator.tui.place import Place


class VisitsScreen(Place):
    """All visits of the workspace, newest first."""

    place = "visits"
    BINDINGS = bindings("visits")

    def on_mount(self) -> None:
        self.retitle(_("Visits"))
