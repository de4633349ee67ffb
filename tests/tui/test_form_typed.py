"""Typed text as values and back."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from evaluator import language
from evaluator.errors import AnswerError
from evaluator.form.definition import Choice, Label, Question
from evaluator.tui.form.typed import field_text, typed_value

WITA = timezone(timedelta(hours=8))


def question(kind: str, **more: Any) -> Question:
    return Question("Q", "f.Q", "f", "A", kind, Label({"id": "Soal"}), **more)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("decimal", "3,41", "3.41"),
        ("decimal", "3.41", "3.41"),
        ("percent", "62,5 %", "62.5"),
        ("currency", "Rp 1.234.567", "1234567"),
        ("integer", "1.234", "1234"),
        ("integer", "-7", "-7"),
        ("year", "2026", "2026"),
        ("date", "25/2/2020", "2020-02-25"),
        ("date", "25 Februari 2020", "2020-02-25"),
        ("date", "2020-02-25", "2020-02-25"),
        ("time", "9.05", "09:05"),
        ("time", "23:59:01", "23:59:01"),
        ("datetime", "25/2/2020 10.30", "2020-02-25T10:30:00+08:00"),
        ("datetime", "25/2/2020 10.30 WIT", "2020-02-25T10:30:00+09:00"),
        ("datetime", "25 Februari 2020, 10:30 wib", "2020-02-25T10:30:00+07:00"),
        ("datetime", "2020-02-25T10:30:00+08:00", "2020-02-25T10:30:00+08:00"),
        ("text", "  Budi ", "Budi"),
        ("longtext", "satu\ndua ", "satu\ndua "),
        ("geopoint", "-0.49 117.14", "-0.49 117.14"),
        ("decimal", "   ", None),
    ],
)
def test_typed_here(kind: str, text: str, value: object) -> None:
    language.use("id")
    assert typed_value(question(kind), text, WITA) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("decimal", "tiga"),
        ("integer", "1.2.3"),
        ("date", "31/2/2020"),
        ("date", "besok"),
        ("time", "25.00"),
        ("datetime", "25/2/2020"),
        ("datetime", "25/2/2020 10.30 XYZ"),
        ("datetime", "25/2/2020 99.30"),
        ("datetime", "25/2/2020 10.30 +99:99"),
    ],
)
def test_refused_in_words(kind: str, text: str) -> None:
    with pytest.raises(AnswerError) as caught:
        typed_value(question(kind), text, WITA)
    assert caught.value.code == "value_not_readable"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("decimal", "1234.5"),
        ("decimal", "0.125"),
        ("integer", 1234),
        ("year", 2026),
        ("percent", "62.5"),
        ("date", "2020-02-25"),
        ("time", "09:05"),
        ("datetime", "2020-02-25T10:30:00+08:00"),
        ("datetime", "2020-02-25T10:30:00+05:30"),
        ("text", "Budi"),
    ],
)
@pytest.mark.parametrize("lang", ["id", "en"])
def test_what_a_field_shows_is_read_back_as_the_same(lang: str, kind: str, value: object) -> None:
    language.use(lang)
    found = typed_value(question(kind), field_text(question(kind), value), WITA)
    if kind in ("decimal", "integer", "year", "percent"):
        assert Decimal(found) == Decimal(str(value))
    else:
        assert found == value


def test_a_special_value_is_itself() -> None:
    survey = question("decimal", special=(Choice("9", Label({"id": "Tidak menjawab"})),))
    assert typed_value(survey, "9") == "9"
    assert field_text(survey, "9") == "9"
