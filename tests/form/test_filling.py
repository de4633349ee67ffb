"""One visit being filled: answers, statuses, relevance, judgements, and what each change tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from evaluator.errors import AnswerError, NotFoundError
from evaluator.form.definition import Constraint, Label, NaReason
from evaluator.form.filling import Change, Filling, Stored

REASONS = (
    NaReason("geografis", Label({"id": "Tidak relevan"})),
    NaReason("taksempat", Label({"id": "Tidak sempat"}), open=True),
)


def key(name: str, row: str = "") -> tuple[str, str]:
    return f"f.{name}", row


def value(visit: Filling, name: str) -> Any:
    return visit.state(key(name)).value


def test_an_empty_visit_is_unanswered(fill: Any) -> None:
    visit = fill({"a": "integer", "b": "text"})
    state = visit.state(key("a"))
    assert (state.value, state.status, state.relevant, state.na) == (None, "unanswered", True, "")
    assert visit.opening == Change()
    assert list(visit.keys()) == [key("a"), key("b")]


def test_an_answer_tells_exactly_what_changed(fill: Any) -> None:
    visit = fill({"a": "integer", "b": "integer"})
    assert visit.set(key("a"), 3) == Change(values=(key("a"),), states=(key("a"),))
    assert visit.state(key("a")).status == "answered"
    assert visit.set(key("a"), 3) == Change()
    assert visit.set(key("a"), None) == Change(values=(key("a"),), states=(key("a"),))
    assert visit.state(key("a")).status == "unanswered"


def test_not_applicable_is_neither_answered_nor_zero(fill: Any) -> None:
    visit = fill({"a": "integer", "n": {"type": "calculate", "calculation": "na(${a})"}}, na_reasons=REASONS)
    assert value(visit, "n") == "false"
    change = visit.set(key("a"), None, na="geografis")
    assert change.values == (key("a"), key("n"))
    assert visit.state(key("a")).status == "na"
    assert visit.state(key("a")).na == "geografis"
    assert value(visit, "n") == "true"
    assert visit.evaluate("${f.a} = ''") is True
    with pytest.raises(AnswerError) as refused:
        visit.set(key("a"), None, na="malas")
    assert refused.value.code == "na_reason_unknown"


def test_what_takes_no_answer_is_refused(fill: Any) -> None:
    visit = fill(
        {
            "n": "note",
            "g": {"type": "group", "questions": {"x": "text"}},
            "c": {"type": "calculate", "calculation": "1"},
            "t": {"type": "integer", "calculation": "2"},
        }
    )
    for name in ("n", "g", "c", "t"):
        with pytest.raises(AnswerError) as refused:
            visit.set(key(name), 1)
        assert refused.value.code == "not_answerable"
    with pytest.raises(NotFoundError):
        visit.set(key("nothing"), 1)
    assert visit.state(key("t")).read_only
    assert list(visit.keys()) == [key("g.x"), key("c"), key("t")]


def test_a_hidden_answer_is_kept_and_counts_as_blank(fill: Any) -> None:
    visit = fill(
        {
            "a": "yesno",
            "b": {"type": "integer", "relevant": "${a} = 'ya'"},
            "c": {"type": "calculate", "calculation": "coalesce(${b}, 'kosong')"},
        }
    )
    visit.set(key("a"), "ya")
    visit.set(key("b"), 7)
    assert value(visit, "c") == "7"
    change = visit.set(key("a"), "tidak")
    assert change.values == (key("a"), key("c"))
    assert set(change.states) == {key("a"), key("b"), key("c")}
    state = visit.state(key("b"))
    assert (state.value, state.status, state.relevant) == (7, "not_relevant", False)
    assert value(visit, "c") == "kosong"
    visit.set(key("a"), "ya")
    assert visit.state(key("b")).status == "answered"
    assert value(visit, "c") == "7"


def test_an_answer_given_while_hidden_waits(fill: Any) -> None:
    visit = fill({"a": "integer", "b": {"type": "integer", "relevant": "${a} > 1"}})
    change = visit.set(key("b"), 5)
    assert change.values == (key("b"),)
    assert visit.state(key("b")).status == "not_relevant"
    visit.set(key("a"), 2)
    assert visit.state(key("b")).status == "answered"


def test_sections_groups_and_nested_groups_hand_relevance_down(fill: Any) -> None:
    visit = fill(
        forms={
            "f": (
                "visit",
                {
                    "A": {"a": "integer"},
                    "B": {
                        "relevant": "${a} > 0",
                        "questions": {
                            "g": {
                                "type": "group",
                                "relevant": "${a} > 1",
                                "questions": {"h": {"type": "group", "questions": {"x": "integer"}}},
                            },
                            "y": "integer",
                        },
                    },
                },
            )
        }
    )

    def shown() -> list[str]:
        return [path for path, _row in visit.keys() if visit.state((path, "")).relevant]

    assert shown() == ["f.a"]
    visit.set(key("a"), 1)
    assert shown() == ["f.a", "f.y"]
    change = visit.set(key("a"), 2)
    assert shown() == ["f.a", "f.g.h.x", "f.y"]
    assert set(change.states) == {key("a"), key("g"), key("g.h"), key("g.h.x")}
    assert list(visit.keys("f", "B")) == [key("g.h.x"), key("y")]
    assert list(visit.keys(section="f.A")) == [key("a")]
    assert list(visit.keys("g")) == []


def test_a_chain_of_five_thousand_is_followed_without_recursion(fill: Any) -> None:
    count = 5000
    questions: dict[str, Any] = {"q0": "integer"}
    for number in range(1, count):
        questions[f"q{number}"] = {"type": "integer", "relevant": f"${{q{number - 1}}} = 1"}
    answers = {key(name): Stored(1) for name in questions}
    visit = fill(questions, answers=answers)
    assert visit.state(key(f"q{count - 1}")).relevant
    change = visit.set(key("q0"), None)
    assert len(change.states) == count
    assert not visit.state(key(f"q{count - 1}")).relevant
    visit.set(key("q0"), 1)
    assert visit.state(key(f"q{count - 1}")).status == "answered"


def test_forms_of_a_visit_look_at_each_other(fill: Any) -> None:
    visit = fill(
        forms={
            "ksp": ("readiness", {"A": {"n": "integer"}}),
            "gov": ("pillar", {"A": {"n": {"type": "integer", "relevant": "${ksp.n} > 3"}}}),
        }
    )
    visit.set(("ksp.n", ""), 4)
    assert visit.state(("gov.n", "")).relevant
    assert list(visit.keys("gov")) == [("gov.n", "")]


def test_every_broken_constraint_has_its_own_message(fill: Any) -> None:
    even = Constraint(". mod 2 = 0", Label({"id": "Harus genap", "en": "Must be even"}))
    small = Constraint(". < ${limit}", Label({"id": "Terlalu besar"}))
    odd = Constraint(". != 8", Label({"id": "Delapan itu jarang"}), severity="warning")
    visit = fill({"limit": "integer", "a": {"type": "integer", "constraints": (even, small, odd)}})
    visit.set(key("limit"), 5)
    assert visit.state(key("a")).invalid == ()
    visit.set(key("a"), 7)
    assert visit.state(key("a")).invalid == ("Harus genap", "Terlalu besar")
    assert visit.state(key("a")).status == "answered"
    assert visit.invalid_keys() == (key("a"),)
    change = visit.set(key("limit"), 10)
    assert change == Change(values=(key("limit"),), states=(key("limit"), key("a")))
    assert visit.state(key("a")).invalid == ("Harus genap",)
    visit.set(key("a"), 8)
    assert visit.state(key("a")).invalid == ()
    assert visit.state(key("a")).warnings == ("Delapan itu jarang",)
    assert visit.invalid_keys() == ()


def test_bounds_have_a_message_of_their_own(fill: Any) -> None:
    visit = fill({"a": {"type": "decimal", "min": Decimal("0.5"), "max": Decimal(1000)}})
    for given, broken in (("0.5", 0), ("1000", 0), ("0.4", 1), ("1000.1", 1)):
        visit.set(key("a"), given)
        assert len(visit.state(key("a")).invalid) == broken
    assert "1.000" in visit.state(key("a")).invalid[0]


def test_a_hidden_or_blank_answer_is_not_judged(fill: Any) -> None:
    visit = fill(
        {
            "a": "integer",
            "b": {"type": "integer", "relevant": "${a} = 1", "constraints": ". > 5", "required": True},
        },
        na_reasons=REASONS,
        answers={key("a"): Stored(1), key("b"): Stored(2)},
    )
    assert visit.state(key("b")).invalid
    visit.set(key("b"), None, na="geografis")
    assert not visit.state(key("b")).invalid
    visit.set(key("b"), 2)
    visit.set(key("a"), 0)
    state = visit.state(key("b"))
    assert not state.invalid
    assert not state.required


def test_special_values_stand_outside_the_bounds_and_expressions(fill: Any) -> None:
    visit = fill(
        {
            "a": {"type": "decimal", "min": Decimal(1), "max": Decimal(4), "special": ["9"]},
            "m": {"type": "calculate", "calculation": "if(${a} = '', 'kosong', ${a})"},
        }
    )
    visit.set(key("a"), "9")
    state = visit.state(key("a"))
    assert (state.status, state.invalid) == ("special", ())
    assert value(visit, "m") == "kosong"
    visit.set(key("a"), "3.5")
    assert visit.state(key("a")).status == "answered"
    assert value(visit, "m") == "3.5"


def test_required_and_read_only_follow_their_expressions(fill: Any) -> None:
    visit = fill(
        {
            "level": "rubric",
            "n": {"type": "integer", "required": "${level} >= 3", "read_only": "${level} = 5"},
            "always": {"type": "text", "required": True},
        },
        na_reasons=REASONS,
    )
    assert visit.required_missing() == (key("level"), key("always"))
    change = visit.set(key("level"), 3)
    assert change.states == (key("level"), key("n"))
    assert visit.state(key("n")).required
    assert visit.required_missing() == (key("n"), key("always"))
    visit.set(key("n"), None, na="geografis")
    assert visit.required_missing() == (key("always"),)
    visit.set(key("n"), None, na="taksempat")
    assert visit.required_missing() == (key("n"), key("always"))
    visit.set(key("level"), 5)
    assert visit.state(key("n")).read_only
    visit.set(key("level"), None, na="geografis")
    visit.set(key("always"), "ada")
    assert visit.required_missing() == ()
    visit.set(key("level"), None, na="taksempat")
    assert visit.required_missing() == (key("level"),)


def test_calculations_are_stored_in_the_shape_of_their_type(fill: Any) -> None:
    visit = fill(
        {
            "a": "decimal",
            "text": {"type": "calculate", "calculation": "${a} * 2"},
            "whole": {"type": "integer", "calculation": "${a} * 2"},
            "exact": {"type": "decimal", "calculation": "${a} div 4"},
            "day": {"type": "date", "calculation": "date('2026-11-21') + ${a}"},
            "truth": {"type": "calculate", "calculation": "${a} > 1"},
            "again": {"type": "calculate", "calculation": "if(${truth}, 'benar', 'salah')"},
        }
    )
    assert value(visit, "text") is None
    visit.set(key("a"), "2.5")
    shown = {name: value(visit, name) for name in ("text", "whole", "exact", "day", "truth", "again")}
    assert shown == {
        "text": "5", "whole": 5, "exact": "0.625", "day": "2026-11-23", "truth": "true", "again": "benar",
    }  # fmt: skip
    visit.set(key("a"), "0")
    assert value(visit, "again") == "salah"


def test_nan_is_shown_as_blank_and_stays_nan(fill: Any) -> None:
    visit = fill(
        {
            "a": "integer",
            "r": {"type": "calculate", "calculation": "${a} div 0 * 0"},
            "m": {"type": "calculate", "calculation": "if(${r} = '', 'kosong', 'ada')"},
        }
    )
    visit.set(key("a"), 1)
    assert visit.state(key("r")).status == "unanswered"
    assert value(visit, "m") == "ada"


def test_a_change_stops_where_nothing_changes(fill: Any) -> None:
    visit = fill(
        {
            "a": "integer",
            "big": {"type": "calculate", "calculation": "${a} > 100"},
            "after": {"type": "calculate", "calculation": "concat(${big}, '!')"},
        }
    )
    assert visit.set(key("a"), 5).values == (key("a"),)
    assert visit.set(key("a"), 500).values == (key("a"), key("big"), key("after"))


def test_defaults_come_once(fill: Any) -> None:
    questions = {
        "a": {"type": "integer", "default": "3"},
        "b": {"type": "integer", "relevant": "${a} = 1", "default": "${a} + 10"},
        "day": {"type": "date", "default": "today()"},
        "several": {"type": "select_multiple", "choices": "c", "default": "y x"},
    }
    visit = fill(questions, choices={"c": ["x", "y"]})
    assert set(visit.opening.values) == {key("a"), key("day"), key("several")}
    assert (value(visit, "a"), value(visit, "b")) == (3, None)
    assert (value(visit, "day"), value(visit, "several")) == ("2026-11-21", ["x", "y"])
    assert visit.set(key("a"), 1).values == (key("a"), key("b"))
    assert value(visit, "b") == 11
    visit.set(key("b"), None)
    visit.set(key("a"), 0)
    visit.set(key("a"), 1)
    assert value(visit, "b") is None
    again = fill(questions, choices={"c": ["x", "y"]}, answers=visit.answers())
    assert again.opening == Change()
    assert again.answers() == visit.answers()


def test_a_trigger_runs_a_calculation_when_it_changes_and_only_then(fill: Any) -> None:
    visit = fill(
        {
            "a": "integer",
            "b": "integer",
            "t": {"type": "integer", "trigger": ("${a}",), "calculation": "${b} * 2"},
        }
    )
    visit.set(key("b"), 4)
    assert value(visit, "t") is None
    visit.set(key("a"), 1)
    assert value(visit, "t") == 8
    visit.set(key("b"), 5)
    assert value(visit, "t") == 8
    visit.set(key("t"), 99)
    assert value(visit, "t") == 99
    visit.set(key("a"), 2)
    assert value(visit, "t") == 10
    visit.set(key("t"), 99)
    again = fill(
        {
            "a": "integer",
            "b": "integer",
            "t": {"type": "integer", "trigger": ("a",), "calculation": "${b} * 2"},
        },
        answers=visit.answers(),
    )
    assert value(again, "t") == 99


def test_a_trigger_passes_a_hidden_question_by(fill: Any) -> None:
    visit = fill(
        {
            "show": "yesno",
            "a": "integer",
            "t": {
                "type": "integer",
                "relevant": "${show} = 'ya'",
                "trigger": ("a",),
                "calculation": "${a} * 2",
            },
        },
        answers={key("show"): Stored("ya"), key("t"): Stored(7)},
    )
    visit.set(key("show"), "tidak")
    visit.set(key("a"), 1)
    visit.set(key("show"), "ya")
    assert value(visit, "t") == 7
    visit.set(key("a"), 2)
    assert value(visit, "t") == 4


def test_an_identifier_of_impossible_length_is_blank(fill: Any) -> None:
    visit = fill({"a": "integer", "u": {"type": "calculate", "calculation": "uuid(${a})"}})
    assert value(visit, "u") is None
    visit.set(key("a"), 8)
    assert len(value(visit, "u")) == 8
    visit.set(key("a"), -1)
    assert value(visit, "u") is None


def test_once_and_now_keep_what_was_there(fill: Any) -> None:
    moments = iter(datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 28))
    visit = fill(
        {"a": "integer", "since": {"type": "calculate", "calculation": "once(concat(${a}, now()))"}},
        now=lambda: next(moments),
    )
    first = value(visit, "since")
    visit.set(key("a"), 1)
    assert value(visit, "since") == first
    again = fill(
        {"a": "integer", "since": {"type": "calculate", "calculation": "once(concat(${a}, now()))"}},
        answers=visit.answers(),
    )
    assert again.state(key("since")).value == first


def test_attachments_notes_and_self_assessment_are_looked_up(fill: Any) -> None:
    pieces = {"f.a": 0, "f.e": 0}
    notes = {"f.a": ""}
    visit = fill(
        {
            "a": "rubric",
            "e": "evidence",
            "c": {
                "type": "calculate",
                "calculation": "concat(evidence-count(${a}), '/', note(${a}), '/', self(${a}))",
            },
        },
        evidence_count=lambda found: pieces[found[0]],
        note=lambda found: notes[found[0]],
        self_value=lambda _found: 4,
    )
    assert value(visit, "c") == "0//4"
    pieces["f.a"], notes["f.a"] = 2, "lihat"
    assert visit.refresh(key("a")).values == (key("c"),)
    assert value(visit, "c") == "2/lihat/4"
    pieces["f.e"] = 1
    assert visit.refresh(key("e")) == Change(states=(key("e"),))
    assert visit.state(key("e")).status == "answered"


def test_labels_show_answers(fill: Any) -> None:
    visit = fill(
        {
            "name": "text",
            "kind": {"type": "select_one", "choices": "c"},
            "q": {
                "type": "text",
                "label": {"id": "Kapan ${name} (${kind}) dikunjungi?", "en": "When ${name}?"},
            },
        },
        choices={"c": ["kota"]},
    )
    assert visit.label_text(key("q")) == "Kapan … (…) dikunjungi?"
    assert visit.set(key("name"), "Tenggarong").labels == (key("q"),)
    visit.set(key("kind"), "kota")
    assert visit.label_text(key("q")) == "Kapan Tenggarong (KOTA) dikunjungi?"
    assert visit.label_text(key("q"), "en") == "When Tenggarong?"
    assert visit.shown(key("kind")) == "KOTA"


def test_answers_without_a_place_are_listed_and_left_out(fill: Any) -> None:
    stray = {("f.gone", ""): Stored(1), ("f.a", "row"): Stored(1), ("f.a", ""): Stored(2)}
    visit = fill({"a": "integer"}, answers=stray)
    assert visit.unknown == (("f.gone", ""), ("f.a", "row"))
    assert value(visit, "a") == 2


def test_reading_gives_canonical_values(fill: Any) -> None:
    visit = fill(
        {"a": "decimal", "r": "rubric", "y": "yesno", "c": {"type": "calculate", "calculation": "1"}}
    )
    assert visit.read(key("a"), "2.50") == "2.5"
    assert visit.read(key("r"), 5) == 5
    assert visit.read(key("y"), True) == "ya"
    for name, raw in (("r", 6), ("y", "mungkin"), ("a", "x"), ("c", 1)):
        with pytest.raises(AnswerError):
            visit.read(key(name), raw)


def test_expressions_can_be_asked_of_a_visit(fill: Any) -> None:
    visit = fill({"a": "integer", "b": "integer"}, answers={key("a"): Stored(4)})
    assert visit.evaluate("${f.a} + 1") == 5
    assert visit.evaluate("${a} + 1", key("b")) == 5
    assert visit.evaluate(". = 4", key("a")) is True


def test_a_hidden_question_knows_that_it_is_read_only(fill: Any) -> None:
    visit = fill({"a": "integer", "b": {"type": "integer", "relevant": "${a} = 1", "read_only": True}})
    assert visit.state(key("b")).read_only
    assert not visit.state(key("a")).read_only


def test_a_form_cannot_make_answers_without_end(fill: Any) -> None:
    doubled: dict[str, Any] = {"q0": "text"}
    for number in range(1, 40):
        source = f"${{q{number - 1}}}"
        doubled[f"q{number}"] = {"type": "calculate", "calculation": f"concat({source}, {source})"}
    visit = fill(doubled)
    visit.set(key("q0"), "panjang")
    assert len(value(visit, "q13")) == 7 * 2**13
    assert value(visit, "q39") is None
    power = fill({"n": {"type": "integer", "calculation": "pow(10, 300)"}})
    assert value(power, "n") is None


@pytest.mark.parametrize("zone", [timezone(timedelta(hours=8)), timezone(timedelta(hours=-8))])
@pytest.mark.parametrize("type_", ["date", "datetime"])
def test_a_calculated_date_beyond_the_calendar_is_blank(fill: Any, zone: timezone, type_: str) -> None:
    edges = ("date-time('9999-12-31T23:59:59Z')", "date-time('0001-01-01T00:00:00Z')", "pow(10, 300)", "'x'")
    for edge in edges:
        visit = fill({"c": {"type": type_, "calculation": edge}}, zone=zone)
        assert value(visit, "c") is None or value(visit, "c")[:4] in ("9999", "0001")
