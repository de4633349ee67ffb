"""What a form fills by itself is kept as it was when it was filled."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evaluator import identity
from evaluator.errors import StorageError
from evaluator.sealed.reading import open_sealed
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry
from evaluator.visits.visit import Visit
from tests.visits.test_answering import failing_once
from tests.visits.watching import assert_as_reopened, content, fill, judged

SMALL = Path(__file__).parent.parent / "tui" / "forms" / "small"
MORE = """
[[section.question]]
name = "TETAP"
type = "text"
label = { id = "Nilai awal tetap", en = "Fixed default" }
default = "tatap muka"

[[section.question]]
name = "SEMBARANG"
type = "text"
label = { id = "Nilai awal dihitung", en = "Computed default" }
default = "uuid()"

[[section.question]]
name = "DIPICU"
type = "calculate"
label = { id = "Dihitung bila dipicu", en = "Calculated when triggered" }
calculation = "concat(uuid(), '')"
trigger = ["SATU"]

[[section.question]]
name = "BANYAK"
type = "integer"
label = { id = "Berapa lokasi", en = "How many sites" }

[[section.question]]
name = "LOKASI"
type = "repeat"
label = { id = "Lokasi", en = "Sites" }
repeat_count = "${BANYAK}"

[[section.question.question]]
name = "nama"
type = "text"
label = { id = "Nama", en = "Name" }

[[section.question.question]]
name = "kode"
type = "text"
label = { id = "Kode", en = "Code" }
default = "uuid()"
"""


@pytest.fixture
def filled(desk: Desk, tmp_path: Path) -> Visit:
    """A visit whose form has defaults, a trigger and a count."""
    forms = Path(shutil.copytree(SMALL, tmp_path / "forms"))
    with (forms / "gov.toml").open("a", encoding="utf-8") as file:
        file.write(MORE)
    return desk.visit(desk.new_visit("64.02", "2026-tahap2", forms=forms))


def test_defaults_stay_what_they_were(desk: Desk, filled: Visit) -> None:
    made_up = filled.value(("gov.SEMBARANG", ""))
    assert made_up
    assert filled.value(("gov.TETAP", "")) == "tatap muka"
    assert desk.visit(filled.id).value(("gov.SEMBARANG", "")) == made_up
    assert filled.undo() is None
    assert_as_reopened(desk, filled)


def test_a_default_can_be_cleared_and_brought_back(desk: Desk, filled: Visit) -> None:
    before = content(filled)
    fill(filled, {"gov.TETAP": None, "gov.SEMBARANG": ""})
    again = desk.visit(filled.id)
    assert again.value(("gov.TETAP", "")) is None
    assert again.value(("gov.SEMBARANG", "")) is None
    again.undo()
    again.undo()
    assert content(again) == before


def test_what_a_trigger_worked_out_stays(desk: Desk, filled: Visit) -> None:
    key = ("gov.DIPICU", "")
    assert filled.value(key) is None
    saved = filled.answer(Entry("gov.SATU", value=1))
    assert key in saved.changed
    worked_out = filled.value(key)
    assert worked_out
    assert desk.visit(filled.id).value(key) == worked_out
    fill(filled, {"gov.DUA": 1})
    assert filled.value(key) == worked_out
    fill(filled, {"gov.SATU": 2})
    assert filled.value(key) != worked_out
    assert_as_reopened(desk, filled)
    # One step back, one forward: only what a person gave.
    assert filled.undo() == ("gov.SATU", "")
    assert filled.value(("gov.SATU", "")) == 1
    assert_as_reopened(desk, filled)


def test_rows_that_a_count_asks_for_keep_their_answers(desk: Desk, filled: Visit) -> None:
    fill(filled, {"gov.BANYAK": 2})
    first, second = filled.filling.rows("gov.LOKASI")
    fill(filled, {"gov.LOKASI[1].nama": "Pelabuhan", "gov.LOKASI[2].nama": "Pasar"})
    code = filled.value(("gov.LOKASI.kode", second))
    again = desk.visit(filled.id)
    assert again.filling.rows("gov.LOKASI") == (first, second)
    assert again.value(("gov.LOKASI.nama", second)) == "Pasar"
    assert again.value(("gov.LOKASI.kode", second)) == code
    fill(again, {"gov.BANYAK": 3})
    assert again.filling.rows("gov.LOKASI")[:2] == (first, second)
    fill(again, {"gov.BANYAK": 1})
    assert again.value(("gov.LOKASI.nama", second)) is None
    fill(again, {"gov.BANYAK": 2})
    assert again.value(("gov.LOKASI.nama", second)) == "Pasar"
    assert_as_reopened(desk, again)


def test_a_step_that_fails_leaves_nothing_of_what_it_filled(
    desk: Desk, filled: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judged(filled)
    for entry in (Entry("gov.BANYAK", value=2), Entry("gov.SATU", value=2)):
        with failing_once(monkeypatch), pytest.raises(StorageError):
            filled.answer(entry)
        assert judged(filled) == before
    fill(filled, {"gov.BANYAK": 2})
    assert len(filled.filling.rows("gov.LOKASI")) == 2
    assert_as_reopened(desk, filled)


def test_what_was_filled_is_sealed_and_read_back(desk: Desk, filled: Visit) -> None:
    fill(filled, {"gov.SATU": 1, "gov.DUA": 2, "gov.BANYAK": 2, "gov.LOKASI[1].nama": "Pelabuhan"})
    fill(filled, {"gov.TETAP": None})
    filled.answer(Entry("gov.SEMBARANG", note="Dibuat program"))
    sealed = open_sealed(Path(filled.finalise(identity.unlock(desk.workspace, desk.config)).file))
    for key in filled.filling.keys():
        assert sealed.filling.state(key).value == filled.filling.state(key).value
    assert sealed.recomputed == ()
