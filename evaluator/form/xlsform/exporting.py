"""A form into a workbook that the field's converter takes, with a list of what has no counterpart there.

Names that a workbook cannot hold are changed by one rule: a name that several questions have and an expression
refers to is written with the group or repeat around it, `KNJ-TIM_nama`; a question of another form is written with
its form, `gov_GOV-01`, and stands as a hidden question at the top, since a workbook knows its own questions only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evaluator.form.definition import Form, Instrument, Label, Question
from evaluator.form.xlsform.cells import Cells, fill, own_type
from evaluator.form.xlsform.headers import Column, heading
from evaluator.form.xlsform.languages import name_of
from evaluator.form.xlsform.lists import Lists
from evaluator.form.xlsform.naming import Naming
from evaluator.form.xlsform.workbook import CHOICES, EXTERNAL, SETTINGS, SURVEY, Loss, Losses, Sheet, Workbook
from evaluator.language import _


@dataclass(frozen=True, slots=True)
class Exported:
    """A workbook, the names of the tables it wants beside it, and what it does not hold."""

    workbook: Workbook
    tables: tuple[str, ...]
    losses: tuple[Loss, ...]


def export_form(instrument: Instrument, form: Form) -> Exported:
    """The workbook of one form of an instrument."""
    losses = Losses()
    names = {code: form.xlsform.languages.get(code, name_of(code)) for code in instrument.languages}
    naming = Naming(instrument, form, losses)
    lists = Lists(instrument, form, names, losses)
    rows = list(_rows(instrument, form, names, naming, lists, losses))
    hidden = [{"type": "hidden", "name": name} for name in naming.foreign.values()]
    # All languages come first and in order, since a workbook has no other place that says which it has.
    labels = [heading(Column("label", name)) for name in names.values()]
    sheets = {SURVEY: _sheet([*hidden, *rows], ("type", "name", *labels))}
    for name, found in ((CHOICES, lists.choices()), (EXTERNAL, lists.external())):
        if found:
            sheets[name] = _sheet(found, ("list_name", "name", *labels))
    sheets[SETTINGS] = _sheet([_settings(form, names)], ("form_title", "form_id"))
    for name, carried in form.xlsform.sheets.items():
        sheets[name] = _sheet(carried, ())
    _form_losses(form, losses)
    return Exported(Workbook(form.id, sheets), tuple(lists.tables), losses.found)


def _rows(
    instrument: Instrument,
    form: Form,
    names: dict[str, str],
    naming: Naming,
    lists: Lists,
    losses: Losses,
) -> Iterator[Cells]:
    """The rows of the survey, sections as groups where there are several."""
    several = len(form.sections) > 1
    for section in form.sections:
        if several:
            begin: Cells = {"type": "begin group", "name": naming.section(section)}
            fill(begin, "label", section.label, names)
            if section.relevant:
                begin |= naming.cell(section.path, "relevant", section.relevant)
            yield begin
        elif section.relevant:
            message = _("a form of one section has no place for when the section is relevant")
            losses.add("key_left_out", message, column="relevant", name=section.path, kept=False)
        yield from _walk(section.questions, instrument, names, naming, lists, losses)
        if several:
            yield {"type": "end group"}


def _walk(
    questions: Sequence[Question],
    instrument: Instrument,
    names: dict[str, str],
    naming: Naming,
    lists: Lists,
    losses: Losses,
) -> Iterator[Cells]:
    for question in questions:
        written = own_type(question, lists, losses)
        yield naming.row(question, written, names)
        if question.type in ("group", "repeat"):
            yield from _walk(question.questions, instrument, names, naming, lists, losses)
            yield {"type": f"end {question.type}"}


def _settings(form: Form, names: dict[str, str]) -> Cells:
    default = next(iter(names.values()))
    cells: Cells = {"form_title": _first(form.title), "form_id": form.id}
    if form.version:
        cells["version"] = form.version
    if default and not form.xlsform.languages:
        cells["default_language"] = default
    return cells | dict(form.xlsform.settings)


def _first(label: Label) -> str:
    return next(filter(None, label.texts.values()), "")


def _sheet(rows: Sequence[Mapping[str, str]], first: Sequence[str]) -> Sheet:
    headers = dict.fromkeys(first)
    for row in rows:
        headers.update(dict.fromkeys(row))
    return Sheet(tuple(headers), tuple({name: text for name, text in row.items() if text} for row in rows))


def _form_losses(form: Form, losses: Losses) -> None:
    for section in form.sections:
        if section.weight != 1:
            message = _("weights have no place in a workbook")
            losses.add("key_left_out", message, column="weight", name=section.path, kept=False)
    if form.scoring.method != "none":
        message = _("how the form is scored has no place in a workbook")
        losses.add("key_left_out", message, column="scoring", name=form.id, kept=False)
    if form.short_title.texts:
        message = _("{key} has no place in a workbook").format(key="short_title")
        losses.add("key_left_out", message, column="short_title", name=form.id, kept=False)
