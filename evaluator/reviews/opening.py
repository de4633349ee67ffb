"""A bundle opened for reviewing: judged, read, compared with the revision before, with what was said of it so far.

It may have come over the remote, by mail or on a stick; it may be damaged, and is opened all the same, as far as that
is safe, so that somebody can see what is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from evaluator.bundle import names
from evaluator.bundle.signers import Trust
from evaluator.bundle.statement import RECEIPT, REVIEW
from evaluator.bundle.verifying import Verification, verify_file
from evaluator.errors import BundleError, EvaluatorError, NotFoundError
from evaluator.form.filling import Filling
from evaluator.identity import assessors, revoked_keys
from evaluator.language import _
from evaluator.paths import Workspace
from evaluator.reviews import facts
from evaluator.reviews.differences import differences
from evaluator.reviews.values import AnswerChange, Changes, EarlierReview, Fact, Key
from evaluator.sealed.reading import Sealed, open_sealed
from evaluator.store import arrivals, bundles, comments, outgoing, received
from evaluator.store.bundles import StoredBundle
from evaluator.store.comments import StoredComment
from evaluator.workspaces import OpenWorkspace


@dataclass(frozen=True, slots=True)
class Review:
    """One opened bundle. `sealed` is None where it is damaged or holds what no workspace seals (`unusable`).

    `filling` is for reading; whoever changes it changes nothing but the picture. `previous` is the revision before,
    if it is known here; `newer` the number of a later one. `own` says that the person of this workspace sealed it.
    """

    path: Path
    workspace: Workspace | None
    verification: Verification
    sealed: Sealed | None = None
    unusable: BundleError | None = None
    previous: Sealed | None = None
    changes: Changes | None = None
    newer: int = 0
    own: bool = False
    received_at: str = ""
    receipt_verdict: str = ""
    receipt_reason: str = ""
    earlier: tuple[EarlierReview, ...] = ()

    @property
    def bundle_id(self) -> str:
        """The id of the bundle, empty where it cannot be read."""
        return self.verification.bundle_id or ""

    @property
    def trust(self) -> Trust:
        """How far the signer is known here."""
        return self.verification.trust

    @property
    def filling(self) -> Filling:
        """The state of the visit when it was sealed. Raises BundleError where the bundle is damaged."""
        return self.content.filling

    @property
    def content(self) -> Sealed:
        """What is in the bundle. Raises BundleError as `require_sound` does."""
        self.require_sound()
        assert self.sealed is not None
        return self.sealed

    def require_sound(self) -> None:
        """Raises BundleError with what is wrong where the bundle is damaged or its content unusable."""
        if self.sealed is not None:
            return
        if self.unusable is not None:
            raise self.unusable
        problem = self.verification.problems[0]
        raise BundleError(
            problem.code,
            _("{file} is damaged or not genuine: {reason}").format(
                file=self.path.name, reason=problem.message
            ),
            _("Ask for the bundle again"),
        )

    def facts(self) -> tuple[Fact, ...]:
        """The banner, what is worst first."""
        return facts.facts(self)

    def change(self, key: Key) -> AnswerChange | None:
        """What is different about a question since the revision before."""
        return self.changes.answers.get(key) if self.changes else None

    def changed_keys(self) -> tuple[Key, ...]:
        """The questions that are different, in form order, to step through."""
        return tuple(self.changes.answers) if self.changes else ()

    def said_before(self, key: Key) -> Iterator[tuple[EarlierReview, str]]:
        """What earlier reviews said at a question: the review and the text, oldest first."""
        for review in self.earlier:
            for comment in review.comments:
                if self.comment_key(comment) == key:
                    yield review, str(comment["text"])

    def comment_key(self, comment: Any) -> Key | None:
        """The question that a comment of a review means: by the id of its row, since positions move."""
        row = comment["row"] or ""
        key = (_without_positions(comment["path"]), row)
        return key if self.sealed is not None and self.sealed.filling.has(key) else None


def open_review(path: Path, opened: OpenWorkspace | None = None) -> Review:
    """Open the bundle at `path`; without a workspace nothing but the bundle itself can be judged.

    Damage is no error but in the result. Raises NotFoundError or UsageError where there is nothing to read.
    """
    workspace = opened.workspace if opened else None
    verification = verify_file(
        path,
        signers=assessors(workspace) if workspace else None,
        revoked=revoked_keys(workspace) if workspace else None,
    )
    sealed, unusable = None, None
    if verification.ok:
        try:
            sealed = open_sealed(path)
        except BundleError as error:
            unusable = error
    statement, bundle_id = verification.statement, verification.bundle_id
    if statement is None or bundle_id is None:
        return Review(path, workspace, verification)
    found = _Known()
    if opened is not None:
        with opened.transaction() as connection:
            found = _known(connection, statement.visit, bundle_id)
    previous = _previous(path, opened, found, statement.prev) if sealed and statement.prev else None
    receipt = found.receipt
    return Review(
        path=path,
        workspace=workspace,
        verification=verification,
        sealed=sealed,
        unusable=unusable,
        previous=previous,
        changes=differences(previous, sealed) if previous and sealed else None,
        newer=max(
            (known.revision for known in found.bundles if known.revision > statement.revision), default=0
        ),
        own=opened is not None and same_person(opened.config.email, statement.principal),
        received_at=str(receipt["received_at"]) if receipt else "",
        receipt_verdict=str(receipt["verdict"]) if receipt else "",
        receipt_reason=str(receipt["reason"]) if receipt else "",
        earlier=found.reviews,
    )


def find_bundle(opened: OpenWorkspace, given: str) -> Path:
    """The bundle that `given` means: a file, or the beginning of the id of a visit or bundle that is here.

    Raises NotFoundError.
    """
    path = Path(given)
    if path.exists():
        return path
    with opened.transaction() as connection:
        known = [found for found in received.all_bundles(connection) if _is_meant(found, given)]
    visits = {found.visit for found in known}
    if len(visits) != 1:
        raise NotFoundError("file_not_found", _("There is no file {path}").format(path=given))
    return bundle_path(opened.workspace, max(known, key=lambda found: found.revision))


def _is_meant(found: StoredBundle, given: str) -> bool:
    return len(given) >= 8 and (found.visit.startswith(given) or found.bundle_id.startswith(given))


def bundle_path(workspace: Workspace, bundle: StoredBundle) -> Path:
    """Where a bundle lies that is known here: sealed here, or taken in."""
    sealed_here = workspace.outbox / bundle.file
    return sealed_here if sealed_here.exists() else workspace.inbox / bundle.file


def draft_comments(opened: OpenWorkspace, review: Review) -> tuple[StoredComment, ...]:
    """The comments that wait for a decision on this bundle, oldest first."""
    with opened.transaction() as connection:
        found = comments.of_bundle(connection, review.bundle_id)
    return tuple(comment for comment in found if comment.visit is None)


def same_person(one: str, other: str) -> bool:
    """Whether two principals are one person."""
    return one.strip().casefold() == other.strip().casefold()


@dataclass(frozen=True, slots=True)
class _Known:
    """What this workspace knows of a visit."""

    bundles: tuple[StoredBundle, ...] = ()
    receipt: dict[str, Any] | None = None
    reviews: tuple[EarlierReview, ...] = ()


def _known(connection: Connection, visit: str, bundle_id: str) -> _Known:
    receipts = [
        entry.data for entry in outgoing.of_bundle(connection, bundle_id) if entry.kind == RECEIPT.name
    ]
    receipts += [
        found.data
        for found in arrivals.applied(connection, visit, RECEIPT.name)
        if found.bundle_id == bundle_id
    ]
    return _Known(
        tuple(bundles.of_visit(connection, visit)),
        json.loads(receipts[-1]) if receipts else None,
        tuple(earlier_reviews(connection, visit)),
    )


def earlier_reviews(connection: Connection, visit: str) -> list[EarlierReview]:
    """The reviews of a visit that count here, signed here or arrived, in the order in which they came to count."""
    found = []
    for statement in arrivals.applied(connection, visit, REVIEW.name):
        said = json.loads(statement.data)
        found.append(
            EarlierReview(
                id=statement.id,
                bundle_id=said["bundle_id"],
                revision=said["revision"],
                decision=said["decision"],
                summary=said["summary"],
                at=said["at"],
                comments=tuple(said["comments"]),
            )
        )
    return found


def _previous(path: Path, opened: OpenWorkspace | None, known: _Known, prev: str) -> Sealed | None:
    """The revision before, from this workspace or from beside the file; None unless it is really that one."""
    chain = [found for found in known.bundles if found.bundle_id == prev]
    places = [bundle_path(opened.workspace, found) for found in chain] if opened else []
    mine = names.parse_root(path.stem)
    if mine and mine[1] > 1:
        places.append(path.with_name(names.file_name(mine[0], mine[1] - 1)))
    for place in places:
        try:
            verified = verify_file(place)
            if verified.ok and verified.bundle_id == prev:
                return open_sealed(place)
        except EvaluatorError:
            continue
    return None


def _without_positions(path: str) -> str:
    return "".join(part.partition("]")[2] if number else part for number, part in enumerate(path.split("[")))
