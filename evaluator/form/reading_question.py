"""The questions of a form file, whatever their depth, and the choice lists they use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal, cast

from evaluator.form.checking import Fields, Origin, Report, suggestion
from evaluator.form.definition import (
    CONTAINER_TYPES,
    EMPTY,
    QUESTION_TYPES,
    Choice,
    Constraint,
    Label,
    Level,
    Question,
)
from evaluator.language import _

NAME: Final = re.compile(r"[^\W\d][\w-]{0,127}")
OWN_ROW: Final = re.compile(r"\$\{([^{}]+)\}")

_LISTED: Final = frozenset({"select_one", "select_multiple", "rank"})
_UNLABELLED: Final = CONTAINER_TYPES | {"calculate"}
_NUMBERED: Final = frozenset({"integer", "decimal", "percent", "currency", "year", "range"})
_CHOICE_KEYS: Final = frozenset({"value", "label", "exclusive"})
_SELECTABLE_OF: Final = ("pillar", "section", "agency", "region")


@dataclass(slots=True)
class Context:
    """What the forms share while they are read, and where each question came from."""

    report: Report
    languages: tuple[str, ...]
    scale: tuple[Level, ...]
    agencies: frozenset[str]
    choices: Mapping[str, tuple[Choice, ...]]
    tables: frozenset[str]
    blocks: Mapping[str, Sequence[Fields]]
    origins: dict[str, Origin] = field(default_factory=dict)


@dataclass(slots=True)
class QuestionPlace:
    """Where in a form the questions being read stand."""

    form: str
    section: str
    parent: str
    repeats: tuple[str, ...]
    taken: set[str]


def read_choices(fields: Fields, key: str, *, repeated: bool = False) -> tuple[Choice, ...]:
    """The choices of a list; keys beyond value, label and exclusive are columns for a `choice_filter`.

    With `repeated` a value may occur several times, as where a filter leaves one of them.
    """
    found = []
    seen = set()
    for item in fields.tables(key):
        value = item.scalar("value")
        label = item.label("label", required=True)
        exclusive = item.boolean("exclusive")
        columns = {name: item.scalar(name) for name in item.keys() if name not in _CHOICE_KEYS}
        if not value or value != value.strip():
            item.problem("value", "bad_value", _("a choice needs a value"), _('Add value = "…"'))
        elif value in seen and not repeated:
            item.problem(
                "value",
                "duplicate_name",
                _("the value “{name}” is used twice in this list").format(name=value),
                _("Give one of them another value"),
            )
        seen.add(value)
        found.append(Choice(value, label, exclusive, columns))
    return tuple(found)


def read_questions(context: Context, fields: Fields, place: QuestionPlace) -> tuple[Question, ...]:
    """The questions directly in a section, group or repeat."""
    return tuple(read_question(context, found, place) for found in fields.tables("question"))


def read_name(context: Context, fields: Fields, place: QuestionPlace, parent: str) -> str:
    """The name of a section or question: well formed, and new among its neighbours."""
    name = fields.text("name", required=True)
    if name and not NAME.fullmatch(name):
        fields.problem(
            "name",
            "bad_name",
            _("“{name}” cannot be a name").format(name=name),
            _("Begin with a letter; then letters, digits, - and _, without points or blanks"),
        )
    elif name and name in place.taken:
        first = context.report.place(context.origins[f"{parent}.{name}"], key=True)
        fields.problem(
            "name",
            "duplicate_name",
            _("the name “{name}” is used twice, first in line {line}").format(name=name, line=first.line),
            _("Give one of them another name"),
        )
    place.taken.add(name)
    return name


def _weight(fields: Fields, key: str) -> Decimal:
    return fields.weight(key, Decimal(1))


# Keys that are read the same wherever they stand, under the names that Question has for them.
_PLAIN_KEYS: Final[Mapping[str, Callable[[Fields, str], Any]]] = {
    "hint": Fields.label,
    "guidance_hint": Fields.label,
    "short_title": Fields.label,
    "required": Fields.condition,
    "required_message": Fields.label,
    "read_only": Fields.condition,
    "relevant": Fields.text,
    "default": Fields.scalar,
    "trigger": Fields.texts,
    "appearance": Fields.text,
    "choices": Fields.text,
    "choice_filter": Fields.text,
    "or_other": Fields.boolean,
    "multiple": Fields.boolean,
    "special": read_choices,
    "unit": Fields.plain_label,
    "min": Fields.number,
    "max": Fields.number,
    "min_rows": Fields.integer,
    "max_rows": Fields.integer,
    "repeat_count": Fields.scalar,
    "parameters": Fields.scalars,
    "evidence": Fields.label,
    "agencies": Fields.texts,
    "topics": Fields.texts,
    "result_level": Fields.text,
    "weight": _weight,
    "extra": Fields.scalars,
}


QUESTION_KEYS: Final = frozenset(
    {
        *_PLAIN_KEYS,
        "name",
        "type",
        "label",
        "calculation",
        "constraint",
        "constraint_message",
        "constraints",
        "of",
        "anchors",
        "question",
    }
)


def read_question(context: Context, fields: Fields, place: QuestionPlace, fixed_type: str = "") -> Question:
    """One question with all below it; the type of a block is fixed."""
    name = read_name(context, fields, place, place.parent)
    path = f"{place.parent}.{name}"
    context.origins.setdefault(path, fields.origin)
    kind = fixed_type or _type(fields)
    question = Question(
        name=name,
        path=path,
        form=place.form,
        section=place.section,
        type=kind,
        label=fields.label("label", required=kind not in _UNLABELLED),
        repeats=place.repeats,
        constraints=_constraints(fields),
        calculation=fields.text("calculation", required=kind == "calculate"),
        of=_of(fields, place),
        anchors=_anchors(context, fields, kind),
        questions=_children(context, fields, place, kind, path),
        **{key: take(fields, key) for key, take in _PLAIN_KEYS.items() if key in fields},
    )
    if fixed_type:
        fields.text("on_kind")
    fields.finish(QUESTION_KEYS)
    if kind:
        _check_question(context, fields, question)
    return question


def _type(fields: Fields) -> str:
    kind = fields.text("type", required=True)
    if kind and kind not in QUESTION_TYPES:
        fields.problem(
            "type",
            "unknown_type",
            _("there is no question type “{name}”").format(name=kind),
            suggestion(kind, QUESTION_TYPES),
        )
        return ""
    return kind


def _constraints(fields: Fields) -> tuple[Constraint, ...]:
    if not any(key in fields for key in ("constraint", "constraint_message", "constraints")):
        return ()
    found = []
    single = fields.text("constraint")
    message = fields.label("constraint_message")
    if single:
        found.append(Constraint(single, message))
    elif message is not EMPTY:
        fields.problem(
            "constraint_message",
            "missing_key",
            _("there is a message but no constraint"),
            _("Add constraint"),
        )
    for item in fields.tables("constraints"):
        severity = item.one_of("severity", ("error", "warning"), "error")
        found.append(
            Constraint(
                item.text("expression", required=True),
                item.label("message"),
                cast(Literal["error", "warning"], severity),
            )
        )
        item.finish()
    return tuple(found)


def _of(fields: Fields, place: QuestionPlace) -> tuple[str, ...]:
    """What a reference may point to; a repeat of the own form gets its full path."""
    if "of" not in fields:
        return ()
    return tuple(
        name if name in ("question", "evidence", *_SELECTABLE_OF) or "." in name or "$" in name
        else f"{place.form}.{name}"
        for name in fields.texts("of")
    )  # fmt: skip


def _anchors(context: Context, fields: Fields, kind: str) -> dict[int, Label]:
    if not kind or (kind != "rubric" and "anchors" not in fields):
        return {}
    anchors = {}
    labels = fields.labels("anchors")
    known = {str(level.value) for level in context.scale}
    for key, label in labels.items():
        if context.scale and key not in known:
            context.report.add(
                fields.at("anchors", key),
                "bad_value",
                _("the scale has no level {level}").format(level=key),
                suggestion(key, known),
                key=True,
            )
        elif not key.isascii() or not key.isdigit():
            context.report.add(
                fields.at("anchors", key),
                "bad_value",
                _("“{level}” is not a level").format(level=key),
                key=True,
            )
        else:
            anchors[int(key)] = label
    if kind == "rubric":
        for level in context.scale:
            if level.anchor is EMPTY and level.value not in anchors:
                context.report.add(
                    fields.at("anchors") if "anchors" in fields else fields.origin,
                    "missing_anchor",
                    _("level {level} has no anchor").format(level=level.value),
                    _("Add {level} = … under anchors").format(level=level.value),
                    key=True,
                )
    elif anchors:
        fields.problem("anchors", "bad_value", _("only a rubric has anchors"))
    return anchors


def _children(
    context: Context, fields: Fields, place: QuestionPlace, kind: str, path: str
) -> tuple[Question, ...]:
    if kind not in CONTAINER_TYPES:
        return ()
    repeats = (*place.repeats, path) if kind == "repeat" else place.repeats
    children = read_questions(context, fields, QuestionPlace(place.form, place.section, path, repeats, set()))
    if not children:
        fields.problem(
            "question",
            "missing_key",
            _("a {type} needs questions").format(type=kind),
            _("Add a question to it"),
        )
    return children


def _check_question(context: Context, fields: Fields, question: Question) -> None:
    """What can be wrong with a question on its own; names of other questions are checked by the program."""
    if question.type in _LISTED:
        _check_choices(context, fields, question)
    elif question.choices:
        fields.problem(
            "choices", "bad_value", _("a {type} has no choices of its own").format(type=question.type)
        )
    if question.type in ("section", "item") and not question.of:
        fields.problem(
            "of",
            "missing_key",
            _("a {type} must say what it refers to").format(type=question.type),
            _('Add of = "${pillar question}"') if question.type == "section" else _('Add of = ["question"]'),
        )
    if (question.min is not None or question.max is not None) and question.type not in _NUMBERED:
        fields.problem(
            "min" if question.min is not None else "max",
            "bad_value",
            _("only a number has min and max"),
            _("Write a constraint instead"),
        )
    if question.min is not None and question.max is not None and question.min > question.max:
        fields.problem("max", "bad_value", _("max lies below min"), _("Exchange the two"))
    if question.min_rows < 0 or (question.max_rows is not None and question.max_rows < question.min_rows):
        fields.problem("max_rows", "bad_value", _("max_rows lies below min_rows"), _("Exchange the two"))
    if context.agencies:
        for number, code in enumerate(question.agencies):
            if code not in context.agencies and not OWN_ROW.fullmatch(code):
                context.report.add(
                    fields.at("agencies", number),
                    "unknown_agency",
                    _("there is no agency “{code}”").format(code=code),
                    suggestion(code, context.agencies),
                )


def _check_choices(context: Context, fields: Fields, question: Question) -> None:
    name = question.choices
    if name.endswith(".csv"):
        if name[:-4] not in context.tables:
            fields.problem(
                "choices",
                "missing_file",
                _("there is no table {file} beside the form").format(file=name),
                suggestion(name, (f"{table}.csv" for table in context.tables)),
            )
    elif name:
        if OWN_ROW.fullmatch(name):
            return  # the rows of a repeat, named by ${question}
        if name not in context.choices:
            fields.problem(
                "choices",
                "unknown_choices",
                _("there is no choice list “{name}”").format(name=name),
                suggestion(name, context.choices),
            )
    elif not question.of:
        fields.problem(
            "choices",
            "no_choices",
            _("a {type} needs choices").format(type=question.type),
            _('Add choices = "name of a list"'),
        )
    elif question.of[0] not in _SELECTABLE_OF:
        fields.problem(
            "of",
            "bad_value",
            _("“{name}” is not known here").format(name=question.of[0]),
            suggestion(question.of[0], _SELECTABLE_OF),
        )
