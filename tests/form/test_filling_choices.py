"""What may be chosen: cascades, exclusive choices, tables, and references to pillars, sections, rows, evidence."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.errors import AnswerError
from evaluator.form.definition import Agency, Choice, Label, RegionTable, Table
from evaluator.form.filling import Filling

PLACES = (
    Choice("loa", Label({"id": "Loa Kulu"}), columns={"kab": "kukar"}),
    Choice("tgr", Label({"id": "Tenggarong"}), columns={"kab": "kukar"}),
    Choice("sgt", Label({"id": "Sangatta"}), columns={"kab": "kutim"}),
)
REGIONS = Table(
    ("kode", "nama", "jenis"),
    (("64.02", "Kabupaten Kutai Kartanegara", "kabupaten"), ("64.72", "Kota Samarinda", "kota")),
)


def at(name: str, row: str = "") -> tuple[str, str]:
    return f"f.{name}", row


def values(visit: Filling, key: tuple[str, str]) -> list[str]:
    return [choice.value for choice in visit.choices(key)]


def test_a_cascade_keeps_a_choice_that_does_not_fit_and_marks_it(fill: Any) -> None:
    visit = fill(
        {
            "kab": {"type": "select_one", "choices": "kab"},
            "place": {"type": "select_one", "choices": "place", "choice_filter": "kab = ${kab}"},
        },
        choices={"kab": ["kukar", "kutim"], "place": PLACES},
    )
    assert values(visit, at("place")) == []
    assert visit.set(at("kab"), "kukar").lists == (at("place"),)
    assert values(visit, at("place")) == ["loa", "tgr"]
    assert [choice.value for choice in visit.all_choices(at("place"))] == ["loa", "tgr", "sgt"]
    visit.set(at("place"), visit.read(at("place"), "tgr"))
    change = visit.set(at("kab"), "kutim")
    assert change.states == (at("kab"), at("place"))
    state = visit.state(at("place"))
    assert (state.value, state.status) == ("tgr", "answered")
    assert "Tenggarong" in state.invalid[0]
    visit.set(at("kab"), "kukar")
    assert visit.state(at("place")).invalid == ()


def test_an_exclusive_choice_goes_with_no_other(fill: Any) -> None:
    funds = ("apbd", "csr", Choice("none", Label({"id": "Tidak ada"}), exclusive=True))
    visit = fill({"m": {"type": "select_multiple", "choices": "c"}}, choices={"c": funds})
    visit.set(at("m"), ["apbd", "csr"])
    assert visit.state(at("m")).invalid == ()
    visit.set(at("m"), ["apbd", "none"])
    assert "Tidak ada" in visit.state(at("m")).invalid[0]
    visit.set(at("m"), ["none"])
    assert visit.state(at("m")).invalid == ()
    assert visit.evaluate("selected(${f.m}, 'none')") is True


def test_another_answer_may_be_allowed(fill: Any) -> None:
    visit = fill({"m": {"type": "select_one", "choices": "c", "or_other": True}}, choices={"c": ["x"]})
    assert values(visit, at("m")) == ["x", "other"]
    assert visit.read(at("m"), "other") == "other"


def test_choices_come_from_tables(fill: Any) -> None:
    visit = fill(
        {
            "r": "region",
            "t": {
                "type": "select_one",
                "choices": "regions.csv",
                "parameters": {"value": "kode", "label": "nama"},
                "choice_filter": "jenis = 'kota'",
            },
            "name": {"type": "calculate", "calculation": "pulldata('regions', 'nama', 'kode', ${r})"},
            "label": {"type": "calculate", "calculation": "jr:choice-name(${r}, '${r}')"},
        },
        tables={"regions": REGIONS},
        regions=RegionTable("regions", "kode", "nama", "jenis"),
    )
    assert values(visit, at("r")) == ["64.02", "64.72"]
    assert values(visit, at("t")) == ["64.72"]
    visit.set(at("r"), visit.read(at("r"), "64.02"))
    assert visit.state(at("name")).value == "Kabupaten Kutai Kartanegara"
    assert visit.state(at("label")).value == "Kabupaten Kutai Kartanegara"
    assert visit.shown(at("r")) == "Kabupaten Kutai Kartanegara"
    with pytest.raises(AnswerError):
        visit.read(at("r"), "99.99")


def pillars(fill: Any, **fields: Any) -> Filling:
    visit: Filling = fill(
        forms={
            "gov": ("pillar", {"A": {"GOV-01": "rubric"}, "B": {"GOV-Q1": "integer"}}),
            "eco": ("pillar", {"A": {"ECO-01": "rubric"}, "C": {"ECO-N": "note"}}),
            "f": (
                "closing",
                {
                    "A": {
                        "pillar": "pillar",
                        "sub": {"type": "section", "of": ("${pillar}",)},
                        "all": {"type": "select_multiple", "of": ("pillar",)},
                        "opd": "agency",
                        "weak": {
                            "type": "repeat",
                            "questions": {
                                "what": "text",
                                "refs": {"type": "item", "of": ("question", "evidence"), "multiple": True},
                            },
                        },
                        "advice": {"type": "item", "of": ("f.weak",)},
                        "who": {"type": "integer", "agencies": ("DISKOMINFO", "${opd}")},
                    }
                },
            ),
        },
        agencies=(Agency("BAPPEDA", Label({"id": "Bappeda"})), Agency("DLH", Label({"id": "DLH"}))),
        **fields,
    )
    return visit


def test_a_section_belongs_to_the_chosen_pillar(fill: Any) -> None:
    visit = pillars(fill)
    assert values(visit, at("pillar")) == values(visit, at("all")) == ["gov", "eco"]
    assert values(visit, at("sub")) == []
    visit.set(at("pillar"), "gov")
    assert values(visit, at("sub")) == ["A", "B"]
    visit.set(at("sub"), visit.read(at("sub"), "B"))
    assert visit.state(at("sub")).invalid == ()
    visit.set(at("pillar"), "eco")
    assert visit.state(at("sub")).value == "B"
    assert visit.state(at("sub")).invalid
    assert visit.read(at("all"), ["eco", "gov"]) == ["gov", "eco"]


def test_an_agency_may_be_the_one_that_was_answered(fill: Any) -> None:
    visit = pillars(fill)
    assert visit.agencies(at("who")) == ("DISKOMINFO",)
    visit.set(at("opd"), visit.read(at("opd"), "DLH"))
    assert visit.agencies(at("who")) == ("DISKOMINFO", "DLH")


def test_an_item_points_to_questions_and_evidence(fill: Any) -> None:
    evidence = (Choice("ev-1", Label({"id": "Daftar layanan"})),)
    visit = pillars(fill, evidence=lambda: evidence)
    visit.add_row("f.weak", "", "w1")
    key = at("weak.refs", "w1")
    assert values(visit, key) == ["gov.GOV-01", "gov.GOV-Q1", "eco.ECO-01", "ev-1"]
    given = visit.read(key, ["gov.GOV-01", "ev-1"])
    visit.set(key, given)
    assert visit.state(key).invalid == ()
    assert visit.shown(key) == "GOV-01, Daftar layanan"


def test_an_item_points_to_a_row_and_stays_with_it(fill: Any) -> None:
    visit = pillars(fill)
    for row in ("w1", "w2"):
        visit.add_row("f.weak", "", row)
    change = visit.set(at("weak.what", "w2"), "Data tidak terbuka")
    assert change.values == (at("weak.what", "w2"),)
    assert [choice.columns["path"] for choice in visit.choices(at("advice"))] == ["f.weak[1]", "f.weak[2]"]
    visit.set(at("advice"), visit.read(at("advice"), "f.weak[2]"))
    assert visit.state(at("advice")).value == "f.weak[w2]"
    assert visit.shown(at("advice")) == "Data tidak terbuka"
    visit.move_row("w2", 1)
    assert visit.path_of(visit.locate(visit.state(at("advice")).value)) == "f.weak[1]"
    assert visit.state(at("advice")).invalid == ()
    change = visit.remove_row("w2")
    assert at("advice") in change.states
    assert at("advice") in change.lists
    assert visit.state(at("advice")).value == "f.weak[w2]"
    assert visit.state(at("advice")).invalid


def test_answers_of_rows_may_be_choices(fill: Any) -> None:
    visit = fill(
        {
            "r": {"type": "repeat", "questions": {"name": "text"}},
            "lead": {"type": "select_one", "choices": "${name}"},
        }
    )
    for row in ("ani", "budi"):
        visit.add_row("f.r", "", row)
        visit.set(at("r.name", row), row.title())
    assert values(visit, at("lead")) == ["Ani", "Budi"]
    visit.set(at("lead"), visit.read(at("lead"), "Budi"))
    visit.set(at("r.name", "budi"), "Budi S.")
    assert visit.state(at("lead")).invalid
