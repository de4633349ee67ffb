"""What a visit amounts to: its scores, and what is still missing before it can be finalised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator.errors import IncompleteError
from evaluator.language import _
from evaluator.scoring.plan import ItemState, RowState
from evaluator.scoring.result import Score
from evaluator.scoring.score import score as arithmetic
from evaluator.visits.checking import ERROR
from evaluator.visits.values import Key, Missing

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit


def score(visit: Visit) -> Score:
    """The scores of `visit` as they stand."""
    items = {key: _item(visit, key) for key in visit.rubrics}
    rows = [
        RowState(row, form.rows, str(visit.value((form.group_by, row)) or ""))
        for form in visit.scoring_plan.forms
        if form.rows
        for row in visit.filling.rows(form.rows)
    ]
    return arithmetic(visit.scoring_plan, items, rows)


def _item(visit: Visit, key: Key) -> ItemState:
    state = visit.filling.state(key)
    return ItemState(
        level=state.value if isinstance(state.value, int) else None,
        na=state.na,
        na_open=visit.na_is_open(state.na),
        relevant=state.status != "not_relevant",
    )


# -- what is missing


def missing(visit: Visit) -> tuple[Missing, ...]:
    """Every rubric without a level, required question without an answer, broken constraint, and repeat that is too
    short, in form order."""
    open_keys = visit.filling.required_missing()
    broken = set(visit.filling.invalid_keys())
    found = []
    for key in (*open_keys, *(key for key in visit.filling.invalid_keys() if key not in set(open_keys))):
        question = visit.filling.question(key)
        label = visit.filling.label_text(key)
        if question.type == "repeat":
            reason = "rows"
            label = _("{label}: at least {count} rows").format(label=label, count=question.min_rows)
        elif key in broken:
            reason = "invalid"
        else:
            reason = "open_na" if visit.filling.state(key).na else "unanswered"
        if not visit.filling.state(key).read_only:
            found.append(Missing(key, visit.filling.path_of(key), label, reason))
    return tuple(found)


def require_complete(visit: Visit) -> None:
    """See `Visit.require_complete`."""
    lacking = missing(visit)
    failed = [found for found in visit.checks() if found.severity == ERROR]
    if not lacking and not failed:
        return
    raise IncompleteError(
        "incomplete",
        _("The visit cannot be finalised: {missing} answers missing, {checks} checks failed").format(
            missing=len(lacking), checks=len(failed)
        ),
        _("First: {what}").format(
            what=lacking[0].path if lacking else f"{failed[0].code} {failed[0].message}"
        ),
        missing=[{"path": found.path, "label": found.label, "reason": found.reason} for found in lacking],
        checks=[
            {
                "code": found.code,
                "severity": found.severity,
                "questions": list(found.paths),
                "message": found.message,
            }
            for found in visit.checks()
        ],
    )
