"""Reading and showing answers: one shape for each type, refusal of everything else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from evaluator import language
from evaluator.errors import AnswerError
from evaluator.form.definition import EMPTY, Choice, Label, Question
from evaluator.form.values import is_special, plain, read_value, shown_value

SCALE = tuple(Choice(str(level), EMPTY) for level in range(6))
YES_NO = (Choice("ya", Label({"id": "Ya", "en": "Yes"})), Choice("tidak", Label({"id": "Tidak", "en": "No"})))
FUNDS = tuple(Choice(value, Label({"id": value.upper()})) for value in ("apbd", "apbn", "hibah"))
ITEMS = (
    Choice("gov.GOV-01", EMPTY),
    Choice("pnt.PNT-LEMAH[r7]", EMPTY, columns={"path": "pnt.PNT-LEMAH[2]"}),
)


def question(type_: str, **fields: Any) -> Question:
    return Question(name="q", path="gov.q", form="gov", section="A", type=type_, label=EMPTY, **fields)


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        ("rubric", 3, 3),
        ("rubric", "3", 3),
        ("rubric", Decimal("4.0"), 4),
        ("rubric", 0, 0),
        ("integer", "1200", 1200),
        ("integer", -5, -5),
        ("integer", "1e3", 1000),
        ("year", "2026", 2026),
        ("decimal", 62.5, "62.5"),
        ("decimal", "62.50", "62.5"),
        ("decimal", "1e2", "100"),
        ("decimal", "-0.0", "0"),
        ("decimal", ".5", "0.5"),
        ("percent", 100, "100"),
        ("currency", Decimal("1234567890.12"), "1234567890.12"),
        ("range", "7", "7"),
        ("text", "  Kutai Kartanegara ", "  Kutai Kartanegara "),
        ("text", 12, "12"),
        ("longtext", "satu\r\ndua", "satu\ndua"),
        ("date", "2026-11-21", "2026-11-21"),
        ("time", "10:42", "10:42"),
        ("time", "10:42:00", "10:42"),
        ("time", "10:42:07", "10:42:07"),
        ("datetime", "2026-11-21T10:42:00+08:00", "2026-11-21T10:42:00+08:00"),
        ("datetime", "2026-11-21T02:42:00Z", "2026-11-21T02:42:00+00:00"),
        ("geopoint", "-0.4948 117.1436", "-0.4948 117.1436 0 0"),
        ("geopoint", [-0.5, 117, 12, "4.0"], "-0.5 117 12 4"),
        ("acknowledge", True, "OK"),
        ("acknowledge", "ok", "OK"),
        ("acknowledge", False, None),
    ],
)
def test_reads_as_the_type(type_: str, raw: Any, value: Any) -> None:
    assert read_value(question(type_), raw, SCALE) == value


@pytest.mark.parametrize("type_", ["rubric", "decimal", "text", "date", "select_multiple", "item", "yesno"])
@pytest.mark.parametrize("raw", [None, "", "  ", []])
def test_nothing_clears(type_: str, raw: Any) -> None:
    assert read_value(question(type_), raw) is None


@pytest.mark.parametrize(
    ("type_", "raw"),
    [
        ("rubric", 6),
        ("rubric", -1),
        ("rubric", 2.5),
        ("rubric", True),
        ("rubric", "tinggi"),
        ("integer", "2.5"),
        ("integer", "1_000"),
        ("integer", "١٢"),
        ("integer", 2**53),
        ("integer", True),
        ("year", 26),
        ("year", 20226),
        ("decimal", "NaN"),
        ("decimal", float("inf")),
        ("decimal", "1e99"),
        ("decimal", "4,6"),
        ("decimal", [1]),
        ("text", 1.5),
        ("text", True),
        ("text", ["a"]),
        ("text", "a\x1b[31m"),
        ("text", "\ud800"),
        ("text", "x" * 100_001),
        ("date", "2026-02-30"),
        ("date", "20261121"),
        ("date", "21/11/2026"),
        ("time", "24:00"),
        ("time", "10"),
        ("datetime", "2026-11-21T10:42:00"),
        ("datetime", "2026-11-21"),
        ("datetime", "9999-12-31T23:59:59+00:00"),
        ("datetime", "0001-01-01T00:00:00+00:00"),
        ("geopoint", "91 0"),
        ("geopoint", "117.1436"),
        ("geopoint", {"lat": 1}),
        ("acknowledge", "no"),
        ("note", "x"),
        ("group", "x"),
        ("calculate", 5),
        ("evidence", "ev-1"),
    ],
)
def test_refuses_what_is_not_of_the_type(type_: str, raw: Any) -> None:
    with pytest.raises(AnswerError) as refused:
        read_value(question(type_), raw, SCALE)
    assert refused.value.path == "gov.q"
    assert refused.value.code in {
        "value_not_readable", "value_not_in_list", "not_answerable", "text_too_long", "control_character",
    }  # fmt: skip


def test_choices_are_checked_against_the_list() -> None:
    assert read_value(question("yesno"), "ya", YES_NO) == "ya"
    assert read_value(question("yesno"), False, YES_NO) == "tidak"
    assert read_value(question("select_one"), "apbn", FUNDS) == "apbn"
    with pytest.raises(AnswerError, match="csr") as refused:
        read_value(question("select_one"), "csr", FUNDS)
    assert refused.value.code == "value_not_in_list"
    assert "apbd, apbn, hibah" in refused.value.hint


def test_a_selection_takes_the_order_of_the_list_and_a_ranking_its_own() -> None:
    assert read_value(question("select_multiple"), ["hibah", "apbd", "hibah"], FUNDS) == ["apbd", "hibah"]
    assert read_value(question("select_multiple"), "hibah apbd", FUNDS) == ["apbd", "hibah"]
    assert read_value(question("rank"), ["hibah", "apbd"], FUNDS) == ["hibah", "apbd"]
    with pytest.raises(AnswerError):
        read_value(question("select_multiple"), ["apbd", "csr"], FUNDS)


def test_a_special_value_stands_beside_the_numbers() -> None:
    survey = question("decimal", special=(Choice("9", EMPTY),), min=Decimal(1), max=Decimal(4))
    assert read_value(survey, 9) == "9"
    assert is_special(survey, "9")
    assert not is_special(survey, "3.5")
    level = question("rubric", special=(Choice("9", EMPTY),))
    assert read_value(level, "9", SCALE) == 9
    assert is_special(level, 9)


def test_items_are_named_by_path_and_kept_by_row_id() -> None:
    one = question("item", of=("question", "PNT-LEMAH"))
    several = question("item", of=("question", "PNT-LEMAH"), multiple=True)
    assert read_value(one, "pnt.PNT-LEMAH[2]", ITEMS) == "pnt.PNT-LEMAH[r7]"
    assert read_value(one, "pnt.PNT-LEMAH[r7]", ITEMS) == "pnt.PNT-LEMAH[r7]"
    assert read_value(several, "gov.GOV-01", ITEMS) == ["gov.GOV-01"]
    assert read_value(several, ["pnt.PNT-LEMAH[2]", "gov.GOV-01"], ITEMS) == [
        "pnt.PNT-LEMAH[r7]",
        "gov.GOV-01",
    ]
    with pytest.raises(AnswerError):
        read_value(one, ["gov.GOV-01", "pnt.PNT-LEMAH[2]"], ITEMS)
    with pytest.raises(AnswerError):
        read_value(several, ["gov.GOV-99"], ITEMS)


def test_plain_numbers_have_one_shape() -> None:
    assert [plain(Decimal(text)) for text in ("1E+2", "0.10", "-0", "12.000")] == ["100", "0.1", "0", "12"]


def test_shown_as_people_of_the_place_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_current", "id")
    assert shown_value(question("currency"), "1234567.5") == "1.234.567,5"
    assert shown_value(question("year"), 2026) == "2026"
    assert shown_value(question("date"), "2026-11-21") == "21 November 2026"
    assert shown_value(question("datetime"), "2026-11-21T10:42:00+08:00") == "21 November 2026 10.42 WITA"
    assert shown_value(question("yesno"), "tidak", YES_NO) == "Tidak"
    assert shown_value(question("yesno"), "tidak", YES_NO, "en") == "No"
    assert shown_value(question("select_multiple"), ["apbd", "hibah"], FUNDS) == "APBD, HIBAH"
    assert shown_value(question("text"), None) == ""
    special = question("decimal", special=(Choice("9", Label({"id": "tidak menjawab"})),))
    assert shown_value(special, "9") == "tidak menjawab"
