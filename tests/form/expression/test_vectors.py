"""Cases from the test suites of the field's own engines; run with `pytest --vectors DIR`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evaluator.errors import DefinitionError
from evaluator.form.expression.evaluate import evaluate_text

# Refused when the form loads, although the branch is never taken: a form that names a function that does not
# exist, or leaves out its arguments, is broken for the next answer.
UNKNOWN_FUNCTION = "calls a function that does not exist in a branch never taken"
MISSING_ARGUMENTS = "calls substring() without arguments in a branch never taken"
REFUSED_EXPRESSIONS = {
    "false() and substring() and true()": MISSING_ARGUMENTS,
    "true() or substring()": MISSING_ARGUMENTS,
    "false() or true() or substring()": MISSING_ARGUMENTS,
}
UNKNOWN_FUNCTIONS = re.compile(r"\b(explode(-[a-d])?|fn)\(")

SOME_MOMENT = "2026-11-21T20:00:00.000Z"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a vector; none without the folder."""
    folder = metafunc.config.getoption("--vectors")
    if folder is None:
        skip = pytest.mark.skip(reason="needs --vectors DIR with expressions.json")
        metafunc.parametrize("vector", [pytest.param({}, marks=skip, id="none")])
        return
    vectors = json.loads((Path(folder) / "expressions.json").read_text(encoding="utf-8"))
    metafunc.parametrize("vector", [pytest.param(vector, id=str(vector["id"])) for vector in vectors])


def test_the_engine_answers_as_the_field_does(vector: dict[str, Any]) -> None:
    if reason := refusal(vector):
        with pytest.raises(DefinitionError) as caught:
            evaluate(vector)
        assert caught.value.code in ("function_unknown", "arguments_count"), reason
    elif vector["expected"] == {"$error": True}:
        with pytest.raises(DefinitionError):
            evaluate(vector)
    else:
        result = evaluate(vector)
        assert matches(result, vector["expected"], vector.get("tolerance", 0)), result


def refusal(vector: dict[str, Any]) -> str:
    """Why we refuse what others accept, or nothing."""
    if vector["expected"] == {"$error": True}:
        return ""
    if UNKNOWN_FUNCTIONS.search(vector["expr"]):
        return UNKNOWN_FUNCTION
    return REFUSED_EXPRESSIONS.get(vector["expr"], "")


def evaluate(vector: dict[str, Any]) -> object:
    as_ = None if vector["as"] == "error" else vector["as"]
    now = vector.get("now", SOME_MOMENT)
    return evaluate_text(vector["expr"], vector["vars"], as_, now, ZoneInfo(vector["tz"]))


def matches(result: object, expected: object, tolerance: float) -> bool:
    """Whether a result is what the vector's notation asks for."""
    if isinstance(expected, dict):
        if "$match" in expected:
            return isinstance(result, str) and re.search(expected["$match"], result) is not None
        if "$len" in expected:
            return isinstance(result, str) and len(result) == expected["$len"]
        if "$round" in expected:
            factor = expected["factor"]
            return is_number(result) and round(result * factor) == round(expected["$round"] * factor)  # type: ignore[operator]
        return result == expected
    if is_number(expected) and is_number(result):
        return abs(result - expected) <= tolerance  # type: ignore[operator]
    return type(result) is type(expected) and result == expected


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
