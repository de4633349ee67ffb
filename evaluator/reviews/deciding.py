"""A decision: who may take it, the statement that carries it, and where it goes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from evaluator import clock
from evaluator.bundle import shapes
from evaluator.bundle.keys import Signer
from evaluator.bundle.office import Office
from evaluator.bundle.publickeys import PublicKey
from evaluator.bundle.signers import trust
from evaluator.bundle.statement import REVIEW, SignedStatement, Statement, sign_statement, signature_path
from evaluator.errors import NotFoundError, UsageError
from evaluator.identity import is_office, pinned_office
from evaluator.language import _
from evaluator.paths import make_directory, write_atomically
from evaluator.reviews import commenting
from evaluator.reviews.opening import Review, draft_comments, same_person
from evaluator.reviews.values import APPROVED, DECISIONS, HAS_ISSUES, REJECTED, Decided, Key
from evaluator.store import arrivals, bundles, comments, outgoing, visits
from evaluator.store.arrivals import APPLIED, StoredStatement
from evaluator.workspaces import OpenWorkspace

_STATES = {APPROVED: "approved", HAS_ISSUES: "returned", REJECTED: "rejected"}
_SEALED = frozenset(("final", "sent", "received", "returned", "rejected", "approved"))


def check_reviewer(opened: OpenWorkspace, review: Review, key: PublicKey) -> Office:
    """That this person may decide on this bundle with this key; the office in whose name.

    Raises BundleError for a damaged bundle, UsageError for everything that stands against it.
    """
    content = review.content
    office = pinned_office(opened.workspace)
    if office is None:
        raise UsageError(
            "no_office",
            _("This workspace belongs to no office, so nobody would trust its decision"),
            _("Run `evaluator key trust office.pub` with the file of your office"),
        )
    statement = content.bundle.statement
    names = (opened.config.email, *office.signers.principals_of(key))
    if any(same_person(name, statement.principal) for name in names) or key == content.bundle.signer:
        raise UsageError(
            "own_review",
            _("An assessor cannot review their own visit"),
            _("Somebody else of the office has to decide"),
        )
    now = shapes.parse_moment(clock.utc())
    if trust(key, None, REVIEW.namespace, (now,), office.signers) != "trusted":
        raise UsageError(
            "not_a_reviewer",
            _("Your key is not one of the reviewers in the office.pub that is trusted here"),
            _(
                "Ask the office to run `evaluator office enrol --reviewer` with your line of `evaluator key show`"
            ),
        )
    if statement.org not in (None, office.org):
        raise UsageError(
            "other_org", _("The bundle is for another organisation, {org}").format(org=statement.org)
        )
    if review.newer:
        raise UsageError(
            "superseded",
            _("Revision {revision} of this visit is here already").format(revision=review.newer),
            _("Decide on the newest revision"),
        )
    return office


def may_approve(review: Review) -> bool:
    """Whether the signer is known well enough for an approval; the other decisions need less."""
    return review.trust in ("trusted", "not_checked")


def decide(
    opened: OpenWorkspace,
    review: Review,
    decision: str,
    signer: Signer,
    *,
    summary: str = "",
    given: Iterable[tuple[str | Key, str]] = (),
    folder: Path | None = None,
) -> Decided:
    """Sign a decision with the comments that wait and those `given`, as (question, text).

    The review is written as `review-<id>.json` with its signature into `folder`, else into the outbox; in an office it
    is also queued, and `sync` publishes it. Raises UsageError, NotFoundError or BundleError; then nothing is signed.
    """
    if decision not in DECISIONS:
        raise UsageError(
            "bad_decision",
            _("{decision} is no decision").format(decision=decision),
            _("Decisions: {names}").format(names=", ".join(DECISIONS)),
        )
    office = check_reviewer(opened, review, signer.public_key)
    if decision == APPROVED and not may_approve(review):
        raise UsageError(
            "signer_not_trusted",
            _("A bundle whose signer is not trusted cannot be approved"),
            _("Compare the key with the assessor and run `evaluator office enrol`"),
        )
    if folder is not None and not folder.is_dir():
        raise UsageError("no_such_folder", _("There is no folder {path}").format(path=folder))
    drafts = draft_comments(opened, review)
    said = [_comment(draft.path, draft.row, draft.text) for draft in drafts]
    for question, text in given:
        key = commenting.locate(review, question)
        said.append(_comment(review.filling.path_of(key), key[1], commenting.comment_text(text)))
    statement = review.content.bundle.statement
    document = {
        "org": office.org,
        "bundle_id": review.bundle_id,
        "visit": statement.visit,
        "revision": statement.revision,
        "decision": decision,
        "summary": commenting.comment_text(summary) if summary.strip() else "",
        "comments": said,
        "at": clock.utc(),
    }
    queued = is_office(opened.workspace)
    with opened.transaction() as connection:
        before = arrivals.applied(connection, statement.visit, REVIEW.name)
        signed = sign_statement(REVIEW, {**document, "prev": before[-1].id if before else None}, signer)
        _keep(connection, signed, opened.config.email)
        for draft in drafts:
            comments.remove(connection, draft.id)
        _move_visit(connection, statement, review.bundle_id, decision)
        if queued:
            outgoing.queue(
                connection,
                statement.device,
                REVIEW.name,
                review.bundle_id,
                signed.id,
                signed.data,
                signed.signature,
            )
    return Decided(
        file=_write(folder or opened.workspace.outbox, signed),
        decision=decision,
        bundle_id=review.bundle_id,
        visit=statement.visit,
        revision=statement.revision,
        id=signed.id,
        comments=len(said),
        queued=queued,
    )


def _comment(path: str, row: str, text: str) -> dict[str, Any]:
    return {"path": path, "row": row or None, "text": text}


def _keep(connection: Connection, signed: SignedStatement, principal: str) -> None:
    """Remember what was signed here, since the next review of the visit names it."""
    document = signed.document
    arrivals.put(
        connection,
        StoredStatement(
            id=signed.id,
            kind=REVIEW.name,
            visit=document["visit"],
            bundle_id=document["bundle_id"],
            prev=document["prev"],
            principal=principal,
            data=signed.data,
            signature=signed.signature,
            source="signed here",
            arrived_at=clock.local(),
            state=APPLIED,
        ),
    )


def _move_visit(connection: Connection, statement: Statement, bundle_id: str, decision: str) -> None:
    """Move the visit as this office lists it, if it has this very revision as its latest."""
    try:
        bundles.get(connection, bundle_id)
        visit = visits.get(connection, statement.visit)
    except NotFoundError:
        return
    if visit.revision == statement.revision and visit.state in _SEALED:
        visits.set_state(connection, visit.id, _STATES[decision])


def _write(folder: Path, signed: SignedStatement) -> Path:
    """The file to carry, its signature first: where the review is, both are."""
    make_directory(folder)
    path = folder / f"review-{signed.id[:16]}.json"
    write_atomically(signature_path(path), signed.signature, 0o644)
    write_atomically(path, signed.data, 0o644)
    return path
