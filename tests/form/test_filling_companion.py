"""The shipped instrument, filled: it compiles, opens blank, and each of its checks fails on the case it is for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from evaluator import instruments
from evaluator.form.filling import Environment, Filling, Key
from evaluator.form.program import compile_program, program_faults

EVIDENCE: dict[Key, int] = {}
OWN: dict[Key, int] = {}


@pytest.fixture
def visit() -> Filling:
    EVIDENCE.clear()
    OWN.clear()
    environment = Environment(
        now=lambda: datetime(2026, 11, 21, tzinfo=UTC),
        evidence_count=lambda key: EVIDENCE.get(key, 0),
        self_value=OWN.get,
    )
    return Filling(compile_program(instruments.default_instrument()), environment=environment)


def answer(visit: Filling, path: str, raw: Any) -> None:
    new = visit.next_row(path)
    if new is not None:
        visit.add_row(new.repeat, new.parent, f"row-{new.repeat}-{len(visit.rows(new.repeat)) + 1}")
    key = visit.locate(path)
    visit.set(key, visit.read(key, raw))


def failed(visit: Filling) -> dict[str, list[str]]:
    return {
        found.check.code: [visit.path_of(key) for key in found.questions] for found in visit.failed_checks()
    }


def test_a_blank_visit_has_nothing_wrong_and_much_missing(visit: Filling) -> None:
    assert program_faults(visit.program.instrument) == []
    assert visit.failed_checks() == ()
    assert visit.invalid_keys() == ()
    missing = [visit.path_of(key) for key in visit.required_missing()]
    assert missing[0] == "knj.KNJ-01"
    assert "qwn.QWN-REC" in missing
    assert "gov.GOV-06" in missing


@pytest.mark.parametrize(
    ("code", "answers", "questions", "repair"),
    [
        (
            "K01",
            {"qwn.QWN-REC[1].survei_n": 60, "qwn.QWN-REC[1].pengguna": 50},
            ["qwn.QWN-REC[1].survei_n", "qwn.QWN-REC[1].pengguna"],
            ("qwn.QWN-REC[1].pengguna", 60),
        ),
        (
            "K02",
            {"gov.SURVEI.n": 50, "gov.SURVEI.pengguna": "89.9"},
            ["gov.SURVEI.pengguna", "gov.SURVEI.n"],
            ("gov.SURVEI.pengguna", 90),
        ),
        ("K03", {"gov.GOV-01": 3}, ["gov.GOV-01", "gov.GOV-02"], ("gov.GOV-01", 2)),
        (
            "K05",
            {"bra.BRA-Y1": "ya", "bra.BRA-Y1a": "peraturan bupati"},
            ["bra.BRA-Y1a"],
            ("bra.BRA-Y1a", "Perbup 12/2024"),
        ),
        (
            "K06",
            {"mpl.MPL-PRG[1].target": 10, "mpl.MPL-PRG[1].realisasi": "10.5"},
            ["mpl.MPL-PRG[1].alasan"],
            ("mpl.MPL-PRG[1].alasan", "Target direvisi"),
        ),
        (
            "K10",
            {"knj.KNJ-TIM[1].konflik": "ya", "knj.KNJ-TIM[1].peran": "ketua"},
            ["knj.KNJ-TIM[1].konflik"],
            ("knj.KNJ-TIM[1].peran", "pengamat"),
        ),
        (
            "K11",
            {"liv.LIV-02": 4, "liv.LIV-Q1": 90, "liv.LIV-Q2": 85},
            ["liv.LIV-02", "liv.LIV-Q1", "liv.LIV-Q2"],
            ("liv.LIV-Q2", "85.1"),
        ),
        ("K12", {"ksp.KSP-04": 3, "ksp.KSP-Q5": 0}, ["ksp.KSP-04", "ksp.KSP-Q5"], ("ksp.KSP-Q5", 1)),
        (
            "K14",
            {"mpl.MPL-Q2": 2025, "knj.KNJ-02": 2026, "mpl.MPL-01": 3},
            ["mpl.MPL-Q2", "mpl.MPL-01"],
            ("mpl.MPL-Q2", 2026),
        ),
        (
            "K15",
            {"bra.BRA-Q1": 301, "bra.BRA-Q2": 100},
            ["bra.BRA-Q1", "bra.BRA-Q2"],
            ("bra.BRA-Q1", 300),
        ),
    ],
)
def test_each_check_fails_on_its_case_and_passes_when_it_is_repaired(
    visit: Filling, code: str, answers: dict[str, Any], questions: list[str], repair: tuple[str, Any]
) -> None:
    for path, raw in answers.items():
        answer(visit, path, raw)
    assert failed(visit)[code] == questions
    answer(visit, *repair)
    assert code not in failed(visit)


def test_a_score_far_from_the_self_assessment_wants_a_note(visit: Filling) -> None:
    OWN["gov.GOV-02", ""] = 5
    answer(visit, "gov.GOV-02", 3)
    assert failed(visit)["K07"] == ["gov.GOV-02"]
    answer(visit, "gov.GOV-02", 4)
    assert "K07" not in failed(visit)


def test_evidence_settles_the_section(visit: Filling) -> None:
    answer(visit, "gov.GOV-01", 3)
    EVIDENCE["gov.GOV-02", ""] = 1
    visit.refresh(("gov.GOV-02", ""))
    assert "K03" not in failed(visit)


def test_calculations_guard_themselves(visit: Filling) -> None:
    answer(visit, "qwn.QWN-REC[1].pengguna", 120)
    coverage = visit.locate("qwn.QWN-REC[1].cakupan")
    assert visit.state(coverage).value is None
    answer(visit, "qwn.QWN-REC[1].sasaran", 0)
    assert visit.state(coverage).value is None
    answer(visit, "qwn.QWN-REC[1].sasaran", 900)
    assert visit.state(coverage).value == "13.3"


def test_a_visit_opens_again_as_it_was(visit: Filling) -> None:
    answer(visit, "qwn.QWN-REC[1].pilar", "gov")
    answer(visit, "qwn.QWN-REC[1].sub", "B")
    answer(visit, "pnt.PNT-LEMAH[1].uraian", "Data tertutup")
    answer(visit, "pnt.PNT-REKOM[1].dasar", "pnt.PNT-LEMAH[1]")
    again = Filling(
        visit.program,
        answers=visit.answers(),
        rows=visit.all_rows(),
        environment=Environment(now=lambda: datetime(2026, 11, 21, tzinfo=UTC)),
    )
    assert [(key, again.state(key)) for key in again.keys()] == [
        (key, visit.state(key)) for key in visit.keys()
    ]
