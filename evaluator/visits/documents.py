"""The documents that a sealed bundle carries: answers, audit trail, instrument and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from evaluator.visits import showing
from evaluator.visits.values import Key, Remark

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

ANSWERS_SCHEMA = "evaluator-answers/1"


def answers_document(visit: Visit, revision: int, remarks: Iterable[Remark]) -> dict[str, Any]:
    """`data/answers.json` of `revision`: every question in form order with its status, and the `remarks` on it.

    A question that is not relevant keeps its value in the workspace and is exported without it.
    """
    entry = visit.line
    files = evidence_files(visit)
    by_key: dict[Key, list[Remark]] = {}
    for remark in remarks:
        if remark.key:
            by_key.setdefault(remark.key, []).append(remark)
    return {
        "schema": ANSWERS_SCHEMA,
        "visit": visit.id,
        "revision": revision,
        "region": {"code": entry.region_code, "name": entry.region_name},
        "round": entry.round,
        "intake": entry.intake,
        "assessor": {"principal": visit.principal, "name": visit.assessor},
        "instrument": {"id": visit.instrument.id, "version": visit.instrument.version},
        "answers": [_answer(visit, key, by_key.get(key, ())) for key in visit.filling.keys()],
        "evidence": [
            {
                "id": piece.id,
                "file": files[piece.id],
                "sha256": piece.sha256,
                "bytes": piece.bytes,
                "name": piece.name,
                "type": piece.type,
                "title": piece.title,
                "holder": piece.holder,
                "date": piece.date,
                "page": piece.page,
                "caption": piece.caption,
                "verified_by": piece.verified_by,
                "verified_at": piece.verified_at,
            }
            for piece in visit.evidence()
        ],
        "score": showing.score_json(visit),
    }


def _answer(visit: Visit, key: Key, remarks: Sequence[Remark]) -> dict[str, Any]:
    state = visit.filling.state(key)
    stored = visit.stored(key)
    hidden = state.status == "not_relevant"
    return {
        "path": visit.filling.path_of(key),
        "row": key[1] or None,
        "status": state.status,
        "value": None if hidden else state.value,
        "na": "" if hidden else state.na,
        "note": stored.note,
        "flag": stored.flag,
        "confidence": stored.confidence or "",
        "evidence": [piece.id for piece in visit.evidence_of(key)],
        "invalid": list(state.invalid),
        "first_score": stored.first_score,
        "seq": stored.seq,
        "evidence_quality": stored.evidence_quality or "",
        "respondents": stored.respondents or "",
        "data_year": stored.data_year or "",
        "source": stored.source or "",
        "data_quality": stored.data_quality or "",
        "gate_reason": stored.gate_reason or "",
        "after_reveal": visit.changed_after_reveal(key),
        # Only where a reviewer said something: what was written back travels with the answer that it is about.
        **({"comments": [showing.remark_json(remark) for remark in remarks]} if remarks else {}),
    }


def evidence_files(visit: Visit) -> dict[str, str]:
    """The name in the bundle of each piece of evidence: `data/evidence/ev-0001.jpg`."""
    return {piece.id: f"data/evidence/{piece.id}.{piece.extension}" for piece in visit.evidence()}
