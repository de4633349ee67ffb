"""Taking in one statement of the office: judged, kept, and what it says done, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from evaluator import clock
from evaluator.bundle.office import Office
from evaluator.identity import pinned_office
from evaluator.language import _
from evaluator.paths import make_directory, write_atomically
from evaluator.store import arrivals, bundles, comments, visits
from evaluator.store.arrivals import APPLIED, CONFLICT, StoredStatement
from evaluator.store.bundles import StoredBundle
from evaluator.store.comments import StoredComment
from evaluator.sync import judging
from evaluator.sync.judging import Verdict
from evaluator.sync.values import Problem
from evaluator.workspaces import OpenWorkspace

STATES = {"approved": "approved", "has_issues": "returned", "rejected": "rejected"}
_REVIEWABLE = frozenset({"final", "sent", "received", "returned", "rejected", "approved"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a statement. `fresh` is false where it was known before and nothing changed."""

    statement: StoredStatement
    document: Mapping[str, Any] | None
    fresh: bool

    @property
    def problem(self) -> Problem | None:
        """Why it does not count, if it does not."""
        found = self.statement
        if found.state == APPLIED:
            return None
        return Problem(found.code, found.reason, f"{found.kind or 'statement'}-{found.id[:16]}.json")

    def as_json(self) -> dict[str, Any]:
        """The statement in `sync --json` and `import --json`."""
        found, said = self.statement, self.document or {}
        shown: dict[str, Any] = {
            "kind": found.kind,
            "id": found.id,
            "bundle_id": found.bundle_id,
            "visit": found.visit,
            "revision": said.get("revision"),
            "state": found.state,
        }
        if found.kind == "review" and said:
            shown |= {
                "decision": said["decision"],
                "summary": said["summary"],
                "comments": len(said["comments"]),
                "reviewer": found.principal,
            }
        elif said:
            shown |= {name: said[name] for name in ("verdict", "reason", "received_at")}
        return shown


Mark = Callable[[Connection], None]


def receive(
    opened: OpenWorkspace, data: bytes, signature: bytes, source: str, name: str, mark: Mark | None = None
) -> Outcome:
    """Take in one statement; `mark` is done in the same transaction, whatever becomes of it.

    What is not applied lies in `inbox/quarantine/` too, for people and for the office to look at.
    """
    office = pinned_office(opened.workspace)
    with opened.transaction() as connection:
        outcome = _take(connection, office, data, signature, source, name)
        if mark:
            mark(connection)
    if outcome.fresh:
        _copy_aside(opened, outcome.statement)
    return outcome


def _take(
    connection: Connection, office: Office | None, data: bytes, signature: bytes, source: str, name: str
) -> Outcome:
    known = arrivals.get(connection, judging.identity(data))
    if known is not None and known.state in (APPLIED, CONFLICT):
        return Outcome(known, None, fresh=False)
    verdict = judging.judge(connection, office, data, signature, name)
    if known is not None and verdict.document is None:
        # Anybody can send known bytes again with a spoilt signature: that must not displace a good one.
        return Outcome(known, None, fresh=False)
    kept = _keep(connection, data, signature, source, verdict)
    fresh = known is None or (known.state, known.code) != (kept.state, kept.code)
    return Outcome(kept, verdict.document, fresh)


def settle(opened: OpenWorkspace) -> list[Outcome]:
    """Judge again what was held or quarantined: its predecessor, its bundle or its key may be known by now."""
    office = pinned_office(opened.workspace)
    done: list[Outcome] = []
    while True:
        with opened.transaction() as connection:
            settled = _settle_once(connection, office)
        for outcome in settled:
            _copy_aside(opened, outcome.statement)
        done += settled
        if not any(outcome.statement.state == APPLIED for outcome in settled):
            return done


def _settle_once(connection: Connection, office: Office | None) -> list[Outcome]:
    found = []
    for waiting in arrivals.unsettled(connection):
        verdict = judging.judge(connection, office, waiting.data, waiting.signature, waiting.kind)
        if (verdict.state, verdict.code) != (waiting.state, waiting.code):
            kept = _keep(connection, waiting.data, waiting.signature, waiting.source, verdict)
            found.append(Outcome(kept, verdict.document, fresh=True))
    return found


def _keep(
    connection: Connection, data: bytes, signature: bytes, source: str, verdict: Verdict
) -> StoredStatement:
    said = verdict.document or {}
    statement = StoredStatement(
        id=judging.identity(data),
        kind=verdict.kind,
        visit=said.get("visit"),
        bundle_id=said.get("bundle_id"),
        prev=said.get("prev"),
        principal=verdict.principal,
        data=data,
        signature=signature,
        source=source,
        arrived_at=clock.local(),
        state=verdict.state,
        code=verdict.code,
        reason=verdict.reason,
    )
    stored = arrivals.put(connection, statement)
    if stored.state == APPLIED and verdict.document is not None and verdict.bundle is not None:
        if verdict.kind == "review":
            _apply_review(connection, verdict.document, verdict.bundle, verdict.principal)
        else:
            _apply_receipt(connection, verdict.document, verdict.bundle)
    return stored


def _apply_receipt(connection: Connection, document: Mapping[str, Any], bundle: StoredBundle) -> None:
    """The office has the bundle, or has put it aside. An older word never takes back that it has it."""
    if document["verdict"] != "stored":
        if bundle.state != "received":
            bundles.set_state(connection, bundle.bundle_id, "quarantined")
        return
    bundles.set_state(connection, bundle.bundle_id, "received")
    visit = visits.get(connection, bundle.visit)
    if visit.state in ("final", "sent") and visit.revision == bundle.revision:
        visits.set_state(connection, visit.id, "received")


def _apply_review(
    connection: Connection, document: Mapping[str, Any], bundle: StoredBundle, principal: str
) -> None:
    """Keep the comments; move the visit if this is about its latest revision and nobody is correcting it."""
    first = clock.uuid7()
    for number, comment in enumerate(document["comments"]):
        comments.add(
            connection,
            StoredComment(
                id=f"{first}-{number:04d}",
                visit=bundle.visit,
                bundle_id=bundle.bundle_id,
                path=comment["path"],
                row=comment["row"] or "",
                text=comment["text"],
                author=principal,
                at=document["at"],
            ),
        )
    visit = visits.get(connection, bundle.visit)
    if visit.state in _REVIEWABLE and visit.revision == bundle.revision:
        visits.set_state(connection, visit.id, STATES[document["decision"]])


def _copy_aside(opened: OpenWorkspace, statement: StoredStatement) -> None:
    """Lay what does not count into the quarantine folder, and take away what counts now."""
    folder = opened.workspace.quarantine
    target = folder / f"{statement.kind or 'statement'}-{statement.id[:16]}.json"
    beside = Path(f"{target}.sig")
    if statement.state == APPLIED:
        for path in (target, beside):
            with suppress(OSError):  # only our own copies; the database has the truth
                path.unlink(missing_ok=True)
        return
    make_directory(folder)
    write_atomically(beside, statement.signature)
    write_atomically(target, statement.data)


def journal_problem(connection: Connection, outcome: Outcome) -> Problem | None:
    """That the office has seen more of this device than it has itself: it was restored, or copied."""
    said = outcome.document
    if said is None or outcome.statement.kind != "receipt" or outcome.statement.state != APPLIED:
        return None
    last = bundles.last_of_device(connection, said["device"])
    if last is None or said["device_seq"] <= last.device_seq:
        return None
    return Problem(
        "device_behind",
        _(
            "The office has bundle number {theirs} of this device, but here the last is {ours}: this workspace was "
            "restored from a backup, or a copy of it is in use"
        ).format(theirs=said["device_seq"], ours=last.device_seq),
        outcome.statement.id[:16],
    )
