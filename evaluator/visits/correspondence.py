"""What the office said of a visit, what the assessor wrote back, and where each file of it is by now."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from evaluator.bundle.reading import open_bundle
from evaluator.errors import BundleError, NotFoundError, UsageError
from evaluator.language import _
from evaluator.store import arrivals, bundles, comments, deliveries
from evaluator.store.deliveries import StoredDelivery
from evaluator.text import clean
from evaluator.visits.values import Key, Remark, ReviewLine, SealedFile, Whereabouts

if TYPE_CHECKING:
    from evaluator.visits.desk import Desk
    from evaluator.visits.visit import Visit

HERE, REMOTE, RECEIVED = "here", "remote", "received"
_POSITION = re.compile(r"\[[^\]]*\]")


def remarks(visit: Visit) -> tuple[Remark, ...]:
    """The comments of all reviews, oldest first. `key` is the question if the visit still has it."""
    with visit.desk.transaction() as connection:
        return remarks_within(connection, visit)


def remarks_within(connection: Connection, visit: Visit) -> tuple[Remark, ...]:
    """`remarks` inside a transaction."""
    found = comments.of_visit(connection, visit.id)
    revisions = {bundle.bundle_id: bundle.revision for bundle in bundles.of_visit(connection, visit.id)}
    return tuple(
        Remark(
            id=comment.id,
            key=(key := _key(visit, comment.path, comment.row)),
            path=visit.filling.path_of(key) if key else comment.path,
            row=comment.row,
            text=comment.text,
            author=comment.author,
            at=comment.at,
            answer=comment.answer,
            answered_at=comment.answered_at,
            revision=revisions.get(comment.bundle_id, 0),
        )
        for comment in found
    )


def _key(visit: Visit, path: str, row: str) -> Key | None:
    """The question that a comment means: by the id of its row where it has one, since positions move."""
    if row:
        key = (_POSITION.sub("", path), row)
        return key if visit.filling.has(key) else None
    try:
        return visit.filling.locate(path) if path else None
    except (NotFoundError, UsageError):
        return None


def reply(visit: Visit, remark: str, text: str) -> None:
    """Write back to a comment; an empty text takes it back. It travels with the next revision.

    Raises UsageError for a sealed visit or a text that cannot be kept, NotFoundError for the comment.
    """
    visit.require_draft()
    try:
        written = clean(text).strip()
    except ValueError as error:
        raise UsageError(
            "bad_text", _("The text holds a character that cannot be kept: {reason}").format(reason=error)
        ) from None
    with visit.desk.transaction() as connection:
        if remark not in {found.id for found in comments.of_visit(connection, visit.id)}:
            raise NotFoundError(
                "comment_not_found",
                _("There is no comment {comment} on this visit").format(comment=remark),
                _("`evaluator visit show --json` lists them"),
            )
        comments.answer(connection, remark, written)


def reviews(visit: Visit) -> tuple[ReviewLine, ...]:
    """The reviews that count, in order; the last one about the latest revision decides."""
    with visit.desk.transaction() as connection:
        found = arrivals.applied(connection, visit.id, "review")
    lines = []
    for statement in found:
        said: dict[str, Any] = json.loads(statement.data)
        lines.append(
            ReviewLine(
                id=statement.id,
                revision=said["revision"],
                decision=said["decision"],
                summary=said["summary"],
                author=statement.principal,
                at=said["at"],
                comments=len(said["comments"]),
            )
        )
    return tuple(lines)


def places(desk: Desk) -> Mapping[str, tuple[str, ...]]:
    """Where the newest sealed revision of each visit is; a visit that was never sealed is only here."""
    with desk.transaction() as connection:
        found = bundles.latest_states(connection)
    return {
        visit: _where(True, delivered and state != "sealed", state == "received")
        for visit, (state, delivered) in found.items()
    }


def whereabouts(visit: Visit) -> Whereabouts:
    """Where each sealed revision is, and each piece of evidence."""
    outbox = visit.desk.workspace.outbox
    with visit.desk.transaction() as connection:
        sealed = bundles.of_visit(connection, visit.id)
        records = {bundle: deliveries.of_bundle(connection, bundle.bundle_id) for bundle in sealed}
        at_remote = deliveries.pieces_anywhere(connection)
    received: set[str] = set()
    for bundle, record in records.items():
        if bundle.state == "received":
            received |= _hashes(outbox / bundle.file, record)
    return Whereabouts(
        bundles=tuple(
            SealedFile(
                bundle_id=bundle.bundle_id,
                revision=bundle.revision,
                file=bundle.file,
                sha256=bundle.sha256,
                bytes=bundle.bytes,
                state=bundle.state,
                where=_where(
                    (outbox / bundle.file).exists(),
                    record is not None and bundle.state != "sealed",
                    bundle.state == "received",
                ),
            )
            for bundle, record in records.items()
        ),
        evidence={
            piece.id: _where(True, piece.sha256 in at_remote, piece.sha256 in received)
            for piece in visit.evidence()
        },
    )


def _where(here: bool, remote: bool, received: bool) -> tuple[str, ...]:
    there = ((HERE, here), (REMOTE, remote), (RECEIVED, received))
    return tuple(place for place, is_there in there if is_there)


def _hashes(file: Path, record: StoredDelivery | None) -> set[str]:
    """The hashes of the payload of a bundle: from its delivery record, or where it was carried from itself."""
    if record is not None:
        document: dict[str, Any] = json.loads(record.data)
        return {entry["sha256"] for entry in document["files"]}
    try:
        return set(open_bundle(file).hashes.values())
    except (BundleError, UsageError):
        return set()  # `export` and `doctor` will say what is wrong with it
