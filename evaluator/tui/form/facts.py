"""All that is painted of one question, gathered from the open visit at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evaluator.form.definition import Choice, Instrument, Question
from evaluator.form.values import is_special, shown_value
from evaluator.language import _, current
from evaluator.tui.form.page import Item, Key
from evaluator.visits.values import Remark

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

OPTION_LIMIT = 9
"""So many choices are painted under a question and chosen by digit; a longer list opens in a dialog."""

CHOICE_TYPES = frozenset({"select_one", "select_multiple", "rank", "yesno"})
LISTED_TYPES = frozenset({"region", "agency", "pillar", "section", "item"})
LONG_TYPES = frozenset({"longtext"})
RUBRIC = "rubric"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer with a single key: the digit, what it means, and for a rubric its anchor."""

    digit: str
    value: Any
    label: str
    anchor: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Marginal:
    """A line in the margin of a question, with a sign before it."""

    sign: str
    text: str
    role: str = "text"


@dataclass(frozen=True, slots=True)
class Facts:
    """One question as it stands; `signs` and `margin` are what a reading of it adds, in short and in full."""

    question: Question
    key: Key
    label: str
    value: Any = None
    value_text: str = ""
    status: str = "unanswered"
    required: bool = False
    read_only: bool = False
    filled_by_program: bool = False
    na: str = ""
    na_open: bool = False
    note: str = ""
    flag: bool = False
    evidence: int = 0
    remarks: tuple[Remark, ...] = ()
    companions: tuple[str, ...] = ()
    gate_reason: str = ""
    invalid: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    signs: tuple[str, ...] = ()
    margin: tuple[Marginal, ...] = ()

    @property
    def mark(self) -> str:
        """The state as one word of the program: done, open, blank, na, wrong or fixed."""
        if self.invalid:
            return "wrong"
        if self.status == "na":
            return "open" if self.na_open else "na"
        if self.question.type == "calculate" or self.filled_by_program:
            return "fixed"
        if self.status in ("answered", "special"):
            return "done"
        return "open" if self.required or self.question.type == RUBRIC else "blank"


def choices_of(visit: Visit, question: Question, key: Key) -> tuple[Choice, ...]:
    """The choices that a question offers now; none for a rubric, whose scale is the instrument's."""
    if question.type in CHOICE_TYPES or question.type in LISTED_TYPES:
        return visit.filling.choices(key)
    return ()


def facts(visit: Visit, item: Item, remarks: tuple[Remark, ...] = ()) -> Facts:
    """What is known of the question of `item`, with what reviewers said of it."""
    question, key = item.question, item.key
    state = visit.filling.state(key)
    stored = visit.stored(key)
    choices = choices_of(visit, question, key)
    value = state.value
    return Facts(
        question=question,
        key=key,
        label=visit.filling.label_text(key, current()),
        value=value,
        value_text=value_text(visit.instrument, question, value, choices),
        status=state.status,
        required=state.required,
        read_only=state.read_only or visit.read_only,
        filled_by_program=state.read_only,
        na=_reason(visit.instrument, state.na) if state.na else "",
        na_open=any(reason.open for reason in visit.instrument.na_reasons if reason.value == state.na),
        note=stored.note or "",
        flag=bool(stored.flag),
        evidence=len(visit.evidence_of(key)),
        remarks=remarks,
        companions=_companions(visit.instrument, question, stored),
        gate_reason=stored.gate_reason or "",
        invalid=tuple(state.invalid),
        warnings=tuple(state.warnings),
        options=_options(visit.instrument, question, value, choices),
    )


def value_text(
    instrument: Instrument, question: Question, value: Any, choices: tuple[Choice, ...] = ()
) -> str:
    """A value as people read it, with its unit or the name of its level."""
    if value is None:
        return ""
    if question.type == RUBRIC:
        name = next((level.label.text(current()) for level in instrument.scale if level.value == value), "")
        return f"{value} {name}".rstrip()
    if question.type == "yesno" and value in (instrument.yes, instrument.no):
        return _("Yes") if value == instrument.yes else _("No")
    if question.type == "acknowledge":
        return _("Read and agreed")
    if question.type == "rank" and isinstance(value, list):
        labels = (shown_value(question, [entry], choices) for entry in value)
        return "  ".join(f"{number}. {label}" for number, label in enumerate(labels, 1))
    text = shown_value(question, value, choices)
    unit = question.unit.text(current())
    if not unit or is_special(question, value):
        return text
    return f"{text} %" if unit == "%" else f"{text} {unit}"


def _options(
    instrument: Instrument, question: Question, value: Any, choices: tuple[Choice, ...]
) -> tuple[Option, ...]:
    language = current()
    if question.type == RUBRIC:
        return tuple(
            Option(
                digit=str(level.value),
                value=level.value,
                label=level.label.text(language),
                anchor=question.anchors.get(level.value, level.anchor).text(language),
                chosen=value == level.value,
            )
            for level in instrument.scale
        )
    if question.type == "yesno":
        return tuple(
            Option(digit, answer, label, chosen=value == answer)
            for digit, answer, label in (("1", instrument.yes, _("Yes")), ("2", instrument.no, _("No")))
        )
    if question.type not in CHOICE_TYPES or len(choices) > OPTION_LIMIT:
        return ()
    values = value if isinstance(value, list) else [value]
    return tuple(
        Option(
            str(number), choice.value, choice.label.text(language) or choice.value, "", choice.value in values
        )
        for number, choice in enumerate(choices, 1)
    )


def companion_kind(question: Question) -> str:
    """Which of the instrument's lists of companions belongs to the question: rubric, number or none."""
    if question.type == RUBRIC:
        return RUBRIC
    return "number" if question.type in ("integer", "decimal", "percent", "currency", "range") else ""


def companion_choices(instrument: Instrument, name: str) -> tuple[Choice, ...]:
    """The choices of a companion that has them."""
    lists = {
        "confidence": instrument.confidence,
        "evidence_quality": instrument.evidence_quality,
        "data_quality": instrument.data_quality,
    }
    return lists.get(name, ())


def companion_label(name: str) -> str:
    """The name of a companion for people."""
    labels = {
        "confidence": _("Confidence"),
        "evidence_quality": _("Evidence quality"),
        "respondents": _("Agency and respondents"),
        "data_year": _("Data year"),
        "source": _("Source"),
        "data_quality": _("Data quality"),
    }
    return labels.get(name, name)


def companion_names(instrument: Instrument, question: Question) -> tuple[str, ...]:
    """The companions that the question has besides note and evidence, which have keys of their own."""
    names = instrument.companions.get(companion_kind(question), ())
    return tuple(name for name in names if name not in ("note", "evidence"))


def _companions(instrument: Instrument, question: Question, stored: Any) -> tuple[str, ...]:
    found = []
    for name in companion_names(instrument, question):
        value = getattr(stored, name, None)
        if value in (None, ""):
            continue
        labels = {
            choice.value: choice.label.text(current()) for choice in companion_choices(instrument, name)
        }
        found.append(
            _("{name}: {value}").format(name=companion_label(name), value=labels.get(str(value), value))
        )
    return tuple(found)


def _reason(instrument: Instrument, value: str) -> str:
    return next((r.label.text(current()) for r in instrument.na_reasons if r.value == value), value)
