"""Answers of every kind, refused and stored, and what is told about them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from evaluator.errors import AnswerError, DiskFullError, NotFoundError, StorageError, UsageError
from evaluator.store.database import Database
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry
from evaluator.visits.visit import Visit
from tests.visits.watching import assert_as_reopened, fill, judged


def value_of(visit: Visit, path: str) -> Any:
    return visit.filling.state(visit.key(path)).value


def refused(visit: Visit, entry: Entry) -> str:
    """The code with which an entry is refused; nothing may have changed."""
    before = judged(visit)
    with pytest.raises(UsageError) as caught:
        visit.answer(entry)
    assert judged(visit) == before
    return caught.value.code


@pytest.mark.parametrize(
    ("path", "given", "stored"),
    [
        ("gov.GOV-01", "3", 3),
        ("gov.GOV-01", 0, 0),
        ("gov.GOV-Q1", "62.50", "62.5"),
        ("gov.GOV-Q3", "12", 12),
        ("knj.KNJ-05", "2026-11-17", "2026-11-17"),
        ("knj.KNJ-07", "luring", "luring"),
        ("knj.KNJ-08", "ya", "ya"),
        ("knj.KNJ-TIM[1].pilar", ["eco", "gov"], ["gov", "eco"]),
        ("qwn.QWN-REC[1].sumber", [], None),
        ("knj.KNJ-LOK[1].waktu", "2026-11-18T10:42:00+08:00", "2026-11-18T10:42:00+08:00"),
        ("pnt.PNT-02", "Dua lokasi\r\ntidak terjangkau", "Dua lokasi\ntidak terjangkau"),
        ("pnt.PNT-02", "ꦱꦸꦫ — “ya” 👩🏽‍🌾", "ꦱꦸꦫ — “ya” 👩🏽‍🌾"),
    ],
)
def test_what_is_read_is_kept_in_one_shape(
    desk: Desk, visit: Visit, path: str, given: Any, stored: Any
) -> None:
    saved = visit.answer(Entry(path, value=given))
    assert saved.invalid == ()
    assert value_of(visit, path) == stored
    assert value_of(desk.visit(visit.id), path) == stored


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (Entry("gov.GOV-01", value=6), "scale"),
        (Entry("gov.GOV-01", value="tiga"), "scale"),
        (Entry("gov.GOV-01", value=True), "scale"),
        (Entry("gov.GOV-99", value=3), "question_unknown"),
        (Entry("gov", value=3), "question_unknown"),
        (Entry("", value=3), "question_unknown"),
        (Entry("gov.SURVEI", value=3), "not_answerable"),
        (Entry("qwn.QWN-REC", value=3), "not_answerable"),
        (Entry("qwn.QWN-REC[1]", value="x"), "not_answerable"),
        (Entry("qwn.QWN-REC.nama", value="x"), "row_not_named"),
        (Entry("qwn.QWN-REC[2].nama", value="x"), "row_unknown"),
        (Entry("qwn.QWN-REC[0].nama", value="x"), "row_unknown"),
        (Entry("qwn.QWN-REC[1].tidakada", value="x"), "question_unknown"),
        (Entry("qwn.QWN-REC[1].pilar", value="knj"), "choice"),
        (Entry("qwn.QWN-REC[1].cakupan", value=3), "not_answerable"),
        (Entry("knj.KNJ-01", value="64.71"), "read_only"),
        (Entry("knj.KNJ-01", na="geografis"), "read_only"),
        (Entry("pnt.PNT-02", value="a\x1b[2J"), "control_character"),
        (Entry("gov.GOV-01", value=3, na="geografis"), "value_and_na"),
        (Entry("gov.GOV-01", na="malas"), "unknown_na_reason"),
        (Entry("gov.GOV-01", na="3"), "unknown_na_reason"),
        (Entry("gov.GOV-01", value=3, note="a\x00"), "control_character"),
        (Entry("gov.GOV-01", value=3, note="x" * 100_001), "companion_refused"),
        (Entry("gov.GOV-01", value=3, note=["x"]), "companion_refused"),  # type: ignore[arg-type]
        (Entry("gov.GOV-01", value=3, flag="ya"), "companion_refused"),  # type: ignore[arg-type]
        (Entry("gov.GOV-01", value=3, confidence="penuh"), "companion_refused"),
        (Entry("gov.GOV-01", value=3, evidence_quality=4), "companion_refused"),
        (Entry("gov.GOV-01", value=3, evidence_quality=True), "companion_refused"),
        (Entry("gov.GOV-01", value=3, data_year="tahun ini"), "companion_refused"),
        (Entry("gov.GOV-01", value=3, data_year=26), "companion_refused"),
        (Entry("gov.GOV-01", value=3, data_year="٢٠٢٦"), "companion_refused"),
        (Entry("gov.GOV-01", value=3, respondents=[{"nama": "x"}]), "companion_refused"),  # type: ignore[arg-type]
        (Entry("gov.GOV-01", value=3, respondents=["a\x07"]), "control_character"),  # type: ignore[arg-type]
        (Entry("gov.GOV-01", value=3, data_quality="ukur"), "companion_refused"),
        (Entry("gov.GOV-Q1", value=3, data_quality="baik"), "companion_refused"),
        (Entry("gov.GOV-01", action="delete"), "unknown_action"),
        (Entry("qwn.QWN-REC", action="delete"), "unknown_action"),
        (Entry("qwn.QWN-REC[1]", action="delete"), "row_unknown"),
        (Entry("qwn.QWN-REC[2]", action="insert"), "row_unknown"),
        (Entry("gov.GOV-01", action="hapus"), "unknown_action"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_changes_nothing(visit: Visit, entry: Entry, code: str) -> None:
    found = refused(visit, entry)
    assert found == code or code in ("scale", "choice"), found


def test_a_refusal_in_a_new_row_leaves_no_row(desk: Desk, visit: Visit) -> None:
    refused(visit, Entry("qwn.QWN-REC[1].pilar", value="bukan pilar"))
    assert visit.filling.rows("qwn.QWN-REC") == ()
    visit.score()
    assert_as_reopened(desk, visit)


def test_a_broken_constraint_is_stored_and_told(desk: Desk, visit: Visit) -> None:
    fill(visit, {"knj.KNJ-05": "2026-11-19"})
    saved = visit.answer(Entry("knj.KNJ-06", value="2026-11-17"))
    assert saved.invalid == ("The end date cannot be before the start date",)
    assert value_of(visit, "knj.KNJ-06") == "2026-11-17"
    assert [found.reason for found in visit.missing() if found.path == "knj.KNJ-06"] == ["invalid"]
    # Another answer may break it, and mend it.
    assert visit.key("knj.KNJ-06") in visit.answer(Entry("knj.KNJ-05", value="2026-11-16")).changed
    assert not visit.filling.state(visit.key("knj.KNJ-06")).invalid
    visit.answer(Entry("gov.GOV-Q1", value=101))
    assert visit.progress("gov").invalid == 1
    assert_as_reopened(desk, visit)


# -- not applicable, clearing, what stands beside an answer


def test_not_applicable_closes_an_item_but_for_the_reason_that_keeps_it_open(
    desk: Desk, visit: Visit
) -> None:
    before = visit.progress("gov")
    visit.answer(Entry("gov.GOV-01", na="kewenangan"))
    assert visit.progress("gov").done == before.done + 1
    assert visit.progress("gov").open == before.open - 1
    assert "gov.GOV-01" not in {found.path for found in visit.missing()}
    visit.answer(Entry("gov.GOV-01", na="taksempat"))
    assert visit.progress("gov").done == before.done
    assert visit.progress("gov").open == before.open
    assert visit.progress("gov").na == 1
    assert [found.reason for found in visit.missing() if found.path == "gov.GOV-01"] == ["open_na"]
    # A question that nobody must answer becomes wanted by it.
    visit.answer(Entry("gov.GOV-Q1", na="taksempat"))
    assert visit.progress("gov").open == before.open + 1
    assert_as_reopened(desk, visit)


def test_a_value_takes_the_place_of_not_applicable_and_the_other_way_round(visit: Visit) -> None:
    visit.answer(Entry("gov.GOV-01", value=3))
    visit.answer(Entry("gov.GOV-01", na="geografis"))
    assert (value_of(visit, "gov.GOV-01"), visit.stored(visit.key("gov.GOV-01")).na) == (None, "geografis")
    visit.answer(Entry("gov.GOV-01", value=2))
    assert (value_of(visit, "gov.GOV-01"), visit.stored(visit.key("gov.GOV-01")).na) == (2, "")


@pytest.mark.parametrize("nothing", [None, ""])
def test_taking_back_a_reason_for_not_applicable_leaves_a_value_alone(
    visit: Visit, nothing: str | None
) -> None:
    visit.answer(Entry("gov.GOV-01", value=3))
    visit.answer(Entry("gov.GOV-01", na=nothing))
    assert value_of(visit, "gov.GOV-01") == 3
    visit.answer(Entry("gov.GOV-02", na="geografis"))
    visit.answer(Entry("gov.GOV-02", na=nothing))
    assert visit.filling.state(visit.key("gov.GOV-02")).status == "unanswered"


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_null_clears_a_value_and_a_reason(desk: Desk, visit: Visit, nothing: str | None) -> None:
    visit.answer(Entry("gov.GOV-01", value=3, note="Dilihat"))
    visit.answer(Entry("gov.GOV-02", na="geografis"))
    for path in ("gov.GOV-01", "gov.GOV-02"):
        visit.answer(Entry(path, value=nothing))
        assert visit.filling.state(visit.key(path)).status == "unanswered"
    assert visit.stored(visit.key("gov.GOV-01")).note == "Dilihat"
    assert_as_reopened(desk, visit)


def test_absent_keys_stay_as_they_are_and_empty_ones_are_cleared(desk: Desk, visit: Visit) -> None:
    key = visit.key("gov.GOV-Q1")
    visit.answer(
        Entry(
            key, value=62, note=" Rekap ", flag=True, confidence="rendah", evidence_quality="2",
            respondents="Kabid", data_year="2025", source="BPS", data_quality="survei", gate_reason="x",
        )
    )  # fmt: skip
    visit.answer(Entry(key, value=63))
    kept = desk.visit(visit.id).stored(key)
    assert (kept.value, kept.note, kept.flag, kept.confidence, kept.evidence_quality) == (
        "63", "Rekap", True, "rendah", 2,
    )  # fmt: skip
    assert (kept.respondents, kept.data_year, kept.source, kept.data_quality) == (
        "Kabid",
        2025,
        "BPS",
        "survei",
    )
    visit.answer(
        Entry(
            key, note="", flag=None, confidence=None, evidence_quality="", respondents=None, data_year="",
            source=None, data_quality="", gate_reason=None,
        )
    )  # fmt: skip
    kept = desk.visit(visit.id).stored(key)
    assert kept.value == "63"
    assert not any(
        (kept.note, kept.flag, kept.confidence, kept.evidence_quality, kept.respondents, kept.data_year,
         kept.source, kept.data_quality, kept.gate_reason)
    )  # fmt: skip


def test_a_note_may_stand_beside_what_the_program_filled(visit: Visit) -> None:
    visit.answer(Entry("knj.KNJ-01", note="Ibu kota Tenggarong", flag=True))
    assert visit.stored(visit.key("knj.KNJ-01")).note == "Ibu kota Tenggarong"
    assert value_of(visit, "knj.KNJ-01") == "64.02"


def test_a_hidden_answer_is_kept_and_does_not_count(desk: Desk, visit: Visit) -> None:
    fill(visit, {"pnt.PNT-03": "catatan", "pnt.PNT-04": "Data kependudukan"})
    counted = visit.progress("pnt")
    saved = visit.answer(Entry("pnt.PNT-03", value="terima"))
    key = visit.key("pnt.PNT-04")
    assert key in saved.changed
    assert visit.filling.state(key).status == "not_relevant"
    assert visit.value(key) is None
    assert visit.progress("pnt").total <= counted.total
    fill(visit, {"pnt.PNT-03": "keberatan"})
    assert visit.value(key) == "Data kependudukan"
    assert_as_reopened(desk, visit)


# -- what is told


def test_the_line_of_an_open_visit_counts_as_the_list_does(desk: Desk, visit: Visit) -> None:
    fill(visit, {"gov.GOV-01": 3, "gov.GOV-Q3": 1, "gov.GOV-Q4": 2})
    visit.answer(Entry("gov.GOV-02", flag=True))
    (listed,) = desk.visits()
    assert (listed.answered, listed.flagged) == (3, 1)
    assert replace(visit.line, updated_at="") == replace(listed, updated_at="")


def test_the_number_of_an_answer_rises(visit: Visit) -> None:
    seqs = [visit.answer(Entry(f"gov.GOV-0{number}", value=number)).seq for number in range(1, 6)]
    assert seqs == sorted(set(seqs))
    again = visit.answer(Entry("gov.GOV-01", value=1))
    assert again.seq == seqs[-1]


def test_saved_tells_what_changed(visit: Visit) -> None:
    assert visit.answer(Entry("gov.GOV-01", value=3)).changed == (("gov.GOV-01", ""),)
    saved = visit.answer(Entry("qwn.QWN-REC[1].sasaran", value=200))
    (row,) = visit.filling.rows("qwn.QWN-REC")
    assert {("qwn.QWN-REC.sasaran", row), ("qwn.QWN-REC.nama", row)} <= set(saved.changed)
    saved = visit.answer(Entry(("qwn.QWN-REC.pengguna", row), value=50))
    assert set(saved.changed) == {("qwn.QWN-REC.pengguna", row), ("qwn.QWN-REC.cakupan", row)}
    assert visit.value(("qwn.QWN-REC.cakupan", row)) == "25"


def test_a_token_repeats_the_first_reply_and_changes_nothing(desk: Desk, visit: Visit) -> None:
    first = visit.answer(Entry("gov.GOV-Q1", value=101, token="a-1"))
    assert first.invalid
    again = visit.answer(Entry("gov.GOV-Q1", value=50, token="a-1"))
    assert (again.seq, again.invalid) == (first.seq, first.invalid)
    reopened = desk.visit(visit.id).answer(Entry("gov.GOV-Q2", value=50, token="a-1"))
    assert (reopened.seq, reopened.invalid) == (first.seq, first.invalid)
    assert value_of(visit, "gov.GOV-Q1") == "101"
    assert value_of(visit, "gov.GOV-Q2") is None


@pytest.mark.parametrize(
    "entry",
    [
        Entry("qwn.QWN-REC[3]", action="insert", token="t"),
        Entry("qwn.QWN-REC[1]", action="insert", token="t"),
        Entry("qwn.QWN-REC[1]", action="delete", token="t"),
        Entry("qwn.QWN-REC[1]", action="move", value=2, token="t"),
        Entry("qwn.QWN-REC[3].nama", value="Tiga", token="t"),
    ],
)
def test_a_token_holds_for_rows_too(visit: Visit, entry: Entry) -> None:
    fill(visit, {"qwn.QWN-REC[1].nama": "Satu", "qwn.QWN-REC[2].nama": "Dua"})
    first = visit.answer(entry)
    after = judged(visit)
    assert visit.answer(entry).seq == first.seq
    assert judged(visit) == after


def test_a_token_is_not_spent_on_a_refusal(visit: Visit) -> None:
    with pytest.raises(AnswerError):
        visit.answer(Entry("gov.GOV-01", value=9, token="a-2"))
    visit.answer(Entry("gov.GOV-01", value=3, token="a-2"))
    assert value_of(visit, "gov.GOV-01") == 3


# -- rows


def rows_named(visit: Visit) -> dict[str, str]:
    """The names in the rows of quick wins, by row id, in order."""
    return {row: visit.value(("qwn.QWN-REC.nama", row)) or "" for row in visit.filling.rows("qwn.QWN-REC")}


def test_a_row_is_added_by_its_position(desk: Desk, visit: Visit) -> None:
    fill(visit, {"qwn.QWN-REC[1].nama": "Satu", "qwn.QWN-REC[2].nama": "Dua", "qwn.QWN-REC[1].opd": "DLH"})
    assert list(rows_named(visit).values()) == ["Satu", "Dua"]
    with pytest.raises(NotFoundError):
        visit.answer(Entry("qwn.QWN-REC[4].nama", value="Empat"))
    visit.answer(Entry("qwn.QWN-REC[3]", action="insert"))
    assert list(rows_named(visit).values()) == ["Satu", "Dua", ""]
    assert_as_reopened(desk, visit)


def test_rows_keep_their_ids_and_answers_when_others_come_go_and_move(desk: Desk, visit: Visit) -> None:
    fill(visit, {f"qwn.QWN-REC[{number}].nama": f"N{number}" for number in range(1, 5)})
    before = rows_named(visit)
    one, two, three, four = before
    visit.answer(Entry("qwn.QWN-REC[2]", action="insert"))
    assert list(rows_named(visit).values()) == ["N1", "", "N2", "N3", "N4"]
    visit.answer(Entry("qwn.QWN-REC[2]", action="delete"))
    assert rows_named(visit) == before
    visit.answer(Entry("qwn.QWN-REC[1]", action="move", value="3"))
    assert list(rows_named(visit)) == [two, three, one, four]
    visit.answer(Entry("qwn.QWN-REC[3]", action="delete"))
    assert rows_named(visit) == {two: "N2", three: "N3", four: "N4"}
    visit.move_row(four, 1)
    assert rows_named(visit) == {four: "N4", two: "N2", three: "N3"}
    middle = visit.insert_row("qwn.QWN-REC", 2)
    assert list(rows_named(visit)) == [four, middle, two, three]
    assert visit.filling.path_of(("qwn.QWN-REC.nama", three)) == "qwn.QWN-REC[4].nama"
    assert_as_reopened(desk, visit)


@pytest.mark.parametrize("value", [0, 3, -1, "x", None, True, 1.5])
def test_a_move_wants_a_position_that_is_there(visit: Visit, value: Any) -> None:
    fill(visit, {"qwn.QWN-REC[1].nama": "Satu", "qwn.QWN-REC[2].nama": "Dua"})
    assert refused(visit, Entry("qwn.QWN-REC[1]", action="move", value=value)) == "bad_position"


def test_rows_that_are_not_there_are_refused(visit: Visit) -> None:
    fill(visit, {"qwn.QWN-REC[1].nama": "Satu"})
    (row,) = visit.filling.rows("qwn.QWN-REC")
    before = judged(visit)
    for wrong in (
        lambda: visit.move_row(row, 2),
        lambda: visit.move_row("nobody", 1),
        lambda: visit.delete_row("nobody"),
        lambda: visit.duplicate_row("nobody"),
        lambda: visit.insert_row("qwn.QWN-REC", 0),
        lambda: visit.insert_row("qwn.QWN-REC", 3),
        lambda: visit.insert_row("qwn.QWN-XYZ"),
        lambda: visit.insert_row("gov.GOV-01"),
    ):
        with pytest.raises(NotFoundError):
            wrong()
    assert judged(visit) == before


def test_a_copy_of_a_row_has_its_answers_and_its_own_first_scores(desk: Desk, visit: Visit) -> None:
    fill(visit, {"qwn.QWN-REC[1].nama": "Satu", "qwn.QWN-REC[1].pilar": "gov", "qwn.QWN-REC[2].nama": "Dua"})
    one, two = visit.filling.rows("qwn.QWN-REC")
    visit.answer(Entry(("qwn.QWN-REC.QWN-01", one), value=2))
    visit.answer(Entry(("qwn.QWN-REC.QWN-01", one), value=4, note="Dilihat"))
    visit.answer(Entry(("qwn.QWN-REC.QWN-02", one), na="belumtempo"))
    visit.answer(Entry(("qwn.QWN-REC.sasaran", one), value=100))
    visit.answer(Entry(("qwn.QWN-REC.pengguna", one), value=40))
    copy = visit.duplicate_row(one)
    assert visit.filling.rows("qwn.QWN-REC") == (one, copy, two)
    assert visit.value(("qwn.QWN-REC.nama", copy)) == "Satu"
    assert visit.value(("qwn.QWN-REC.cakupan", copy)) == "40"
    level = visit.stored(("qwn.QWN-REC.QWN-01", copy))
    assert (level.value, level.note, level.first_score) == (4, "Dilihat", 4)
    assert visit.stored(("qwn.QWN-REC.QWN-02", copy)).na == "belumtempo"
    assert_as_reopened(desk, visit)


def test_a_copy_keeps_a_choice_that_is_no_longer_offered(desk: Desk, visit: Visit) -> None:
    fill(visit, {"qwn.QWN-REC[1].pilar": "gov", "qwn.QWN-REC[1].sub": "A"})
    fill(visit, {"qwn.QWN-REC[1].pilar": None})
    fill(visit, {"pnt.PNT-LEMAH[1].uraian": "x", "pnt.PNT-REKOM[1].dasar": ["pnt.PNT-LEMAH[1]"]})
    visit.delete_row(visit.filling.rows("pnt.PNT-LEMAH")[0])
    (advice,) = visit.filling.rows("pnt.PNT-REKOM")
    copy = visit.duplicate_row(advice)
    assert (
        visit.stored(("pnt.PNT-REKOM.dasar", copy)).value
        == visit.stored(("pnt.PNT-REKOM.dasar", advice)).value
    )
    assert_as_reopened(desk, visit)


# -- a disk that fails


@contextmanager
def failing_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The next transaction that would be committed is not; all after it are."""
    real = Database.transaction
    left = 1

    @contextmanager
    def transaction(self: Database) -> Iterator[Connection]:
        nonlocal left
        with real(self) as connection:
            before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
            yield connection
            written = connection.exec_driver_sql("SELECT total_changes()").scalar_one() != before
            if left and written:
                left -= 1
                raise DiskFullError("disk_full", "The disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "transaction", transaction)
        yield
    assert left == 0


STEPS = {
    "value": lambda visit: visit.answer(Entry("gov.GOV-01", value=4)),
    "first answer of a question": lambda visit: visit.answer(Entry("gov.GOV-05", value=4, flag=True)),
    "new row": lambda visit: visit.answer(Entry("qwn.QWN-REC[3].nama", value="Tiga", token="t")),
    "insert": lambda visit: visit.insert_row("qwn.QWN-REC", 1),
    "delete": lambda visit: visit.delete_row(visit.filling.rows("qwn.QWN-REC")[0]),
    "move": lambda visit: visit.move_row(visit.filling.rows("qwn.QWN-REC")[0], 2),
    "duplicate": lambda visit: visit.duplicate_row(visit.filling.rows("qwn.QWN-REC")[0]),
    "undo of a value": lambda visit: visit.undo(),
}


@pytest.mark.parametrize("name", STEPS)
def test_what_could_not_be_stored_is_not_in_memory_either(
    desk: Desk, visit: Visit, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fill(visit, {"qwn.QWN-REC[1].nama": "Satu", "qwn.QWN-REC[2].QWN-01": 3, "gov.GOV-01": 2})
    before = judged(visit)
    step = STEPS[name]
    with failing_once(monkeypatch), pytest.raises(StorageError):
        step(visit)
    assert judged(visit) == before
    assert_as_reopened(desk, visit)
    step(visit)
    assert judged(visit) != before
    assert_as_reopened(desk, visit)


# -- counts


@pytest.mark.parametrize("seed", range(4))
def test_counts_kept_step_by_step_are_those_of_a_recount(desk: Desk, visit: Visit, seed: int) -> None:
    """Random answers, valid and not, and rows; the list of visits agrees with counting from nothing."""
    chance = random.Random(seed)
    questions = [
        "gov.GOV-01", "gov.GOV-Q1", "gov.GOV-Q3", "gov.GOV-Q4", "pnt.PNT-03", "pnt.PNT-04", "bra.BRA-Y1",
        "bra.BRA-Y1a", "knj.KNJ-05", "knj.KNJ-06", "ksp.KSP-04", "ksp.KSP-Q5", "knj.KNJ-TIM[1].konflik",
        "knj.KNJ-TIM[1].konflik_ket", "qwn.QWN-REC[1].pilar", "qwn.QWN-REC[1].sub", "qwn.QWN-REC[2].QWN-01",
        "pnt.PNT-LEMAH[1].uraian", "pnt.PNT-KUAT[1].uraian", "pnt.PNT-REKOM[1].dasar",
    ]  # fmt: skip
    values = [
        None, 0, 3, 4, 101, "ya", "tidak", "terima", "catatan", "2026-11-17", "2026-11-18", "gov", "A",
        "Perda 3", ["pnt.PNT-LEMAH[1]"],
    ]  # fmt: skip
    for _step in range(60):
        path = chance.choice(questions)
        entry = chance.choice(
            [
                *(Entry(path, value=value) for value in values),
                Entry(path, na=chance.choice(["geografis", "taksempat", ""])),
                Entry(path, flag=chance.random() < 0.5, note=chance.choice(["", "x"])),
                Entry(path.partition(".")[0] + "." + path.split(".")[1], action="delete"),
            ]
        )
        try:
            visit.answer(entry)
        except UsageError:
            continue
    assert_as_reopened(desk, visit)
