"""Evaluates one expression over plain variables, for `forms eval`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from random import Random
from typing import TypeAlias

from evaluator.errors import DefinitionError
from evaluator.form.expression.compiler import compile_expression
from evaluator.form.expression.functions.dates import DATES
from evaluator.form.expression.parser import parse
from evaluator.form.expression.scope import SimpleScope, Variable
from evaluator.form.expression.temporal import local_date, read_temporal
from evaluator.form.expression.values import (
    Nodes,
    Value,
    is_blank,
    number_text,
    to_boolean,
    to_number,
    to_text,
)
from evaluator.language import _

Result: TypeAlias = str | int | float | bool | dict[str, str] | list["Result"]
AS = ("string", "number", "boolean", "date")


def evaluate_text(
    expression: str,
    variables: Mapping[str, object] | None,
    as_: str | None,
    now: datetime | str,
    zone: tzinfo,
    random: Random | None = None,
) -> Result:
    """The value as JSON can hold it: `{"$num": "NaN"}` stands for a number that JSON cannot.

    A variable is a text, number or truth, a list for a node-set, None for no node; `.` is the context. `as_` is
    one of AS, or None for the value as it comes. Without `random` the moment is the seed. Raises DefinitionError.
    """
    moment = _moment(now, zone)
    known = {name: _variable(name, value) for name, value in (variables or {}).items()}
    scope = SimpleScope(known, moment, zone, random or Random(moment.isoformat()))
    parsed = parse(expression)
    for name in parsed.references:
        scope.value(name)
    return _result(compile_expression(parsed, _same)(scope), as_, scope)


def _same(name: str) -> str:
    return name


def _moment(now: datetime | str, zone: tzinfo) -> datetime:
    found = read_temporal(now, zone) if isinstance(now, str) else now
    if not isinstance(found, datetime):
        raise DefinitionError(
            "now_malformed", _("{text} is not a date and time in ISO 8601").format(text=now)
        )
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _variable(name: str, value: object) -> Variable:
    if value is None or isinstance(value, (str, bool, float)):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, Sequence) and all(isinstance(entry, (str, bool, int, float)) for entry in value):
        return [float(entry) if type(entry) is int else entry for entry in value]
    raise DefinitionError(
        "variable_malformed", _("Variable {name} is neither a text nor a list of texts").format(name=name)
    )


def _result(value: Value, as_: str | None, scope: SimpleScope) -> Result:
    if as_ == "string":
        return to_text(value)
    if as_ == "number":
        return _number(to_number(value, scope.zone))
    if as_ == "boolean":
        return to_boolean(value)
    if as_ == "date":
        return _date(value, scope)
    if as_ is not None:
        raise DefinitionError("as_unknown", _("A value can be read as {names}").format(names=", ".join(AS)))
    if isinstance(value, Nodes):
        return [_result(node, None, scope) for node in value]
    if isinstance(value, (bool, str)):
        return value
    return to_text(value) if isinstance(value, date) else _number(to_number(value, scope.zone))


def _number(value: float) -> Result:
    if not math.isfinite(value):
        return {"$num": number_text(value)}
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def _date(value: Value, scope: SimpleScope) -> str:
    if is_blank(value):
        return ""
    to_date = DATES["date"].scoped
    found = to_date(scope, value) if to_date else ""
    try:
        return to_text(local_date(found, scope.zone)) if isinstance(found, date) else ""
    except OverflowError:  # the first or last day of the calendar, in another zone
        return ""
