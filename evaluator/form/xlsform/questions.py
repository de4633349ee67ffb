"""The survey sheet into questions, as the tables of a form file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from evaluator.errors import DefinitionError
from evaluator.form.expression.parser import parse, walk
from evaluator.form.expression.tree import Chain
from evaluator.form.reading_question import NAME
from evaluator.form.xlsform.headers import TRANSLATED, Column, heading
from evaluator.form.xlsform.rows import Item, Row
from evaluator.form.xlsform.types import BLANK, CLOCK, FILES, PLAIN, PRESETS, Select, select_of
from evaluator.form.xlsform.workbook import SURVEY, Losses
from evaluator.language import _

MAX_GROUPS: Final = 28  # the reader takes keys of at most 32 parts
_REFERENCE: Final = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
_SUBSTITUTE: Final = re.compile(r"%(?:\(([^()]+)\)s|%)")
_PARAMETER: Final = re.compile(r"([^\s=,;]+)\s*=\s*([^\s=,;]+)")
_TRUE: Final = frozenset({"yes", "true", "true()"})
_FALSE: Final = frozenset({"no", "false", "false()"})
_HONOURED_PARAMETERS: Final = frozenset({"start", "end", "value", "label"})
_DATES: Final = frozenset({"date", "datetime", "time", "geopoint"})
_NUMBERED: Final = frozenset({"integer", "decimal", "range"})

Table = dict[str, Any]


@dataclass(slots=True)
class Context:
    """What is known of a workbook while its questions are read.

    `languages` are codes by the workbook's name; `tables` the CSV files that are there; `lists` and `external` the
    choice lists. `places` remembers for every question its table and row, `names` what became of names.
    """

    losses: Losses
    languages: Mapping[str, str]
    tables: Mapping[str, bytes]
    lists: dict[str, list[Table]] = field(default_factory=dict)
    external: dict[str, list[Table]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    untranslated: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def label(self, texts: Mapping[str, str], everywhere: str = "") -> str | dict[str, str]:
        """A text for a form file: one where there is one language, else all, blank where there is none."""
        found = {code: texts.get(code, everywhere) for code in self.languages.values()}
        return next(iter(found.values())) if len(found) == 1 else found

    def external_name(self, name: str) -> str:
        """The name of an external list beside the lists of the choices sheet."""
        return f"{name}_external" if name in self.lists else name

    def row_of(self, question: Table) -> int:
        """The row of the survey sheet that a question came from."""
        return self.rows.get(id(question), 0)

    def lose_translations(self) -> None:
        """Note what is not translated, a line for each column and language."""
        for (column, name), rows in self.untranslated.items():
            message = _("{count} texts are not translated into {language}, the first in row {row}").format(
                count=len(rows), language=name or _("the language without a name"), row=rows[0]
            )
            self.losses.add("translation_missing", message, sheet=SURVEY, row=rows[0], column=column)

    def lose(self, code: str, message: str, row: Row, column: str = "", *, kept: bool = True) -> None:
        """Note something of a row that has no counterpart."""
        self.losses.add(code, message, sheet=row.sheet, row=row.number, column=column, kept=kept)


def read_items(items: Sequence[Item], context: Context) -> list[Table]:
    """All questions of the survey."""
    _name_everything(items, context)
    return _read_all(items, context, 0)


def _name_everything(items: Sequence[Item], context: Context) -> None:
    """Names that form files cannot hold get another, everywhere the same."""
    waiting = list(items)
    names = []
    while waiting:
        item = waiting.pop(0)
        waiting.extend(item.items)
        names.append(item.row.cells.get(Column("name"), ""))
    taken = {name for name in names if NAME.fullmatch(name)}
    for name in names:
        if not name or NAME.fullmatch(name) or name in context.names:
            continue
        changed = re.sub(r"[^\w-]", "_", name)[:120]
        changed = changed if NAME.fullmatch(changed) else f"q_{changed}"
        while changed in taken:
            changed += "_"
        taken.add(changed)
        context.names[name] = changed


def _read_all(items: Sequence[Item], context: Context, depth: int) -> list[Table]:
    if depth > MAX_GROUPS:
        message = _("groups are nested more than {most} deep").format(most=MAX_GROUPS)
        raise DefinitionError("toml_limit", message, file=SURVEY, line=items[0].row.number)
    found = []
    for item in items:
        question = _read_item(item, context, depth)
        if question is not None:
            context.rows[id(question)] = item.row.number
            found.append(question)
    return found


def _read_item(item: Item, context: Context, depth: int) -> Table | None:
    inner = _loop(item, context) if item.kind == "loop" else item.items
    row = item.row
    written = row.take("type")
    reading = _Reading(row, context, written)
    if item.kind == "question":
        return reading.question()
    children = _read_all(inner, context, depth + 1)
    if not children:
        message = _("a group without questions is left out")
        context.lose("group_left_out", message, row, kept=False)
        return None
    return reading.container("repeat" if item.kind == "repeat" else "group") | {"question": children}


def _loop(item: Item, context: Context) -> list[Item]:
    """A loop over choices as what it stands for: a group for each choice, its name and label written in."""
    message = _("the loop is written out, one group for each choice of {list}").format(list=item.over)
    context.lose("loop_written_out", message, item.row, "type", kept=False)
    groups = []
    for choice in context.lists.get(item.over, []):
        if choice["value"] == "none":
            continue
        label = choice["label"] if isinstance(choice["label"], dict) else {"": choice["label"]}
        cells = {Column("type"): "begin group", Column("name"): choice["value"]}
        named = {code: name for name, code in context.languages.items()}
        for code, text in label.items():
            cells[Column("label", named.get(code, next(iter(context.languages))))] = text
        group = Item(Row(item.row.sheet, item.row.number, cells), "group")
        group.items = [_substituted(child, choice, context) for child in item.items]
        groups.append(group)
    return groups


def _substituted(item: Item, choice: Table, context: Context) -> Item:
    def change(column: Column, text: str) -> str:
        code = context.languages.get(column.language, "")

        def write(match: re.Match[str]) -> str:
            key = match[1]
            if key is None:
                return "%"
            found = choice.get("value" if key == "name" else key, match[0])
            return str(found.get(code, next(iter(found.values()), "")) if isinstance(found, dict) else found)

        return _SUBSTITUTE.sub(write, text)

    children = [_substituted(child, choice, context) for child in item.items]
    return Item(item.row.mapped(change), item.kind, item.over, children)


class _Reading:
    """One row becoming the table of a question."""

    def __init__(self, row: Row, context: Context, written: str) -> None:
        self.row = row
        self.context = context
        self.written = written
        self.extra: dict[str, str] = {}

    def container(self, kind: str) -> Table:
        """A group or repeat without what stands in it."""
        table = self._named(kind)
        count = self._expression("repeat_count")
        self._label(table, required=False)
        self._conditions(table)
        if count:
            table["repeat_count"] = count
        return self._finished(table)

    def question(self) -> Table:
        """A question of whatever type."""
        spelt = self.written.lower()
        select = select_of(self.written) or select_of(spelt)
        kind = PLAIN.get(spelt, "")
        preset = PRESETS.get(spelt)
        if select is not None:
            kind = self._select_type(select)
        elif preset is not None:
            kind = preset.type
            self._keep_type(_("the type {type} is written out as {ours}"), kind)
        elif spelt in FILES or spelt.startswith("osm "):
            kind = "evidence"
            self._keep_type(_("{type} becomes {ours}: any kind of file may be attached"), kind)
        elif spelt in CLOCK or spelt in BLANK:
            kind = "calculate"
            self._keep_type(_("{type} becomes {ours}: nothing here fills it in as a telephone would"), kind)
        elif not kind:
            kind = "text"
            self._keep_type(_("there is no type {type} here; it becomes {ours}"), kind)
        if kind == "text" and "multiline" in self.row.cells.get(Column("appearance"), "").split():
            kind = "longtext"
        table = self._named(kind)
        self._label(table, required=kind != "calculate")
        self._conditions(table)
        if select is not None and kind == select.type:
            self._choices(table, select)
        if preset is not None:
            self._preset(table, preset.least, preset.most, preset.constraint)
        self._default(table, kind, spelt)
        self._appearance(table, kind)
        self._parameters(table, kind)
        return self._finished(table)

    def _named(self, kind: str) -> Table:
        name = self.row.take("name") or self._given_name()
        changed = self.context.names.get(name)
        if changed:
            self.extra["name"] = name
            message = _("the name {name} is written {changed} here").format(name=name, changed=changed)
            self.context.lose("name_changed", message, self.row, "name")
        return {"name": changed or name, "type": kind}

    def _given_name(self) -> str:
        """The name that the converter gives where the workbook may leave it out."""
        return "audit" if self.written == "audit" else f"generated_note_name_{self.row.number}"

    def _keep_type(self, template: str, ours: str) -> None:
        self.extra["type"] = self.written
        message = template.format(type=self.written, ours=ours)
        self.context.lose("type_kept", message, self.row, "type")

    def _select_type(self, select: Select) -> str:
        """The type of a select, or text where there is no list that it could offer."""
        file = select.file or re.search(r"\.(csv|xml|geojson)$", select.list)
        if file and select.list.removesuffix(".csv") not in self.context.tables:
            self._keep_type(_("there is no table for {type}; it becomes {ours}"), "text")
            return "text"
        if select.external:
            self.extra["type"] = self.written
        return select.type

    def _choices(self, table: Table, select: Select) -> None:
        table["choices"] = (
            self.context.external_name(select.list) if select.external else self._names(select.list)
        )
        filter_ = self._expression("choice_filter")
        if filter_:
            table["choice_filter"] = filter_
        if select.other:
            table["or_other"] = True

    def _label(self, table: Table, *, required: bool) -> None:
        for key in ("label", "hint", "guidance_hint"):
            texts = self.row.texts(key, self.context.languages)
            if texts or (key == "label" and required):
                self._translated(table, key, texts)

    def _translated(self, table: Table, key: str, texts: Mapping[str, str]) -> None:
        table[key] = self.context.label({code: self._names(text) for code, text in texts.items()})
        for name, code in self.context.languages.items():
            if texts and code not in texts:
                self.context.untranslated.setdefault((key, name), []).append(self.row.number)

    def _conditions(self, table: Table) -> None:
        """What stands at every kind of row: expressions, their messages, calculation, trigger."""
        required = self._condition("required")
        if required is not None:
            table["required"] = required
        self._message(table, "required_message")
        relevant = self._expression("relevant")
        if relevant:
            spelt = relevant.lower()
            table["relevant"] = "true()" if spelt in _TRUE else "false()" if spelt in _FALSE else relevant
        read_only = self._condition("read_only")
        if read_only is not None:
            table["read_only"] = read_only
        constraint = self._expression("constraint")
        if constraint:
            table["constraint"] = constraint
            self._message(table, "constraint_message")
        calculation = self._expression("calculation")
        if calculation:
            table["calculation"] = calculation
        trigger = _REFERENCE.findall(self.row.cells.get(Column("trigger"), ""))
        if trigger:
            self.row.take("trigger")
            table["trigger"] = [self.context.names.get(name, name) for name in trigger]

    def _message(self, table: Table, key: str) -> None:
        texts = self.row.texts(key, self.context.languages)
        if texts:
            self._translated(table, key, texts)

    def _condition(self, column: str) -> bool | str | None:
        text = self._expression(column)
        if not text:
            return None
        if text.lower() in _TRUE:
            return True
        return None if text.lower() in _FALSE else text

    def _expression(self, column: str) -> str:
        return self._names(self.row.take(column))

    def _names(self, text: str) -> str:
        """The references of a text under the names that they have here."""
        names = self.context.names
        if not names or "${" not in text:
            return text
        return _REFERENCE.sub(lambda found: f"${{{names.get(found[1], found[1])}}}", text)

    def _preset(self, table: Table, least: Decimal | None, most: Decimal | None, constraint: str) -> None:
        if "constraint" in table:
            return
        if least is not None:
            table["min"] = int(least)
        if most is not None:
            table["max"] = int(most)
        if constraint:
            table["constraint"] = constraint
        self.extra["constraint"] = ""

    def _default(self, table: Table, kind: str, spelt: str) -> None:
        default = self._expression("default")
        if spelt in CLOCK or spelt in BLANK:
            if "calculation" not in table:
                self.extra["calculation"] = ""
                table["calculation"] = CLOCK.get(spelt, "''")
                if spelt == "hidden" and default:
                    table["calculation"] = default if _is_dynamic(default, kind) else _quoted(default)
            if default:
                self.extra["default"] = default
            return
        if kind == "calculate" and "calculation" not in table:
            self.extra["calculation"] = ""
            self.extra["default"] = default
            table["calculation"] = f"once({default})"
        elif default and _is_dynamic(default, kind) and not _looks_dynamic(default):
            table["default"] = f"once({default})"
        elif default:
            table["default"] = default

    def _appearance(self, table: Table, kind: str) -> None:
        words = self.row.take("appearance").split()
        if kind == "longtext" and "multiline" in words:
            words.remove("multiline")
        if words:
            table["appearance"] = " ".join(words)
            message = _("the appearance {name} has no effect here").format(name=" ".join(words))
            self.context.lose("appearance_kept", message, self.row, "appearance")

    def _parameters(self, table: Table, kind: str) -> None:
        parameters = dict(_PARAMETER.findall(self.row.take("parameters")))
        if parameters:
            table["parameters"] = parameters
        ignored = [name for name in parameters if name not in _HONOURED_PARAMETERS]
        if ignored:
            message = _("the parameters {names} have no effect here").format(names=", ".join(ignored))
            self.context.lose("parameter_kept", message, self.row, "parameters")
        if kind == "range":
            ends = [
                _decimal(parameters.get(key, default)) for key, default in (("start", "1"), ("end", "10"))
            ]
            if None not in ends:
                table["min"], table["max"] = sorted(ends, key=lambda end: end or Decimal(0))

    def _finished(self, table: Table) -> Table:
        """The table with all cells that nobody asked for in `extra`."""
        if "appearance" not in table and self.row.cells.get(Column("appearance")):
            self._appearance(table, str(table["type"]))
        for column in self.row.cells:
            if column.name in TRANSLATED and column.language not in self.context.languages:
                message = _("the text belongs to no language of the form")
            else:
                message = _("the column has no effect here")
            self.context.lose("column_kept", message, self.row, heading(column))
        self.extra |= self.row.rest()
        if self.extra:
            table["extra"] = dict(sorted(self.extra.items()))
        return table


def _is_dynamic(default: str, kind: str) -> bool:
    """Whether a default is to be worked out: it calls, refers or calculates."""
    if _looks_dynamic(default):
        return True
    if kind in _DATES:
        return False
    try:
        tree = parse(default).tree
    except DefinitionError:
        return False
    return any(isinstance(node, Chain) for node in walk(tree))


def _looks_dynamic(default: str) -> bool:
    return "${" in default or re.fullmatch(r"[A-Za-z][\w:-]*\(.*\)", default, re.DOTALL) is not None


def _quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"'


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
