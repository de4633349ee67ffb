"""The signs that stand for a state, each always beside its word or its number, and the bars drawn from characters."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from textual.content import Content

from evaluator.language import _, number

DONE: Final = "✓"
PART: Final = "◐"
OPEN: Final = "○"
FLAG: Final = "⚑"
NOT_APPLICABLE: Final = "–"
INVALID: Final = "!"

_SEVERITY_STYLES = {"error": "$error", "warning": "$accent", "notice": "$text-muted"}


def visit_state(state: str) -> str:
    """Sign and word for the state of a visit."""
    return {
        "draft": "○ " + _("draft"),
        "final": "● " + _("final"),
        "sent": "↑ " + _("sent"),
        "received": "↓ " + _("received"),
        "returned": "↩ " + _("returned"),
        "rejected": "✗ " + _("rejected"),
        "approved": "✓ " + _("approved"),
    }.get(state, state)


def visit_state_style(state: str) -> str:
    """The colour that repeats the state."""
    return {"draft": "", "returned": "$accent", "rejected": "$error"}.get(state, "$primary")


def score_state(state: str) -> str:
    """The word for how far a score may be relied on."""
    return {
        "final": _("final score"),
        "provisional": _("provisional score"),
        "limited": _("limited score"),
    }.get(state, state)


def severity(name: str) -> str:
    """Sign and word for how much a failed check matters."""
    return {"error": "✗ " + _("error"), "warning": "! " + _("warning"), "notice": "· " + _("notice")}.get(
        name, name
    )


def severity_style(name: str) -> str:
    """The colour that repeats the severity."""
    return _SEVERITY_STYLES.get(name, "")


def progress_bar(done: int, total: int, width: int) -> Content:
    """A line that is heavy as far as the work is done, in half cells; blank where there is nothing to do."""
    if total <= 0:
        return Content.blank(width)
    halves = min(2 * width, done * 2 * width // total)
    if done and not halves:
        halves = 1
    return _line(halves, width, "$primary")


def score_bar(value: Decimal | None, top: int, width: int) -> Content:
    """A line as long as the score on a scale from 0 to `top`."""
    if value is None or top <= 0:
        return Content.styled("╌" * width, "$text-disabled")
    return _line(min(2 * width, int(value * 2 * width / top)), width, "$accent")


def _line(halves: int, width: int, style: str) -> Content:
    heavy = "━" * (halves // 2) + ("╸" if halves % 2 else "")
    return Content.assemble((heavy, style), ("─" * (width - len(heavy)), "$text-disabled"))


def score_text(value: Decimal | None) -> str:
    """A score with two decimals, rounded half up as the bands are; a dash where there is none."""
    if value is None:
        return "–"
    return number(value.quantize(Decimal("0.01"), ROUND_HALF_UP), 2)


def difference_text(value: Decimal | None) -> str:
    """A difference with its sign; a dash where there is none."""
    if value is None:
        return "–"
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if not rounded:
        return "=" + number(abs(rounded), 2)
    return ("+" if rounded > 0 else "−") + number(abs(rounded), 2)
