"""An opened bundle as JSON for scripts and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from evaluator.language import _
from evaluator.reviews.opening import Review
from evaluator.reviews.values import Changes, Severity
from evaluator.store.comments import StoredComment
from evaluator.text import line


def review_json(review: Review, drafts: Sequence[StoredComment] = ()) -> dict[str, Any]:
    """`open --json`."""
    found = review.verification.as_json()
    statement = review.verification.statement
    return {
        **found,
        "ok": review.sealed is not None,
        "received_at": review.received_at or None,
        "receipt": review.receipt_verdict or None,
        "org": statement.org if statement else None,
        "finalised": statement.finalised if statement else None,
        "newer": review.newer or None,
        "facts": [fact.as_json() for fact in review.facts()],
        "differences": review.changes.as_json() if review.changes else None,
        "reviews": [earlier.as_json() for earlier in review.earlier],
        "comments": [
            {"id": draft.id, "path": draft.path, "row": draft.row or None, "text": draft.text}
            for draft in drafts
        ],
        "answers": _replies(review),
    }


def _replies(review: Review) -> list[dict[str, Any]]:
    """What the assessor wrote back to comments of earlier reviews."""
    if review.sealed is None:
        return []
    return [
        {"path": said.path, "row": said.row or None, "comment": reply.text, "answer": reply.answer}
        for said in review.sealed.said.values()
        for reply in said.replies
    ]


def banner_lines(review: Review) -> Iterator[str]:
    """The banner: whose bundle, then each fact with what it means below it."""
    if review.sealed is not None:
        document = review.sealed.document
        region = document["region"]
        yield line(
            f"{region['code']} {region['name']}  {document['round'] or ''}  r{review.sealed.revision}  "
            f"{document['assessor']['name']}"
        )
    for fact in review.facts():
        yield f"{mark(fact.severity)} {line(fact.text, 500)}"
        if fact.meaning:
            yield f"   {line(fact.meaning, 1000)}"


def mark(severity: Severity) -> str:
    """A sign for how serious a fact is, readable without colour."""
    return {"bad": "!!", "warning": "! ", "ok": "OK", "note": "- "}[severity]


def change_lines(changes: Changes) -> Iterator[str]:
    """The differences, one line each, with the evidence and the rows."""
    yield _("Differences to revision {revision}:").format(revision=changes.revision)
    for change in changes.answers.values():
        yield f"  {change.path}  {line(change.label, 60)}"
        if change.answer_changed:
            yield f"    {line(change.old or '—', 80)} → {line(change.new or '—', 80)}"
        for name, (_old, new) in change.companions.items():
            yield f"    {name}: {line('—' if new in (None, '') else new, 80)}"
        for piece in change.evidence_added:
            yield f"    + {piece}"
        for piece in change.evidence_removed:
            yield f"    − {piece}"
    for row in changes.rows:
        yield f"  {'+' if row.added else '−'} {row.path}  {row.text}"


def draft_lines(drafts: Sequence[StoredComment]) -> Iterator[str]:
    """The comments that wait for the decision."""
    for draft in drafts:
        yield f"  ! {line(draft.path)}  {line(draft.text, 500)}"
