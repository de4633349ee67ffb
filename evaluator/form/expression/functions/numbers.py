"""Functions on numbers. What cannot be computed is NaN or an infinity, never an error."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal

from evaluator.form.expression.functions.function import (
    AnyScope,
    Argument,
    Function,
    Run,
    Table,
    scoped,
    table,
    values,
)
from evaluator.form.expression.values import NAN, Value, is_blank, nodes_of, to_boolean, to_number


def half_up(number: float, places: int = 0) -> float:
    """The nearest number with so many decimals, the half towards positive infinity: -2.5 gives -2.

    The number counts as it prints, so 2.15 gives 2.2 although the binary fraction lies below.
    """
    if not math.isfinite(number):
        return number
    if not -400 < places < 400:
        return number if places > 0 else 0.0
    if -12 <= places <= 12:
        factor = 10.0**places
        scaled = number * factor
        if abs(scaled) < 1e15 and abs(scaled % 1.0 - 0.5) > 1e-6 * max(1.0, abs(scaled) * 1e-9):
            nearest = float(math.floor(scaled + 0.5))
            return nearest / factor if places >= 0 else nearest * 10.0**-places
    step = Decimal(1).scaleb(-places)
    units = (Decimal(repr(number)) / step + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    return float(units * step)


def _round(value: Value, places: Value = 0.0) -> float:
    digits = to_number(places)
    return half_up(to_number(value), int(digits)) if math.isfinite(digits) else NAN


def _whole(rounding: Callable[[float], int]) -> Callable[[Value], float]:
    def call(value: Value) -> float:
        number = to_number(value)
        return float(rounding(number)) if math.isfinite(number) else number

    return call


def _of_one(compute: Callable[[float], float]) -> Callable[[Value], float]:
    def call(value: Value) -> float:
        return _guarded(compute, to_number(value))

    return call


def _of_two(compute: Callable[[float, float], float]) -> Callable[[Value, Value], float]:
    def call(first: Value, second: Value) -> float:
        return _guarded(compute, to_number(first), to_number(second))

    return call


def _guarded(compute: Callable[..., float], *numbers: float) -> float:
    try:
        return compute(*numbers)
    except ValueError:
        return NAN
    except OverflowError:
        return math.inf


def _logarithm(compute: Callable[[float], float]) -> Callable[[float], float]:
    return lambda number: -math.inf if number == 0 else compute(number)


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        return math.inf
    if base < 0 and math.isfinite(exponent) and exponent % 2 == 1:
        return -_guarded(math.pow, -base, exponent)
    return math.pow(base, exponent)


def _number(scope: AnyScope, *value: Value) -> float:
    return to_number(value[0] if value else scope.context(), scope.zone)


def _boolean_from_string(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    return value in ("true", "1") if isinstance(value, str) else to_number(value) == 1


def _answered(values_: tuple[Value, ...], scope: AnyScope) -> list[float]:
    """The numbers of all that is not blank; ruling: blanks are skipped, a computed NaN is not blank."""
    return [
        to_number(node, scope.zone) for value in values_ for node in nodes_of(value) if not is_blank(node)
    ]


def _sum(scope: AnyScope, nodes: Value) -> Value:
    entries = nodes_of(nodes)
    numbers = _answered((nodes,), scope)
    return "" if entries and not numbers else math.fsum(numbers) if _finite(numbers) else sum(numbers)


def _finite(numbers: list[float]) -> bool:
    return all(map(math.isfinite, numbers))


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., Value]:
    def call(scope: AnyScope, *arguments: Value) -> Value:
        numbers = _answered(arguments, scope)
        if not numbers:
            return ""
        return NAN if any(map(math.isnan, numbers)) else choose(numbers)

    return call


def _checklist(scope: AnyScope, least: Value, most: Value, *entries: Value) -> bool:
    count = sum(1 for entry in entries for node in nodes_of(entry) if to_boolean(node))
    return _within(count, least, most, scope)


def _weighted_checklist(scope: AnyScope, least: Value, most: Value, *entries: Value) -> bool:
    total = 0.0
    for entry, weight in zip(entries[::2], entries[1::2], strict=True):
        for node, load in zip(nodes_of(entry), nodes_of(weight), strict=False):
            if to_boolean(node):
                total += to_number(load)
    return _within(total, least, most, scope)


def _within(count: float, least: Value, most: Value, scope: AnyScope) -> bool:
    low, high = to_number(least, scope.zone), to_number(most, scope.zone)
    return (low < 0 or count >= low) and (high < 0 or count <= high)


def _random(scope: AnyScope) -> float:
    return scope.random.random()


def _boolean(value: Value) -> bool:
    return to_boolean(value)


def _not(arguments: tuple[Argument, ...]) -> Run:
    operand = arguments[0].run

    def run(scope: AnyScope) -> bool:
        value = operand(scope)
        return not (value if type(value) is bool else to_boolean(value))

    return run


NUMBERS: Table = table(
    {
        "abs": values(_of_one(abs), 1),
        "acos": values(_of_one(math.acos), 1),
        "asin": values(_of_one(math.asin), 1),
        "atan": values(_of_one(math.atan), 1),
        "atan2": values(_of_two(math.atan2), 2),
        "boolean": values(_boolean, 1),
        "boolean-from-string": values(_boolean_from_string, 1),
        "ceiling": values(_whole(math.ceil), 1),
        "checklist": Function(("value", "value"), 3, ("value",), scoped=_checklist),
        "cos": values(_of_one(math.cos), 1),
        "exp": values(_of_one(math.exp), 1),
        "exp10": values(_of_one(lambda number: math.pow(10, number)), 1),
        "false": values(lambda: False, 0),
        "floor": values(_whole(math.floor), 1),
        "int": values(_whole(int), 1),
        "log": values(_of_one(_logarithm(math.log)), 1),
        "log10": values(_of_one(_logarithm(math.log10)), 1),
        "max": Function(("value",), 1, ("value",), scoped=_extreme(max)),
        "min": Function(("value",), 1, ("value",), scoped=_extreme(min)),
        "not": Function(("value",), 1, build=_not),
        "number": scoped(_number, 0, 1),
        "pi": values(lambda: math.pi, 0),
        "pow": values(_of_two(_power), 2),
        "random": scoped(_random, 0, volatile=True),
        "round": values(_round, 1, 2),
        "sin": values(_of_one(math.sin), 1),
        "sqrt": values(_of_one(math.sqrt), 1),
        "sum": Function(("nodes",), 1, scoped=_sum),
        "tan": values(_of_one(math.tan), 1),
        "true": values(lambda: True, 0),
        "weighted-checklist": Function(("value", "value"), 4, ("value", "value"), scoped=_weighted_checklist),
    }
)
