"""What stands beside a question: how to examine it, its anchors, the evidence wanted, what others said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator.form.definition import Choice, Question
from evaluator.language import _, current
from evaluator.tui.form.facts import RUBRIC, Facts, value_text
from evaluator.tui.form.lines import Line, Span, line, wrap
from evaluator.tui.form.paint import Hints, code_of

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit


def paint_side(visit: Visit, found: Facts, hints: Hints, width: int, *, beside: bool) -> list[Line]:
    """Everything about one question besides its answer; without its anchors where they are painted under it."""
    question = found.question
    language = current()
    lines: list[Line] = []
    if not beside:
        lines.extend(_wrapped(found.label, width, "cursor"))
    elif code_of(question):
        lines.append(line(Span(code_of(question), "heading")))
    lines.extend(_reference(visit, question, hints, width))
    if question.type == RUBRIC and beside:
        lines.extend(_anchors(found, width))
    _block(lines, _("How to examine it"), question.guidance_hint.text(language), width)
    _block(lines, _("Evidence wanted"), question.evidence.text(language), width)
    _block(lines, _("Agencies"), ", ".join(agency_names(visit, found.key)), width)
    _block(lines, _("Still wanted for this level"), "\n".join(hints.gaps), width)
    _block(lines, _("To consider"), "\n".join((*found.warnings, *hints.findings)), width)
    if found.evidence:
        lines.extend(_heading(lines, _("Evidence attached")))
        for piece in visit.evidence_of(found.key):
            name = piece.title or piece.name
            lines.extend(_wrapped(f"· {name}", width, "text"))
    if found.note:
        _block(lines, _("Note"), found.note, width)
    return lines


def _anchors(found: Facts, width: int) -> list[Line]:
    lines: list[Line] = []
    for option in found.options:
        name = f"{option.label}."
        first, *rest = wrap(f"{name} {option.anchor}" if option.anchor else option.label, width - 3)
        name, after = first[: len(name)], first[len(name) :]
        role, body = ("chosen", "text") if option.chosen else ("label", "muted")
        pointer = "›" if option.chosen else " "
        lines.append(line(Span(f"{pointer}{option.digit} {name}", role), Span(after, body)))
        lines.extend(line("   ", Span(text, body)) for text in rest)
    return lines


def _reference(visit: Visit, question: Question, hints: Hints, width: int) -> list[Line]:
    if hints.reference_hidden:
        words = _("The self-assessment is shown once you have given your own level.")
        return [*_wrapped(words, width, "muted"), line()]
    reference = hints.reference
    if reference is None:
        return []
    lines: list[Line] = []
    rows = (
        (_("Self-assessment"), reference.self_value, reference.self_note),
        (_("Last year"), reference.previous_value, reference.previous_note),
    )
    for title, value, note in rows:
        if value is None and not note:
            continue
        lines.extend(_heading(lines, title))
        text = value_text(visit.instrument, question, value, _reference_choices(visit, question))
        lines.extend(_wrapped(text or "–", width, "value"))
        if note:
            lines.extend(_wrapped(note, width, "muted"))
    if hints.changed_after_reveal:
        lines.extend(_wrapped(_("The level was changed after this was shown."), width, "warning"))
    return [*lines, line()] if lines else []


def _reference_choices(visit: Visit, question: Question) -> tuple[Choice, ...]:
    return visit.instrument.choices.get(question.choices, ())


def agency_names(visit: Visit, key: tuple[str, str]) -> list[str]:
    """The agencies of a question by name."""
    names = {agency.code: agency.name.text(current()) for agency in visit.instrument.agencies}
    return [names.get(code, code) for code in visit.filling.agencies(key)]


def _block(lines: list[Line], title: str, text: str, width: int) -> None:
    if text:
        lines.extend(_heading(lines, title))
        lines.extend(_wrapped(text, width, "text"))


def _heading(before: list[Line], title: str) -> list[Line]:
    heading = line(Span(title, "heading"))
    return [line(), heading] if before else [heading]


def _wrapped(text: str, width: int, role: str, lead: str = "") -> list[Line]:
    return [line(lead, Span(part, role)) for part in wrap(text, width - len(lead))]
