"""What a visit amounts to: its scores, and what is still missing before it can be finalised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator import plans
from evaluator.errors import IncompleteError
from evaluator.language import _
from evaluator.scoring.result import Score
from evaluator.visits.checking import ERROR
from evaluator.visits.values import Key, Missing

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit


def score(visit: Visit) -> Score:
    """The scores of `visit` as they stand."""
    return plans.scored(visit.scoring_plan, visit.instrument, visit.filling, visit.rubrics)


# -- what is missing


def missing(visit: Visit) -> tuple[Missing, ...]:
    """Every rubric without a level, required question without an answer and repeat that is too short, in form order,
    then every broken constraint."""
    broken = dict.fromkeys(visit.filling.invalid_keys())
    open_keys = dict.fromkeys((*visit.filling.required_missing(), *broken))
    return tuple(
        _missing(visit, key, key in broken) for key in open_keys if not visit.filling.state(key).read_only
    )


def _missing(visit: Visit, key: Key, broken: bool) -> Missing:
    question = visit.filling.question(key)
    label = visit.filling.label_text(key)
    if question.type == "repeat" and not broken:
        reason = "rows"
        label = _("{label}: at least {count} rows").format(label=label, count=question.min_rows)
    elif broken:
        reason = "invalid"
    else:
        reason = "open_na" if visit.filling.state(key).na else "unanswered"
    return Missing(key, visit.filling.path_of(key), label, reason)


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
