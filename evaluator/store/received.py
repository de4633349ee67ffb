"""A sealed revision of somebody else's visit, put into the tables as it is: what an office keeps of a bundle.

Nothing is replayed here and no event is made: the trail is the assessor's. A later revision must continue it, an
earlier one must be its beginning; whatever else arrives under the same visit is refused, so that no bundle can
overwrite another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, delete, select, update

from evaluator.errors import BundleError
from evaluator.language import _
from evaluator.store import answers, bundles, visits
from evaluator.store.answers import Key, StoredAnswer
from evaluator.store.audit import Entry
from evaluator.store.bundles import StoredBundle
from evaluator.store.events import encoded
from evaluator.store.evidence import StoredEvidence
from evaluator.store.exchange_tables import OUTGOING
from evaluator.store.rows import StoredRow
from evaluator.store.tables import ANSWER, BUNDLE, EVENT, EVIDENCE, EVIDENCE_LINK, ROW, VISIT
from evaluator.store.visits import StoredVisit

RECEIVED = "received"
_DRAFT = "draft"
_SAME = ("region_code", "round", "intake", "principal")


@dataclass(frozen=True, slots=True)
class Received:
    """One revision with everything that the tables hold of it. The evidence files must lie in the store already."""

    visit: StoredVisit
    bundle: StoredBundle
    trail: Sequence[Entry]
    answers: Iterable[StoredAnswer]
    rows: Iterable[StoredRow]
    evidence: Iterable[StoredEvidence]
    links: Mapping[Key, tuple[str, ...]]


_HASHES = select(EVENT.c.hash).where(EVENT.c.visit == bindparam("visit")).order_by(EVENT.c.visit_rev)
_NUMBERS = select(EVENT.c.seq).where(
    EVENT.c.device == bindparam("device"),
    EVENT.c.visit != bindparam("visit"),
    EVENT.c.seq.between(bindparam("low"), bindparam("high")),
)
_RECEIVED = select(BUNDLE.c.bundle_id).where(BUNDLE.c.state == RECEIVED).order_by(BUNDLE.c.bundle_id)
_RECEIPTS = select(OUTGOING.c.bundle_id, OUTGOING.c.data).where(OUTGOING.c.kind == "receipt")


def put(connection: Connection, received: Received) -> None:
    """Keep a revision; the newest known one is what the tables show of the visit afterwards.

    Raises BundleError `statement_mismatch` where it does not fit what is known of the visit or the device; nothing is
    kept then.
    """
    known = visits.beginning_with(connection, received.visit.id)
    before = next((visit for visit in known if visit.id == received.visit.id), None)
    _check_numbers(connection, received)
    if before is None:
        visits.add(connection, received.visit)
        _put_events(connection, received, 0)
        _put_content(connection, received)
    else:
        _check_same(before, received.visit)
        _check_revision(connection, received.bundle)
        here = list(connection.execute(_HASHES, {"visit": received.visit.id}).scalars())
        there = [entry.hash for entry in received.trail]
        if here == there[: len(here)] and len(there) > len(here):
            _put_events(connection, received, len(here))
            _put_content(connection, received)
            _move_visit(connection, received.visit)
        elif there != here[: len(there)]:
            raise BundleError(
                "statement_mismatch",
                _("Its audit trail does not continue the one that is known of visit {visit}").format(
                    visit=received.visit.id
                ),
            )
    bundles.add(connection, received.bundle)


def unconfirmed(connection: Connection) -> list[str]:
    """The bundles that were stored and whose receipt does not say so yet, as a crash between the two leaves them."""
    confirmed = {
        row.bundle_id for row in connection.execute(_RECEIPTS) if json.loads(row.data)["verdict"] == "stored"
    }
    return [bundle for bundle in connection.execute(_RECEIVED).scalars() if bundle not in confirmed]


def all_bundles(connection: Connection) -> list[StoredBundle]:
    """Every bundle known here, by device and its number there."""
    ordered = select(BUNDLE).order_by(BUNDLE.c.device, BUNDLE.c.device_seq, BUNDLE.c.bundle_id)
    return [StoredBundle(**row._mapping) for row in connection.execute(ordered)]


def _check_numbers(connection: Connection, received: Received) -> None:
    """That no event has the number of another of its device: a trail that was made up, or a copied laptop."""
    by_device: dict[str, list[int]] = {}
    for entry in received.trail:
        by_device.setdefault(entry.device, []).append(entry.seq)
    for device, numbers in by_device.items():
        span = {"device": device, "visit": received.visit.id, "low": min(numbers), "high": max(numbers)}
        if set(connection.execute(_NUMBERS, span).scalars()) & set(numbers):
            raise BundleError(
                "statement_mismatch",
                _("The device {device} has given the same number to events of two visits").format(
                    device=device
                ),
                _("Was the laptop copied, or a backup restored? Ask the assessor"),
            )


def _check_same(before: StoredVisit, after: StoredVisit) -> None:
    if before.state == _DRAFT:
        raise BundleError(
            "statement_mismatch",
            _("Visit {visit} is being worked on in this workspace").format(visit=after.id),
        )
    if any(getattr(before, name) != getattr(after, name) for name in _SAME):
        raise BundleError(
            "statement_mismatch",
            _("Visit {visit} is known with another assessor, region or round").format(visit=after.id),
        )


def _check_revision(connection: Connection, bundle: StoredBundle) -> None:
    """That there is one bundle for each revision, and that each names the one before."""
    chain = {known.revision: known for known in bundles.of_visit(connection, bundle.visit)}
    previous, following = chain.get(bundle.revision - 1), chain.get(bundle.revision + 1)
    if bundle.revision in chain:
        raise BundleError(
            "statement_mismatch",
            _("There is another bundle of revision {revision} of visit {visit}").format(
                revision=bundle.revision, visit=bundle.visit
            ),
            _("Ask the assessor which one counts; both are kept"),
        )
    if (previous and previous.bundle_id != bundle.prev) or (following and following.prev != bundle.bundle_id):
        raise BundleError(
            "statement_mismatch",
            _("Revision {revision} of visit {visit} does not belong to the revisions that are known").format(
                revision=bundle.revision, visit=bundle.visit
            ),
        )


def _move_visit(connection: Connection, visit: StoredVisit) -> None:
    values = asdict(visit)
    for name in ("id", "created_at", "previous_bundle"):
        del values[name]
    connection.execute(update(VISIT).where(VISIT.c.id == visit.id), values)


def _put_events(connection: Connection, received: Received, first: int) -> None:
    lines = []
    for number, entry in enumerate(received.trail[first:], first + 1):
        line = entry.as_json()
        line |= {"visit": received.visit.id, "visit_rev": number}
        line |= {"old": encoded(entry.old), "new": encoded(entry.new)}
        lines.append(line)
    if lines:
        connection.execute(EVENT.insert(), lines)


def _put_content(connection: Connection, received: Received) -> None:
    visit = received.visit.id
    for table in (EVIDENCE_LINK, EVIDENCE, ANSWER, ROW):
        connection.execute(delete(table).where(table.c.visit == visit))
    for answer in received.answers:
        answers.put(connection, visit, answer)
    living = [{"visit": visit, "deleted_seq": None, **asdict(row)} for row in received.rows]
    pieces = [{"visit": visit, "removed_seq": None, **asdict(piece)} for piece in received.evidence]
    links = [
        {"visit": visit, "evidence": piece, "path": path, "row": row}
        for (path, row), attached in received.links.items()
        for piece in attached
    ]
    for table, lines in ((ROW, living), (EVIDENCE, pieces), (EVIDENCE_LINK, links)):
        if lines:
            connection.execute(table.insert(), lines)
