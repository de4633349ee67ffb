"""Every check and gate of the instrument, failing and not; what stops finalising and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import IncompleteError
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry, EvidenceDetails
from evaluator.visits.visit import Visit
from tests.visits.watching import DATA, DOCUMENT, assert_as_reopened, codes, fill

PROGRAMME = "mpl.MPL-PRG[1]"
QUICK_WIN = "qwn.QWN-REC[1]"

# code, answers with which it fails, answers after which it does not
PLAIN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("K01", {f"{QUICK_WIN}.survei_n": 40, f"{QUICK_WIN}.pengguna": 39}, {f"{QUICK_WIN}.pengguna": 40}),
    ("K02", {f"{QUICK_WIN}.survei_n": 29}, {f"{QUICK_WIN}.survei_n": 30}),
    ("K02", {f"{QUICK_WIN}.survei_pengguna": "89.9"}, {f"{QUICK_WIN}.survei_pengguna": 90}),
    ("K02", {"gov.SURVEI.n": 29}, {"gov.SURVEI.n": 30}),
    ("K02", {"env.SURVEI.pengguna": "89.9"}, {"env.SURVEI.pengguna": 90}),
    ("K03", {"gov.GOV-01": 4, "gov.GOV-02": 2}, {"gov.GOV-02": 1}),
    ("K03", {f"{QUICK_WIN}.QWN-01": 3}, {f"{QUICK_WIN}.QWN-01": 2}),
    (
        "K04",
        {
            "pnt.PNT-KUAT[1].uraian": "Layanan menjangkau desa hulu.",
            "pnt.PNT-LEMAH[1].uraian": "layanan menjangkau  desa hulu",
        },
        {"pnt.PNT-LEMAH[1].uraian": "Sampah tidak ditimbang"},
    ),
    *(
        ("K05", {place: "ya", f"{place}a": "Perda tanpa angka"}, {f"{place}a": "Perda 4/2021"})
        for place in ("bra.BRA-Y1", "env.ENV-Y1", "ksp.KSP-Y1", "mpl.MPL-Y1")
    ),
    *(
        ("K05", {place: "ya"}, {place: "tidak"})
        for place in ("bra.BRA-Y1", "env.ENV-Y1", "ksp.KSP-Y1", "mpl.MPL-Y1")
    ),
    (
        "K06",
        {f"{PROGRAMME}.target": 10, f"{PROGRAMME}.realisasi": "10.5"},
        {f"{PROGRAMME}.alasan": "Hibah tambahan"},
    ),
    ("K06", {f"{PROGRAMME}.target": 10, f"{PROGRAMME}.realisasi": 11}, {f"{PROGRAMME}.realisasi": 10}),
    (
        "K10",
        {"knj.KNJ-TIM[1].konflik": "ya", "knj.KNJ-TIM[1].peran": "anggota"},
        {"knj.KNJ-TIM[1].peran": "pengamat"},
    ),
    ("K10", {"knj.KNJ-TIM[1].konflik": "ya"}, {"knj.KNJ-TIM[1].konflik": "tidak"}),
    ("K11", {"gov.GOV-01": 4, "gov.GOV-Q1": 60}, {"gov.GOV-Q1": "60.1"}),
    ("K11", {"gov.GOV-02": 4, "gov.GOV-Q2": "79.9"}, {"gov.GOV-Q2": 80}),
    ("K11", {"eco.ECO-05": 5, "eco.ECO-Q3": 60}, {"eco.ECO-05": 3}),
    ("K11", {"liv.LIV-02": 4, "liv.LIV-Q1": 85, "liv.LIV-Q2": 86}, {"liv.LIV-Q1": 86}),
    ("K11", {"liv.LIV-02": 4, "liv.LIV-Q1": 86, "liv.LIV-Q2": 85}, {"liv.LIV-Q2": 86}),
    ("K11", {"env.ENV-03": 4, "env.ENV-Q2": 20, "env.ENV-Q3": 61}, {"env.ENV-Q2": 21}),
    ("K11", {"env.ENV-03": 4, "env.ENV-Q2": 21, "env.ENV-Q3": 60}, {"env.ENV-Q3": 61}),
    ("K11", {"env.ENV-06": 4, "env.ENV-Q5": "97.9"}, {"env.ENV-Q5": 98}),
    ("K11", {"gov.GOV-Q3": 12, "gov.GOV-Q4": 13}, {"gov.GOV-Q4": 12}),
    ("K11", {"eco.ECO-Q4": 100, "eco.ECO-Q5": 101}, {"eco.ECO-Q5": 100}),
    ("K12", {"ksp.KSP-04": 3, "ksp.KSP-Q5": 0}, {"ksp.KSP-Q5": 1}),
    ("K12", {"mpl.MPL-Y1": "tidak", "ksp.KSP-09": 3}, {"ksp.KSP-09": 2}),
    ("K14", {"mpl.MPL-Q2": 2025, "mpl.MPL-01": 3}, {"mpl.MPL-Q2": 2026}),
    ("K14", {"mpl.MPL-Q2": 2025, "mpl.MPL-01": 3}, {"mpl.MPL-01": 2}),
    ("K15", {"bra.BRA-Q1": 301, "bra.BRA-Q2": 100}, {"bra.BRA-Q1": 300}),
    ("K15", {"bra.BRA-Q1": 33, "bra.BRA-Q2": 100}, {"bra.BRA-Q1": 34}),
    ("K15", {"bra.BRA-Q3": "301", "bra.BRA-Q4": "100"}, {"bra.BRA-Q3": "300"}),
    ("K15", {"bra.BRA-Q3": "33", "bra.BRA-Q4": "100"}, {"bra.BRA-Q3": "34"}),
]


@pytest.mark.parametrize(("code", "failing", "passing"), PLAIN)
def test_check_fires_and_is_silent_again(
    visit: Visit, code: str, failing: dict[str, Any], passing: dict[str, Any]
) -> None:
    assert code not in codes(visit)
    fill(visit, failing)
    assert codes(visit).count(code) == 1
    finding = next(found for found in visit.checks() if found.code == code)
    assert finding.message
    assert finding.paths
    assert finding.paths == tuple(visit.filling.path_of(key) for key in finding.keys)
    fill(visit, passing)
    assert code not in codes(visit)


def test_clearing_what_a_check_looks_at_silences_it(visit: Visit) -> None:
    fill(visit, {"gov.GOV-Q3": 12, "gov.GOV-Q4": 13})
    assert "K11" in codes(visit)
    fill(visit, {"gov.GOV-Q3": None})
    assert "K11" not in codes(visit)


def test_k03_wants_evidence_on_the_items_of_the_section_itself(visit: Visit, tmp_path: Path) -> None:
    fill(visit, {"gov.GOV-01": 3, "gov.GOV-02": 3})
    visit.attach("gov.GOV-03", written(tmp_path / "a.txt"), DOCUMENT)
    assert "K03" in codes(visit)
    visit.link("gov.GOV-02", "ev-0001")
    assert "K03" not in codes(visit)
    visit.detach("gov.GOV-02", "ev-0001")
    assert "K03" in codes(visit)


def test_k07_wants_a_note_where_self_assessment_and_level_are_far_apart(visit: Visit, tmp_path: Path) -> None:
    table = tmp_path / "self.csv"
    table.write_text("question,value,note\ngov.GOV-01,5,\ngov.GOV-02,1,\n")
    visit.import_self(table)
    fill(visit, {"gov.GOV-01": 4, "gov.GOV-02": 2})
    assert "K07" not in codes(visit)
    fill(visit, {"gov.GOV-01": 3})
    assert next(found.paths for found in visit.checks() if found.code == "K07") == ("gov.GOV-01",)
    fill(visit, {"gov.GOV-02": 3})
    assert codes(visit).count("K07") == 2
    visit.answer(Entry("gov.GOV-01", note="Hanya dua layanan diperagakan"))
    assert next(found.paths for found in visit.checks() if found.code == "K07") == ("gov.GOV-02",)
    visit.answer(Entry("gov.GOV-01", note=""))
    assert codes(visit).count("K07") == 2


def test_k08_tells_of_the_same_level_on_most_of_a_dozen_items(visit: Visit) -> None:
    items = [f"{form}.{form.upper()}-0{number}" for form in ("gov", "bra") for number in range(1, 7)]
    fill(visit, dict.fromkeys(items[:11], 2))
    assert "K08" not in codes(visit)
    fill(visit, {items[11]: 2})
    finding = next(found for found in visit.checks() if found.code == "K08")
    assert finding.severity == "notice"
    assert len(finding.keys) == 12
    fill(visit, dict.fromkeys(items[:2], 1))
    assert "K08" in codes(visit)
    fill(visit, {items[2]: 1})
    assert "K08" not in codes(visit)


@pytest.mark.parametrize("question", ["gov.GOV-01", "gov.GOV-Q1"])
def test_k09_tells_of_evidence_from_another_year_on_any_question(
    visit: Visit, tmp_path: Path, question: str
) -> None:
    piece = visit.attach(question, written(tmp_path / "a.txt"), dated("31/12/2025"))
    finding = next(found for found in visit.checks() if found.code == "K09")
    assert finding.paths == (question,)
    assert piece.id in finding.message
    visit.describe(piece.id, dated("1/1/2026"))
    assert "K09" not in codes(visit)
    visit.describe(piece.id, dated("2027"))
    assert "K09" in codes(visit)
    visit.detach(question, piece.id)
    assert "K09" not in codes(visit)


def test_k13_wants_a_recommendation_for_each_weakness_and_a_weakness_for_each_recommendation(
    visit: Visit,
) -> None:
    fill(visit, {"pnt.PNT-LEMAH[1].uraian": "Data sampah perkiraan"})
    assert [found.paths for found in visit.checks() if found.code == "K13"] == [("pnt.PNT-LEMAH[1]",)]
    fill(visit, {"pnt.PNT-REKOM[1].uraian": "Pasang jembatan timbang"})
    assert codes(visit).count("K13") == 2
    fill(visit, {"pnt.PNT-REKOM[1].dasar": ["pnt.PNT-LEMAH[1]"]})
    assert "K13" not in codes(visit)
    fill(visit, {"pnt.PNT-LEMAH[2].uraian": "Tidak ada cadangan"})
    visit.move_row(visit.filling.rows("pnt.PNT-LEMAH")[1], 1)
    assert [found.paths for found in visit.checks() if found.code == "K13"] == [("pnt.PNT-LEMAH[1]",)]
    visit.delete_row(visit.filling.rows("pnt.PNT-LEMAH")[1])
    assert [found.paths for found in visit.checks() if found.code == "K13"] == [
        ("pnt.PNT-LEMAH[1]",),
        ("pnt.PNT-REKOM[1].dasar",),
    ]


def test_a_recommendation_that_names_a_deleted_weakness_is_invalid(desk: Desk, visit: Visit) -> None:
    fill(visit, {"pnt.PNT-LEMAH[1].uraian": "Satu", "pnt.PNT-REKOM[1].dasar": ["pnt.PNT-LEMAH[1]"]})
    key = visit.key("pnt.PNT-REKOM[1].dasar")
    assert not visit.filling.state(key).invalid
    visit.delete_row(visit.filling.rows("pnt.PNT-LEMAH")[0])
    assert visit.filling.state(key).invalid
    assert any(found.reason == "invalid" and found.key == key for found in visit.missing())
    assert_as_reopened(desk, visit)
    visit.undo()
    assert not visit.filling.state(key).invalid
    assert_as_reopened(desk, visit)


# -- evidence gates


def written(path: Path, text: str = "") -> Path:
    path.write_text(text or path.name)
    return path


def dated(day: str) -> EvidenceDetails:
    return EvidenceDetails(type="dokumen", date=day)


def gates(visit: Visit) -> list[str]:
    return [code for code in codes(visit) if code.startswith("G")]


def test_a_statement_is_enough_for_levels_one_and_two(visit: Visit) -> None:
    for level in (1, 2):
        fill(visit, {"gov.GOV-01": level})
        assert gates(visit) == [f"G{level}"]
        visit.answer(Entry("gov.GOV-01", note="Kepala dinas menjelaskan"))
        assert gates(visit) == []
        visit.answer(Entry("gov.GOV-01", note="", respondents="Kepala dinas"))
        assert gates(visit) == []
        visit.answer(Entry("gov.GOV-01", respondents=""))
        assert gates(visit) == [f"G{level}"]


def test_level_three_wants_a_verified_document_or_observation(visit: Visit, tmp_path: Path) -> None:
    visit.answer(Entry("gov.GOV-01", value=3, note="Kepala dinas menjelaskan"))
    assert gates(visit) == ["G3"]
    piece = visit.attach("gov.GOV-01", written(tmp_path / "a.txt"), EvidenceDetails(type="dokumen"))
    assert gates(visit) == ["G3"]
    visit.describe(piece.id, DATA)
    assert gates(visit) == ["G3"]
    visit.describe(piece.id, EvidenceDetails(type="observasi", verified_by="Sari"))
    assert gates(visit) == []


def test_level_four_wants_two_kinds_one_of_them_data(visit: Visit, tmp_path: Path) -> None:
    fill(visit, {"gov.GOV-01": 4})
    visit.attach("gov.GOV-01", written(tmp_path / "a.txt"), DOCUMENT)
    other = visit.attach(
        "gov.GOV-01", written(tmp_path / "b.txt"), EvidenceDetails(type="wawancara", verified_by="Sari")
    )
    assert gates(visit) == ["G4"]
    visit.describe(other.id, EvidenceDetails(type="data"))
    assert gates(visit) == []


def test_level_five_wants_data_of_two_years_and_a_source_outside(visit: Visit, tmp_path: Path) -> None:
    fill(visit, {"gov.GOV-01": 5})
    visit.attach("gov.GOV-01", written(tmp_path / "a.txt"), DOCUMENT)
    piece = visit.attach("gov.GOV-01", written(tmp_path / "b.txt"), DATA)
    own = visit.filling.agencies(visit.key("gov.GOV-01"))[0]
    years = "Rekap Perbup 1023 tahun 2024 dan 2025"
    described = {"type": "data", "title": years, "holder": "BPS", "verified_by": "Sari"}
    for change, met in (
        ({"title": "Rekap Perbup 1023 tahun 2024"}, False),
        ({"holder": own.lower()}, False),
        ({"holder": ""}, False),
        ({"type": "wawancara"}, False),
        ({}, True),
        ({"title": "Rekap 2024", "date": "2026-02-01"}, True),
    ):
        visit.describe(piece.id, EvidenceDetails(**{**described, **change}))
        assert (gates(visit) == []) is met, change


def test_the_gate_of_a_quick_win_follows_the_agency_of_its_row(
    desk: Desk, visit: Visit, tmp_path: Path
) -> None:
    fill(visit, {f"{QUICK_WIN}.opd": "DLH", f"{QUICK_WIN}.QWN-01": 5})
    visit.attach(f"{QUICK_WIN}.QWN-01", written(tmp_path / "a.txt"), DOCUMENT)
    details = EvidenceDetails(type="data", title="2024, 2025", holder="DISHUB")
    visit.attach(f"{QUICK_WIN}.QWN-01", written(tmp_path / "b.txt"), details)
    assert gates(visit) == []
    fill(visit, {f"{QUICK_WIN}.opd": "DISHUB"})
    assert gates(visit) == ["G5"]
    assert_as_reopened(desk, visit)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_a_reason_goes_past_any_gate(visit: Visit, level: int) -> None:
    fill(visit, {"gov.GOV-01": level})
    assert gates(visit) == [f"G{level}"]
    assert visit.gate_gaps(visit.key("gov.GOV-01"))
    visit.answer(Entry("gov.GOV-01", gate_reason="Server padam, dilihat langsung"))
    assert gates(visit) == []
    visit.answer(Entry("gov.GOV-01", gate_reason=""))
    assert gates(visit) == [f"G{level}"]


@pytest.mark.parametrize("entry", [Entry("gov.GOV-01", value=0), Entry("gov.GOV-01", na="kewenangan")])
def test_nothing_is_wanted_for_level_zero_or_not_applicable(visit: Visit, entry: Entry) -> None:
    fill(visit, {"gov.GOV-01": 5})
    visit.answer(entry)
    assert gates(visit) == []
    assert visit.gate_gaps(visit.key("gov.GOV-01")) == ()


def test_one_description_settles_the_gates_of_all_its_questions(
    desk: Desk, visit: Visit, tmp_path: Path
) -> None:
    fill(visit, {"gov.GOV-01": 3, "gov.GOV-02": 3})
    piece = visit.attach("gov.GOV-01", written(tmp_path / "a.txt"), EvidenceDetails(type="dokumen"))
    visit.link("gov.GOV-02", piece.id)
    assert gates(visit) == ["G3", "G3"]
    visit.describe(piece.id, DOCUMENT)
    assert gates(visit) == []
    visit.undo()
    assert gates(visit) == ["G3", "G3"]
    assert_as_reopened(desk, visit)


# -- what stops finalising


def test_findings_come_errors_first_then_in_the_order_of_the_instrument(visit: Visit) -> None:
    fill(visit, {"ksp.KSP-04": 3, "ksp.KSP-Q5": 0, "bra.BRA-Y1": "ya", "bra.BRA-Q1": 900, "bra.BRA-Q2": 1})
    fill(visit, {"pnt.PNT-KUAT[1].uraian": "Sama saja", "pnt.PNT-LEMAH[1].uraian": "Sama saja"})
    assert codes(visit) == ["K04", "K05", "K12", "G3", "K03", "K13", "K15"]


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([Entry("ksp.KSP-04", value=3), Entry("ksp.KSP-Q5", value=0)], "K12"),
        ([Entry("bra.BRA-Y1", value="ya"), Entry("bra.BRA-Y1a", value="tanpa angka")], "K05"),
        ([Entry("gov.GOV-01", value=4, gate_reason="")], "G4"),
    ],
)
def test_errors_stop_finalising(complete: Visit, entries: list[Entry], code: str) -> None:
    complete.require_complete()
    for entry in entries:
        complete.answer(entry)
    with pytest.raises(IncompleteError) as caught:
        complete.require_complete()
    assert code in [found["code"] for found in caught.value.checks]  # type: ignore[index]


def test_warnings_and_notices_do_not_stop_finalising(complete: Visit) -> None:
    fill(complete, {"bra.BRA-Q1": 900, "bra.BRA-Q2": 1})
    complete.answer(Entry("gov.GOV-01", value=1, gate_reason="", note="", respondents=""))
    for key in complete.rubrics:
        if key[1] == "":
            complete.answer(Entry(key, value=1))
    assert {found.severity for found in complete.checks()} == {"warning", "notice"}
    assert {"K08", "K15", "G1"} <= set(codes(complete))
    complete.require_complete()
