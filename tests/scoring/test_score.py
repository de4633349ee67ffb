"""The score: the worked example with all its steps, and every state that an item, a form and a total can have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from evaluator.scoring.mean import decimal, plain, rounded
from evaluator.scoring.plan import ItemState, Key, RowState, ScoringPlan
from evaluator.scoring.score import band_of, in_row, score

Answers = Mapping[Key, ItemState]
Rows = tuple[RowState, ...]

OPEN = ItemState(na="taksempat", na_open=True)
NOT_APPLICABLE = ItemState(na="kewenangan")


def changed(answers: Answers, **states: ItemState | None) -> dict[Key, ItemState]:
    """The answers with others for some items, named by code (`GOV_01`); None takes one away."""
    result = dict(answers)
    for code, state in states.items():
        key = (f"{code[:3].lower()}.{code.replace('_', '-')}", "")
        if state is None:
            del result[key]
        else:
            result[key] = state
    return result


class TestWorkedExample:
    def test_total(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        result = score(plan, answers, rows)
        assert plain(result.total) == "2.753055555555555555555555556"
        assert result.rounded == Decimal("2.75")
        assert result.band is not None
        assert result.band.name == "Baik"
        assert result.percent is not None
        assert rounded(Fraction(result.percent)) == Decimal("55.06")

    def test_one_of_six_items_not_applicable_is_still_final(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        assert score(plan, answers, rows).state == "final"

    @pytest.mark.parametrize(
        ("form", "expected"),
        [
            ("gov", "3.00"),
            ("bra", "2.33"),
            ("eco", "2.83"),
            ("liv", "3.17"),
            ("soc", "3.00"),
            ("env", "2.33"),
            ("ksp", "2.90"),
            ("mpl", "2.55"),
            ("qwn", "2.65"),
        ],
    )
    def test_forms(self, plan: ScoringPlan, answers: Answers, rows: Rows, form: str, expected: str) -> None:
        value = score(plan, answers, rows).form(form).value
        assert value is not None
        assert rounded(Fraction(value)) == Decimal(expected)

    def test_sections(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        document = score(plan, answers, rows).as_json()
        assert document["forms"]["gov"] == {
            "score": "3.00",
            "state": "final",
            "sections": {"A": "3.50", "B": "2.50", "C": "3.00"},
        }

    def test_parts(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        parts = score(plan, answers, rows).as_json()["parts"]
        assert {kind: part["weight"] for kind, part in parts.items()} == {
            "pillar": "0.50",
            "readiness": "0.20",
            "masterplan": "0.10",
            "quick_wins": "0.20",
        }
        assert parts["pillar"]["score"].startswith("2.7777")

    def test_quick_wins(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        found = score(plan, answers, rows).as_json()["quick_wins"]
        assert found["coverage"] == [3, 6]
        assert found["groups"] == {
            "gov": "3.00",
            "bra": None,
            "eco": "2.3125",
            "liv": None,
            "soc": None,
            "env": "2.625",
        }
        assert [row["score"] for row in found["rows"]] == ["3.00", "2.375", "2.25", "2.625"]
        assert found["score"].startswith("2.64583")


@pytest.mark.parametrize(
    ("total", "shown", "band"),
    [
        ("1.795", "1.80", "Cukup"),
        ("1.794999", "1.79", "Kurang"),
        ("2.595", "2.60", "Baik"),
        ("3.495", "3.50", "Sangat Baik"),
        ("4.1949", "4.19", "Sangat Baik"),
        ("4.195", "4.20", "Memuaskan"),
        ("0", "0.00", "Kurang"),
        ("5", "5.00", "Memuaskan"),
    ],
)
def test_edges_of_bands(plan: ScoringPlan, total: str, shown: str, band: str) -> None:
    two_decimals = rounded(Fraction(total))
    assert str(two_decimals) == shown
    found = band_of(plan.bands, two_decimals)
    assert found is not None
    assert found.name == band


def test_no_band_below_the_lowest_edge(plan: ScoringPlan) -> None:
    assert band_of(plan.bands[1:], Decimal("1.79")) is None


def test_a_tie_made_of_thirds_is_a_tie() -> None:
    """Three times a third of 2.595 is 2.595; decimals of any length would lose it."""
    third = Fraction("2.595") / 3
    assert str(rounded(third + third + third)) == "2.60"


class TestItems:
    def test_unanswered_is_not_zero(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        without = score(plan, changed(answers, GOV_01=None), rows)
        with_zero = score(plan, changed(answers, GOV_01=ItemState(0)), rows)
        assert without.form("gov").sections["A"] == Decimal(4)
        assert with_zero.form("gov").sections["A"] == Decimal(2)
        assert without.state == "provisional"
        assert without.missing == ("gov.GOV-01",)
        assert with_zero.state == "final"

    def test_not_applicable_leaves_the_other_item_to_count_double(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        form = score(plan, changed(answers, BRA_01=NOT_APPLICABLE), rows).form("bra")
        assert form.sections["A"] == Decimal(3)
        assert form.state == "final"
        assert form.missing == ()

    def test_an_open_reason_keeps_the_item_open(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        result = score(plan, changed(answers, BRA_01=OPEN), rows)
        assert result.form("bra").state == "provisional"
        assert result.form("bra").na_share == 0
        assert result.missing == ("bra.BRA-01",)

    def test_a_level_beside_a_reason_does_not_count(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        form = score(plan, changed(answers, BRA_01=ItemState(5, na="geografis")), rows).form("bra")
        assert form.sections["A"] == Decimal(3)

    def test_what_is_not_relevant_does_not_count(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        hidden = ItemState(5, relevant=False)
        form = score(plan, changed(answers, BRA_01=hidden), rows).form("bra")
        assert form.sections["A"] == Decimal(3)
        assert form.na_share == 0
        assert form.state == "final"

    def test_the_mean_of_a_team_counts_as_a_level(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        form = score(plan, changed(answers, SOC_01=ItemState(Decimal("2.67"))), rows).form("soc")
        assert form.sections["A"] == Decimal("2.835")


class TestForms:
    def test_half_of_the_weight_is_enough_for_a_section(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        form = score(plan, changed(answers, SOC_01=None), rows).form("soc")
        assert form.sections["A"] == Decimal(3)
        assert form.state == "provisional"

    def test_a_section_with_less_has_no_value(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        form = score(plan, changed(answers, BRA_01=None, BRA_02=None), rows).form("bra")
        assert form.sections == {"A": None, "B": Decimal("2.5"), "C": Decimal(2)}
        assert form.value == Decimal("2.25")
        assert form.state == "provisional"

    def test_a_section_that_does_not_apply_at_all_has_no_value_either(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        result = score(plan, changed(answers, BRA_01=NOT_APPLICABLE, BRA_02=NOT_APPLICABLE), rows)
        form = result.form("bra")
        assert form.sections["A"] is None
        assert form.state == "provisional"
        assert form.missing == ()

    def test_more_than_a_quarter_not_applicable_is_limited(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        result = score(plan, changed(answers, GOV_01=NOT_APPLICABLE), rows)
        assert result.form("gov").na_share == decimal(Fraction(1, 3))
        assert result.form("gov").state == "limited"
        assert result.state == "limited"

    def test_exactly_a_quarter_is_not(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        quarter = replace(plan, na_warn_share=decimal(Fraction(1, 4)))
        # MPL.B weighs 50 of 100 and holds two items: one of them is a quarter of the form.
        result = score(quarter, changed(answers, MPL_03=NOT_APPLICABLE), rows)
        assert result.form("mpl").na_share == Decimal("0.25")
        assert result.form("mpl").state == "final"

    def test_weights_of_sections(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        form = score(plan, answers, rows).form("mpl")
        assert form.sections == {"A": Decimal(3), "B": Decimal("2.5"), "C": Decimal(2)}
        assert form.value == Decimal("2.55")

    def test_weights_of_items(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        gov = plan.forms[0]
        first, second = gov.sections[0].items
        heavy = replace(gov.sections[0], items=(replace(first, weight=Decimal(3)), second))
        changed_plan = replace(
            plan, forms=(replace(gov, sections=(heavy, *gov.sections[1:])), *plan.forms[1:])
        )
        assert score(changed_plan, answers, rows).form("gov").sections["A"] == Decimal("3.25")
        # The light item alone is a quarter of the weight: too little.
        alone = score(changed_plan, changed(answers, GOV_01=None), rows)
        assert alone.form("gov").sections["A"] is None


class TestQuickWins:
    def test_none_makes_the_total_provisional_and_leaves_the_other_weights(
        self, plan: ScoringPlan, answers: Answers
    ) -> None:
        result = score(plan, answers, ())
        document = result.as_json()
        assert document["quick_wins"]["score"] is None
        assert document["quick_wins"]["coverage"] == [0, 6]
        assert result.state == "provisional"
        assert result.total is not None
        expected = (Fraction(50) * Fraction(25, 9) + 20 * Fraction("2.9") + 10 * Fraction("2.55")) / 80
        assert plain(result.total) == plain(decimal(expected))

    def test_a_missing_pillar_counts_as_zero_where_the_instrument_says_so(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        strict = replace(plan, forms=(*plan.forms[:-1], replace(plan.forms[-1], missing="zero")))
        result = score(strict, answers, rows).form("qwn")
        assert result.value == Decimal("1.322916666666666666666666667")
        assert result.coverage == (3, 6)

    def test_zero_for_missing_pillars_does_not_invent_a_score(
        self, plan: ScoringPlan, answers: Answers
    ) -> None:
        strict = replace(plan, forms=(*plan.forms[:-1], replace(plan.forms[-1], missing="zero")))
        assert score(strict, answers, ()).form("qwn").value is None

    def test_a_row_without_its_pillar_is_open(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        lost = (replace(rows[0], group=""), *rows[1:])
        result = score(plan, answers, lost)
        assert result.missing == ("qwn.QWN-REC[1].pilar",)
        assert result.form("qwn").coverage == (2, 6)
        assert result.form("qwn").rows[0].value == 3
        assert result.state == "provisional"

    def test_an_open_criterion_is_named_with_its_row(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        without = {key: state for key, state in answers.items() if key != ("qwn.QWN-REC.QWN-02", "row-3")}
        result = score(plan, without, rows)
        assert result.missing == ("qwn.QWN-REC[3].QWN-02",)
        assert result.form("qwn").state == "provisional"
        assert result.form("qwn").rows[2].value == Decimal("2.285714285714285714285714286")

    def test_a_row_scored_by_less_than_half_has_no_value(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        few = {
            key: state
            for key, state in answers.items()
            if key[1] != "row-1" or key[0] <= "qwn.QWN-REC.QWN-03"
        }
        result = score(plan, few, rows).form("qwn")
        assert result.rows[0].value is None
        assert result.groups["gov"] is None
        assert result.coverage == (2, 6)

    def test_rows_of_another_repeat_do_not_count(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        other = RowState("row-9", "knj.KNJ-TIM", "gov")
        assert score(plan, answers, (other, *rows)) == score(plan, answers, rows)

    def test_without_groups_the_rows_are_averaged(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        flat = replace(plan, forms=(*plan.forms[:-1], replace(plan.forms[-1], group_by="", groups=())))
        ungrouped = tuple(replace(row, group="") for row in rows)
        result = score(flat, answers, ungrouped).form("qwn")
        assert result.value == Decimal("2.5625")
        assert result.state == "final"


class TestTotal:
    def test_nothing_answered(self, plan: ScoringPlan) -> None:
        document = score(plan, {}, ()).as_json()
        assert document["state"] == "provisional"
        assert [document[name] for name in ("total", "rounded", "band", "percent")] == [None] * 4
        assert len(document["missing"]) == 6 * 6 + 10 + 6

    def test_a_pillar_without_a_value_is_left_out_not_zero(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        without = {key: state for key, state in answers.items() if not key[0].startswith("env.")}
        result = score(plan, without, rows)
        assert result.form("env").value is None
        assert result.parts["pillar"].value == decimal((Fraction(50, 3) - Fraction(7, 3)) / 5)
        assert result.parts["pillar"].state == "provisional"
        assert result.state == "provisional"

    def test_a_form_of_which_nothing_is_relevant_does_not_hold_back_the_total(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        hidden = {
            key: replace(state, relevant=False) if key[0].startswith("ksp.") else state
            for key, state in answers.items()
        }
        result = score(plan, hidden, rows)
        assert result.state == "final"
        assert "readiness" not in result.parts
        assert sum(part.weight for part in result.parts.values()) == 1

    def test_a_kind_without_weight_does_not_count(self, plan: ScoringPlan, answers: Answers) -> None:
        only = replace(plan, weights={"pillar": Decimal(7), "readiness": Decimal(0)})
        result = score(only, changed(answers, KSP_01=None), ())
        assert result.total == decimal(Fraction(25, 9))
        assert result.state == "final"

    def test_percent_follows_the_scale(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        of_four = replace(plan, scale_max=4)
        assert score(of_four, answers, rows).percent == Decimal("68.82638888888888888888888889")


class TestViews:
    def test_every_rubric_has_one_result_level(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        levels = score(plan, answers, rows).levels
        assert set(levels) == {"output", "outcome", "impact"}
        assert all(value is not None for value in levels.values())

    def test_a_criterion_of_rows_counts_once_by_its_mean(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        only = replace(plan, forms=plan.forms[-1:])
        assert score(only, answers, rows).levels == {"output": Decimal("2.5625")}

    def test_dimensions_use_the_rubrics_among_their_items(
        self, plan: ScoringPlan, answers: Answers, rows: Rows
    ) -> None:
        dimensions = score(plan, answers, rows).dimensions
        assert dimensions["baseline"] == Decimal(3)
        assert dimensions["quick_win"] == Decimal("2.75")
        assert dimensions["numbers"] is None


class TestJson:
    def test_shape(self, plan: ScoringPlan, answers: Answers, rows: Rows) -> None:
        check = {"code": "K01", "severity": "warning", "questions": ["gov.GOV-01"], "message": "…"}
        document = score(plan, answers, rows).as_json([check])
        assert set(document) >= {
            "state", "total", "rounded", "band", "percent", "forms", "quick_wins", "levels", "dimensions",
            "missing", "checks",
        }  # fmt: skip
        assert document["checks"] == [check]
        assert document["rounded"] == "2.75"

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, None),
            (Decimal("3.5"), "3.50"),
            (Decimal(0), "0.00"),
            (Decimal("0.0000001"), "0.0000001"),
            (Decimal("1E+2"), "100.00"),
            (Decimal("2.340"), "2.34"),
        ],
    )
    def test_decimals_as_text(self, value: Decimal | None, text: str | None) -> None:
        assert plain(value) == text


def test_a_form_that_is_not_scored(plan: ScoringPlan) -> None:
    with pytest.raises(KeyError):
        score(plan, {}, ()).form("knj")


def test_path_in_a_row() -> None:
    assert in_row("qwn.QWN-REC.nama", "qwn.QWN-REC", 2) == "qwn.QWN-REC[2].nama"
