"""The closures of operators. A chain of any length is one closure with a loop."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TypeAlias

from evaluator.form.expression.functions.function import AnyScope, Run
from evaluator.form.expression.values import (
    NAN,
    TOLERANCE,
    Nodes,
    Value,
    equal,
    nodes_of,
    order,
    to_boolean,
    to_number,
    unequal,
)

Compare: TypeAlias = Callable[[Value, Value, tzinfo], bool]


def divide(left: float, right: float) -> float:
    """`div`: division by zero gives an infinity or NaN."""
    if right:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """`mod`: the remainder with the sign of the dividend."""
    if right == 0 or math.isinf(left):
        return NAN
    return math.fmod(left, right)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": divide,
    "mod": remainder,
}


def arithmetic(first: Run, rest: Sequence[tuple[str, Run]]) -> Run:
    """`+ - * div mod` from left to right."""
    steps = tuple((_ARITHMETIC[symbol], run) for symbol, run in rest)
    if len(steps) == 1:
        compute, second = steps[0]

        def run_two(scope: AnyScope) -> float:
            left, right = first(scope), second(scope)
            if type(left) is not float:
                left = to_number(left, scope.zone)
            if type(right) is not float:
                right = to_number(right, scope.zone)
            return compute(left, right)

        return run_two

    def run(scope: AnyScope) -> float:
        value = first(scope)
        total = value if type(value) is float else to_number(value, scope.zone)
        for compute, operand in steps:
            value = operand(scope)
            total = compute(total, value if type(value) is float else to_number(value, scope.zone))
        return total

    return run


def negation(operand: Run, signs: int) -> Run:
    """Minus signs before an operand; an even number of them still makes it a number."""
    if signs % 2:
        return lambda scope: -to_number(operand(scope), scope.zone)
    return lambda scope: to_number(operand(scope), scope.zone)


def junction(terms: Sequence[Run], *, stop: bool) -> Run:
    """`and` (stops at the first false) and `or` (stops at the first true)."""
    if len(terms) == 2:
        first, second = terms

        def run_two(scope: AnyScope) -> bool:
            value = first(scope)
            if (value if type(value) is bool else to_boolean(value)) is stop:
                return stop
            value = second(scope)
            return value if type(value) is bool else to_boolean(value)

        return run_two

    def run(scope: AnyScope) -> bool:
        for term in terms:
            value = term(scope)
            if (value if type(value) is bool else to_boolean(value)) is stop:
                return stop
        return not stop

    return run


def _ordered(accepted: tuple[int, ...]) -> Compare:
    def compare(left: Value, right: Value, zone: tzinfo) -> bool:
        if isinstance(left, Nodes) or isinstance(right, Nodes):
            return any(
                order(one, other, zone) in accepted for one in nodes_of(left) for other in nodes_of(right)
            )
        return order(left, right, zone) in accepted

    return compare


_COMPARE: dict[str, Compare] = {
    "=": equal,
    "!=": unequal,
    "<": _ordered((-1,)),
    "<=": _ordered((-1, 0)),
    ">": _ordered((1,)),
    ">=": _ordered((1, 0)),
}


def comparison(first: Run, rest: Sequence[tuple[str, Run]]) -> Run:
    """`= != < <= > >=`, from left to right where there are several."""
    steps = tuple((_COMPARE[symbol], run) for symbol, run in rest)
    if len(steps) == 1:
        compare, second = steps[0]
        return lambda scope: compare(first(scope), second(scope), scope.zone)

    def run(scope: AnyScope) -> Value:
        value = first(scope)
        for compare, operand in steps:
            value = compare(value, operand(scope), scope.zone)
        return value

    return run


def with_text(first: Run, symbol: str, text: str) -> Run:
    """`${a} = 'ya'` and its like: two texts are compared at once."""
    compare = _COMPARE[symbol]
    if symbol not in ("=", "!="):
        return lambda scope: compare(first(scope), text, scope.zone)
    same = symbol == "="

    def run(scope: AnyScope) -> bool:
        value = first(scope)
        if type(value) is str:
            return (value == text) is same
        return compare(value, text, scope.zone)

    return run


def with_number(first: Run, symbol: str, number: float) -> Run:
    """`${a} >= 3` and its like: a number clear of the tolerance is judged at once."""
    compare = _COMPARE[symbol]
    margin = abs(number) * 2 * TOLERANCE
    low, high = number - margin, number + margin
    below, above = symbol in ("<", "<=", "!="), symbol in (">", ">=", "!=")

    def run(scope: AnyScope) -> bool:
        value = first(scope)
        if type(value) is float:
            if value < low:
                return below
            if value > high:
                return above
        return compare(value, number, scope.zone)

    return run
