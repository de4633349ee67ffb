"""What a question may be answered with, as far as that does not depend on the other answers."""

from __future__ import annotations

from evaluator.form.definition import Choice, Instrument, Label, Question, Table
from evaluator.form.values import OTHER
from evaluator.language import _

SELECTABLE = ("pillar", "agency", "region")
_TABLE_SUFFIX = ".csv"


def listed_choices(question: Question, instrument: Instrument) -> tuple[Choice, ...] | None:
    """All values that the question may ever hold; None where they come from other answers or rows, or are free.

    The list of a `section` holds the sections of all pillars: which of them fit is judged by the filter.
    """
    if question.type == "rubric":
        return tuple(Choice(str(level.value), level.label) for level in instrument.scale)
    if question.type == "yesno":
        return Choice(instrument.yes, instrument.yes_label), Choice(instrument.no, instrument.no_label)
    if question.type in SELECTABLE:
        return _referable(question.type, instrument)
    if question.type == "section":
        return _sections(instrument)
    if question.type not in ("select_one", "select_multiple", "rank"):
        return None
    return _selectable(question, instrument)


def sections_of(instrument: Instrument, form_id: str) -> tuple[Choice, ...]:
    """The sections of a form, by their names; none if there is no such form."""
    for form in instrument.forms:
        if form.id == form_id:
            return tuple(Choice(section.name, section.label) for section in form.sections)
    return ()


def _selectable(question: Question, instrument: Instrument) -> tuple[Choice, ...] | None:
    if question.choices.startswith("${"):
        return None
    if question.choices.endswith(_TABLE_SUFFIX):
        table = instrument.tables.get(question.choices.removesuffix(_TABLE_SUFFIX))
        value = question.parameters.get("value", "name")
        found = () if table is None else _rows_of(table, value, question.parameters.get("label", "label"))
    elif question.choices:
        found = instrument.choices.get(question.choices, ())
    else:
        found = _referable(question.of[0], instrument) if question.of else ()
    if question.or_other and not any(choice.value == OTHER for choice in found):
        found = (*found, Choice(OTHER, Label({"": _("Other")})))
    return found


def _referable(kind: str, instrument: Instrument) -> tuple[Choice, ...]:
    if kind == "agency":
        return tuple(Choice(agency.code, agency.name) for agency in instrument.agencies)
    if kind == "region":
        regions = instrument.regions
        table = instrument.tables.get(regions.table) if regions else None
        return () if regions is None or table is None else _rows_of(table, regions.code, regions.name)
    if kind == "section":
        return _sections(instrument)
    forms = (form for form in instrument.forms if form.kind == kind)
    return tuple(Choice(form.id, form.title) for form in forms)


def _sections(instrument: Instrument) -> tuple[Choice, ...]:
    found: dict[str, Choice] = {}
    for form in instrument.forms:
        for section in form.sections:
            found.setdefault(section.name, Choice(section.name, section.label))
    return tuple(found.values())


def _rows_of(table: Table, value: str, label: str) -> tuple[Choice, ...]:
    """The rows of a table as choices; columns named `label::Language (id)` are its labels in several languages."""
    if value not in table.columns:
        return ()
    at = table.columns.index(value)
    named = {column: index for index, column in enumerate(table.columns)}
    labels = {
        column.rsplit("(", 1)[-1].rstrip(")").strip() if "::" in column else "": index
        for column, index in named.items()
        if column == label or column.startswith(f"{label}::")
    } or {"": at}
    choices: dict[str, Choice] = {}
    for row in table.rows:
        texts = {language: row[index] for language, index in labels.items()}
        choices.setdefault(
            row[at], Choice(row[at], Label(texts), columns=dict(zip(named, row, strict=False)))
        )
    choices.pop("", None)
    return tuple(choices.values())
