"""What the screen of a visit shows, gathered in the thread of the workspace in one go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from evaluator.language import current
from evaluator.tui.naming import form_title
from evaluator.visits.values import CheckFinding, Key, Progress, VisitLine

if TYPE_CHECKING:
    from evaluator.form.definition import Form, Instrument
    from evaluator.scoring.result import Score
    from evaluator.visits.visit import Visit

FINDINGS = ("strengths", "weaknesses", "recommendations")


@dataclass(frozen=True, slots=True)
class FormLine:
    """One form: how far it is, its score, and how that differs (in the mean of the items that have both) from the
    region's own and from last year's. `tables` are the repeats of a form without a score, with their rows."""

    id: str
    kind: str
    key: str
    title: str
    progress: Progress
    score: Decimal | None = None
    state: str = ""
    band: str = ""
    evidence: int = 0
    self_difference: Decimal | None = None
    last_difference: Decimal | None = None
    scored: bool = False
    tables: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """A visit at a glance."""

    line: VisitLine
    forms: tuple[FormLine, ...]
    checks: tuple[CheckFinding, ...]
    total: Decimal | None
    state: str
    band: str
    percent: Decimal | None
    open: int
    flagged: int
    evidence: int
    levels: Mapping[str, Decimal | None]
    coverage: tuple[int, int] | None
    top: int
    read_only: bool


def gather(visit: Visit) -> Overview:
    """The overview of `visit` as it stands."""
    instrument = visit.instrument
    score = visit.score()
    keys = _form_keys(instrument)
    forms = tuple(_form_line(visit, form, keys.get(form.id, ""), score) for form in instrument.forms)
    return Overview(
        line=visit.line,
        forms=forms,
        checks=visit.checks(),
        total=score.total,
        state=score.state,
        band=band_label(instrument, score.total),
        percent=score.percent,
        open=sum(form.progress.open for form in forms),
        flagged=sum(form.progress.flagged for form in forms),
        evidence=len(visit.evidence()),
        levels=score.levels,
        coverage=next((form.coverage for form in score.forms if form.coverage), None),
        top=max((level.value for level in instrument.scale), default=5),
        read_only=visit.read_only,
    )


def _form_keys(instrument: Instrument) -> dict[str, str]:
    """The key that opens each form: the scored ones are numbered, the visit's own and the closing have letters."""
    keys = {}
    number = 0
    for form in instrument.forms:
        if form.kind == "visit":
            keys[form.id] = "t"
        elif form.kind == "closing":
            keys[form.id] = "r"
        elif number < 9:
            number += 1
            keys[form.id] = str(number)
    return keys


def _form_line(visit: Visit, form: Form, key: str, score: Score) -> FormLine:
    progress = visit.progress(form.id)
    evidence = {piece.id for found in visit.filling.keys(form.id) for piece in visit.evidence_of(found)}
    if form.scoring.method == "none":
        return FormLine(
            form.id,
            form.kind,
            key,
            form_title(form),
            progress,
            evidence=len(evidence),
            tables=_tables(visit, form),
        )
    found = score.form(form.id)
    return FormLine(
        id=form.id,
        kind=form.kind,
        key=key,
        title=form_title(form),
        progress=progress,
        score=found.value,
        state=found.state,
        band=band_label(visit.instrument, found.value),
        evidence=len(evidence),
        self_difference=_difference(visit, form, "self_value"),
        last_difference=_difference(visit, form, "previous_value"),
        scored=True,
    )


def _tables(visit: Visit, form: Form) -> tuple[tuple[str, int], ...]:
    return tuple(
        (
            question.short_title.text(current()) or question.label.text(current()),
            len(visit.filling.rows(question.path)),
        )
        for question in form.walk()
        if question.type == "repeat" and not question.repeats
    )


def _difference(visit: Visit, form: Form, which: str) -> Decimal | None:
    """The mean of level minus reference over the rubrics that have both and whose reference may be seen."""
    differences = list(_differences(visit, form, which))
    return sum(differences, Decimal(0)) / len(differences) if differences else None


def _differences(visit: Visit, form: Form, which: str) -> Iterator[Decimal]:
    for key in visit.filling.keys(form.id):
        if visit.filling.question(key).type != "rubric":
            continue
        level, reference = visit.filling.state(key).value, visit.reference(key)
        if isinstance(level, int) and reference is not None:
            other = _decimal(getattr(reference, which))
            if other is not None:
                yield level - other


def _decimal(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def band_label(instrument: Instrument, value: Decimal | None) -> str:
    """The predicate that `value` reaches when rounded half up to two decimals; empty without a value."""
    if value is None:
        return ""
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    reached = max(
        (band for band in instrument.bands if rounded >= band.min), key=lambda band: band.min, default=None
    )
    label: str = reached.label.text(current()) if reached else ""
    return label


def form_of(visit: Visit, key: Key) -> str:
    """The form that a question stands in."""
    return visit.filling.question(key).form
