"""One form file: its sections, and the questions in them, whatever their depth."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, cast

from evaluator.form.checking import Fields, Origin, Report, suggestion
from evaluator.form.definition import (
    CONTAINER_TYPES,
    EMPTY,
    QUESTION_TYPES,
    Choice,
    Constraint,
    Form,
    FormScoring,
    Label,
    Level,
    Question,
    Section,
)
from evaluator.language import _

KINDS: Final = ("visit", "pillar", "readiness", "masterplan", "quick_wins", "closing")
FORM_ID: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
NAME: Final = re.compile(r"[^\W\d][\w-]{0,127}")
OWN_ROW: Final = re.compile(r"\$\{([^{}]+)\}")

_LISTED: Final = frozenset({"select_one", "select_multiple", "rank"})
_UNLABELLED: Final = CONTAINER_TYPES | {"calculate"}
_NUMBERED: Final = frozenset({"integer", "decimal", "percent", "currency", "year", "range"})
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
class _Place:
    """Where in a form the questions being read stand."""

    form: str
    section: str
    parent: str
    repeats: tuple[str, ...]
    taken: set[str]


def read_form(context: Context, file: str, fields: Fields) -> Form:
    """The form of one file. Problems go to the report; what could be read is returned."""
    head = fields.table("form")
    form_id = head.text("id", required=True)
    if form_id and not FORM_ID.fullmatch(form_id):
        head.problem(
            "id",
            "bad_name",
            _("“{name}” cannot be the id of a form").format(name=form_id),
            _("Begin with a small letter; then small letters, digits, - and _"),
        )
    kind = head.one_of("kind", KINDS, "visit", required=True)
    title = head.label("title", required=True)
    short_title = head.label("short_title")
    version = head.text("version")
    scoring_fields = head.table("scoring")
    scoring = _scoring(scoring_fields)
    head.finish()
    fields.table("choices")  # read before the forms, since a list may be used from another file

    place = _Place(form_id, "", form_id, (), set())
    sections = [_section(context, found, place) for found in fields.tables("section")]
    if not sections:
        fields.problem("section", "missing_key", _("the form has no section"), _("Add [[section]]"))
    else:
        sections[-1] = _with_blocks(context, sections[-1], kind, place)
    fields.finish()

    form = Form(form_id, kind, title, tuple(sections), scoring, file, version, short_title)
    _check_scoring(form, scoring_fields)
    return form


def _scoring(fields: Fields) -> FormScoring:
    scoring = FormScoring(
        method=cast(
            Literal["none", "sections", "rows"],
            fields.one_of("method", ("none", "sections", "rows"), "none"),
        ),
        rows=fields.text("rows"),
        group_by=fields.text("group_by"),
        missing=cast(Literal["exclude", "zero"], fields.one_of("missing", ("exclude", "zero"), "exclude")),
    )
    fields.finish()
    return scoring


def _check_scoring(form: Form, fields: Fields) -> None:
    if form.scoring.method == "rows":
        path = f"{form.id}.{form.scoring.rows}"
        repeat = next((found for found in form.walk() if found.path == path), None)
        if repeat is None or repeat.type != "repeat":
            fields.problem(
                "rows",
                "unknown_reference",
                _("“{name}” is not a repeat of this form").format(name=form.scoring.rows),
                suggestion(form.scoring.rows, (q.name for q in form.walk() if q.type == "repeat")),
            )
        elif all(found.name != form.scoring.group_by for found in repeat.questions):
            fields.problem(
                "group_by",
                "unknown_reference",
                _("“{name}” is not a question of the repeat").format(name=form.scoring.group_by),
                suggestion(form.scoring.group_by, (q.name for q in repeat.questions)),
            )
    elif form.scoring.method == "sections":
        scored = [
            section
            for section in form.sections
            if any(found.type == "rubric" for question in section.questions for found in question.walk())
        ]
        if scored and not any(section.weight for section in scored):
            fields.problem(
                "method",
                "bad_weights",
                _("all sections with rubrics have weight 0"),
                _("Give at least one of them a weight"),
            )


def _section(context: Context, fields: Fields, form: _Place) -> Section:
    name = _name(context, fields, form, form.form)
    path = f"{form.form}.{name}"
    context.origins[path] = fields.origin
    place = _Place(form.form, name, form.form, (), form.taken)
    section = Section(
        name=name,
        path=path,
        label=fields.label("label", required=True),
        weight=fields.weight("weight", Decimal(1)),
        relevant=fields.text("relevant"),
        questions=_questions(context, fields, place),
    )
    fields.finish()
    return section


def _with_blocks(context: Context, section: Section, kind: str, form: _Place) -> Section:
    """The last section of a form with the blocks of its kind after its own questions."""
    added = []
    for fields in context.blocks.get(kind, ()):
        place = _Place(form.form, section.name, form.form, (), form.taken)
        added.append(_question(context, fields, place, "group"))
    if not added:
        return section
    return Section(
        section.name,
        section.path,
        section.label,
        section.weight,
        section.relevant,
        (*section.questions, *added),
    )


def _questions(context: Context, fields: Fields, place: _Place) -> tuple[Question, ...]:
    return tuple(_question(context, found, place) for found in fields.tables("question"))


def _name(context: Context, fields: Fields, place: _Place, parent: str) -> str:
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


def _question(context: Context, fields: Fields, place: _Place, fixed_type: str = "") -> Question:
    name = _name(context, fields, place, place.parent)
    path = f"{place.parent}.{name}"
    context.origins.setdefault(path, fields.origin)
    kind = fixed_type or _type(fields)
    required = fields.condition("required")
    question = Question(
        name=name,
        path=path,
        form=place.form,
        section=place.section,
        type=kind,
        label=fields.label("label", required=kind not in _UNLABELLED),
        repeats=place.repeats,
        hint=fields.label("hint"),
        guidance_hint=fields.label("guidance_hint"),
        short_title=fields.label("short_title"),
        required=required,
        required_message=fields.label("required_message"),
        read_only=fields.condition("read_only"),
        relevant=fields.text("relevant"),
        constraints=_constraints(fields),
        calculation=fields.text("calculation", required=kind == "calculate"),
        default=fields.scalar("default"),
        trigger=fields.texts("trigger"),
        appearance=fields.text("appearance"),
        choices=fields.text("choices"),
        choice_filter=fields.text("choice_filter"),
        or_other=fields.boolean("or_other"),
        of=_of(fields, place),
        multiple=fields.boolean("multiple"),
        special=read_choices(fields, "special"),
        unit=fields.label("unit", plain=True),
        min=fields.number("min"),
        max=fields.number("max"),
        min_rows=fields.integer("min_rows"),
        max_rows=fields.integer("max_rows") if "max_rows" in fields else None,
        repeat_count=fields.scalar("repeat_count"),
        parameters=fields.scalars("parameters"),
        evidence=fields.label("evidence"),
        agencies=fields.texts("agencies"),
        topics=fields.texts("topics"),
        result_level=fields.text("result_level"),
        weight=fields.weight("weight", Decimal(1)),
        anchors=_anchors(context, fields, kind),
        extra=fields.scalars("extra"),
        questions=_children(context, fields, place, kind, path),
    )
    if fixed_type:
        fields.text("on_kind")
    fields.finish()
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
        return "text"
    return kind or "text"


def _constraints(fields: Fields) -> tuple[Constraint, ...]:
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


def _of(fields: Fields, place: _Place) -> tuple[str, ...]:
    """What a reference may point to; a repeat of the own form gets its full path."""
    return tuple(
        name if name in ("question", "evidence", *_SELECTABLE_OF) or "." in name or "$" in name
        else f"{place.form}.{name}"
        for name in fields.texts("of")
    )  # fmt: skip


def _anchors(context: Context, fields: Fields, kind: str) -> dict[int, Label]:
    anchors = {}
    labels = fields.labels("anchors")
    known = {str(level.value) for level in context.scale}
    for key, label in labels.items():
        if context.scale and key not in known:
            fields.problem(
                "anchors",
                "bad_value",
                _("the scale has no level {level}").format(level=key),
                suggestion(key, known),
            )
        elif not key.isascii() or not key.isdigit():
            fields.problem("anchors", "bad_value", _("“{level}” is not a level").format(level=key))
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


def _children(context: Context, fields: Fields, place: _Place, kind: str, path: str) -> tuple[Question, ...]:
    if kind not in CONTAINER_TYPES:
        return ()
    repeats = (*place.repeats, path) if kind == "repeat" else place.repeats
    children = _questions(context, fields, _Place(place.form, place.section, path, repeats, set()))
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


def read_choices(fields: Fields, key: str) -> tuple[Choice, ...]:
    """The choices of a list; keys beyond value, label and exclusive are columns for a `choice_filter`."""
    found = []
    seen = set()
    for item in fields.tables(key):
        value = item.scalar("value")
        label = item.label("label", required=True)
        exclusive = item.boolean("exclusive")
        columns = {name: item.scalar(name) for name in item.keys() if name not in _CHOICE_KEYS}  # noqa: SIM118
        if not value or value != value.strip():
            item.problem("value", "bad_value", _("a choice needs a value"), _('Add value = "…"'))
        elif value in seen:
            item.problem(
                "value",
                "duplicate_name",
                _("the value “{name}” is used twice in this list").format(name=value),
                _("Give one of them another value"),
            )
        seen.add(value)
        found.append(Choice(value, label, exclusive, columns))
    return tuple(found)


_CHOICE_KEYS: Final = frozenset({"value", "label", "exclusive"})
