"""Consistency checks while a visit is filled, and what keeps an instrument from being compiled."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.errors import DefinitionError
from evaluator.form.definition import Check, Label
from evaluator.form.filling import Filling, Stored
from evaluator.form.program import compile_program, program_faults


def at(name: str, row: str = "") -> tuple[str, str]:
    return f"f.{name}", row


def check(code: str, fail_when: str, **fields: Any) -> Check:
    message = fields.pop("message", f"Periksa {code}")
    return Check(code, "warning", Label({"id": message}), fail_when=fail_when, **fields)


def failed(visit: Filling) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return [(found.check.code, found.questions) for found in visit.failed_checks()]


def test_a_check_fails_where_its_expression_is_true(fill: Any) -> None:
    visit = fill(
        {"level": "rubric", "share": "percent"},
        checks=(
            check("K11", "${f.level} >= 4 and ${f.share} <= 60", message="Nilai ${f.level} pada ${f.share}%"),
        ),
    )
    assert failed(visit) == []
    visit.set(at("level"), 4)
    visit.set(at("share"), "50.5")
    assert failed(visit) == [("K11", (at("level"), at("share")))]
    assert visit.failed_checks()[0].message == "Nilai 4 pada 50,5%"
    visit.set(at("share"), "61")
    assert failed(visit) == []


def test_a_check_over_rows_points_to_the_row(fill: Any) -> None:
    visit = fill(
        {"r": {"type": "repeat", "questions": {"n": "integer", "users": "integer"}}},
        checks=(check("K01", "${n} > ${users}", each="f.r", questions=("f.r.n",)),),
    )
    for row, (n, users) in {"a": (5, 3), "b": (1, 3), "c": (9, 3)}.items():
        visit.add_row("f.r", "", row)
        visit.set(at("r.n", row), n)
        visit.set(at("r.users", row), users)
    assert failed(visit) == [("K01", (at("r.n", "a"),)), ("K01", (at("r.n", "c"),))]
    visit.move_row("c", 1)
    assert failed(visit) == [("K01", (at("r.n", "c"),)), ("K01", (at("r.n", "a"),))]
    visit.remove_row("a")
    assert failed(visit) == [("K01", (at("r.n", "c"),))]


def test_a_check_over_sections_sees_their_rubrics(fill: Any) -> None:
    pieces = {"gov.a": 0, "gov.b": 0, "gov.c": 0}
    visit = fill(
        forms={
            "gov": ("pillar", {"A": {"a": "rubric", "b": "rubric", "n": "integer"}, "B": {"c": "rubric"}})
        },
        checks=(
            check(
                "K03",
                "sum(${q}) div count-non-empty(${q}) >= 3 and evidence-count(${q}) = 0",
                each="section",
            ),
        ),
        evidence_count=lambda key: pieces[key[0]],
    )
    visit.set(("gov.a", ""), 5)
    assert failed(visit) == [("K03", (("gov.a", ""), ("gov.b", "")))]
    visit.set(("gov.b", ""), 0)
    assert failed(visit) == []
    visit.set(("gov.c", ""), 3)
    assert failed(visit) == [("K03", (("gov.c", ""),))]
    pieces["gov.c"] = 1
    visit.refresh(("gov.c", ""))
    assert failed(visit) == []


def test_a_check_over_rubrics_sees_each_one(fill: Any) -> None:
    notes: dict[str, str] = {}
    own = {"f.a": 1, "f.r.b": 5}
    difference = "(self(${q}) - ${q} >= 2 or ${q} - self(${q}) >= 2) and note(${q}) = ''"
    visit = fill(
        {"a": "rubric", "n": "integer", "r": {"type": "repeat", "questions": {"b": "rubric"}}},
        checks=(check("K07", difference, each="rubric", on="finalise"),),
        self_value=lambda key: own.get(key[0]),
        note=lambda key: notes.get(key[0], ""),
    )
    visit.add_row("f.r", "", "x")
    visit.set(at("a"), 4)
    visit.set(at("r.b", "x"), 4)
    assert failed(visit) == [("K07", (at("a"),))]
    notes["f.a"] = "Bukti baru"
    visit.refresh(at("a"))
    assert failed(visit) == []


def test_a_hidden_answer_is_not_checked(fill: Any) -> None:
    visit = fill(
        {"y": "yesno", "n": {"type": "integer", "relevant": "${y} = 'ya'"}, "r": "rubric"},
        checks=(check("K12", "${f.n} = 0 and ${f.r} >= 3"),),
        answers={at("y"): Stored("ya"), at("n"): Stored(0), at("r"): Stored(4)},
    )
    assert failed(visit) == [("K12", (at("n"), at("r")))]
    visit.set(at("y"), "tidak")
    assert failed(visit) == []


def test_a_circle_is_printed_as_a_path(build: Any) -> None:
    with pytest.raises(DefinitionError, match=r"f\.a -> f\.b -> f\.c -> f\.a"):
        compile_program(
            build(
                {
                    "a": {"type": "integer", "relevant": "${b} = 1"},
                    "b": {"type": "integer", "relevant": "${c} = 1"},
                    "c": {"type": "calculate", "calculation": "${a} + 1"},
                    "d": {"type": "integer", "relevant": "${c} = 1"},
                }
            )
        )


@pytest.mark.parametrize(
    ("questions", "path"),
    [
        ({"a": {"type": "calculate", "calculation": "${a} + 1"}}, "f.a -> f.a"),
        (
            {"g": {"type": "group", "relevant": "${x} = 1", "questions": {"x": "integer"}}},
            "f.g -> f.g.x -> f.g",
        ),
        (
            {"r": {"type": "repeat", "repeat_count": "count(${x})", "questions": {"x": "integer"}}},
            "f.r -> f.r.x -> f.r",
        ),
    ],
)
def test_every_kind_of_circle_is_found(build: Any, questions: Any, path: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        compile_program(build(questions))
    assert refused.value.code == "circle"
    assert path in refused.value.message


def test_a_circle_of_thousands_is_found_without_recursion(build: Any) -> None:
    count = 3000
    questions = {
        f"q{number}": {"type": "integer", "relevant": f"${{q{(number + 1) % count}}} = 1"}
        for number in range(count)
    }
    with pytest.raises(DefinitionError) as refused:
        compile_program(build(questions))
    assert refused.value.code == "circle"


def test_what_runs_once_may_look_in_a_circle(fill: Any) -> None:
    visit = fill(
        {
            "a": {"type": "integer", "default": "coalesce(${b}, 1)"},
            "b": {"type": "integer", "default": "coalesce(${a}, 2)"},
            "t": {"type": "integer", "trigger": ("a",), "calculation": "coalesce(${t}, 0) + 1"},
        }
    )
    for number in range(3):
        visit.set(at("a"), 10 + number)
    assert visit.state(at("t")).value == 3


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"relevant": "${nothing} = 1"}, "relevant", "reference_unknown"),
        ({"relevant": "${x} = 1"}, "relevant", "reference_ambiguous"),
        ({"constraints": (". > 1", "frobnicate(.)")}, "constraints[1]", "function_unknown"),
        ({"required": "1 +"}, "required", ""),
        ({"label": {"id": "Tentang ${nothing}"}}, "label", "reference_unknown"),
        ({"default": "many"}, "default", "value_not_readable"),
        ({"trigger": ("nothing",), "calculation": "1"}, "trigger[0]", "reference_unknown"),
    ],
)
def test_every_fault_names_its_question_and_field(build: Any, fields: Any, field: str, code: str) -> None:
    rows = {"type": "repeat", "questions": {"x": "integer"}}
    instrument = build({"a": {"type": "integer", **fields}, "r": rows, "s": rows})
    (fault,) = program_faults(instrument)
    assert (fault.path, fault.field) == ("f.a", field)
    assert not code or fault.error.code == code
    with pytest.raises(DefinitionError, match=r"f\.a"):
        compile_program(instrument)


def test_all_faults_are_found_at_once(build: Any) -> None:
    instrument = build(
        {
            "a": {"type": "integer", "relevant": "1 +", "required": "${no}"},
            "b": {"type": "item", "of": ("f.no",)},
        },
        checks=(check("K1", "${f.no} = 1"), check("K2", "1 = 1", each="nothing")),
    )
    assert [(fault.path, fault.field) for fault in program_faults(instrument)] == [
        ("f.a", "relevant"), ("f.a", "required"), ("f.b", "of[0]"),
        ("check[0]", "fail_when"), ("check[1]", "fail_when"),
    ]  # fmt: skip


def test_a_program_is_compiled_once(build: Any) -> None:
    instrument = build({"a": "integer"})
    assert compile_program(instrument) is compile_program(instrument)
    assert compile_program(build({"a": "integer"})) is not compile_program(instrument)
