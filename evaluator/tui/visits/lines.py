"""How one visit is painted as one line, narrow or wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from evaluator.language import _
from evaluator.tui.content import fitted
from evaluator.tui.marks import progress_bar, visit_state, visit_state_style
from evaluator.tui.naming import round_label, short_region

if TYPE_CHECKING:
    from evaluator.form.definition import Choice
    from evaluator.visits.values import VisitLine

WIDE = 100


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns for a width of the screen; 0 leaves a column out."""

    code: int
    region: int
    round: int
    pillar: int
    open: int
    flagged: int
    failed: int
    state: int
    updated: int


def columns(width: int, pillars: int) -> Columns:
    """Columns that fill `width`; the region takes what is left."""
    wide, narrow = Columns(6, 0, 17, 3, 5, 5, 6, 14, 7), Columns(0, 0, 13, 3, 4, 0, 0, 11, 0)
    fixed = wide if width >= WIDE else narrow
    widths = [
        fixed.code, fixed.round, fixed.open, fixed.flagged, fixed.failed, fixed.state, fixed.updated,
        *[fixed.pillar] * pillars,
    ]  # fmt: skip
    used = sum(value + 1 for value in widths if value) + 1
    region = max(12, width - used)
    return Columns(
        fixed.code, region, fixed.round, fixed.pillar, fixed.open, fixed.flagged, fixed.failed, fixed.state,
        fixed.updated,
    )  # fmt: skip


def heading(width: int, pillars: Sequence[str]) -> Content:
    """The line above the list."""
    at = columns(width, len(pillars))
    cells = [
        fitted(_("Code"), at.code),
        fitted(_("Region"), at.region),
        fitted(_("Round"), at.round),
        *(fitted(pillar.upper(), at.pillar) for pillar in pillars),
        fitted(_("Left"), at.open, right=True),
        fitted(_("Flags"), at.flagged, right=True),
        fitted(_("Checks"), at.failed, right=True),
        fitted(_("State"), at.state),
        fitted(_("Changed"), at.updated),
    ]
    return Content(" ").join([cell for cell in cells if cell.cell_length]).stylize("$text-muted")


def visit_line(line: VisitLine, width: int, pillars: Sequence[str], stages: tuple[Choice, ...]) -> Content:
    """One visit."""
    at = columns(width, len(pillars))
    region = line.region_name if at.code else short_region(line.region_name)
    cells = [
        fitted(line.region_code, at.code, "$text-muted"),
        fitted(region, at.region, "bold"),
        fitted(round_label(stages, line.round), at.round),
        *(progress_bar(*line.progress.get(pillar, (0, 0)), at.pillar) for pillar in pillars),
        fitted(line.open or "–", at.open, right=True),
        fitted(line.flagged or "–", at.flagged, right=True),
        fitted(line.failed or "–", at.failed, right=True),
        fitted(visit_state(line.state), at.state, visit_state_style(line.state)),
        fitted(_short_day(line.updated_at), at.updated, "$text-muted"),
    ]
    return Content(" ").join([cell for cell in cells if cell.cell_length])


def search_text(line: VisitLine, stages: tuple[Choice, ...]) -> str:
    """What a filter is compared with."""
    parts = (
        line.region_code, line.region_name, line.round, round_label(stages, line.round), line.intake,
        visit_state(line.state),
    )  # fmt: skip
    return " ".join(parts).casefold()


def _short_day(moment: str) -> str:
    try:
        found = datetime.fromisoformat(moment).astimezone()
    except ValueError:
        return ""
    return f"{found.day}/{found.month}"
