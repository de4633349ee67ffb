"""Questions into the cells of a row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from evaluator.form.definition import Label, Question
from evaluator.form.xlsform.headers import Column, heading
from evaluator.form.xlsform.lists import Lists
from evaluator.form.xlsform.workbook import Losses
from evaluator.language import _

Cells: TypeAlias = dict[str, str]

_PLAIN: Final[Mapping[str, str]] = {
    "text": "text",
    "longtext": "text",
    "integer": "integer",
    "year": "integer",
    "decimal": "decimal",
    "percent": "decimal",
    "currency": "decimal",
    "date": "date",
    "time": "time",
    "datetime": "dateTime",
    "note": "note",
    "barcode": "barcode",
    "geopoint": "geopoint",
    "acknowledge": "acknowledge",
    "calculate": "calculate",
    "evidence": "file",
    "range": "range",
    "item": "text",
    "group": "begin group",
    "repeat": "begin repeat",
}
# Ours alone: what a workbook calls them instead is told.
_NARROWER: Final = frozenset({"year", "percent", "currency", "item", "rubric", "yesno"})
_LEFT_OUT: Final = ("short_title", "unit", "evidence", "agencies", "topics", "result_level", "special")


def own_type(question: Question, lists: Lists, losses: Losses) -> str:
    """What a workbook writes as the type; the list of a select is put on the choices sheet."""
    for key in _LEFT_OUT:
        value = getattr(question, key)
        if value if not isinstance(value, Label) else value.texts:
            message = _("{key} has no place in a workbook").format(key=key)
            losses.add("key_left_out", message, column=key, name=question.path, kept=False)
    for key, is_set in (
        ("weight", question.weight != 1),
        ("min_rows", question.min_rows),
        ("max_rows", question.max_rows),
    ):
        if is_set:
            message = _("{key} has no place in a workbook").format(key=key)
            losses.add("key_left_out", message, column=key, name=question.path, kept=False)
    if "type" in question.extra:
        return question.extra["type"]
    written = _PLAIN.get(question.type) or lists.select(question)
    if question.type in _NARROWER:
        message = _("the type {ours} becomes {type}").format(ours=question.type, type=written)
        losses.add("type_changed", message, column="type", name=question.path, kept=False)
    return written


def fill(cells: Cells, key: str, label: Label, names: Mapping[str, str]) -> None:
    """Put a text under the heading of each language."""
    for code, name in names.items():
        text = label.texts.get(code) or (label.texts.get("", "") if len(names) == 1 else "")
        if text:
            cells[heading(Column(key, name))] = text


def bounds(question: Question) -> str:
    """The least and greatest number as an expression."""
    parts = []
    if question.min is not None:
        parts.append(f". >= {_number(question.min)}")
    if question.max is not None:
        parts.append(f". <= {_number(question.max)}")
    return " and ".join(parts)


def _number(number: Decimal) -> str:
    return f"{number:f}"
