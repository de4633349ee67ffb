"""Questions as lines of text: one line or two when they are only passed by, in full where the keyboard stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from evaluator.form.definition import NUMERIC_TYPES, Question
from evaluator.language import _, current
from evaluator.tui import marks
from evaluator.tui.form.facts import CHOICE_TYPES, LISTED_TYPES, RUBRIC, Facts, Option
from evaluator.tui.form.lines import Line, Span, fit, line, one_line, pad, wrap
from evaluator.visits.values import Reference

MARKS = {
    "done": marks.DONE,
    "open": marks.OPEN,
    "blank": "·",
    "na": marks.NOT_APPLICABLE,
    "wrong": "✗",
    "fixed": "=",
}
_MARK_ROLES = {
    "done": "done",
    "open": "open",
    "wrong": "wrong",
    "na": "muted",
    "blank": "muted",
    "fixed": "muted",
}
BAR = "▌"
FLAG = marks.FLAG


@dataclass(frozen=True, slots=True)
class Hints:
    """What is found out about a question beside its answer, a moment after the keyboard comes to it."""

    gaps: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    reference: Reference | None = None
    reference_hidden: bool = False
    differs: bool = False
    changed_after_reveal: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """How an item is painted: the width, whether the keyboard stands on it, and what is going on there.

    `cursor` is the option under the cursor while choices are being made, `editor` the height of the field that
    lies over the painted lines, `refusal` why the last input was not taken.
    """

    width: int
    code_width: int = 0
    focused: bool = False
    anchors: bool = True
    spaced: bool = False
    cursor: int | None = None
    editor: int = 0
    editing: str = ""
    refusal: str = ""
    hints: Hints = Hints()

    @property
    def indent(self) -> int:
        """The column where text begins."""
        return 3 + (self.code_width + 1 if self.code_width else 0)

    @property
    def room(self) -> int:
        """The cells between the indent and the right edge."""
        return max(12, self.width - self.indent - 1)


def code_of(question: Question) -> str:
    """The code that people know the question by; the technical names of fields in a row are not shown."""
    return "" if question.name == question.name.lower() else question.name


def code_width(questions: Sequence[Question]) -> int:
    """The width of the column of codes for these questions."""
    return max((cell_len(code_of(question)) for question in questions), default=0)


def paint_heading(question: Question, label: str, frame: Frame) -> list[Line]:
    """The label of a group or of the table of a repeat, with its hint."""
    lines = [line(), line(" ", Span(fit(label, frame.width - 2), "heading"))]
    hint = question.hint.text(current())
    lines.extend(line("   ", Span(text, "muted")) for text in (wrap(hint, frame.width - 4) if hint else ()))
    return lines


def paint_note(label: str, frame: Frame) -> list[Line]:
    """A text of the form that asks nothing."""
    return [line(" " * 3, Span(text, "muted")) for text in wrap(label, frame.width - 4)]


def paint_question(found: Facts, frame: Frame) -> tuple[list[Line], int]:
    """The lines of a question and the line on which its editor begins (0 if it has none open)."""
    lines, editor = _in_full(found, frame) if frame.focused else (_passing(found, frame), 0)
    return ([*lines, line()] if frame.spaced and len(lines) > 1 else lines), editor


def _head(found: Facts, frame: Frame) -> list[Span]:
    spans = [Span(BAR, "bar") if frame.focused else Span(" ")]
    spans.append(Span(MARKS[found.mark], _MARK_ROLES[found.mark]))
    spans.append(Span(" "))
    if frame.code_width:
        spans.append(Span(pad(code_of(found.question), frame.code_width + 1), "code"))
    return spans


def _margin(frame: Frame) -> list[Span]:
    if not frame.focused:
        return [Span(" " * frame.indent)]
    return [Span(BAR, "bar"), Span(" " * (frame.indent - 1))]


def _label(found: Facts) -> str:
    return f"{one_line(found.label, 2000)} *" if found.required else one_line(found.label, 2000)


def answer_text(found: Facts) -> str:
    """The answer in words, also where there is none."""
    if found.status == "na":
        return _("N/A: {reason}").format(reason=found.na)
    if found.value_text:
        return one_line(found.value_text, 2000)
    if found.question.type == "calculate":
        return "–"
    return ""


def signs(found: Facts) -> str:
    """What hangs on an answer, in words: note, evidence, flag."""
    parts = [*found.signs]
    if found.evidence:
        parts.append(_("evidence {count}").format(count=found.evidence))
    if found.note:
        parts.append(_("note"))
    if found.remarks:
        parts.append(_("review {count}").format(count=len(found.remarks)))
    if found.flag:
        parts.append(" ".join((FLAG, _("flagged"))))
    return " · ".join(parts)


def _passing(found: Facts, frame: Frame) -> list[Line]:
    label, value, extra = _label(found), answer_text(found), signs(found)
    role = "wrong" if found.mark == "wrong" else "muted" if found.status == "na" else "value"
    column = max(16, frame.room * 11 // 20)
    tail = f"  {extra}" if extra else ""
    if cell_len(label) < column and cell_len(value) + cell_len(tail) <= frame.room - column:
        spans = [
            *_head(found, frame),
            Span(pad(label, column), "label"),
            Span(value, role),
            Span(tail, "muted"),
        ]
        return [Line(tuple(spans))]
    labels = wrap(label, frame.room, 2)
    lines = [Line((*_head(found, frame), Span(labels[0], "label")))]
    lines.extend(Line((*_margin(frame), Span(text, "label"))) for text in labels[1:])
    if value or extra:
        shown = fit(value, frame.room - cell_len(tail))
        lines.append(Line((*_margin(frame), Span(shown, role), Span(tail if shown else extra, "muted"))))
    return lines


def _in_full(found: Facts, frame: Frame) -> tuple[list[Line], int]:
    labels = wrap(_label(found), frame.room)
    lines = [Line((*_head(found, frame), Span(labels[0], "cursor")))]
    lines.extend(Line((*_margin(frame), Span(text, "cursor"))) for text in labels[1:])
    hint = found.question.hint.text(current())
    if hint:
        lines.extend(_texts(hint, frame, "muted"))
    lines.extend(_said(found, frame))
    start = 0
    if frame.editor and frame.editing in ("", "value"):
        start = len(lines)
        lines.extend(Line(tuple(_margin(frame))) for _row in range(frame.editor))
    else:
        lines.extend(_answer(found, frame))
    if frame.editor and frame.editing == "note":
        lines.append(Line((*_margin(frame), Span(_("Note"), "heading"))))
        start = len(lines)
        lines.extend(Line(tuple(_margin(frame))) for _row in range(frame.editor))
    elif found.note:
        lines.extend(_texts(_("Note: {text}").format(text=found.note), frame, "text", limit=3))
    lines.extend(_remarks(found, frame))
    return lines, start


def _texts(text: str, frame: Frame, role: str, limit: int = 0, lead: str = "") -> list[Line]:
    room = frame.room - cell_len(lead)
    texts = wrap(text, room, limit)
    first = Line((*_margin(frame), Span(lead + texts[0], role)))
    return [first, *(Line((*_margin(frame), Span(" " * cell_len(lead) + rest, role))) for rest in texts[1:])]


def _answer(found: Facts, frame: Frame) -> list[Line]:
    if found.options and not (found.read_only and found.question.type != RUBRIC):
        if found.question.type == RUBRIC and not frame.anchors:
            return _scale(found, frame)
        return [
            text
            for number, option in enumerate(found.options)
            for text in _option(found, number, option, frame)
        ]
    value = answer_text(found)
    if value:
        role = "wrong" if found.invalid else "value"
        return _texts(value, frame, role, limit=8 if found.question.type == "longtext" else 4)
    if found.read_only:
        return _texts(_("no answer"), frame, "muted")
    return _texts(_("{how} (Enter)").format(how=_how(found.question)), frame, "muted")


def _how(question: Question) -> str:
    """What Enter is for on a question that has no answer yet."""
    if question.type in LISTED_TYPES or question.type in CHOICE_TYPES:
        return _("choose from the list")
    if question.type == "date":
        return _("type a date, such as 21/11/2026")
    if question.type == "datetime":
        return _("type date and time, such as 21/11/2026 10.30 WITA")
    if question.type == "acknowledge":
        return _("read and agree")
    if question.type == "evidence":
        return _("attach files")
    if question.type == "time":
        return _("type a time, such as 10.30")
    if question.type in NUMERIC_TYPES:
        return _("type a number")
    return _("type the answer")


def _option(found: Facts, number: int, option: Option, frame: Frame) -> list[Line]:
    several = found.question.type in ("select_multiple", "rank")
    box = ("[x]" if option.chosen else "[ ]") if several else ("(x)" if option.chosen else "( )")
    if found.question.type == "rank" and option.chosen:
        box = f"[{found.value.index(option.value) + 1}]"
    pointer = "›" if frame.cursor == number else " "
    lead = f"{option.digit} {box} "
    margin = " " * max(1, frame.indent - cell_len(lead) - 2)
    role = "chosen" if option.chosen else "text"
    room = max(12, frame.width - 2 - cell_len(margin) - cell_len(lead) - 1)
    texts = wrap(f"{option.label}. {option.anchor}" if option.anchor else option.label, room)
    edge = Span(BAR, "bar")
    first = line(
        edge, Span(margin + pointer, "cursor"), Span(lead, role), Span(texts[0], role), option=number
    )
    if option.anchor and not option.chosen:
        name, rest = texts[0][: len(option.label) + 1], texts[0][len(option.label) + 1 :]
        first = line(
            edge,
            Span(margin + pointer, "cursor"),
            Span(lead),
            Span(name, "label"),
            Span(rest, "muted"),
            option=number,
        )
        role = "muted"
    gap = " " * (1 + cell_len(margin) + cell_len(lead))
    return [first, *(line(edge, Span(gap), Span(text, role), option=number) for text in texts[1:])]


def _scale(found: Facts, frame: Frame) -> list[Line]:
    """The scale on one line, for where the anchors stand beside."""
    pieces = [f"({option.digit}) " if option.chosen else f"{option.digit} " for option in found.options]
    spans = _margin(frame)
    spans += [
        Span(piece, "chosen" if option.chosen else "text")
        for piece, option in zip(pieces, found.options, strict=True)
    ]
    name = next((option.label for option in found.options if option.chosen), "")
    return [Line((*spans, Span(fit(f" {name}", frame.room - cell_len("".join(pieces))), "value")))]


def _remarks(found: Facts, frame: Frame) -> list[Line]:
    """The state in words and everything that hangs on the answer or is wrong with it."""
    lines = []
    state = []
    if found.status == "na" and found.options:
        state.append(answer_text(found))
    elif found.mark == "fixed" and found.filled_by_program:
        state.append(_("filled in by the program"))
    elif found.mark == "open" and found.status == "unanswered":
        state.append(_("not answered, required") if found.required else _("not answered"))
    if found.evidence:
        state.append(_("evidence {count}").format(count=found.evidence))
    state.extend(found.companions)
    if found.flag:
        state.append(" ".join((FLAG, _("flagged"))))
    if found.gate_reason:
        state.append(_("despite missing evidence: {reason}").format(reason=found.gate_reason))
    if state:
        lines.extend(_texts(" · ".join(one_line(part) for part in state), frame, "muted"))
    if frame.refusal:
        lines.extend(_texts(frame.refusal, frame, "wrong", lead="✗ "))
    for message in found.invalid:
        lines.extend(_texts(message, frame, "wrong", lead="✗ "))
    hints = (*found.warnings, *frame.hints.findings)
    if frame.hints.differs:
        hints = (*hints, _("Two levels or more from the self-assessment: say why in a note (n)"))
    if frame.hints.gaps and not found.gate_reason:
        hints = (*hints, _("Evidence missing: {gaps}").format(gaps="; ".join(frame.hints.gaps)))
    for message in dict.fromkeys(hints):
        lines.extend(_hint(message, frame))
    return lines


def _said(found: Facts, frame: Frame) -> list[Line]:
    """What reviewers said, and what else stands in the margin; above the answer, since people look for it first."""
    lines: list[Line] = []
    for remark in found.remarks:
        said = _("Review of revision {revision}, {author}: {text} (b replies)")
        if remark.answer:
            said = _("Review of revision {revision}, {author}: {text}")
        text = said.format(revision=remark.revision, author=remark.author, text=remark.text)
        lines.extend(_texts(text, frame, "text", limit=4, lead="» "))
        if remark.answer:
            lines.extend(
                _texts(_("Reply: {text}").format(text=remark.answer), frame, "muted", limit=3, lead="  ")
            )
    for marginal in found.margin:
        lines.extend(_texts(marginal.text, frame, marginal.role, limit=8, lead=f"{marginal.sign} "))
    return lines


def _hint(message: str, frame: Frame) -> list[Line]:
    """Something to consider: quiet, and cut where it is long; the guidance has it whole."""
    first, *rest = wrap(message, frame.room - 2, 2 if frame.spaced else 1)
    lines = [Line((*_margin(frame), Span("! ", "warning"), Span(first, "muted")))]
    return lines + [Line((*_margin(frame), Span("  "), Span(text, "muted"))) for text in rest]
