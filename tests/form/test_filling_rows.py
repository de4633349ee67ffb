"""Rows of repeats: lasting ids, positions, nesting, counts, and references in and out."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.errors import AnswerError, NotFoundError
from evaluator.form.filling import Change, Filling, NextRow, Row, Stored

TEAM = {
    "team": {
        "type": "repeat",
        "min_rows": 2,
        "max_rows": 4,
        "questions": {
            "name": "text",
            "days": "integer",
            "cost": {"type": "calculate", "calculation": "if(${days} = '', '', ${days} * 10)"},
            "note": {"type": "text", "relevant": "${days} > 3", "required": True},
        },
    },
    "total": {"type": "calculate", "calculation": "sum(${cost})"},
    "count": {"type": "calculate", "calculation": "count(${team})"},
}


def at(name: str, row: str = "") -> tuple[str, str]:
    return f"f.{name}", row


def value(visit: Filling, name: str, row: str = "") -> Any:
    return visit.state(at(name, row)).value


def team(visit: Filling, *names: str) -> Filling:
    for name in names:
        visit.add_row("f.team", "", name)
        visit.set(at("team.name", name), name.upper())
    return visit


def test_rows_are_added_removed_and_moved_and_keep_their_answers(fill: Any) -> None:
    visit = team(fill(TEAM), "ani", "budi")
    visit.add_row("f.team", "", "citra", 2)
    assert visit.rows("f.team") == ("ani", "citra", "budi")
    assert visit.path_of(at("team.name", "budi")) == "f.team[3].name"
    assert value(visit, "team.name", "budi") == "BUDI"
    assert visit.move_row("budi", 1).rows == ("budi", "ani", "citra")
    assert visit.rows("f.team") == ("budi", "ani", "citra")
    assert visit.row("ani") == Row("ani", "f.team", "", 2)
    change = visit.remove_row("budi")
    assert set(change.rows) == {"budi", "ani", "citra"}
    assert visit.rows("f.team") == ("ani", "citra")
    assert value(visit, "team.name", "ani") == "ANI"
    with pytest.raises(NotFoundError):
        visit.state(at("team.name", "budi"))


def test_a_new_row_tells_of_its_questions(fill: Any) -> None:
    visit = fill(TEAM)
    change = visit.add_row("f.team", "", "ani")
    assert change.rows == ("ani",)
    assert set(change.values) == {at("total"), at("count")}  # the sum of no row is 0, of a blank row blank
    assert {row for _path, row in change.states} == {"ani", ""}
    assert list(visit.keys()) == [
        at("team.name", "ani"),
        at("team.days", "ani"),
        at("team.cost", "ani"),
        at("team.note", "ani"),
        at("total"),
        at("count"),
    ]


def test_a_question_sees_its_own_row_and_the_outside_sees_all(fill: Any) -> None:
    visit = team(fill(TEAM), "ani", "budi")
    assert value(visit, "count") == "2"
    change = visit.set(at("team.days", "ani"), 2)
    assert change.values == (at("team.days", "ani"), at("team.cost", "ani"), at("total"))
    visit.set(at("team.days", "budi"), 5)
    assert value(visit, "total") == "70"
    assert visit.state(at("team.note", "budi")).relevant
    assert not visit.state(at("team.note", "ani")).relevant
    assert visit.required_missing() == (at("team.note", "budi"),)
    assert set(visit.remove_row("budi").values) == {at("total"), at("count")}
    assert value(visit, "total") == "20"


def test_too_few_rows_are_missing_and_too_many_refused(fill: Any) -> None:
    visit = fill(TEAM)
    assert visit.required_missing() == (at("team"),)
    team(visit, "a", "b")
    assert visit.required_missing() == ()
    team(visit, "c", "d")
    with pytest.raises(AnswerError) as refused:
        visit.add_row("f.team", "", "e")
    assert refused.value.code == "row_limit"
    rows = [Row(name, "f.team", "", number) for number, name in enumerate("abcde", 1)]
    opened = fill(TEAM, rows=rows)
    assert "4" in opened.state(at("team")).invalid[0]
    assert opened.invalid_keys() == (at("team"),)


def test_what_is_not_there_is_refused(fill: Any) -> None:
    visit = team(fill(TEAM), "ani")
    with pytest.raises(AnswerError):
        visit.add_row("f.team", "", "ani")
    for call in (
        lambda: visit.add_row("f.total", "", "x"),
        lambda: visit.add_row("f.team", "nobody", "x"),
        lambda: visit.add_row("f.team", "", "x", 3),
        lambda: visit.add_row("f.team", "", "x", 0),
        lambda: visit.move_row("ani", 2),
        lambda: visit.move_row("nobody", 1),
        lambda: visit.remove_row(""),
        lambda: visit.rows("f.total"),
        lambda: visit.set(at("team.name"), "x"),
    ):
        with pytest.raises(NotFoundError):
            call()
    assert visit.rows("f.team") == ("ani",)


def test_paths_name_rows_by_position_or_id(fill: Any) -> None:
    visit = team(fill(TEAM), "ani", "budi")
    assert visit.locate("f.team[2].name") == at("team.name", "budi")
    assert visit.locate("f.team[budi].name") == at("team.name", "budi")
    assert visit.locate("f.team[2]") == at("team", "budi")
    assert visit.locate("f.team") == at("team")
    assert visit.locate(" f.total ") == at("total")
    assert visit.path_of(at("team", "budi")) == "f.team[2]"
    assert visit.path_of(at("team")) == "f.team"
    assert visit.reference_of(at("team", "budi")) == "f.team[budi]"
    assert visit.next_row("f.team[3].name") == NextRow("f.team", "", "name")
    assert visit.next_row("f.team[2].name") is None
    for path in (
        "f.team[3].name", "f.team[0].name", "f.team.name", "f.tea[1].name", "f.team[1].nam", "f.total[1]",
        "f[1].team.name", "f.team[4].name", "f.team[1][1].name", "", "f", "f.team[-1].name", "f.team[1",
    ):  # fmt: skip
        with pytest.raises(NotFoundError):
            visit.locate(path)


def test_opening_puts_rows_in_their_places(fill: Any) -> None:
    rows = [Row("b", "f.team", "", 2), Row("a", "f.team", "", 1), Row("x", "f.gone", "", 1)]
    answers = {at("team.days", "a"): Stored(4), at("team.days", "b"): Stored(1)}
    visit = fill(TEAM, rows=rows, answers=answers)
    assert visit.rows("f.team") == ("a", "b")
    assert visit.state(at("total")).value == "50"
    assert visit.all_rows() == (Row("a", "f.team", "", 1), Row("b", "f.team", "", 2))
    assert set(visit.opening.values) == {
        at("team.cost", "a"), at("team.cost", "b"), at("total"), at("count"),
    }  # fmt: skip


NESTED = {
    "area": {
        "type": "repeat",
        "questions": {
            "factor": "integer",
            "site": {
                "type": "repeat",
                "relevant": "${factor} != 0",
                "questions": {
                    "n": "integer",
                    "weighted": {"type": "calculate", "calculation": "${n} * ${factor}"},
                },
            },
            "sum": {"type": "calculate", "calculation": "sum(${weighted})"},
        },
    },
    "all": {"type": "calculate", "calculation": "sum(${weighted})"},
}


def nested(visit: Filling) -> Filling:
    for area in ("p", "q"):
        visit.add_row("f.area", "", area)
        visit.set(at("area.factor", area), 2 if area == "p" else 3)
        for site in ("1", "2"):
            visit.add_row("f.area.site", area, area + site)
            visit.set(at("area.site.n", area + site), int(site))
    return visit


def test_nested_repeats_see_the_row_around_them(fill: Any) -> None:
    visit = nested(fill(NESTED))
    assert (value(visit, "area.sum", "p"), value(visit, "area.sum", "q"), value(visit, "all")) == (
        "6",
        "9",
        "15",
    )
    change = visit.set(at("area.factor", "q"), 10)
    assert change.values == (
        at("area.factor", "q"),
        at("area.site.weighted", "q1"),
        at("area.site.weighted", "q2"),
        at("area.sum", "q"),
        at("all"),
    )
    assert value(visit, "all") == "36"
    assert visit.path_of(at("area.site.n", "q2")) == "f.area[2].site[2].n"
    assert visit.locate("f.area[2].site[2].n") == at("area.site.n", "q2")
    assert visit.locate("f.area[q].site[q2]") == at("area.site", "q2")
    assert visit.locate("f.area[2].site") == at("area.site", "q")
    assert visit.rows("f.area.site", "q") == ("q1", "q2")
    visit.remove_row("p")
    assert value(visit, "all") == "30"
    assert visit.rows("f.area") == ("q",)
    with pytest.raises(NotFoundError):
        visit.rows("f.area.site", "p")


def test_a_hidden_repeat_hides_its_rows(fill: Any) -> None:
    visit = nested(fill(NESTED))
    change = visit.set(at("area.factor", "p"), 0)
    assert at("area.site.n", "p1") in change.states
    assert visit.state(at("area.site.n", "p1")).status == "not_relevant"
    assert value(visit, "area.sum", "p") == "0"
    visit.set(at("area.factor", "p"), 2)
    assert value(visit, "area.sum", "p") == "6"


def test_a_nested_visit_opens_as_it_was(fill: Any) -> None:
    visit = nested(fill(NESTED))
    again = fill(NESTED, rows=visit.all_rows()[::-1], answers=visit.answers())
    assert again.opening == Change()
    assert list(again.keys()) == list(visit.keys())
    assert [again.state(key) for key in again.keys()] == [visit.state(key) for key in visit.keys()]


def test_positions_follow_inserts_and_moves(fill: Any) -> None:
    visit = fill(
        {
            "r": {
                "type": "repeat",
                "questions": {"x": "integer", "p": {"type": "calculate", "calculation": "position(..)"}},
            }
        }
    )
    visit.add_row("f.r", "", "a")
    visit.add_row("f.r", "", "b")
    change = visit.add_row("f.r", "", "c", 1)
    assert [value(visit, "r.p", row) for row in visit.rows("f.r")] == ["1", "2", "3"]
    assert set(change.values) == {at("r.p", "a"), at("r.p", "b"), at("r.p", "c")}
    visit.move_row("c", 3)
    assert [value(visit, "r.p", row) for row in ("a", "b", "c")] == ["1", "2", "3"]
    visit.remove_row("a")
    assert [value(visit, "r.p", row) for row in ("b", "c")] == ["1", "2"]


def test_another_row_can_be_looked_up(fill: Any) -> None:
    visit = fill(
        {
            "r": {
                "type": "repeat",
                "questions": {
                    "x": "integer",
                    "before": {
                        "type": "calculate",
                        "calculation": "indexed-repeat(${x}, ${r}, position(..) - 1)",
                    },
                },
            },
            "second": {"type": "calculate", "calculation": "indexed-repeat(${x}, ${r}, 2)"},
        }
    )
    for number, row in enumerate("abc", 1):
        visit.add_row("f.r", "", row)
        visit.set(at("r.x", row), number * 10)
    assert [value(visit, "r.before", row) for row in "abc"] == [None, "10", "20"]
    assert value(visit, "second") == "20"
    assert set(visit.set(at("r.x", "b"), 7).values) == {at("r.x", "b"), at("r.before", "c"), at("second")}
    visit.remove_row("a")
    assert [value(visit, "r.before", row) for row in "bc"] == [None, "7"]
    assert value(visit, "second") == "30"


def test_a_count_makes_rows_and_hides_what_is_beyond(fill: Any) -> None:
    ids = iter("abcdefgh")
    questions = {
        "n": "integer",
        "r": {"type": "repeat", "repeat_count": "${n}", "questions": {"x": "integer"}},
        "sum": {"type": "calculate", "calculation": "sum(${x})"},
        "rows": {"type": "calculate", "calculation": "count(${r})"},
    }
    visit = fill(questions, new_row=lambda: next(ids))
    assert visit.rows("f.r") == ()
    assert visit.set(at("n"), 3).rows == ("a", "b", "c")
    for row in "abc":
        visit.set(at("r.x", row), 5)
    assert (value(visit, "sum"), value(visit, "rows")) == ("15", "3")
    change = visit.set(at("n"), 2)
    assert at("r.x", "c") in change.states
    assert visit.state(at("r.x", "c")).status == "not_relevant"
    assert (value(visit, "sum"), value(visit, "rows")) == ("10", "2")
    visit.set(at("n"), 4)
    assert visit.rows("f.r") == ("a", "b", "c", "d")
    assert (value(visit, "sum"), value(visit, "r.x", "c")) == ("15", 5)
    with pytest.raises(AnswerError):
        visit.add_row("f.r", "", "z")
    again = fill(questions, rows=visit.all_rows(), answers=visit.answers(), new_row=lambda: next(ids))
    assert again.opening == Change()
    assert again.rows("f.r") == ("a", "b", "c", "d")


def test_a_default_comes_with_a_row(fill: Any) -> None:
    visit = fill(
        {
            "base": "integer",
            "r": {"type": "repeat", "questions": {"x": {"type": "integer", "default": "${base} + 1"}}},
        },
        answers={at("base"): Stored(4)},
    )
    assert at("r.x", "a") in visit.add_row("f.r", "", "a").values
    assert value(visit, "r.x", "a") == 5
    visit.set(at("base"), 9)
    assert value(visit, "r.x", "a") == 5


def test_the_same_name_in_several_repeats_means_its_own_row(fill: Any) -> None:
    visit = fill(
        {
            "r": {
                "type": "repeat",
                "questions": {"n": "integer", "d": {"type": "calculate", "calculation": "${n} * 2"}},
            },
            "s": {
                "type": "repeat",
                "questions": {"n": "integer", "d": {"type": "calculate", "calculation": "${n} * 3"}},
            },
            "all": {"type": "calculate", "calculation": "sum(${r.n}) + sum(${s.n})"},
        }
    )
    for repeat in "rs":
        visit.add_row(f"f.{repeat}", "", repeat)
        visit.set(at(f"{repeat}.n", repeat), 5)
    assert (value(visit, "r.d", "r"), value(visit, "s.d", "s"), value(visit, "all")) == ("10", "15", "10")


def test_five_hundred_rows_cost_as_little_as_ten(fill: Any) -> None:
    """A change in one row looks at that row and the sums over all, not at the other rows."""
    rows = [Row(f"r{number}", "f.team", "", number) for number in range(1, 501)]
    visit = fill({**TEAM, "team": {**TEAM["team"], "max_rows": None}}, rows=rows)
    change = visit.set(at("team.days", "r250"), 4)
    assert set(change.states) == {
        at("team.days", "r250"), at("team.cost", "r250"), at("team.note", "r250"), at("total"),
    }  # fmt: skip
    assert visit.add_row("f.team", "", "new").rows == ("new",)


def test_a_count_cannot_make_rows_without_end(fill: Any) -> None:
    ids = (str(number) for number in range(100_000))
    inner = {"type": "repeat", "repeat_count": "1000000", "questions": {"x": "integer"}}
    visit = fill(
        {"r": {"type": "repeat", "repeat_count": "100", "questions": {"s": inner}}}, new_row=lambda: next(ids)
    )
    assert len(visit.all_rows()) < 10_001
