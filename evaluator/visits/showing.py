"""A visit as JSON for scripts and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from evaluator.language import _, current
from evaluator.text import line
from evaluator.visits import correspondence
from evaluator.visits.values import Remark, VisitLine

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit


def line_json(entry: VisitLine, where: tuple[str, ...] = (correspondence.HERE,)) -> dict[str, Any]:
    """One visit of `visit list --json`; `where` is where its newest sealed revision is."""
    return {
        "visit": entry.id,
        "region": entry.region_code,
        "region_name": entry.region_name,
        "round": entry.round,
        "intake": entry.intake,
        "state": entry.state,
        "revision": entry.revision,
        "answered": entry.answered,
        "open": entry.open,
        "flagged": entry.flagged,
        "failed": entry.failed,
        "where": list(where),
    }


def line_cells(entry: VisitLine) -> tuple[object, ...]:
    """One visit as the cells of a line."""
    return (
        entry.id,
        entry.region_code,
        entry.region_name,
        entry.round,
        state_name(entry.state),
        f"r{entry.revision}",
        _("{answered} answered, {open} open").format(answered=entry.answered, open=entry.open),
    )


def visit_json(visit: Visit) -> dict[str, Any]:
    """`visit show --json`: every answer by its path, what the office said, and where everything is."""
    entry = visit.line
    where = correspondence.whereabouts(visit)
    return {
        "visit": visit.id,
        "region": entry.region_code,
        "region_name": entry.region_name,
        "round": entry.round,
        "intake": entry.intake,
        "state": entry.state,
        "revision": entry.revision,
        "assessor": visit.principal,
        "assessor_name": visit.assessor,
        "answers": {visit.filling.path_of(key): _answer_json(visit, key) for key in visit.filling.keys()},
        "evidence": [
            {**evidence_json(visit, piece.id), "where": list(where.evidence[piece.id])}
            for piece in visit.evidence()
        ],
        "comments": [remark_json(remark) for remark in correspondence.remarks(visit)],
        "reviews": [asdict(review) for review in correspondence.reviews(visit)],
        "bundles": [asdict(bundle) for bundle in where.bundles],
        "where": list(where.bundles[-1].where) if where.bundles else [correspondence.HERE],
    }


def _answer_json(visit: Visit, key: tuple[str, str]) -> dict[str, Any]:
    state = visit.filling.state(key)
    stored = visit.stored(key)
    reference = visit.reference(key)
    return {
        "value": state.value,
        "status": state.status,
        "na": state.na,
        "note": stored.note,
        "flag": stored.flag,
        "confidence": stored.confidence or "",
        "evidence": [piece.id for piece in visit.evidence_of(key)],
        "invalid": list(state.invalid),
        "self": reference.self_value if reference else None,
        "previous": reference.previous_value if reference else None,
        "row": key[1] or None,
    }


def remark_json(remark: Remark) -> dict[str, Any]:
    """A reviewer's comment with what was written back."""
    return {
        "id": remark.id,
        "path": remark.path,
        "row": remark.row or None,
        "text": remark.text,
        "author": remark.author,
        "at": remark.at,
        "answer": remark.answer,
        "answered_at": remark.answered_at,
        "revision": remark.revision,
    }


def evidence_json(visit: Visit, evidence_id: str) -> dict[str, Any]:
    """One piece of evidence with the paths of the questions it supports."""
    piece = visit.find_evidence(evidence_id)
    return {
        **asdict(piece),
        "questions": [visit.filling.path_of(key) for key in visit.questions_of(evidence_id)],
    }


def visit_lines(visit: Visit) -> Iterator[str]:
    """`visit show` for people: the questions that have an answer, form by form."""
    entry = visit.line
    yield f"{entry.region_code} {entry.region_name}  {entry.round}  {state_name(entry.state)}  r{entry.revision}"
    yield from _letter_lines(visit)
    for form in visit.instrument.forms:
        progress = visit.progress(form.id)
        yield ""
        yield f"{form.id}  {form.title.text(current())}  {progress.done}/{progress.total}"
        for key in visit.filling.keys(form.id):
            state = visit.filling.state(key)
            if state.status in ("unanswered", "not_relevant"):
                continue
            value = state.na or visit.filling.shown(key)
            yield f"  {visit.filling.path_of(key)}  {line(value)}"


def _letter_lines(visit: Visit) -> Iterator[str]:
    """What the office said: the last review, and every comment with what was written back."""
    reviews = correspondence.reviews(visit)
    if not reviews:
        return
    last = reviews[-1]
    yield _("r{revision} {decision} by {who}: {summary}").format(
        revision=last.revision,
        decision=state_name("returned" if last.decision == "has_issues" else last.decision),
        who=line(last.author),
        summary=line(last.summary),
    )
    for remark in correspondence.remarks(visit):
        answer = f"  → {line(remark.answer)}" if remark.answer else ""
        yield f"  ! {line(remark.path)}  {line(remark.text)}{answer}"


def score_json(visit: Visit) -> dict[str, Any]:
    """`score --json`."""
    return visit.score().as_json(
        {
            "code": found.code,
            "severity": found.severity,
            "questions": list(found.paths),
            "message": found.message,
        }
        for found in visit.checks()
    )


def state_name(state: str) -> str:
    """The state of a visit as people call it."""
    return {
        "draft": _("draft"),
        "final": _("final"),
        "sent": _("sent"),
        "received": _("received"),
        "returned": _("returned"),
        "rejected": _("rejected"),
        "approved": _("approved"),
    }.get(state, state)


def score_state(state: str) -> str:
    """The state of a score as people call it."""
    return {"final": _("final"), "provisional": _("provisional"), "limited": _("limited")}.get(state, state)
