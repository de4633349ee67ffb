"""One form file: its head and its sections."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Literal, cast

from evaluator.form.checking import Fields, suggestion
from evaluator.form.definition import (
    Carried,
    Form,
    FormScoring,
    Section,
)
from evaluator.form.reading_question import Context, QuestionPlace, read_name, read_question, read_questions
from evaluator.language import _

KINDS: Final = ("visit", "pillar", "readiness", "masterplan", "quick_wins", "closing")
FORM_ID: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


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
    carried = _carried(head.table("xlsform"))
    head.finish()
    fields.table("choices")  # read before the forms, since a list may be used from another file

    place = QuestionPlace(form_id, "", form_id, (), set())
    sections = [_section(context, found, place) for found in fields.tables("section")]
    if not sections:
        fields.problem("section", "missing_key", _("the form has no section"), _("Add [[section]]"))
    else:
        sections[-1] = _with_blocks(context, sections[-1], kind, place)
    fields.finish()

    form = Form(form_id, kind, title, tuple(sections), scoring, file, version, short_title, carried)
    _check_scoring(form, scoring_fields)
    return form


def _carried(fields: Fields) -> Carried:
    sheets = fields.table("sheets")
    carried = Carried(
        languages=fields.scalars("languages"),
        settings=fields.scalars("settings"),
        sheets={
            name: tuple({key: row.scalar(key) for key in row.keys()} for row in sheets.tables(name))
            for name in sheets.keys()
        },
        external=fields.scalars("external"),
        repeated=fields.texts("repeated"),
    )
    fields.finish()
    return carried


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


def _section(context: Context, fields: Fields, form: QuestionPlace) -> Section:
    name = read_name(context, fields, form, form.form)
    path = f"{form.form}.{name}"
    context.origins[path] = fields.origin
    place = QuestionPlace(form.form, name, form.form, (), form.taken)
    section = Section(
        name=name,
        path=path,
        label=fields.label("label", required=True),
        weight=fields.weight("weight", Decimal(1)),
        relevant=fields.text("relevant"),
        questions=read_questions(context, fields, place),
    )
    fields.finish()
    return section


def _with_blocks(context: Context, section: Section, kind: str, form: QuestionPlace) -> Section:
    """The last section of a form with the blocks of its kind after its own questions."""
    added = []
    for fields in context.blocks.get(kind, ()):
        place = QuestionPlace(form.form, section.name, form.form, (), form.taken)
        added.append(read_question(context, fields, place, "group"))
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
