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

_BAR, _COUNT, _SCORE, _BAND, _FLAGS, _EVIDENCE, _DIFFERENCE = 6, 7, 5, 11, 3, 5, 6
_FIXED = 3 + _BAR + _COUNT + _SCORE + _BAND + _FLAGS + _EVIDENCE + 2 * _DIFFERENCE + 8


def forms_heading(width: int) -> Content:
    """The line above the forms."""
    return _cells(
        [
            fitted("", 2),
            fitted(_("Form"), max(10, width - _FIXED)),
            fitted(_("Answered"), _BAR + _COUNT + 1),
            fitted(_("Score"), _SCORE, right=True),
            fitted("", _BAND),
            fitted(FLAG, _FLAGS, right=True),
            fitted(_("Evid."), _EVIDENCE, right=True),
            fitted(_("Self"), _DIFFERENCE, right=True),
            fitted(_("Prev."), _DIFFERENCE, right=True),
        ]
    ).stylize("$text-muted")


def form_line(form: FormLine, width: int) -> Content:
    """One form."""
    head = [
        fitted(form.key, 2, "bold $primary"),
        fitted(form.title, max(10, width - _FIXED)),
        progress_bar(form.progress.done, form.progress.total, _BAR),
        fitted(f"{form.progress.done}/{form.progress.total}", _COUNT),
    ]
    flags = fitted(
        form.progress.flagged or "–", _FLAGS, "$accent" if form.progress.flagged else "", right=True
    )
    evidence = fitted(form.evidence or "–", _EVIDENCE, right=True)
    if not form.scored:
        words = ", ".join(f"{label} {count}" for label, count in form.tables)
        room = _SCORE + _BAND + 1
        if not (form.progress.flagged or form.evidence):
            return _cells([*head, fitted(words, max(room, width - _before_score(width) - 1), "$text-muted")])
        return _cells([*head, fitted(words, room, "$text-muted"), flags, evidence])
    sign = "" if form.score is None or form.state == "final" else "~"
    return _cells(
        [
            *head,
            fitted(sign + score_text(form.score), _SCORE, "bold", right=True),
            fitted(form.band, _BAND),
            flags,
            evidence,
            fitted(difference_text(form.self_difference), _DIFFERENCE, right=True),
            fitted(difference_text(form.last_difference), _DIFFERENCE, right=True),
        ]
    )


def _before_score(width: int) -> int:
    return 2 + max(10, width - _FIXED) + _BAR + _COUNT + 4


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
    parts.append(content(_("{count} flagged").format(count=overview.flagged)))
    parts.append(content(_("{count} checks").format(count=len(overview.checks))))
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
    pillars = [form for form in overview.forms if form.kind == "pillar"]
    for form in pillars:
        lines.append(
            Content.assemble(
                fitted(form.id.upper(), 5, "$text-muted"),
                score_bar(form.score, overview.top, room),
                fitted(score_text(form.score), 6, "bold", right=True),
            )
        )
    marks = "".join(
        str(level).ljust(max(1, room // overview.top)) if level < overview.top else ""
        for level in range(overview.top)
    )
    lines.append(Content.assemble(" " * 5, fitted(marks, room - 1, "$text-disabled"), str(overview.top)))
    if any(value is not None for value in overview.levels.values()):
        lines.append(Content(""))
        for name, value in overview.levels.items():
            lines.append(
                Content.assemble(
                    fitted(level_name(name), 9, "$text-muted"),
                    score_bar(value, overview.top, room - 4),
                    fitted(score_text(value), 6, right=True),
                )
            )
    return Content("\n").join(lines)


def level_name(name: str) -> str:
    """A level of result in words."""
    return {"output": _("Output"), "outcome": _("Outcome"), "impact": _("Impact")}.get(name, name)
