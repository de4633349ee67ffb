"""What happened to an answer, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.content import Content

from evaluator.form.definition import Choice, Question
from evaluator.language import _, day_and_time
from evaluator.tui.content import fitted, one_line
from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.form.facts import companion_label, value_text
from evaluator.tui.keys import bindings
from evaluator.tui.rows import Rows
from evaluator.visits.values import HistoryLine

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit


class Timeline(Dialog[None]):
    """Shows steps, the newest first, until it is closed."""

    place = "message"
    BINDINGS = bindings("message")
    CSS = """
    Timeline > Vertical { width: 78; height: 80%; }
    Timeline Rows { background: $surface; }
    """

    def __init__(self, heading: str, lines: Sequence[tuple[str, str]]) -> None:
        super().__init__(heading)
        self._lines = tuple(lines)

    def compose_body(self) -> ComposeResult:
        yield Rows(self._paint, count=2 * len(self._lines), selectable=lambda index: index % 2 == 0)

    def _paint(self, index: int, width: int) -> Content:
        when, what = self._lines[index // 2]
        return fitted(f"  {what}", width) if index % 2 else one_line(when, "$text-muted")

    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)


def history_lines(
    visit: Visit, question: Question, choices: tuple[Choice, ...], steps: Sequence[HistoryLine]
) -> list[tuple[str, str]]:
    """When and what of each step, the newest first."""
    found = []
    for step in reversed(steps):
        before, after = _words(visit, question, choices, step.old), _words(visit, question, choices, step.new)
        described = step.op == "attach" and isinstance(step.new, dict)
        operation = _("evidence described") if described else operation_name(step.op)
        words = f"{operation}: {before} → {after}" if before and after else f"{operation}: {after or before}"
        if step.reason.startswith("undo:"):
            words = _("{what} (taken back)").format(what=words)
        elif step.reason.startswith("redo:"):
            words = _("{what} (done again)").format(what=words)
        found.append((f"{_when(step.at)} · {step.actor}", words.rstrip(": ")))
    return found


def operation_name(op: str) -> str:
    """A kind of step for people."""
    return {
        "set": _("answered"),
        "clear": _("cleared"),
        "na": _("not applicable"),
        "attach": _("evidence attached"),
        "detach": _("evidence detached"),
        "row_add": _("row added"),
        "row_delete": _("row deleted"),
        "row_move": _("row moved"),
        "flag": _("flag"),
        "migrate": _("migrated"),
    }.get(op, op)


def _words(visit: Visit, question: Question, choices: tuple[Choice, ...], value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        parts = (f"{_name(key)} {entry}" for key, entry in value.items() if entry not in (None, "", []))
        return ", ".join(parts)
    reason = next((reason for reason in visit.instrument.na_reasons if reason.value == value), None)
    if reason is not None:
        return value_text(visit.instrument, question, None) or str(value)
    if isinstance(value, str | int | list):
        try:
            return value_text(visit.instrument, question, value, choices)
        except ValueError:
            return str(value)
    return str(value)


def _name(key: str) -> str:
    return _("note") if key == "note" else companion_label(key)


def _when(at: str) -> str:
    try:
        return day_and_time(datetime.fromisoformat(at))
    except ValueError:
        return at
