"""Laws of the score that hold for any answers."""

from __future__ import annotations

import random
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.scoring.plan import ItemState, Key, RowState, ScoringPlan
from evaluator.scoring.score import Score, score

LEVELS = st.integers(min_value=0, max_value=5)
STATES = st.one_of(
    LEVELS.map(ItemState),
    st.just(ItemState()),
    st.just(ItemState(na="geografis")),
    st.just(ItemState(na="taksempat", na_open=True)),
    LEVELS.map(lambda level: ItemState(level, relevant=False)),
)
SEEDS = st.integers(min_value=0, max_value=2**32)
GROUPS = st.lists(st.sampled_from(["gov", "bra", "eco", "liv", "soc", "env", ""]), max_size=4)


def keys_of(plan: ScoringPlan, rows: tuple[RowState, ...]) -> list[Key]:
    return [
        (item.path, row)
        for form in plan.forms
        for row in ([row.id for row in rows] if form.method == "rows" else [""])
        for section in form.sections
        for item in section.items
    ]


def filled(
    data: st.DataObject, plan: ScoringPlan, states: st.SearchStrategy[ItemState]
) -> tuple[dict[Key, ItemState], tuple[RowState, ...]]:
    groups = data.draw(GROUPS, label="groups")
    rows = tuple(RowState(f"row-{n}", "qwn.QWN-REC", group) for n, group in enumerate(groups))
    keys = keys_of(plan, rows)
    drawn = data.draw(st.lists(states, min_size=len(keys), max_size=len(keys)), label="states")
    return dict(zip(keys, drawn, strict=True)), rows


def values_of(result: Score) -> list[Decimal]:
    found = [result.total, *result.levels.values(), *result.dimensions.values()]
    for form in result.forms:
        found += [
            form.value,
            *form.sections.values(),
            *form.groups.values(),
            *(row.value for row in form.rows),
        ]
    return [value for value in found if value is not None]


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_every_value_lies_on_the_scale(plan: ScoringPlan, data: st.DataObject) -> None:
    items, rows = filled(data, plan, STATES)
    result = score(plan, items, rows)
    assert all(0 <= value <= 5 for value in values_of(result))
    assert result.percent is None or 0 <= result.percent <= 100
    assert (result.total is None) == (result.band is None)


@given(data=st.data(), seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_order_of_answers_does_not_matter(plan: ScoringPlan, data: st.DataObject, seed: int) -> None:
    items, rows = filled(data, plan, STATES)
    keys = list(items)
    random.Random(seed).shuffle(keys)
    assert score(plan, {key: items[key] for key in keys}, rows) == score(plan, items, rows)


@given(data=st.data(), seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_does_not_move_the_total(plan: ScoringPlan, data: st.DataObject, seed: int) -> None:
    items, rows = filled(data, plan, STATES)
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    here, there = score(plan, items, rows), score(plan, items, shuffled)
    assert (here.total, here.state, here.levels) == (there.total, there.state, there.levels)
    assert len(here.missing) == len(there.missing)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_higher_level_never_lowers_the_total(plan: ScoringPlan, data: st.DataObject) -> None:
    items, rows = filled(data, plan, STATES)
    raisable = [key for key, state in items.items() if state.level is not None and state.level < 5]
    if not raisable:
        return
    key = data.draw(st.sampled_from(raisable), label="raised")
    state = items[key]
    assert state.level is not None
    higher = items | {key: ItemState(state.level + 1, relevant=state.relevant)}
    before, after = score(plan, items, rows), score(plan, higher, rows)
    if before.total is None:
        assert after.total is None
    else:
        assert after.total is not None
        assert after.total >= before.total
    assert after.missing == before.missing


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_final_means_that_nothing_is_missing(plan: ScoringPlan, data: st.DataObject) -> None:
    items, rows = filled(data, plan, STATES)
    result = score(plan, items, rows)
    if result.state != "provisional":
        assert result.missing == ()
    if result.missing:
        assert result.state == "provisional"


@given(level=LEVELS)
@settings(max_examples=6, deadline=None)
def test_the_same_level_everywhere_is_the_total(plan: ScoringPlan, level: int) -> None:
    rows = (RowState("row-0", "qwn.QWN-REC", "gov"), RowState("row-1", "qwn.QWN-REC", "eco"))
    result = score(plan, {key: ItemState(level) for key in keys_of(plan, rows)}, rows)
    assert result.total == level
    assert result.state == "final"
