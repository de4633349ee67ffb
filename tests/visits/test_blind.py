"""Blind first: what others said is hidden until one's own first level, which is kept for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluator.visits import showing
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry
from evaluator.visits.visit import Visit
from tests.visits.watching import fill

GOV_01 = ("gov.GOV-01", "")


@pytest.fixture
def compared(visit: Visit, tmp_path: Path) -> Visit:
    """A visit with the region's own scores."""
    table = tmp_path / "self.csv"
    table.write_text("question,value,note\ngov.GOV-01,4,Sudah baik\ngov.GOV-Q1,80,\n")
    visit.import_self(table)
    return visit


def shown(visit: Visit, path: str = "gov.GOV-01") -> Any:
    return showing.visit_json(visit)["answers"][path]["self"]


def test_a_level_opens_the_reference(desk: Desk, compared: Visit) -> None:
    assert compared.reference(GOV_01) is None
    assert compared.reference_hidden(GOV_01)
    assert shown(compared) is None
    compared.answer(Entry(GOV_01, note="Belum dinilai", flag=True, confidence="rendah"))
    assert compared.reference_hidden(GOV_01)
    compared.answer(Entry(GOV_01, value=2))
    reference = compared.reference(GOV_01)
    assert reference is not None
    assert (reference.self_value, reference.self_note) == (4, "Sudah baik")
    assert shown(compared) == 4
    compared.answer(Entry(GOV_01, value=None))
    assert not compared.reference_hidden(GOV_01)
    assert desk.visit(compared.id).reference(GOV_01) == reference


def test_a_level_of_zero_is_a_level(compared: Visit) -> None:
    compared.answer(Entry(GOV_01, value=0))
    assert not compared.reference_hidden(GOV_01)
    assert compared.stored(GOV_01).first_score == 0


def test_not_applicable_is_no_level_and_opens_nothing(desk: Desk, compared: Visit) -> None:
    compared.answer(Entry(GOV_01, na="belumtempo"))
    assert compared.reference_hidden(GOV_01)
    assert shown(desk.visit(compared.id)) is None
    compared.answer(Entry(GOV_01, value=3))
    assert compared.stored(GOV_01).first_score == 3
    assert not compared.changed_after_reveal(GOV_01)


def test_a_refused_level_opens_nothing(compared: Visit) -> None:
    with pytest.raises(Exception, match="GOV-01"):
        compared.answer(Entry(GOV_01, value=7))
    assert compared.reference_hidden(GOV_01)


def test_only_rubrics_are_blind(compared: Visit) -> None:
    assert not compared.reference_hidden(("gov.GOV-Q1", ""))
    assert shown(compared, "gov.GOV-Q1") == "80"
    assert not compared.reference_hidden(("gov.GOV-02", ""))
    assert compared.reference(("gov.GOV-02", "")) is None


def test_the_first_score_stays_whatever_follows(desk: Desk, compared: Visit) -> None:
    fill(compared, {"gov.GOV-01": 2})
    fill(compared, {"gov.GOV-01": 5})
    compared.answer(Entry(GOV_01, na="kewenangan"))
    fill(compared, {"gov.GOV-01": None})
    while compared.undo():
        pass
    assert compared.stored(GOV_01).first_score == 2
    fill(compared, {"gov.GOV-01": 4})
    assert desk.visit(compared.id).stored(GOV_01).first_score == 2


def test_a_change_after_the_reference_was_seen_is_marked(desk: Desk, compared: Visit) -> None:
    fill(compared, {"gov.GOV-01": 2})
    compared.answer(Entry(GOV_01, note="Dilihat", gate_reason="x", flag=True))
    fill(compared, {"gov.GOV-01": 2})
    assert not compared.changed_after_reveal(GOV_01)
    fill(compared, {"gov.GOV-01": 4})
    assert compared.changed_after_reveal(GOV_01)
    assert desk.visit(compared.id).changed_after_reveal(GOV_01)


def test_a_change_before_there_was_a_reference_is_not_marked(
    desk: Desk, visit: Visit, tmp_path: Path
) -> None:
    fill(visit, {"gov.GOV-01": 2})
    fill(visit, {"gov.GOV-01": 3})
    table = tmp_path / "self.csv"
    table.write_text("question,value\ngov.GOV-01,4\n")
    desk.import_self(visit.id, table)
    again = desk.visit(visit.id)
    assert again.reference(GOV_01) is not None
    assert not again.changed_after_reveal(GOV_01)
    fill(again, {"gov.GOV-01": 4})
    assert again.changed_after_reveal(GOV_01)
