"""The first and last days of the calendar, which lie beyond it in some zones."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from evaluator.form.expression.evaluate import evaluate_text

NOW = "2026-11-21T20:00:00Z"
NOT_A_NUMBER = {"$num": "NaN"}


@pytest.mark.parametrize(
    ("expression", "moment", "zone", "expected"),
    [
        ("days(${d})", "0001-01-01T00:00:00Z", "America/Los_Angeles", NOT_A_NUMBER),
        ("days(${d})", "9999-12-31T23:00:00Z", "Asia/Jakarta", NOT_A_NUMBER),
        ("decimal-time(${d})", "9999-12-31T23:00:00Z", "Asia/Jakarta", NOT_A_NUMBER),
        ("format-date(${d}, '%Y')", "9999-12-31T23:00:00Z", "Asia/Jakarta", ""),
        ("format-date-time(${d}, '%Y')", "0001-01-01T00:00:00Z", "America/Los_Angeles", ""),
        ("format-date(${d}, '%Y')", "9999-12-31", "Asia/Jakarta", "9999"),
        ("days(${d})", "0001-01-01", "Asia/Jakarta", -719162),
    ],
)
def test_beyond_the_calendar_is_blank(expression: str, moment: str, zone: str, expected: object) -> None:
    assert evaluate_text(expression, {"d": moment}, None, NOW, ZoneInfo(zone)) == expected


def test_a_date_that_falls_off_the_calendar_is_blank() -> None:
    variables = {"d": "9999-12-31T23:00:00Z"}
    assert evaluate_text("date-time(${d})", variables, "date", NOW, ZoneInfo("Asia/Jakarta")) == ""
