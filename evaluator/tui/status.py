"""The status line above the keys: what was just done, and whether it is safe on disk."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from evaluator.language import _
from evaluator.tui.content import content

_MARKS = {"info": "·", "saved": "✓", "busy": "…", "error": "✗"}


class StatusLine(Widget):
    """One message: a mark, then words; the colour only repeats the mark."""

    DEFAULT_CLASSES = "status-line"

    message: reactive[Content] = reactive(Content(""), layout=True)

    def say(self, text: str, kind: str = "info") -> None:
        """Show `text`; `kind` is info, saved, busy or error."""
        for name in _MARKS:
            self.set_class(name == kind, f"-{name}")
        self.message = Content.assemble(_MARKS[kind], " ", content(text, limit=400)) if text else Content("")

    def saved(self, at: str) -> None:
        """Show that everything up to `at` (ISO 8601) is on disk."""
        self.say(_("Saved {time}").format(time=_clock(at)), "saved")

    def render(self) -> Content:
        return self.message


def _clock(at: str) -> str:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at
    return f"{moment.astimezone():%H:%M:%S}"
