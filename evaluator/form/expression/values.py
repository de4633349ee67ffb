"""The values of expressions: how each turns into text, number and truth, and how two compare.

A scalar is a text, a number, a truth, a date or a date-time; the blank answer is the text `""`. `Nodes` are the
answers of several rows, and the answer that is not there at all is an empty `Nodes`. Integers and decimals are
welcome wherever a scalar is: they are read as numbers. Scores never pass here; they use decimals.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import TypeAlias

from evaluator.form.expression.temporal import compare_temporal, days_of, read_temporal, temporal_text

Scalar: TypeAlias = str | float | bool | date | datetime | Decimal

NAN = math.nan
# Two numbers this near are one: 6.1 - 7.8 = -1.7, which no binary fraction can say.
TOLERANCE = 1e-12

_NUMBER = re.compile(r"\s*-?(?:\d+(?:\.\d*)?|\.\d+)\s*", re.ASCII)


class Nodes(tuple[Scalar, ...]):
    """The answers of several rows, in row order."""

    __slots__ = ()


Value: TypeAlias = Scalar | Nodes


def to_text(value: Value) -> str:
    """The value as text: numbers as XPath prints them, dates in ISO 8601, of nodes the first."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (float, int, Decimal)):
        return number_text(float(value))
    if isinstance(value, date):
        return temporal_text(value)
    return to_text(value[0]) if value else ""


def number_text(value: float) -> str:
    """A number as XPath prints it: no exponent, no `.0`, `NaN`, `Infinity`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    return format(Decimal(text).normalize(), "f") if "e" in text or text.endswith(".0") else text


def to_number(value: Value, zone: tzinfo = UTC) -> float:
    """The value as a number: NaN for a blank and for text that is none, days since 1970 for a date.

    `zone` is where a date-time written without an offset is meant.
    """
    if isinstance(value, (float, int, Decimal)):
        return float(value)
    if isinstance(value, str):
        if _NUMBER.fullmatch(value):
            return float(value)
        temporal = read_temporal(value, zone) if value else None
        return NAN if temporal is None else days_of(temporal)
    if isinstance(value, date):
        return days_of(value)
    return to_number(value[0], zone) if value else NAN


def to_boolean(value: Value) -> bool:
    """The value as a truth: false are the blank, 0 and NaN; nodes are true when one of them is."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value != ""
    if isinstance(value, (float, int, Decimal)):
        return bool(value) and not math.isnan(value)
    if isinstance(value, date):
        return True
    return any(to_boolean(node) for node in value)


def to_temporal(value: Value, zone: tzinfo, *, loose: bool = False) -> date | None:
    """The value as a date or date-time where it is one already or says so in ISO 8601, else None."""
    if isinstance(value, str):
        return read_temporal(value, zone, loose=loose)
    if isinstance(value, date):
        return value
    if isinstance(value, Nodes) and value:
        return to_temporal(value[0], zone, loose=loose)
    return None


def nodes_of(value: Value) -> tuple[Scalar, ...]:
    """The nodes, or the one scalar as a node."""
    return value if isinstance(value, Nodes) else (value,)


def is_blank(value: Value) -> bool:
    """Whether there is no answer: the empty text or no node. A computed NaN is not blank."""
    return value == "" if isinstance(value, str) else isinstance(value, Nodes) and not value


def near(left: float, right: float) -> bool:
    """Whether two numbers are equal up to the rounding of binary fractions."""
    return left == right or math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=0.0)


def equal(left: Value, right: Value, zone: tzinfo) -> bool:
    """`left = right`; with nodes, whether any of them is equal."""
    if isinstance(left, Nodes) or isinstance(right, Nodes):
        if isinstance(left, bool) or isinstance(right, bool):
            return to_boolean(left) == to_boolean(right)
        return any(_equal(one, other, zone) for one in nodes_of(left) for other in nodes_of(right))
    return _equal(left, right, zone)


def unequal(left: Value, right: Value, zone: tzinfo) -> bool:
    """`left != right`; with nodes, whether any of them differs."""
    if isinstance(left, Nodes) or isinstance(right, Nodes):
        if isinstance(left, bool) or isinstance(right, bool):
            return to_boolean(left) != to_boolean(right)
        return any(not _equal(one, other, zone) for one in nodes_of(left) for other in nodes_of(right))
    return not _equal(left, right, zone)


def _equal(left: Scalar, right: Scalar, zone: tzinfo) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, (float, int, Decimal)) or isinstance(right, (float, int, Decimal)):
        return near(to_number(left, zone), to_number(right, zone))
    one, other = to_temporal(left, zone), to_temporal(right, zone)
    return one is not None and other is not None and compare_temporal(one, other) == 0


def order(left: Scalar, right: Scalar, zone: tzinfo) -> int | None:
    """-1, 0 or 1 as `left` is less than, equal to or greater than `right`; None where they have no order."""
    if not isinstance(left, (float, int, Decimal)) and not isinstance(right, (float, int, Decimal)):
        one, other = to_temporal(left, zone), to_temporal(right, zone)
        if one is not None and other is not None:
            return compare_temporal(one, other)
    a, b = to_number(left, zone), to_number(right, zone)
    if near(a, b):
        return 0
    return -1 if a < b else 1 if a > b else None
