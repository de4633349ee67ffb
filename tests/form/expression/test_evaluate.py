"""One expression over plain variables, as `forms eval` gives it."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from evaluator.errors import DefinitionError
from evaluator.form.expression.evaluate import evaluate_text

NOW = "2026-11-20T22:30:00Z"
JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("text", "variables", "as_", "expected"),
    [
        ("${a} + 1", {"a": "4"}, "number", 5),
        ("${a} + 1", {"a": 4}, "string", "5"),
        ("1 div 3", {}, "number", 1 / 3),
        ("0 div 0", {}, "number", {"$num": "NaN"}),
        ("1 div 0", {}, "number", {"$num": "Infinity"}),
        ("-1 div 0", {}, None, {"$num": "-Infinity"}),
        ("'x'", {}, "boolean", True),
        ("today()", {}, "date", "2026-11-21"),
        ("now()", {}, "date", "2026-11-21"),
        ("6.5", {}, "date", "1970-01-07"),
        ("'besok'", {}, "date", ""),
        ("''", {}, "date", ""),
        ("${a}", {"a": ["x", 2]}, None, ["x", 2]),
        ("${a}", {"a": None}, None, []),
        ("${a}", {"a": None}, "string", ""),
        ("today()", None, None, "2026-11-21"),
        ("true()", {}, None, True),
        ("'t'", {}, None, "t"),
        (". + 1", {".": "2"}, None, 3),
        ("${gov.GOV-01}", {"gov.GOV-01": "3"}, "number", 3),
        ("100000000000000000000", {}, "number", 1e20),
    ],
)
def test_result(text: str, variables: dict[str, object] | None, as_: str | None, expected: object) -> None:
    result = evaluate_text(text, variables, as_, NOW, JAKARTA)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("text", "variables", "as_", "now"),
    [
        ("${a}", {}, None, NOW),
        ("true() or ${a}", {}, None, NOW),
        (".", {}, None, NOW),
        ("1 +", {}, None, NOW),
        ("1", {}, "colour", NOW),
        ("1", {"a": {"b": 1}}, None, NOW),
        ("1", {"a": [None]}, None, NOW),
        ("1", {}, None, "yesterday"),
        ("1", {}, None, "2026-11-21"),
    ],
)
def test_what_cannot_be_evaluated(text: str, variables: dict[str, object], as_: str | None, now: str) -> None:
    with pytest.raises(DefinitionError):
        evaluate_text(text, variables, as_, now, JAKARTA)


def test_a_moment_without_a_zone_is_local() -> None:
    assert (
        evaluate_text("now()", {}, "string", "2026-11-21T05:30", JAKARTA) == "2026-11-21T05:30:00.000+07:00"
    )


def test_a_moment_may_be_given_as_such() -> None:
    assert evaluate_text("today()", {}, "string", datetime(2026, 1, 1, tzinfo=UTC), UTC) == "2026-01-01"


def test_chance_is_given_or_follows_the_moment() -> None:
    first, second = (evaluate_text("random()", {}, None, NOW, UTC, Random(seed)) for seed in (1, 2))
    assert first != second
    assert evaluate_text("uuid()", {}, None, NOW, UTC) == evaluate_text("uuid()", {}, None, NOW, UTC)
