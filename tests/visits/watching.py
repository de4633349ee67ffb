"""What a visit shows, as values that can be compared."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry, EvidenceDetails
from evaluator.visits.visit import Visit

DOCUMENT = EvidenceDetails(type="dokumen", verified_by="Sari")
DATA = EvidenceDetails(type="data", verified_by="Sari")


def fill(visit: Visit, answers: dict[str, Any]) -> None:
    """Answer several questions."""
    for path, value in answers.items():
        visit.answer(Entry(path, value=value))


def codes(visit: Visit) -> list[str]:
    """The codes of the checks and gates that fail."""
    return [finding.code for finding in visit.checks()]


def content(visit: Visit) -> dict[str, Any]:
    """What a person has put into a visit and what stands there: answers, rows, evidence. No sequence numbers."""
    filling = visit.filling
    answers = {}
    for key in filling.keys():
        kept = visit.stored(key)
        companions = (
            kept.note, kept.flag, kept.confidence, kept.evidence_quality, kept.respondents, kept.data_year,
            kept.source, kept.data_quality, kept.gate_reason,
        )  # fmt: skip
        answers[key] = (filling.state(key), companions, [piece.id for piece in visit.evidence_of(key)])
    details = {
        piece.id: (piece.type, piece.title, piece.date, piece.verified_by) for piece in visit.evidence()
    }
    return {**answers, "rows": set(filling.all_rows()), "evidence": details}


def judged(visit: Visit) -> dict[str, Any]:
    """What a visit amounts to."""
    forms = [form.id for form in visit.instrument.forms]
    return {
        "content": content(visit),
        "progress": [visit.progress(form) for form in forms],
        "missing": visit.missing(),
        "checks": visit.checks(),
        "score": visit.score(),
        "counters": visit.counters(),
    }


def assert_as_reopened(desk: Desk, visit: Visit) -> None:
    """What is in memory is what is on the disk, counted and judged anew."""
    fresh = desk.visit(visit.id)
    ours, theirs = judged(visit), judged(fresh)
    for name, value in theirs.items():
        if isinstance(value, dict) and ours[name] != value:
            differing = [key for key in {**value, **ours[name]} if ours[name].get(key) != value.get(key)]
            pytest.fail(f"{name}: {[(key, ours[name].get(key), value.get(key)) for key in differing]}")
        assert ours[name] == value, name
    line = next(line for line in desk.visits() if line.id == visit.id)
    total = fresh.tally.total()
    assert (line.answered, line.open, line.flagged, line.failed) == (
        fresh.tally.answered(),
        total.open,
        total.flagged,
        len(fresh.checks()),
    )
    assert line.progress == {
        form.id: (fresh.progress(form.id).done, fresh.progress(form.id).total)
        for form in fresh.instrument.forms
    }
