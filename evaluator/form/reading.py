"""An instrument from the bytes of its files.

`read_instrument` stops at the first fault; `check_instrument` finds them all, each with its place and its repair.
What the expressions say is judged by `form.program`, which compiles them; `form.examining` puts both together.

A form file without an `instrument.toml` beside it is read as an instrument of one form, with the languages of its
title and the scale of its anchors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from evaluator.errors import DefinitionError
from evaluator.form.checking import Fields, Origin, Problem, Report
from evaluator.form.common import Common, read_common
from evaluator.form.cross import check_references
from evaluator.form.definition import EMPTY, Choice, Form, Instrument, Label, Level, Table
from evaluator.form.positions import Place
from evaluator.form.reading_form import read_form
from evaluator.form.reading_question import Context, read_choices
from evaluator.form.source import parse_csv, parse_toml
from evaluator.language import _

INSTRUMENT_FILE: Final = "instrument.toml"
MAX_FILES: Final = 200
_FILE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}\.(toml|csv)")


def read_instrument(files: Mapping[str, bytes]) -> Instrument:
    """The instrument of `files`, by name without a folder. Raises DefinitionError for the first fault."""
    reading = read(files)
    problems = reading.problems()
    if problems or reading.instrument is None:
        raise problems[0].error()
    return reading.instrument


def check_instrument(files: Mapping[str, bytes]) -> list[Problem]:
    """Every fault of the files but those of expressions, file by file from top to bottom."""
    return read(files).problems()


@dataclass(slots=True)
class Reading:
    """What came of reading files: an instrument if they were whole enough to make one, and what is wrong.

    An instrument with problems lacks what could not be read; it is good for finding further problems only.
    """

    report: Report
    instrument: Instrument | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def problems(self) -> list[Problem]:
        """What is wrong, file by file from top to bottom."""
        return self.report.sorted()

    def place(self, owner: str, key: str, index: int = 0) -> tuple[str, Place]:
        """The file, line and column of character `index` of the text under `key`.

        `owner` is the path of a question or section, or `check[N]` for check N of the instrument; `key` may lead
        deeper, as `trigger[0]`. `constraints[N]` is the Nth constraint of the question, written as `constraint`
        or in the list. Where there is no such key, the place is that of the table around it; for an unknown
        owner it is line 0.
        """
        origin = self._origin(owner)
        if origin is None:
            return "", Place(0, 0)
        keys: list[str | int] = [
            int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", key)
        ]
        if len(keys) == 2 and keys[0] == "constraints" and isinstance(keys[1], int):
            single = self.report.has(Origin(origin.file, (*origin.path, "constraint")))
            listed = keys[1] - 1 if single else keys[1]
            keys = ["constraint"] if listed < 0 else ["constraints", listed, "expression"]
        return origin.file, self.report.place(Origin(origin.file, (*origin.path, *keys)), index)

    def _origin(self, owner: str) -> Origin | None:
        number = _CHECK.fullmatch(owner)
        if number is None or self.instrument is None:
            return self.origins.get(owner)
        return Origin(INSTRUMENT_FILE, ("check", self.instrument.checks[int(number[1])].origin))


_CHECK: Final = re.compile(r"check\[(\d+)\]")


def read(files: Mapping[str, bytes]) -> Reading:
    """Read `files`, whatever is wrong with them."""
    report = Report()
    tables: dict[str, Table] = {}
    parsed: dict[str, dict[str, Any]] = {}
    for name in sorted(files):
        _parse(report, name, files[name], parsed, tables)
    if len(files) > MAX_FILES:
        _whole(report, INSTRUMENT_FILE, "toml_limit", _("the instrument has too many files"))
    if INSTRUMENT_FILE in files and INSTRUMENT_FILE not in parsed:
        return Reading(report)  # nothing can be said about the forms without their languages and lists

    heads = parsed.pop(INSTRUMENT_FILE, None)
    lone = heads is None
    if heads is None:
        heads = _lone_instrument(parsed)
        if not parsed:
            if not report.problems:
                _whole(report, INSTRUMENT_FILE, "missing_file", _("there is no form file"))
            return Reading(report)
    common = read_common(report, heads, INSTRUMENT_FILE, frozenset(tables))
    choices = _choices(report, parsed, common, heads)
    scale = _scale_of(parsed) if lone else common.scale
    context = Context(
        report=report,
        languages=common.languages,
        scale=scale,
        agencies=frozenset(agency.code for agency in common.agencies),
        choices=choices,
        tables=frozenset(tables),
        blocks=common.blocks,
    )
    forms = _forms(context, common, parsed, files, lone)
    instrument = common.instrument(forms, scale, choices, tables, dict(files))
    check_references(report, instrument, common)
    return Reading(report, instrument, context.origins)


def _parse(
    report: Report, name: str, data: bytes, parsed: dict[str, dict[str, Any]], tables: dict[str, Table]
) -> None:
    if not _FILE_NAME.fullmatch(name):
        _whole(
            report,
            name,
            "bad_name",
            _("{file} cannot be a file of an instrument").format(file=name),
            _("Name it in small letters, digits, - and _, ending in .toml or .csv"),
        )
        return
    try:
        if name.endswith(".csv"):
            tables[name[:-4]] = parse_csv(name, data)
        else:
            report.texts[name], parsed[name] = parse_toml(name, data)
    except DefinitionError as error:
        report.add_error(error)


def _whole(report: Report, file: str, code: str, message: str, fix: str = "") -> None:
    report.add_error(DefinitionError(code, message, fix, file=file))


def _choices(
    report: Report, parsed: Mapping[str, dict[str, Any]], common: Common, heads: dict[str, Any]
) -> dict[str, tuple[Choice, ...]]:
    """The choice lists of all files: named once, shared by all."""
    found: dict[str, tuple[Choice, ...]] = {}
    homes: dict[str, str] = {}
    for file, table in ((INSTRUMENT_FILE, heads), *parsed.items()):
        repeated = _repeated(table)
        lists = Fields(report, Origin(file, ()), table, common.languages).table("choices")
        for name in lists.keys():
            if name in found:
                report.add(
                    lists.at(name),
                    "duplicate_name",
                    _("the choice list “{name}” is also in {file}").format(name=name, file=homes[name]),
                    _("Keep one of them; every form can use it"),
                    key=True,
                )
                continue
            homes[name] = file
            found[name] = read_choices(lists, name, repeated=name in repeated)
            if not found[name]:
                lists.problem(
                    name,
                    "no_choices",
                    _("the choice list “{name}” is empty").format(name=name),
                    _("Add a choice with value and label"),
                )
    return found


def _repeated(table: Mapping[str, Any]) -> Sequence[str]:
    """The lists in which a value may occur several times, as the workbook had it that the form came from."""
    at: Any = table
    for key in ("form", "xlsform", "repeated"):
        at = at.get(key) if isinstance(at, dict) else None
    return at if isinstance(at, list) else ()


def _forms(
    context: Context,
    common: Common,
    parsed: dict[str, dict[str, Any]],
    files: Mapping[str, bytes],
    lone: bool,
) -> tuple[Form, ...]:
    order = list(common.form_ids) or [file.removesuffix(".toml") for file in parsed]
    forms = []
    for number, form_id in enumerate(order):
        file = f"{form_id}.toml"
        table = parsed.pop(file, None)
        if table is None:
            if file not in files or order.count(form_id) > 1:
                context.report.add(
                    Origin(INSTRUMENT_FILE, ("forms", number)),
                    "missing_file",
                    _("there is no file {file} for this form, or it is listed twice").format(file=file),
                    _("Add the file, or take the form off the list"),
                )
            continue
        fields = Fields(context.report, Origin(file, ()), table, context.languages)
        form = read_form(context, file, fields)
        if form.id != form_id and form.id and not lone:
            context.report.add(
                Origin(file, ("form", "id")),
                "bad_name",
                _("the form “{id}” must stand in {file}").format(id=form.id, file=f"{form.id}.toml"),
                _("Make the id and the name of the file the same"),
            )
        forms.append(form)
    for file in parsed:
        _whole(
            context.report,
            file,
            "unlisted_file",
            _("{file} is not one of the instrument's forms").format(file=file),
            _("Add its id to forms in {file}, or move it elsewhere").format(file=INSTRUMENT_FILE),
        )
    return tuple(forms)


def _lone_instrument(parsed: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What instrument.toml would say at least, for a form file on its own."""
    for file, table in parsed.items():
        head = table.get("form")
        title = head.get("title") if isinstance(head, dict) else None
        name = file.removesuffix(".toml")
        languages = [key for key in title if isinstance(key, str)] if isinstance(title, dict) else []
        languages = languages or ["id"]
        return {
            "id": name,
            "version": "0",
            "title": dict.fromkeys(languages, name),
            "notice": dict.fromkeys(languages, ""),
            "languages": languages,
        }
    return {}


def _scale_of(parsed: Mapping[str, dict[str, Any]]) -> tuple[Level, ...]:
    """The scale that the anchors of a form imply: from 0 to the highest level that any rubric describes."""
    highest = max((_highest_anchor(table) for table in parsed.values()), default=0)
    if not highest:
        return ()
    nothing = Label({"": "0"})
    return (Level(0, nothing, nothing), *(Level(value, EMPTY) for value in range(1, highest + 1)))


def _highest_anchor(table: Mapping[str, Any]) -> int:
    highest = 0
    pending: list[Any] = [table]
    while pending:
        at = pending.pop()
        if isinstance(at, list):
            pending.extend(at)
        elif isinstance(at, dict):
            anchors = at.get("anchors")
            if isinstance(anchors, dict):
                levels = [int(key) for key in anchors if key.isascii() and key.isdigit() and len(key) < 3]
                highest = max(highest, *levels, 0)
            pending.extend(at.get(key) for key in ("section", "question"))
    return highest
