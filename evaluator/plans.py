"""What the arithmetic needs of an instrument, taken out of its definition."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from evaluator.form.definition import Form, Instrument, Question
from evaluator.form.filling import Filling
from evaluator.form.rows import Key
from evaluator.scoring.gates import GatePlan
from evaluator.scoring.plan import (
    BandPlan,
    DimensionPlan,
    FormPlan,
    ItemPlan,
    ItemState,
    RowState,
    ScoringPlan,
    SectionPlan,
)
from evaluator.scoring.result import Score
from evaluator.scoring.score import score

PILLAR = "pillar"
STATEMENT = "statement"
"""The kind of evidence that a note is: it counts as a piece, and as no kind that an instrument names."""


def scoring_plan(instrument: Instrument, weights: str = "") -> ScoringPlan:
    """The plan of `instrument` with the weight set named `weights`, else its first one, else equal weights."""
    sets = {found.name: found.weights for found in instrument.weights}
    # Without weights every kind of form counts the same.
    equal = {form.kind: Decimal(1) for form in instrument.forms if form.scoring.method != "none"}
    chosen = sets.get(weights) or next(iter(sets.values()), equal)
    levels = [level.value for level in instrument.scale]
    return ScoringPlan(
        forms=tuple(_form(instrument, form) for form in instrument.forms if form.scoring.method != "none"),
        weights=chosen,
        bands=tuple(BandPlan(band.min, _first(band.label.texts.values())) for band in instrument.bands),
        dimensions=tuple(DimensionPlan(found.name, found.items) for found in instrument.dimensions),
        scale_min=min(levels, default=0),
        scale_max=max(levels, default=1),
        min_scored_weight=instrument.scoring.min_scored_weight,
        na_warn_share=instrument.scoring.na_warn_share,
    )


def scored(plan: ScoringPlan, instrument: Instrument, filling: Filling, rubrics: Iterable[Key] = ()) -> Score:
    """The scores of what is filled in. `rubrics` spares looking for them where they are known."""
    still_open = {reason.value for reason in instrument.na_reasons if reason.open}
    keys = rubrics or [key for key in filling.keys() if filling.question(key).type == "rubric"]
    rows = [
        RowState(row, form.rows, _group(filling, (form.group_by, row)))
        for form in plan.forms
        if form.rows
        for row in filling.rows(form.rows)
    ]
    return score(plan, {key: _item_state(filling, key, still_open) for key in keys}, rows)


def _item_state(filling: Filling, key: Key, still_open: set[str]) -> ItemState:
    state = filling.state(key)
    return ItemState(
        level=state.value if isinstance(state.value, int) else None,
        na=state.na,
        na_open=state.na in still_open,
        relevant=state.status != "not_relevant",
    )


def _group(filling: Filling, key: Key) -> str:
    state = filling.state(key)
    return str(state.value or "") if state.relevant else ""


def gate_plans(instrument: Instrument) -> tuple[GatePlan, ...]:
    """The evidence gates of `instrument`."""
    return tuple(
        GatePlan(
            level=gate.level,
            min_items=gate.min_items,
            min_types=gate.min_types,
            types=gate.types,
            verified=gate.verified,
            years=gate.years,
            outside=gate.outside,
        )
        for gate in instrument.gates
    )


def _form(instrument: Instrument, form: Form) -> FormPlan:
    sections = tuple(
        SectionPlan(
            section.name, tuple(_item(found) for found in _rubrics(section.questions)), section.weight
        )
        for section in form.sections
    )
    scoring = form.scoring
    if scoring.method != "rows":
        return FormPlan(form.id, form.kind, tuple(section for section in sections if section.items))
    repeat = f"{form.id}.{scoring.rows}"
    return FormPlan(
        form.id,
        form.kind,
        sections,
        method="rows",
        rows=repeat,
        group_by=f"{repeat}.{scoring.group_by}",
        groups=tuple(found.id for found in instrument.forms if found.kind == PILLAR),
        missing=scoring.missing,
    )


def _rubrics(questions: Iterable[Question]) -> list[Question]:
    return [found for question in questions for found in question.walk() if found.type == "rubric"]


def _item(question: Question) -> ItemPlan:
    return ItemPlan(question.path, question.weight, question.result_level)


def _first(texts: Iterable[str]) -> str:
    return next(iter(texts), "")
