"""Numbers and dates as people of the place write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator import language


@pytest.fixture(autouse=True)
def _speak_indonesian() -> Iterator[None]:
    before = language.current()
    language.use("id")
    yield
    language.use(before)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3,41", "3.41"),
        ("3.41", "3.41"),
        ("1.234", "1234"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234.5", "1234.5"),
        ("0,250", "0.250"),
        ("0.250", "0.250"),
        (",5", "0.5"),
        ("-7", "-7"),
        ("12 000", "12000"),
        ("−3", "-3"),
    ],
)
def test_numbers_typed_in_indonesian(typed: str, meant: str) -> None:
    assert language.parse_number(typed) == Decimal(meant)


def test_a_group_in_english_is_a_comma() -> None:
    language.use("en")
    assert language.parse_number("1,234") == 1234
    assert language.parse_number("1.234") == Decimal("1.234")
    assert language.number("1234.5") == "1,234.5"


@pytest.mark.parametrize("typed", ["", "tiga", "1,2,3", "1.23.4", "--1", "1e5", "٣", "NaN", "1 %"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        language.parse_number(typed)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_a_shown_number_reads_back(value: Decimal) -> None:
    for lang in language.LANGUAGES:
        language.use(lang)
        assert language.parse_number(language.number(value, 2)) == value


@pytest.mark.parametrize(
    "typed",
    [
        "25/2/2020",
        "25-2-2020",
        "25.2.2020",
        "25 Februari 2020",
        "25 feb 2020",
        "25 February 2020",
        "2020-02-25",
    ],
)
def test_dates(typed: str) -> None:
    assert language.parse_day(typed) == date(2020, 2, 25)


@pytest.mark.parametrize("typed", ["30/2/2020", "2/25/2020", "kemarin", "", "25/2"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        language.parse_day(typed)


def test_moments_name_the_indonesian_zones() -> None:
    assert (
        language.day_and_time(datetime.fromisoformat("2026-11-21T10:42:00+08:00"))
        == "21 November 2026 10.42 WITA"
    )
    assert language.day_and_time(datetime.fromisoformat("2026-11-21T10:42:00+05:30")).endswith("UTC+0530")


def test_the_language_is_chosen_by_option_then_settings_then_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert language.choose("id", "en") == "id"
    assert language.choose(None, "id") == "id"
    assert language.choose(None, "") == "en"
    monkeypatch.setenv("LANG", "C")
    assert language.choose(None, None) == "id"
