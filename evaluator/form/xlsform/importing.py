"""A workbook into form files: `instrument.toml` and one form, with a list of what has no counterpart.

Every cell ends in the form, in the `extra` of its question (from where it goes back into a workbook), or in the
list. An expression that this language does not have is kept in `extra` and listed: the form loads in any case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from evaluator.errors import DefinitionError
from evaluator.form.definition import Table
from evaluator.form.reading import INSTRUMENT_FILE, read
from evaluator.form.reading_form import FORM_ID
from evaluator.form.source import parse_csv
from evaluator.form.xlsform import toml
from evaluator.form.xlsform.choices import read_lists
from evaluator.form.xlsform.headers import columns, languages_of
from evaluator.form.xlsform.languages import UNNAMED, codes
from evaluator.form.xlsform.mending import mend
from evaluator.form.xlsform.questions import Context, read_items
from evaluator.form.xlsform.rows import Row, read_rows, tree
from evaluator.form.xlsform.types import SETTINGS_IN_SURVEY
from evaluator.form.xlsform.workbook import CHOICES, EXTERNAL, SETTINGS, SURVEY, Loss, Losses, Workbook
from evaluator.language import _

_PULLED: Final = re.compile(r"pulldata\(\s*['\"]([^'\"]+)['\"]")
_LISTED: Final = re.compile(r"from[_ ]file (\S+\.csv)\b")
_FILE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}\.csv")
_MOST_WARNINGS: Final = 200


@dataclass(frozen=True, slots=True)
class Imported:
    """The files of an instrument with one form, by name, and what of the workbook has no counterpart."""

    form: str
    files: Mapping[str, bytes]
    losses: tuple[Loss, ...] = field(default=())


def referenced_tables(workbook: Workbook) -> tuple[str, ...]:
    """The names of CSV files that a form wants to have beside it."""
    names: dict[str, None] = {}
    for row in workbook.sheet(SURVEY).rows:
        for text in row.values():
            names.update((f"{name.removesuffix('.csv')}.csv", None) for name in _PULLED.findall(text))
            names.update((name, None) for name in _LISTED.findall(text))
    return tuple(names)


def import_workbook(
    workbook: Workbook, tables: Mapping[str, bytes] | None = None, warnings: tuple[str, ...] = ()
) -> Imported:
    """The form files of a workbook that the converter takes.

    `tables` are the files of `referenced_tables` that are there, `warnings` what the converter said. Raises
    DefinitionError for a form that is deeper or larger than form files may be.
    """
    losses = Losses()
    settings = _settings(workbook, losses)
    rows = []
    for row in read_rows(SURVEY, workbook.sheet(SURVEY), losses):
        if not _is_setting(row, settings):
            rows.append(row)
    named = _languages(workbook, settings)
    context = Context(losses, codes(named), _tables(workbook, tables or {}, losses))
    context.lists = read_lists(workbook.sheet(CHOICES), context, sheet_name=CHOICES)
    context.external = read_lists(workbook.sheet(EXTERNAL), context, sheet_name=EXTERNAL)
    questions = read_items(tree(rows, losses), context)
    form = _form(workbook, settings, context, questions)
    context.lose_translations()
    _other_sheets(workbook, form, losses)
    for text in warnings[:_MOST_WARNINGS]:
        losses.add("converter_warning", " ".join(text.split()))
    form_id = form["form"]["id"]
    common = _instrument(form["form"], context)
    mend(form, lambda: _files(common, form, context), context)
    files = _files(common, form, context)
    problems = read(files).problems()
    if problems:
        raise problems[0].error()
    order = {name: number for number, name in enumerate((SETTINGS, SURVEY, CHOICES, EXTERNAL))}
    found = sorted(losses.found, key=lambda loss: (order.get(loss.sheet, len(order)), loss.row))
    return Imported(form_id, files, tuple(found))


def _files(common: Mapping[str, Any], form: Mapping[str, Any], context: Context) -> dict[str, bytes]:
    name = form["form"]["id"]
    files = {INSTRUMENT_FILE: toml.write(common).encode(), f"{name}.toml": toml.write(form).encode()}
    return files | {f"{table}.csv": data for table, data in context.tables.items()}


def _settings(workbook: Workbook, losses: Losses) -> dict[str, str]:
    """The first row of the settings sheet, which is all that counts."""
    rows = list(read_rows(SETTINGS, workbook.sheet(SETTINGS), losses))
    for row in rows[1:]:
        message = _("only the first row of settings counts")
        losses.add("row_left_out", message, sheet=SETTINGS, row=row.number, kept=False)
    return rows[0].rest() if rows else {}


def _is_setting(row: Row, settings: dict[str, str]) -> bool:
    """Whether a row of the survey is really a setting, as old workbooks have it; it is put where it belongs."""
    kind = next((text for column, text in row.cells.items() if column.name == "type"), "")
    if kind not in SETTINGS_IN_SURVEY:
        return False
    name = next((text for column, text in row.cells.items() if column.name == "name"), "")
    settings[kind.removeprefix("set_")] = name
    return True


def _languages(workbook: Workbook, settings: Mapping[str, str]) -> list[str]:
    """The languages of the workbook, the default first; what names no language is in the default."""
    default = settings.get("default_language", "")
    default = "" if default == UNNAMED else default
    found = [default] if default else []
    for name in (SURVEY, CHOICES, EXTERNAL):
        found += languages_of(columns(name, workbook.sheet(name)).values())
    named = list(dict.fromkeys(found))
    if default:
        return [name for name in named if name]
    return sorted(named, key=bool) or [""]


def _tables(workbook: Workbook, given: Mapping[str, bytes], losses: Losses) -> dict[str, bytes]:
    """The tables beside the workbook that can be used as they are."""
    found: dict[str, bytes] = {}
    for name in referenced_tables(workbook):
        problem = ""
        if name not in given:
            problem = _("the file is not beside the workbook")
        elif not _FILE.fullmatch(name):
            problem = _("the name of the file must be in small letters")
        else:
            try:
                table: Table = parse_csv(name, given[name])
            except DefinitionError as error:
                problem = error.message
            else:
                found[name.removesuffix(".csv")] = given[name] if table.columns else b""
        if problem:
            message = _("the table {file} is missing: {problem}").format(file=name, problem=problem)
            losses.add("table_missing", message, sheet=SURVEY, name=name, kept=False)
    return found


def _form(
    workbook: Workbook, settings: Mapping[str, str], context: Context, questions: list[dict[str, Any]]
) -> dict[str, Any]:
    """The form as the table of its file."""
    rest = dict(settings)
    original = rest.pop("form_id", "") or workbook.name
    title = rest.pop("form_title", "") or original
    version = rest.pop("version", "")
    form_id = _form_id(original)
    if form_id != original:
        rest["form_id"] = original
        message = _("the id of the form is written {name} here").format(name=form_id)
        context.losses.add("name_changed", message, sheet=SETTINGS, column="form_id", name=original)
    for name in rest:
        if name not in ("form_id", "default_language", "allow_choice_duplicates"):
            message = _("the setting has no effect here")
            context.losses.add("setting_kept", message, sheet=SETTINGS, column=name)
    head: dict[str, Any] = {"id": form_id, "kind": "visit", "title": context.label({}, title)}
    if version:
        head["version"] = version
    carried: dict[str, Any] = {}
    names = {code: name for name, code in context.languages.items() if name}
    if names:
        carried["languages"] = names
    if rest:
        carried["settings"] = rest
    lists = {
        **context.lists,
        **{context.external_name(name): found for name, found in context.external.items()},
    }
    if context.external:
        carried["external"] = {context.external_name(name): name for name in context.external}
    repeated = [name for name, found in lists.items() if len({item["value"] for item in found}) < len(found)]
    if repeated:
        carried["repeated"] = repeated
    if carried:
        head["xlsform"] = carried
    section: dict[str, Any] = {"name": _free_name("survey", questions), "label": context.label({}, title)}
    if questions:
        section["question"] = questions
    form: dict[str, Any] = {"form": head, "section": [section]}
    if lists:
        form["choices"] = lists
    return form


def _form_id(text: str) -> str:
    plain = re.sub(r"[^a-z0-9_-]+", "_", text.lower()).strip("_-")[:60]
    plain = plain if FORM_ID.fullmatch(plain) else f"form_{plain}".rstrip("_")
    return f"{plain}_" if plain == "instrument" else plain


def _free_name(name: str, questions: list[dict[str, Any]]) -> str:
    taken = {question["name"] for question in questions}
    while name in taken:
        name += "_"
    return name


def _other_sheets(workbook: Workbook, form: dict[str, Any], losses: Losses) -> None:
    """Sheets that are carried through as they are, and those that are no part of a form."""
    for name, sheet in workbook.sheets.items():
        if name in (SURVEY, CHOICES, SETTINGS, EXTERNAL):
            continue
        kept = [dict(sorted(row.rest().items())) for row in read_rows(name, sheet, losses)]
        if kept:
            carried = form["form"].setdefault("xlsform", {})
            carried.setdefault("sheets", {})[name] = kept
            message = _("the sheet has no effect here")
            losses.add("sheet_kept", message, sheet=name)
    for name in workbook.others:
        message = _("the sheet is no part of a form and is left out")
        losses.add("sheet_left_out", message, sheet=name, kept=False)


def _instrument(head: Mapping[str, Any], context: Context) -> dict[str, Any]:
    return {
        "id": head["id"],
        "version": head.get("version") or "0",
        "title": head["title"],
        "languages": list(context.languages.values()),
        "forms": [head["id"]],
    }
