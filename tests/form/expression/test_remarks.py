"""What `forms check` adds about an expression that parses."""

from __future__ import annotations

import pytest

from evaluator.form.expression.parser import parse
from evaluator.form.expression.remarks import remarks


@pytest.mark.parametrize(
    ("text", "severity", "code", "column", "fix"),
    [
        ("1 + date('no date')", "error", "date_literal", 10, "YYYY-MM-DD"),
        ("format-date('31-12-2026', '%Y')", "error", "date_literal", 13, "YYYY-MM-DD"),
        ("format-date(today(), '%Y %B')", "warning", "date_pattern", 22, "%b"),
        ("int(decimal-date-time(${d}))", "warning", "day_short", 1, "days"),
        ("1 + floor(decimal-date-time(${d}))", "warning", "day_short", 5, "days"),
        ("round('4,6')", "warning", "number_comma", 7, "4.6"),
        ("${a} * '1,5'", "warning", "number_comma", 8, "1.5"),
    ],
)
def test_remark(text: str, severity: str, code: str, column: int, fix: str) -> None:
    (remark,) = remarks(parse(text))
    assert (remark.severity, remark.code, remark.column) == (severity, code, column)
    assert fix in remark.fix
    assert remark.message


@pytest.mark.parametrize(
    "text",
    [
        "date('2026-1-2')",
        "date('')",
        "date(${d})",
        "format-date(${d}, '%d/%m/%Y %H:%M')",
        "int(days(${d}))",
        "decimal-date-time(${d})",
        "${a} = '1,5'",
        "concat('1,5', 'a')",
    ],
)
def test_nothing_to_remark(text: str) -> None:
    assert remarks(parse(text)) == []


def test_all_are_found_in_the_order_of_the_text() -> None:
    found = remarks(parse("date('a') + round('1,5') + date('b')"))
    assert [remark.column for remark in found] == [6, 19, 33]
