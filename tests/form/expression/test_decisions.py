"""Where the field's engines disagree, and what blanks, dates and truths mean: each decision is pinned here."""

from __future__ import annotations

import math
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from evaluator.errors import DefinitionError
from evaluator.form.expression.parser import parse
from evaluator.form.expression.values import Nodes, to_boolean, to_number, to_text

JAKARTA = ZoneInfo("Asia/Jakarta")
VISIT = date(2026, 11, 21)

ANSWERS = {
    "blank": "",
    "rows": ["3", "", "4"],
    "blank_rows": ["", ""],
    "no_rows": None,
    "nan_rows": ["3", math.nan],
    "d": VISIT,
    "d_text": "2026-11-21",
    "moment": datetime(2026, 11, 21, 9, 30, tzinfo=JAKARTA),
    "yes": True,
    "no": False,
    "zero": 0.0,
    "zero_text": "0",
    "five": 5.0,
}

DECISIONS = [
    # Aggregates skip blanks; all blank is blank; a computed NaN is not blank.
    ("max('', 2)", 2.0),
    ("max(-3, -5)", -3.0),
    ("max(${rows}, '')", 4.0),
    ("max(${blank_rows})", ""),
    ("min('', '')", ""),
    ("min(${no_rows})", ""),
    ("sum(${rows})", 7.0),
    ("sum(${blank_rows})", ""),
    ("sum(${no_rows})", 0.0),
    ("sum(${nan_rows})", math.nan),
    ("max(${nan_rows})", math.nan),
    ("max(0 div 0, 2)", math.nan),
    # regex matches the whole text.
    ("regex('a1', '[0-9]')", False),
    ("regex('1', '[0-9]')", True),
    # A date against an ISO text is a date comparison.
    ("${d} <= '2026-11-20'", False),
    ("${d} <= '2026-11-21'", True),
    ("${d} = '2026-11-21'", True),
    ("${d_text} > '2026-9-1'", False),
    ("${d_text} > '2026-09-01'", True),
    ("${d} != 'besok'", True),
    ("${d} < 'besok'", False),
    ("${d} = ''", False),
    # Dates are whole days in sums.
    ("number(${d})", 20778.0),
    ("number(${d_text})", 20778.0),
    ("${d} + 1", 20779.0),
    ("${d} - '2026-11-01'", 20.0),
    ("date(${d} + 1)", date(2026, 11, 22)),
    ("${d} = 20778", True),
    # As the peers: local midnight is the day before in Greenwich. days() is not short.
    ("int(decimal-date-time(${d}))", 20777.0),
    ("days(${d})", 20778),
    # The moment of a visit is on the day of the visit, east of Greenwich too.
    ("today() <= now()", True),
    ("${moment} > ${d}", True),
    ("${moment} < ${d} + 1", True),
    ("date('2026-11-21T00:00:00+07:00') = ${d}", True),
    # A stored truth is a truth.
    ("boolean(${yes})", True),
    ("boolean(${no})", False),
    ("not(${no})", True),
    ("${no} = 'false'", False),
    ("string(${no})", "false"),
    # A number that is 0 is false, a text that is not blank is true.
    ("boolean(${zero})", False),
    ("boolean(${zero_text})", True),
    # Half up.
    ("round(-2.5)", -2.0),
    ("round(2.5)", 3.0),
    ("round(-1.475, 2)", -1.47),
    ("round('4,6')", math.nan),
    # Relative tolerance.
    ("6.1 - 7.8 = -1.7", True),
    ("6.1 - 7.8 != -1.7", False),
    ("6.1 - 7.8 >= -1.7", True),
    ("6.1 - 7.8 < -1.7", False),
    ("0.1 + 0.2 <= 0.3", True),
    ("1 = 1.00000000001", False),
    ("1000000 = 1000001", False),
    # What is no date is blank.
    ("date('no date')", ""),
    # Of XPath 1.0, supported.
    ("floor(1.5)", 1.0),
    ("ceiling(1.5)", 2.0),
    ("substring('12345', 2, 3)", "234"),
    # A blank answer: '' as text, NaN as number, false as truth.
    ("concat('[', ${blank}, ']')", "[]"),
    ("number(${blank})", math.nan),
    ("boolean(${blank})", False),
    ("${blank} = ''", True),
    ("${blank} = 0", False),
    ("${blank} < 1", False),
    ("${blank} >= 1", False),
    ("${blank} + 1", math.nan),
    ("${blank} != 1", True),
    ("0 div 0 = 0 div 0", False),
    # No node at all: equal to nothing, not even different.
    ("${no_rows} = ''", False),
    ("${no_rows} != ''", False),
    ("${no_rows} = false()", True),
    ("string(${no_rows})", ""),
    # Several rows: any of them.
    ("${rows} = 4", True),
    ("${rows} != 4", True),
    ("${rows} > 4", False),
    ("4 < ${rows}", False),
    ("${rows} = ${rows}", True),
    ("${rows} = true()", True),
    # Numbers and texts.
    ("${five} = '5.0'", True),
    ("'5' = '5.0'", False),
    ("${five} = 'lima'", False),
    ("3 < 4 < 5", True),
    ("1 = 1 = 1", True),
    ("-3 < 3 = 6 >= 6", True),
    ("'abc' < 'abd'", False),
    # Arithmetic of XPath 1.0.
    ("1 div 0", math.inf),
    ("-1 div 0", -math.inf),
    ("1 div -0", -math.inf),
    ("5 mod -3", 2.0),
    ("-5 mod 3", -2.0),
    ("5 mod 0", math.nan),
    ("5 mod (1 div 0)", 5.0),
    ("(1 div 0) mod 5", math.nan),
    ("- - 2", 2.0),
    ("--'2'", 2.0),
    ("2 - -2", 4.0),
    ("-2 * -2", 4.0),
]


@pytest.mark.parametrize(("text", "expected"), DECISIONS, ids=[text for text, _expected in DECISIONS])
def test_decision(evaluate, text: str, expected: object) -> None:
    value = evaluate(text, ANSWERS)
    if isinstance(expected, float):
        assert value == pytest.approx(expected, rel=1e-12, abs=0, nan_ok=True)
    else:
        assert value == expected
    assert isinstance(value, bool) is isinstance(expected, bool)


@pytest.mark.parametrize("text", ["tak-ada()", "true() or tak-ada()", "if(true(), 1, tak-ada())"])
def test_an_unknown_function_is_refused_in_any_branch(text: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    assert caught.value.code == "function_unknown"
    assert caught.value.column == text.index("tak") + 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("decimal-date-time('-01-2019')", "argument_invalid"),
        ("geofence('0 0 0 0', '')", "argument_invalid"),
        ("regex(., '[')", "argument_invalid"),
        ("digest('a', 'CRC32')", "argument_invalid"),
        ("digest('a', 'MD5', 'morse')", "argument_invalid"),
        ("count(1)", "argument_kind"),
        ("count(if(true(), ${a}, 1))", "argument_kind"),
        ("sum('1')", "argument_kind"),
        ("na(1)", "argument_kind"),
        ("position(1)", "argument_kind"),
        ("round()", "arguments_count"),
        ("weighted-checklist(1, 2, true())", "arguments_count"),
    ],
)
def test_what_can_never_work_is_refused_when_the_form_loads(text: str, code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    assert caught.value.code == code


def test_a_length_that_is_no_number_is_an_error(evaluate) -> None:
    with pytest.raises(DefinitionError, match="uuid"):
        evaluate("uuid(${a})", {"a": ""})


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (2.5, "2.5"),
        (1e15, "1000000000000000"),
        (1.23e21, "1230000000000000000000"),
        (1.23e-18, "0.00000000000000000123"),
        (-1e-7, "-0.0000001"),
        (1234567.125, "1234567.125"),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
    ],
)
def test_numbers_print_as_xpath_prints_them(number: float, text: str) -> None:
    assert to_text(number) == text


def test_of_several_nodes_the_first_speaks() -> None:
    assert to_text(Nodes(("a", "b"))) == "a"
    assert to_number(Nodes(("7", "8"))) == 7
    assert math.isnan(to_number(Nodes()))
    assert to_boolean(Nodes(("", "b"))) is True
    assert to_boolean(Nodes((False,))) is False
