"""Laws of filling, on forms and edits made up by Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from evaluator.errors import DefinitionError
from evaluator.form.definition import (
    EMPTY,
    Choice,
    Constraint,
    Form,
    Instrument,
    Label,
    NaReason,
    Question,
    Section,
)
from evaluator.form.filling import Change, Environment, Filling, Key, State
from evaluator.form.program import compile_program

FAST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REASONS = (NaReason("geografis", Label({"id": "Tidak relevan"})),)
CHOICES = tuple(Choice(value, EMPTY, columns={"of": str(index % 2)}) for index, value in enumerate("xyz"))
TYPES = ("integer", "integer", "text", "select_one", "calculate")


@st.composite
def expressions(draw: st.DrawFn, names: Sequence[str]) -> str:
    """A condition over some of the names."""
    left = draw(st.sampled_from(names))
    right = draw(st.sampled_from(names))
    return draw(
        st.sampled_from(
            (
                f"${{{left}}} > 1",
                f"${{{left}}} != ''",
                f"not(na(${{{left}}}))",
                f"${{{left}}} = 1 or ${{{right}}} = 2",
                f"count(${{{left}}}) > 0 and ${{{right}}} < 3",
                f"string-length(${{{left}}}) < 2",
            )
        )
    )


@st.composite
def questions(
    draw: st.DrawFn, prefix: str, parent: str, repeats: tuple[str, ...], before: Sequence[str], count: int
) -> tuple[Question, ...]:
    """Questions that look only at names before them, so that no form is refused."""
    found: list[Question] = []
    names = list(before)
    for number in range(count):
        name = f"{prefix}{number}"
        type_ = draw(st.sampled_from(TYPES))
        fields: dict[str, Any] = {}
        if names and draw(st.booleans()):
            fields["relevant"] = draw(expressions(names))
        if names and draw(st.booleans()):
            fields["required"] = draw(expressions(names))
        if names and type_ == "select_one":
            fields["choice_filter"] = f"of = ${{{draw(st.sampled_from(names))}}} mod 2"
        if type_ == "calculate":
            source = draw(st.sampled_from(names)) if names else ""
            fields["calculation"] = (
                draw(st.sampled_from((f"concat('<', ${{{source}}}, '>')", f"sum(${{{source}}}) + 1")))
                if source
                else "1 + 1"
            )
        elif names and draw(st.booleans()):
            condition = f". != 1 or {draw(expressions(names))}"
            fields["constraints"] = (Constraint(condition, Label({"id": name})),)
        question = Question(
            name,
            f"{parent}.{name}",
            "f",
            "A",
            type_,
            EMPTY,
            repeats=repeats,
            choices="c" if type_ == "select_one" else "",
            **fields,
        )
        found.append(question)
        names.append(name)
    return tuple(found)


class Made:
    """A compiled form that prints as a person would note it down."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.program = compile_program(instrument)

    def __repr__(self) -> str:
        lines = []
        for question in self.instrument.walk():
            parts = (question.relevant, question.required, question.calculation, question.choice_filter)
            tests = (constraint.expression for constraint in question.constraints)
            lines.append(f"{question.path} {question.type} {[*parts, *tests]}")
        return "\n".join(lines)


@st.composite
def forms(draw: st.DrawFn) -> Made:
    """Questions, a repeat that sees them, and questions that see its rows."""
    first = draw(questions("a", "f", (), (), draw(st.integers(1, 5))))
    names = [question.name for question in first]
    inside = draw(questions("r", "f.rep", ("f.rep",), names, draw(st.integers(1, 4))))
    relevant = draw(st.sampled_from(("", f"${{{names[0]}}} != 2")))
    repeat = Question("rep", "f.rep", "f", "A", "repeat", EMPTY, relevant=relevant, questions=inside)
    seen = [*names, *(question.name for question in inside), "rep"]
    last = draw(questions("z", "f", (), seen, draw(st.integers(0, 4))))
    section = Section("A", "f.A", EMPTY, questions=(*first, repeat, *last))
    instrument = Instrument(
        "i",
        "1",
        EMPTY,
        EMPTY,
        ("id",),
        (Form("f", "visit", EMPTY, (section,)),),
        na_reasons=REASONS,
        choices={"c": CHOICES},
    )
    return Made(instrument)


Edit = tuple[int, int, int]
EDITS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40), st.integers(0, 5)), min_size=1, max_size=14)
VALUES = {
    "integer": (None, 0, 1, 2, 3, 7),
    "text": (None, "1", "2", "ab", "é", ""),
    "select_one": (None, *"xyzxy"),
}


def opened(made: Made, like: Filling | None = None) -> Filling:
    return Filling(
        made.program,
        answers=like.answers() if like else None,
        rows=like.all_rows() if like else (),
        environment=Environment(now=lambda: datetime(2026, 11, 21, tzinfo=UTC)),
    )


def given_keys(visit: Filling) -> list[Key]:
    return [key for key in visit.keys() if visit.question(key).type != "calculate"]


def apply(visit: Filling, edit: Edit, step: int) -> Any:
    """One edit: mostly an answer, sometimes N/A, sometimes a row that comes, goes or moves."""
    kind, which, what = edit
    rows = visit.rows("f.rep")
    if kind == 0 or (kind < 4 and not rows):
        return visit.add_row("f.rep", "", f"row{step}", which % (len(rows) + 1) + 1)
    if kind == 1:
        return visit.remove_row(rows[which % len(rows)])
    if kind == 2:
        return visit.move_row(rows[which % len(rows)], what % len(rows) + 1)
    keys = given_keys(visit)
    if not keys:
        return Change()
    key = keys[which % len(keys)]
    if kind == 3:
        return visit.set(key, None, na="geografis")
    return visit.set(key, VALUES[visit.question(key).type][what] or None)


def states(visit: Filling) -> dict[Key, State]:
    return {key: visit.state(key) for key in visit.keys()}


def counting(visit: Filling) -> dict[Key, State]:
    """The states without what hidden calculations last gave, which is kept and counts for nothing."""
    return {
        key: replace(state, value=None) if not state.relevant and state.read_only else state
        for key, state in states(visit).items()
    }


@FAST
@given(forms(), EDITS)
def test_a_change_leads_where_working_everything_out_leads(made: Made, edits: list[Edit]) -> None:
    visit = opened(made)
    for step, edit in enumerate(edits):
        apply(visit, edit, step)
    again = opened(made, visit)
    assert states(again) == states(visit)
    assert list(again.keys()) == list(visit.keys())
    assert again.required_missing() == visit.required_missing()
    assert again.opening.values == ()


@FAST
@given(forms(), EDITS)
def test_a_change_tells_exactly_what_is_different(made: Made, edits: list[Edit]) -> None:
    visit = opened(made)
    for step, edit in enumerate(edits):
        before, rows = states(visit), visit.rows("f.rep")
        change = apply(visit, edit, step)
        after = states(visit)
        told = {key for key in change.states if key in after and key[0] != "f.rep"}
        assert told == {key for key, state in after.items() if before.get(key) != state}
        values = {key for key, state in after.items() if key in before and before[key].value != state.value}
        nas = {key for key, state in after.items() if key in before and before[key].na != state.na}
        assert {key for key in change.values if key in before} == values | nas
        places = dict(zip(rows, range(len(rows)), strict=True))
        new_places = {row: place for place, row in enumerate(visit.rows("f.rep"))}
        moved = {row for row in places | new_places if places.get(row) != new_places.get(row)}
        assert set(change.rows) == moved


@FAST
@given(forms(), EDITS, st.integers(0, 40))
def test_hiding_and_showing_again_changes_nothing(made: Made, edits: list[Edit], which: int) -> None:
    visit = opened(made)
    for step, edit in enumerate(edits):
        apply(visit, edit, step)
    keys = given_keys(visit)
    assume(keys)
    key = keys[which % len(keys)]
    before, value, na = counting(visit), visit.state(key).value, visit.state(key).na
    for other in VALUES[visit.question(key).type]:
        visit.set(key, other or None)
    visit.set(key, value, na)
    assert counting(visit) == before


@FAST
@given(forms(), st.permutations(range(6)))
def test_the_order_of_independent_answers_does_not_matter(made: Made, order: list[int]) -> None:
    one, other = opened(made), opened(made)
    keys = [key for key in given_keys(one) if key[0] != "f.rep"][:6]
    given_values = {key: VALUES[one.question(key).type][index] or None for index, key in enumerate(keys)}
    for key, value in given_values.items():
        one.set(key, value)
    for index in order:
        if index < len(keys):
            other.set(keys[index], given_values[keys[index]])
    assert counting(one) == counting(other)


@FAST
@given(forms(), EDITS, st.integers(0, 5))
def test_rows_that_come_and_go_leave_the_others_alone(made: Made, edits: list[Edit], place: int) -> None:
    visit = opened(made)
    for step, edit in enumerate(edits):
        apply(visit, edit, step)
    rows, before = visit.rows("f.rep"), counting(visit)
    visit.add_row("f.rep", "", "guest", place % (len(rows) + 1) + 1)
    stored = {
        key: state.value for key, state in states(visit).items() if visit.question(key).type != "calculate"
    }
    assert all(stored[key] == state.value for key, state in before.items() if key in stored)
    visit.remove_row("guest")
    assert visit.rows("f.rep") == rows
    assert counting(visit) == before


@FAST
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_a_form_is_refused_exactly_when_it_has_a_circle(needs: list[tuple[int, int]]) -> None:
    wanted: dict[int, set[int]] = {number: set() for number in range(8)}
    for one, other in needs:
        wanted[one].add(other)
    found = tuple(
        Question(
            f"q{number}",
            f"f.q{number}",
            "f",
            "A",
            "integer",
            EMPTY,
            relevant=" or ".join(f"${{q{other}}} = 1" for other in sorted(others)),
        )
        for number, others in wanted.items()
    )
    section = Section("A", "f.A", EMPTY, questions=found)
    instrument = Instrument("i", "1", EMPTY, EMPTY, ("id",), (Form("f", "visit", EMPTY, (section,)),))
    if _has_circle(wanted):
        with pytest.raises(DefinitionError) as refused:
            compile_program(instrument)
        steps = [int(step[3:]) for step in refused.value.message.rsplit(": ", 1)[1].split(" -> ")]
        assert steps[0] == steps[-1]
        assert all(other in wanted[one] for one, other in pairwise(steps))
    else:
        ranks = {node.name: node.rank for node in compile_program(instrument).nodes}
        assert all(
            ranks[f"q{other}"] < ranks[f"q{one}"] for one, others in wanted.items() for other in others
        )


def _has_circle(wanted: dict[int, set[int]]) -> bool:
    left = {number: set(others) for number, others in wanted.items()}
    while True:
        free = [number for number, others in left.items() if not others]
        if not free:
            return bool(left)
        for number in free:
            del left[number]
        for others in left.values():
            others.difference_update(free)
