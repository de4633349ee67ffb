"""Laws: the parser refuses with its own error or not at all, and arithmetic is arithmetic."""

from __future__ import annotations

import math
import operator
import re
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.errors import DefinitionError
from evaluator.form.expression.compiler import compile_expression
from evaluator.form.expression.functions.catalogue import FUNCTIONS
from evaluator.form.expression.operators import divide, remainder
from evaluator.form.expression.parser import parse, walk
from evaluator.form.expression.remarks import remarks
from evaluator.form.expression.scope import SimpleScope
from evaluator.form.expression.values import Value, equal, order, to_boolean, to_number, to_text

SCOPE = SimpleScope(
    {"a": "3", "b": "", "c": ["1", "x", "2026-01-02"], "d": None, ".": "ya"},
    datetime(2026, 11, 21, tzinfo=UTC),
    UTC,
    Random(1),
)

LEAVES = [
    ".",
    "${a}",
    "${b}",
    "${c}",
    "${d}",
    "'x'",
    "'2026-01-02'",
    "''",
    "1",
    "2.5",
    "-1",
    "0 div 0",
    "1e9",
]
SIGNS = ["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or"]
WORDS = st.sampled_from([*FUNCTIONS, *SIGNS, *LEAVES, "(", ")", ",", "..", "name", "{", "'", "9999999999"])


@st.composite
def calls(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """A call with arguments of the right number and kind."""
    name = draw(st.sampled_from(sorted(FUNCTIONS)))
    function = FUNCTIONS[name]
    count = draw(st.integers(function.required, function.required + 4).filter(function.accepts))
    kinds = {
        "value": inner,
        "nodes": st.sampled_from(["${a}", "${c}", "${d}"]),
        "question": st.sampled_from(["${a}", "."]),
        "parent": st.just(".."),
    }
    return f"{name}({', '.join(draw(kinds[function.kind(position)]) for position in range(count))})"


VALID = st.recursive(
    st.sampled_from([leaf for leaf in LEAVES if leaf != "1e9"]),
    lambda inner: st.one_of(
        calls(inner), st.tuples(inner, st.sampled_from(SIGNS), inner).map(" ".join), inner.map("({})".format)
    ),
    max_leaves=10,
)
SCALARS = st.one_of(
    st.text(max_size=8),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,3})?", fullmatch=True),
)


def run(text: str) -> Value:
    return compile_expression(parse(text), str)(SCOPE)


def attempt(text: str) -> Value | DefinitionError:
    try:
        return run(text)
    except DefinitionError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=20).map(" ".join), st.lists(WORDS).map("".join))
)
def test_any_text_is_evaluated_or_refused(text: str) -> None:
    value = attempt(text)
    if isinstance(value, DefinitionError):
        assert 0 <= value.column <= len(text) + 1
        return
    assert isinstance(to_text(value), str)
    assert isinstance(to_number(value), float)
    assert isinstance(to_boolean(value), bool)
    for node in walk(parse(text).tree):
        assert 0 <= node.start < node.end <= len(text)
    remarks(parse(text))


@settings(max_examples=300, deadline=None)
@given(VALID)
def test_what_parses_has_a_value(text: str) -> None:
    value = attempt(text)
    if isinstance(value, DefinitionError):
        assert value.code in ("argument_invalid", "uuid_length")
    else:
        assert isinstance(to_text(value), str)
        assert isinstance(to_number(value), float)


ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "div": divide, "mod": remainder}
RANKS = [("+", "-"), ("*", "div", "mod")]
OPERANDS = st.integers(0, 9).map(str)
FLAT = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(list(ARITHMETIC)), inner).map(" ".join),
        inner.map("({})".format),
        inner.map("- {}".format),
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(FLAT)
def test_arithmetic_agrees_with_a_plain_reading(text: str) -> None:
    mine, reference = run(text), read(re.findall(r"\d+|[a-z]+|\S", text))
    assert mine == reference or (math.isnan(mine) and math.isnan(reference))


def read(words: list[str]) -> float:
    """Evaluates by splitting at the last operator of the loosest rank outside parentheses."""
    for symbols in RANKS:
        depth = 0
        for index in range(len(words) - 1, 0, -1):
            depth += (words[index] == ")") - (words[index] == "(")
            binary = words[index - 1].isdigit() or words[index - 1] == ")"
            if depth == 0 and words[index] in symbols and binary:
                return ARITHMETIC[words[index]](read(words[:index]), read(words[index + 1 :]))
    if words[0] == "-":
        return -read(words[1:])
    return read(words[1:-1]) if words[0] == "(" else float(words[0])


@given(SCALARS, SCALARS)
def test_order_is_of_one_mind(left: Value, right: Value) -> None:
    forth, back = order(left, right, UTC), order(right, left, UTC)
    assert forth is back is None or forth == -back
    assert equal(left, right, UTC) == equal(right, left, UTC)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_as_they_are_printed(number: float) -> None:
    assert to_number(to_text(number)) == number


@given(st.floats(-1e9, 1e9), st.integers(-3, 6))
def test_rounding_is_half_up(number: float, places: int) -> None:
    value = run(f"round({to_text(number)}, {places})")
    step = Decimal(1).scaleb(-places)
    units = (Decimal(repr(number)) / step + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    assert value == float(units * step)
