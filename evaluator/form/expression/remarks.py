"""What `forms check` says about an expression that parses: literals that cannot work, and known traps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from typing import Literal

from evaluator.form.expression.functions.numbers import NUMBERS
from evaluator.form.expression.parser import RANKS, Expression, walk
from evaluator.form.expression.temporal import FORMATS, read_temporal
from evaluator.form.expression.tree import Call, Chain, Node, Text, children
from evaluator.language import _

_DATE_FUNCTIONS = frozenset({"date", "date-time", "days", "format-date", "format-date-time"})
_COMMA_NUMBER = re.compile(r"\s*-?\d+,\d+\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding about an expression; `column` counts from 1."""

    severity: Literal["error", "warning"]
    code: str
    column: int
    message: str
    fix: str


def remarks(expression: Expression) -> list[Remark]:
    """All findings about an expression, in the order of its text."""
    found: list[Remark] = []
    for node in walk(expression.tree):
        if isinstance(node, Call):
            _literal_date(node, found)
            _date_pattern(node, found)
            _short_day(node, found)
        _comma_number(node, found)
    return found


def _literal_date(call: Call, found: list[Remark]) -> None:
    first = call.arguments[0] if call.arguments else None
    if call.name not in _DATE_FUNCTIONS or not isinstance(first, Text) or not first.value:
        return
    if read_temporal(first.value, UTC, loose=True) is None:
        message = _("“{text}” is not a date, so this is always blank").format(text=first.value)
        fix = _("Write the date as YYYY-MM-DD")
        found.append(Remark("error", "date_literal", first.start + 1, message, fix))


def _date_pattern(call: Call, found: list[Remark]) -> None:
    pattern = call.arguments[1] if len(call.arguments) > 1 else None
    if not call.name.startswith("format-date") or not isinstance(pattern, Text):
        return
    for code in re.findall(r"%(.?)", pattern.value, re.DOTALL):
        if code not in FORMATS:
            message = _("%{code} is not a code of a date pattern").format(code=code)
            fix = _("Known are {codes}").format(codes=" ".join(f"%{known}" for known in FORMATS))
            found.append(Remark("warning", "date_pattern", pattern.start + 1, message, fix))


def _short_day(call: Call, found: list[Remark]) -> None:
    inner = call.arguments[0] if call.arguments else None
    if call.name not in ("int", "floor") or not isinstance(inner, Call) or inner.name != "decimal-date-time":
        return
    message = _("A date begins the day before in Greenwich, so this is one day short east of it")
    found.append(Remark("warning", "day_short", call.start + 1, message, _("Write days(…)")))


def _comma_number(node: Node, found: list[Remark]) -> None:
    takes_numbers = node.name in NUMBERS if isinstance(node, Call) else _is_arithmetic(node)
    if not takes_numbers:
        return
    for operand in children(node):
        if isinstance(operand, Text) and _COMMA_NUMBER.fullmatch(operand.value):
            message = _("“{text}” is not a number here").format(text=operand.value)
            fix = _("Write a point: {number}").format(number=operand.value.strip().replace(",", "."))
            found.append(Remark("warning", "number_comma", operand.start + 1, message, fix))


def _is_arithmetic(node: Node) -> bool:
    return isinstance(node, Chain) and RANKS[node.rest[0][0]] > RANKS["<"]
