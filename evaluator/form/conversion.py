"""Between stored answers and the values of expressions."""

from __future__ import annotations

import math
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any

from evaluator.errors import AnswerError
from evaluator.form.definition import INTEGER_TYPES, NUMERIC_TYPES, Choice, Question
from evaluator.form.expression.temporal import date_of, local_date, midnight, moment_of, read_temporal
from evaluator.form.expression.values import (
    NAN,
    Nodes,
    Scalar,
    Value,
    is_blank,
    number_text,
    to_number,
    to_temporal,
    to_text,
)
from evaluator.form.values import INTEGER_LIMIT, TEXT_LIMIT, is_special, plain, read_value

_NUMBERS = INTEGER_TYPES | NUMERIC_TYPES


def typed_value(question: Question, stored: Any) -> Scalar:
    """A stored answer as expressions see it; a special value such as "no answer" is blank to them."""
    if stored is None or is_special(question, stored):
        return ""
    if isinstance(stored, list):
        return " ".join(map(str, stored))
    if question.type in _NUMBERS:
        return to_number(stored if isinstance(stored, str) else float(stored))
    if question.type in ("date", "datetime"):
        return read_temporal(str(stored), UTC) or ""
    return str(stored)


def computed_value(
    question: Question, result: Value, choices: tuple[Choice, ...], zone: tzinfo = UTC
) -> tuple[Any, Value]:
    """The result of a calculation as it is stored, and as expressions see it.

    A NaN stays NaN to expressions and is stored as blank. What cannot be an answer of the type is blank.
    """
    if type(result) is float and question.type == "calculate":
        # By far the commonest: a thousand of them may hang on one answer.
        return (number_text(result) if math.isfinite(result) else None), result
    if isinstance(result, Nodes):
        result = result[0] if result else ""
    if is_blank(result):
        return None, ""
    if question.type in ("calculate", "text", "longtext", "note", "barcode"):
        if isinstance(result, float | Decimal) and not math.isfinite(result):
            return None, result
        text = to_text(result)
        return (text, result) if len(text) <= TEXT_LIMIT else (None, "")
    if question.type in _NUMBERS:
        return _computed_number(question, to_number(result, zone))
    if question.type in ("date", "datetime"):
        return _computed_date(question, result, zone)
    try:
        stored = read_value(question, to_text(result), choices)
    except AnswerError:
        return None, ""
    return stored, typed_value(question, stored)


def _computed_number(question: Question, number: float) -> tuple[Any, Value]:
    if not math.isfinite(number):
        return None, number
    if question.type in INTEGER_TYPES:
        if abs(number) > INTEGER_LIMIT:
            return None, number
        return int(number), float(int(number))
    return plain(Decimal(number_text(number))), number


def _computed_date(question: Question, result: Scalar, zone: tzinfo) -> tuple[Any, Value]:
    found = to_temporal(result, zone)
    if found is None:
        number = to_number(result, zone)
        if math.isnan(number):
            return None, NAN
        found = date_of(number) if question.type == "date" else moment_of(number, zone)
    if found is None:
        return None, ""
    try:
        if question.type == "date":
            day = local_date(found, zone)
            return day.isoformat(), day
        moment = midnight(found, zone)
    except OverflowError:  # the first or last day of the calendar, in another zone
        return None, ""
    return moment.isoformat(), moment
