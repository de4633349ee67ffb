"""How the forms, the failed checks and the picture of a visit are painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from evaluator.language import _, number
from evaluator.tui.content import content, fitted, one_line
from evaluator.tui.marks import (
    FLAG,
    difference_text,
    progress_bar,
    score_bar,
    score_state,
    score_text,
    severity,
    severity_style,
)

if TYPE_CHECKING:
    from evaluator.tui.visit.overview import FormLine, Overview
    from evaluator.visits.values import CheckFinding

_BAR, _COUNT, _SCORE, _BAND, _FLAGS, _EVIDENCE, _SELF, _LAST = 5, 6, 5, 11, 2, 5, 7, 6
_LEVELS = ("output", "outcome", "impact")
_FIXED = 2 + _BAR + _COUNT + _SCORE + _BAND + _FLAGS + _EVIDENCE + _SELF + _LAST + 9


def forms_heading(width: int) -> Content:
    """The line above the forms."""
    return _cells(
        [
            fitted("", 2),
            fitted(_("Form"), max(10, width - _FIXED)),
            fitted(_("Answered"), _BAR + _COUNT + 1),
            fitted(FLAG, _FLAGS, right=True),
            fitted(_("Evid."), _EVIDENCE, right=True),
            fitted(_("Score"), _SCORE, right=True),
            fitted("", _BAND),
            fitted(_("Self"), _SELF, right=True),
            fitted(_("Prev."), _LAST, right=True),
        ]
    ).stylize("$text-muted")


def form_line(form: FormLine, width: int) -> Content:
    """One form."""
    progress = form.progress
    cells = [
        fitted(form.key, 2, "bold $primary"),
        fitted(form.title, max(10, width - _FIXED)),
        progress_bar(progress.done, progress.total, _BAR),
        fitted(f"{progress.done}/{progress.total}", _COUNT),
        fitted(progress.flagged or "–", _FLAGS, "$accent" if progress.flagged else "", right=True),
        fitted(form.evidence or "–", _EVIDENCE, right=True),
    ]
    if not form.scored:
        return _cells([*cells, _tables(form.tables, _SCORE + _BAND + _SELF + _LAST + 3)])
    sign = "" if form.score is None or form.state == "final" else "~"
    return _cells(
        [
            *cells,
            fitted(sign + score_text(form.score), _SCORE, "bold", right=True),
            fitted(form.band, _BAND),
            fitted(difference_text(form.self_difference), _SELF, right=True),
            fitted(difference_text(form.last_difference), _LAST, right=True),
        ]
    )


def _tables(tables: Sequence[tuple[str, int]], width: int) -> Content:
    """The tables of a form, each with its number of rows; only the first words of the labels where all is too long."""
    whole = list(tables)
    if sum(len(f"{count} {label}") + 2 for label, count in whole) > width:
        whole = [(label.partition(" ")[0], count) for label, count in tables]
    parts = [
        Content.assemble((str(count), "bold"), " ", one_line(label.lower(), "$text-muted"))
        for label, count in whole
    ]
    return Content("  ").join(parts).truncate(width, ellipsis=True)


def _cells(cells: Sequence[Content]) -> Content:
    return Content(" ").join(cells)


def summary(overview: Overview, width: int) -> Content:
    """The score so far and what is left, on one line."""
    parts = []
    if overview.total is None:
        parts.append(content(_("No score yet"), "$text-muted"))
    else:
        parts.append(
            Content.assemble(
                content(score_state(overview.state).capitalize() + " "),
                (score_text(overview.total), "bold $accent"),
                content(f" {overview.band}", "bold"),
            )
        )
        if overview.percent is not None and width >= 100:
            parts.append(content(f"{number(overview.percent.quantize(overview.percent.__class__('0.1')))} %"))
    parts.append(content(_("{count} left").format(count=overview.open)))
    if overview.flagged:
        parts.append(content(_("{count} flagged").format(count=overview.flagged)))
    parts.append(content(_("{count} failed checks").format(count=len(overview.checks))))
    if width >= 100:
        parts.append(content(_("{count} pieces of evidence").format(count=overview.evidence)))
        if overview.coverage:
            covered, of = overview.coverage
            parts.append(content(_("quick wins in {covered} of {of} pillars").format(covered=covered, of=of)))
    return Content(" · ").join(parts)


def check_line(finding: CheckFinding, width: int) -> Content:
    """One failed check; the whole message stands on the status line while the cursor is on it."""
    place = finding.paths[0] if finding.paths else ""
    if len(finding.paths) > 1:
        place += f" +{len(finding.paths) - 1}"
    end = one_line(place, "$text-muted")
    start = Content.assemble(
        fitted(severity(finding.severity), 12, severity_style(finding.severity)),
        fitted(finding.code, 5, "bold"),
    )
    room = max(10, width - start.cell_length - end.cell_length - 2)
    return Content.assemble(start, fitted(finding.message, room), " ", end)


def picture(overview: Overview, width: int) -> Content:
    """The pillars as bars on the scale, then the score by level of result."""
    lines = []
    room = max(8, width - 12)
    room -= room % overview.top
    pillars = [form for form in overview.forms if form.kind == "pillar"]
    for form in pillars:
        lines.append(
            Content.assemble(
                fitted(form.id.upper(), 5, "$text-muted"),
                score_bar(form.score, overview.top, room),
                fitted(score_text(form.score), 6, "bold", right=True),
            )
        )
    lines.append(Content.assemble(" " * 5, (_scale(overview.top, room), "$text-disabled")))
    if any(value is not None for value in overview.levels.values()):
        lines.append(Content(""))
        for name in sorted(overview.levels, key=_level_rank):
            value = overview.levels[name]
            lines.append(
                Content.assemble(
                    fitted(level_name(name), 9, "$text-muted"),
                    score_bar(value, overview.top, room - 4),
                    fitted(score_text(value), 6, right=True),
                )
            )
    return Content("\n").join(lines)


def _scale(top: int, width: int) -> str:
    """The levels below a bar of `width` cells, each under the cell where a score of that level ends."""
    cells = [" "] * width
    for level in range(top + 1):
        cells[max(0, level * width // top - 1)] = str(level)[-1]
    return "".join(cells)


def _level_rank(name: str) -> int:
    return _LEVELS.index(name) if name in _LEVELS else len(_LEVELS)


def level_name(name: str) -> str:
    """A level of result in words."""
    return {"output": _("Output"), "outcome": _("Outcome"), "impact": _("Impact")}.get(name, name)
