"""Strengths, weaknesses and recommendations, filled from the item that led to them."""

from __future__ import annotations

import pytest

from evaluator.errors import UsageError
from evaluator.visits.desk import Desk
from evaluator.visits.findings import add_finding
from evaluator.visits.visit import Visit
from tests.visits.watching import assert_as_reopened, codes, fill


def test_a_finding_names_its_form_and_item(desk: Desk, visit: Visit) -> None:
    row = add_finding(visit, "weaknesses", ("gov.GOV-03", ""))
    assert visit.value(("pnt.PNT-LEMAH.pilar", row)) == "gov"
    assert visit.value(("pnt.PNT-LEMAH.butir", row)) == ["gov.GOV-03"]
    assert visit.value(("pnt.PNT-LEMAH.uraian", row)) is None
    strength = add_finding(visit, "strengths", ("ksp.KSP-01", ""))
    assert visit.value(("pnt.PNT-KUAT.pilar", strength)) is None  # readiness is no pillar
    assert visit.value(("pnt.PNT-KUAT.butir", strength)) == ["ksp.KSP-01"]
    assert_as_reopened(desk, visit)


def test_a_recommendation_names_the_owner_of_its_item(visit: Visit) -> None:
    row = add_finding(visit, "recommendations", ("gov.GOV-03", ""))
    assert visit.value(("pnt.PNT-REKOM.pilar", row)) == "gov"
    assert visit.value(("pnt.PNT-REKOM.opd", row)) == visit.filling.agencies(("gov.GOV-03", ""))[0]
    assert visit.value(("pnt.PNT-REKOM.dasar", row)) is None  # only a weakness can be its ground


def test_a_finding_about_a_quick_win_follows_its_row(desk: Desk, visit: Visit) -> None:
    fill(visit, {"qwn.QWN-REC[1].nama": "Satu", "qwn.QWN-REC[2].nama": "Dua", "qwn.QWN-REC[2].opd": "DLH"})
    item = visit.key("qwn.QWN-REC[2].QWN-01")
    row = add_finding(visit, "recommendations", item)
    assert visit.value(("pnt.PNT-REKOM.opd", row)) == "DLH"
    weakness = add_finding(visit, "weaknesses", item)
    visit.move_row(item[1], 1)
    assert visit.value(("pnt.PNT-LEMAH.butir", weakness)) == [f"qwn.QWN-REC[{item[1]}].QWN-01"]
    assert visit.filling.path_of(item) == "qwn.QWN-REC[1].QWN-01"
    visit.delete_row(item[1])
    assert visit.filling.state(("pnt.PNT-LEMAH.butir", weakness)).invalid
    assert_as_reopened(desk, visit)


def test_a_recommendation_from_a_weakness_answers_it_wherever_rows_move(desk: Desk, visit: Visit) -> None:
    first = add_finding(visit, "weaknesses", ("gov.GOV-03", ""))
    second = add_finding(visit, "weaknesses", ("env.ENV-01", ""))
    assert codes(visit).count("K13") == 2
    add_finding(visit, "recommendations", ("pnt.PNT-LEMAH", first))
    other = add_finding(visit, "recommendations", ("pnt.PNT-LEMAH", second))
    assert "K13" not in codes(visit)
    visit.move_row(second, 1)
    visit.move_row(other, 1)
    assert "K13" not in codes(visit)
    visit.delete_row(first)
    assert codes(visit).count("K13") == 1
    assert_as_reopened(desk, visit)


def test_a_finding_without_an_item_is_an_empty_row(visit: Visit) -> None:
    row = add_finding(visit, "strengths")
    assert visit.filling.rows("pnt.PNT-KUAT") == (row,)
    assert visit.undo() is not None
    assert visit.filling.rows("pnt.PNT-KUAT") == ()


def test_an_instrument_without_a_place_for_findings_says_so(visit: Visit) -> None:
    with pytest.raises(UsageError) as caught:
        add_finding(visit, "praise")  # type: ignore[arg-type]
    assert caught.value.code == "no_findings"
