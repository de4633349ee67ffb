"""What a visit amounts to: scores, failed checks, unmet evidence gates, what is still missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from evaluator import plans
from evaluator.errors import IncompleteError, NotFoundError
from evaluator.form.definition import Check
from evaluator.language import _, current
from evaluator.scoring import checks as check_kinds
from evaluator.scoring.gates import EvidenceFacts, demand_text, gate_for, unmet
from evaluator.scoring.plan import ItemState, RowState
from evaluator.scoring.result import Score
from evaluator.scoring.score import score as arithmetic
from evaluator.visits.values import CheckFinding, Key, Missing

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

ERROR = "error"
_YEAR = re.compile(r"\d{4}")


def score(visit: Visit) -> Score:
    """The scores of `visit` as they stand."""
    items = {key: _item(visit, key) for key in _rubrics(visit)}
    rows = [
        RowState(row, form.rows, str(visit.value((form.group_by, row)) or ""))
        for form in visit.scoring_plan.forms
        if form.rows
        for row in visit.filling.rows(form.rows)
    ]
    return arithmetic(visit.scoring_plan, items, rows)


def _rubrics(visit: Visit) -> Iterator[Key]:
    return (key for key in visit.filling.keys() if visit.filling.question(key).type == "rubric")


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


# -- checks


def findings(visit: Visit) -> tuple[CheckFinding, ...]:
    """All failed checks and unmet gates, errors first, then in the order of the instrument."""
    found = [
        _finding(visit, failed.check, failed.questions, failed.message)
        for failed in visit.filling.failed_checks()
    ]
    for check in visit.instrument.checks:
        kind = _KINDS.get(check.kind)
        if kind is not None:
            for failed in kind(visit, check):
                message = check.message.text(current())
                detail = ", ".join(failed.values.values()) if check.code else ""
                text = f"{message} ({detail})" if detail and "case" not in failed.values else message
                found.append(_finding(visit, check, failed.keys, text))
    found.extend(_gate_findings(visit))
    ranks = {ERROR: 0, "warning": 1, "notice": 2}
    return tuple(sorted(found, key=lambda finding: ranks.get(finding.severity, 3)))


def _finding(visit: Visit, check: Check, keys: tuple[Key, ...], message: str) -> CheckFinding:
    paths = tuple(visit.filling.path_of(key) for key in keys)
    return CheckFinding(check.code, check.severity, message, tuple(keys), paths)


def _texts(visit: Visit, path: str) -> Mapping[Key, str]:
    return {
        key: str(value)
        for key in visit.filling.keys()
        if key[0] == path and (value := visit.value(key)) is not None
    }


def _near_equal(visit: Visit, check: Check) -> tuple[check_kinds.Finding, ...]:
    settings = check.parameters
    ratio = Decimal(settings.get("ratio", "0.9"))
    first, second = _texts(visit, settings["left"]), _texts(visit, settings["right"])
    return check_kinds.near_equal_text(first, second, ratio=ratio)


def _straight_lining(visit: Visit, check: Check) -> tuple[check_kinds.Finding, ...]:
    levels = {key: level for key in _rubrics(visit) if isinstance(level := visit.value(key), int)}
    return check_kinds.straight_lining(
        levels,
        share=Decimal(check.parameters.get("share", "0.8")),
        minimum=int(check.parameters.get("minimum", "12")),
    )


def _evidence_period(visit: Visit, check: Check) -> tuple[check_kinds.Finding, ...]:
    year = visit.value((check.parameters["year"], ""))
    if not isinstance(year, int):
        return ()
    dated = [
        (key, piece.id, piece.date)
        for piece in visit.evidence()
        if piece.date
        for key in visit.questions_of(piece.id)[:1]
    ]
    before = int(check.parameters.get("years_before", "0"))
    return check_kinds.evidence_period(dated, year=year, years_before=before)


def _row_references(visit: Visit, check: Check) -> tuple[check_kinds.Finding, ...]:
    targets = [(check.parameters["targets"], row) for row in visit.filling.rows(check.parameters["targets"])]
    references = {}
    for key in visit.filling.keys():
        if key[0] == check.parameters["references"]:
            value = visit.value(key)
            named = value if isinstance(value, list) else [value] if value else []
            references[key] = [visit.filling.locate(item) for item in named if _exists(visit, item)]
    return check_kinds.row_references(targets, references)


def _exists(visit: Visit, path: str) -> bool:
    try:
        visit.filling.locate(path)
    except NotFoundError:
        return False  # the row was deleted after it had been named
    return True


_KINDS: Mapping[str, Callable[[Visit, Check], tuple[check_kinds.Finding, ...]]] = {
    "near_equal_text": _near_equal,
    "straight_lining": _straight_lining,
    "evidence_period": _evidence_period,
    "row_references": _row_references,
}


# -- evidence gates


def gate_gaps(visit: Visit, key: Key) -> tuple[str, ...]:
    """See `Visit.gate_gaps`."""
    level = visit.value(key)
    if not isinstance(level, int) or visit.filling.question(key).type != "rubric":
        return ()
    names = {choice.value: choice.label.text(current()) for choice in visit.instrument.evidence_types}
    return tuple(demand_text(demand, names) for demand in unmet(visit.gates, level, _facts(visit, key)))


def _gate_findings(visit: Visit) -> Iterator[CheckFinding]:
    severities = {gate.level: (gate.severity, gate.message) for gate in visit.instrument.gates}
    for key in _rubrics(visit):
        level = visit.value(key)
        if not isinstance(level, int) or visit.stored(key).gate_reason:
            continue
        if not unmet(visit.gates, level, _facts(visit, key)):
            continue
        gate = gate_for(visit.gates, level)
        if gate is not None:
            severity, message = severities[gate.level]
            path = visit.filling.path_of(key)
            text = message.text(current()) or "; ".join(gate_gaps(visit, key))
            yield CheckFinding(f"G{gate.level}", severity, f"{path}: {text}", (key,), (path,))


def _facts(visit: Visit, key: Key) -> EvidenceFacts:
    """The evidence of a rubric, counted; a note or a named respondent is a statement, the least of all evidence."""
    types: dict[str, int] = {}
    verified: dict[str, int] = {}
    years: set[int] = set()
    outside = 0
    own = _agency_names(visit, key)
    for piece in visit.evidence_of(key):
        types[piece.type] = types.get(piece.type, 0) + 1
        if piece.verified_by:
            verified[piece.type] = verified.get(piece.type, 0) + 1
        years |= {int(year) for year in _YEAR.findall(f"{piece.date[:4]} {piece.page} {piece.title}")}
        outside += bool(piece.holder) and piece.holder.casefold() not in own
    stored = visit.stored(key)
    if not types and (stored.note or stored.respondents):
        types[plans.STATEMENT] = 1
    return EvidenceFacts(types, verified, frozenset(years), outside)


def _agency_names(visit: Visit, key: Key) -> frozenset[str]:
    """The codes and names, case-folded, of the agencies responsible for a question."""
    codes = set(visit.filling.agencies(key))
    names = set()
    for agency in visit.instrument.agencies:
        if agency.code in codes:
            names |= {agency.code.casefold(), *(text.casefold() for text in agency.name.texts.values())}
    return frozenset(names)
