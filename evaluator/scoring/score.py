"""From answered rubrics to the score of a visit.

An unanswered item is never 0. An item that does not apply is left out, but its weight still tells whether enough
of a section was scored. Rounding happens for display and for the band, nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluator.scoring.mean import Exact, decimal, exact, mean, optional, rounded, share, weighted_mean
from evaluator.scoring.plan import (
    UNANSWERED,
    BandPlan,
    FormPlan,
    ItemPlan,
    ItemState,
    Key,
    RowState,
    ScoringPlan,
)
from evaluator.scoring.result import FormScore, PartScore, RowScore, Score, State

Items = Mapping[Key, ItemState]


def score(plan: ScoringPlan, items: Items, rows: Sequence[RowState] = ()) -> Score:
    """The score of the answers in `items`, keyed by path and row.

    While a part of the total has no value (no row in a form of rows, no valid section), the total is that of the
    other parts by their own weights, and provisional. A form of which nothing is relevant is left out.
    """
    outcomes = [_form(form, plan, items, rows) for form in plan.forms]
    scored = tuple(outcome.score for outcome in outcomes)
    values = {outcome.score.id: outcome.value for outcome in outcomes}
    present = {outcome.score.id for outcome in outcomes if outcome.present}
    parts, total = _total(plan, scored, values, present)
    two_decimals = None if total is None else rounded(total)
    by_item = _item_values(plan, items, rows)
    return Score(
        state=_worst(part.state for part in parts.values()) if total is not None else "provisional",
        total=optional(total),
        rounded=two_decimals,
        band=None if two_decimals is None else band_of(plan.bands, two_decimals),
        percent=None if total is None else decimal(total * 100 / plan.scale_max),
        parts=parts,
        forms=scored,
        levels=_by_result_level(plan, by_item),
        dimensions={
            dimension.name: optional(
                weighted_mean(by_item[path] for path in dimension.items if path in by_item)
            )
            for dimension in plan.dimensions
        },
        missing=tuple(path for form in scored for path in form.missing),
    )


def band_of(bands: Sequence[BandPlan], value: Decimal) -> BandPlan | None:
    """The highest band whose lower edge `value` reaches."""
    return max((band for band in bands if value >= band.min), key=lambda band: band.min, default=None)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The score of a form with its exact value; not `present` if none of its items is relevant."""

    score: FormScore
    value: Fraction | None
    present: bool


def _form(form: FormPlan, plan: ScoringPlan, items: Items, rows: Sequence[RowState]) -> _Outcome:
    if form.method == "rows":
        return _form_of_rows(form, plan, items, rows)
    return _form_of_sections(form, plan, items)


def _form_of_sections(form: FormPlan, plan: ScoringPlan, items: Items) -> _Outcome:
    tallies = [
        (section, _tally(section.items, "", items, plan.min_scored_weight)) for section in form.sections
    ]
    counted = [(section, tally) for section, tally in tallies if tally.weight]
    value = weighted_mean((tally.value, exact(section.weight)) for section, tally in counted)
    weights = [exact(section.weight) for section, _ in counted]
    na_share = share(
        (weight * tally.na_share for weight, (_, tally) in zip(weights, counted, strict=True)), weights
    )
    missing = tuple(path for _, tally in counted for path in tally.open)
    complete = not missing and all(tally.value is not None for _, tally in counted)
    result = FormScore(
        id=form.id,
        kind=form.kind,
        value=optional(value),
        state=_state(complete, na_share, plan),
        na_share=decimal(na_share),
        sections={section.name: optional(tally.value) for section, tally in tallies},
        missing=missing,
    )
    return _Outcome(result, value, present=bool(counted))


def _form_of_rows(form: FormPlan, plan: ScoringPlan, items: Items, rows: Sequence[RowState]) -> _Outcome:
    own = [row for row in rows if row.repeat == form.rows]
    criteria = tuple(item for section in form.sections for item in section.items)
    tallies = [_tally(criteria, row.id, items, plan.min_scored_weight) for row in own]
    missing: list[str] = []
    by_group: dict[str, list[Fraction | None]] = {group: [] for group in form.groups}
    for position, (row, tally) in enumerate(zip(own, tallies, strict=True), start=1):
        if row.group:
            by_group.setdefault(row.group, []).append(tally.value)
        elif form.group_by:
            missing.append(in_row(form.group_by, form.rows, position))
        missing += [in_row(path, form.rows, position) for path in tally.open]
    groups = {group: mean(values) for group, values in by_group.items()}
    covered = sum(value is not None for value in groups.values())
    if not form.group_by:
        value = mean(tally.value for tally in tallies)
    elif form.missing == "zero" and covered:
        value = mean(group or 0 for group in groups.values())
    else:
        value = mean(groups.values())
    na_share = share(
        (tally.weight * tally.na_share for tally in tallies), [tally.weight for tally in tallies]
    )
    complete = bool(own) and not missing and all(tally.value is not None for tally in tallies if tally.weight)
    result = FormScore(
        id=form.id,
        kind=form.kind,
        value=optional(value),
        state=_state(complete, na_share, plan),
        na_share=decimal(na_share),
        rows=tuple(
            RowScore(row.id, row.group, optional(tally.value))
            for row, tally in zip(own, tallies, strict=True)
        ),
        groups={group: optional(value) for group, value in groups.items()},
        coverage=(covered, len(groups)),
        missing=tuple(missing),
    )
    return _Outcome(result, value, present=True)


@dataclass(frozen=True, slots=True)
class _Tally:
    """The relevant items of a section, or of a row: their whole weight, what of it is not applicable, their mean."""

    weight: Exact
    na_share: Fraction
    value: Fraction | None
    open: tuple[str, ...]


def _tally(plans: Sequence[ItemPlan], row: str, items: Items, min_scored_weight: Decimal) -> _Tally:
    states = [(item, items.get((item.path, row), UNANSWERED)) for item in plans]
    states = [(item, state) for item, state in states if state.relevant]
    weights = [exact(item.weight) for item, _ in states]
    levels = [_level(state) for _, state in states]
    scored = share(
        (weight for weight, level in zip(weights, levels, strict=True) if level is not None), weights
    )
    return _Tally(
        weight=sum(weights),
        na_share=share((exact(item.weight) for item, state in states if _not_applicable(state)), weights),
        value=weighted_mean(zip(levels, weights, strict=True))
        if scored >= exact(min_scored_weight)
        else None,
        open=tuple(
            item.path for item, state in states if _level(state) is None and not _not_applicable(state)
        ),
    )


def _level(state: ItemState) -> Exact | None:
    return None if state.level is None or state.na else exact(state.level)


def _not_applicable(state: ItemState) -> bool:
    return bool(state.na) and not state.na_open


def _state(complete: bool, na_share: Fraction, plan: ScoringPlan) -> State:
    if not complete:
        return "provisional"
    return "limited" if na_share > exact(plan.na_warn_share) else "final"


def _worst(states: Iterable[State]) -> State:
    found = set(states)
    if "provisional" in found:
        return "provisional"
    return "limited" if "limited" in found else "final"


def _total(
    plan: ScoringPlan,
    forms: Sequence[FormScore],
    values: Mapping[str, Fraction | None],
    present: set[str],
) -> tuple[dict[str, PartScore], Fraction | None]:
    kinds = [kind for kind, weight in plan.weights.items() if weight > 0]
    members = {kind: [form for form in forms if form.kind == kind and form.id in present] for kind in kinds}
    kinds = [kind for kind in kinds if members[kind]]
    weights = [exact(plan.weights[kind]) for kind in kinds]
    means = {kind: mean(values[form.id] for form in members[kind]) for kind in kinds}
    parts = {
        kind: PartScore(
            value=optional(means[kind]),
            weight=decimal(share([weight], weights)),
            state=_worst(form.state for form in members[kind]),
        )
        for kind, weight in zip(kinds, weights, strict=True)
    }
    return parts, weighted_mean((means[kind], weight) for kind, weight in zip(kinds, weights, strict=True))


def _item_values(
    plan: ScoringPlan, items: Items, rows: Sequence[RowState]
) -> dict[str, tuple[Fraction | None, Exact]]:
    """Each item's value and weight by path; one answered in several rows has the mean of them."""
    result = {}
    for form in plan.forms:
        ids = [row.id for row in rows if row.repeat == form.rows] if form.method == "rows" else [""]
        for item in (item for section in form.sections for item in section.items):
            states = [items.get((item.path, row), UNANSWERED) for row in ids]
            value = mean(_level(state) for state in states if state.relevant)
            result[item.path] = (value, exact(item.weight))
    return result


def _by_result_level(
    plan: ScoringPlan, by_item: Mapping[str, tuple[Fraction | None, Exact]]
) -> dict[str, Decimal | None]:
    paths: dict[str, list[str]] = {}
    for form in plan.forms:
        for item in (item for section in form.sections for item in section.items):
            if item.result_level:
                paths.setdefault(item.result_level, []).append(item.path)
    return {level: optional(weighted_mean(by_item[path] for path in found)) for level, found in paths.items()}


def in_row(path: str, repeat: str, position: int) -> str:
    """The path of a question in the row at `position`: `qwn.QWN-REC[2].nama`."""
    return f"{repeat}[{position}]{path.removeprefix(repeat)}"
