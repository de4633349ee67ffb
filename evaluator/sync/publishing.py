"""An office's way out: its receipts and reviews laid into the folder of each device, in the order they were signed."""

from __future__ import annotations

from itertools import groupby

from evaluator.errors import RemoteConflictError, UsageError
from evaluator.language import _
from evaluator.remotes import layout
from evaluator.store import outgoing
from evaluator.store.outgoing import StoredOutgoing
from evaluator.sync.session import Session, foreign, records, write_record
from evaluator.sync.values import Progress


def publish(session: Session) -> None:
    """Publish what is queued. After a conflict in one folder the others go on."""
    with session.opened.transaction() as connection:
        pending = outgoing.pending(connection)
    total = sum(len(entry.data) for entry in pending)
    done = 0
    for device, entries in groupby(pending, key=lambda entry: entry.device):
        try:
            _look_for_strangers(session, device)
            for entry in entries:
                session.report(Progress("publish", entry.kind, done, total))
                _publish(session, entry)
                done += len(entry.data)
        except (RemoteConflictError, UsageError) as error:
            session.problem(error.code, error.message, device)
    if pending:
        session.report(Progress("publish", "", done, total))


def _publish(session: Session, entry: StoredOutgoing) -> None:
    name = layout.record(layout.IN, entry.device, entry.seq, entry.id)
    write_record(session.remote, name, entry.data, entry.signature)
    with session.opened.transaction() as connection:
        outgoing.mark_published(connection, entry)
    session.result.sent.append({"kind": entry.kind, "id": entry.id, "bundle_id": entry.bundle_id})
    session.result.sent_bytes += len(entry.data)
    session.log.note(
        _("Published {kind} number {seq} for device {device}, bundle {bundle}").format(
            kind=entry.kind, seq=entry.seq, device=entry.device, bundle=entry.bundle_id[:16]
        )
    )


def _look_for_strangers(session: Session, device: str) -> None:
    """Only this office writes there: another record means a copied or restored office, or a forger."""
    with session.opened.transaction() as connection:
        ours = [(entry.seq, entry.id) for entry in outgoing.of_device(connection, device)]
    for record in foreign(records(session.remote, layout.device_folder(layout.IN, device)), ours):
        session.problem(
            "statement_conflict",
            _("{name} for device {device} lies at the remote and is not from this office's workspace").format(
                name=record.name, device=device
            ),
            record.name,
        )
