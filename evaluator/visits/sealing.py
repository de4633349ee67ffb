"""Sealing: a visit becomes a signed revision, is copied out, and may be opened again with a reason."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from evaluator import __version__, canonical, clock
from evaluator.bundle import names
from evaluator.bundle.keys import Signer
from evaluator.bundle.report import render_report
from evaluator.bundle.statement import FormUsed, Statement
from evaluator.bundle.writing import PayloadFile, write_bundle
from evaluator.errors import FindingError, StorageError, UsageError
from evaluator.identity import pinned_office
from evaluator.language import _, current
from evaluator.paths import copy_atomically
from evaluator.store import bundles, events, files
from evaluator.store import visits as visit_table
from evaluator.store.bundles import StoredBundle
from evaluator.text import clean
from evaluator.visits import correspondence, documents
from evaluator.visits.values import DRAFT, FINAL, REOPENABLE, Exported, Finalised

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit


def finalise(visit: Visit, signer: Signer) -> Finalised:
    """See `Visit.finalise`.

    The bundle is durable in the outbox before the database says final; a crash between the two leaves a draft, and a
    file that the next attempt replaces.
    """
    visit.require_complete()
    with visit.desk.transaction() as connection:
        statement = _statement(visit, connection, signer)
        events.append(
            connection,
            visit.id,
            visit.desk.author,
            "finalise",
            new=statement.revision,
            reason=statement.reason,
        )
        name = names.file_name(visit.id, statement.revision)
        target = visit.desk.workspace.outbox / name
        payload = _payload(visit, connection, statement.revision)
        written = write_bundle(target, statement, payload, signer)
        bundles.add(
            connection,
            StoredBundle(
                bundle_id=written.bundle_id,
                visit=visit.id,
                revision=statement.revision,
                file=name,
                sha256=written.sha256,
                bytes=written.bytes,
                created=statement.created,
                prev=statement.prev,
                device=statement.device,
                device_seq=statement.device_seq,
                reason=statement.reason,
            ),
        )
        visit_table.set_state(connection, visit.id, FINAL, revision=statement.revision)
    visit.refresh()
    return Finalised(visit.id, statement.revision, written.bundle_id, str(target))


def _statement(visit: Visit, connection: Connection, signer: Signer) -> Statement:
    desk = visit.desk
    before = bundles.latest(connection, visit.id)
    journal = bundles.last_of_device(connection, desk.config.device)
    office = pinned_office(desk.workspace)
    now = clock.utc()
    return Statement(
        visit=visit.id,
        revision=before.revision + 1 if before else 1,
        principal=visit.principal,
        key=signer.fingerprint,
        device=desk.config.device,
        device_seq=bundles.next_device_seq(connection, desk.config.device),
        created=now,
        finalised=now,
        app=f"evaluator/{__version__}",
        forms=tuple(
            FormUsed(form.id, hashlib.sha256(visit.instrument.files[form.file]).hexdigest(), form.version)
            for form in visit.instrument.forms
        ),
        prev=before.bundle_id if before else None,
        reason=_reopened_because(visit, connection) if before else "",
        org=office.org if office else None,
        journal_prev=f"sha256:{journal.bundle_id}" if journal else None,
    )


def _reopened_because(visit: Visit, connection: Connection) -> str:
    reasons = [entry.reason for entry in events.load(connection, visit.id) if entry.op == "reopen"]
    return reasons[-1] if reasons else ""


def _payload(visit: Visit, connection: Connection, revision: int) -> list[PayloadFile]:
    """Every payload file of `revision`. The evidence is copied from the store, whose hashes it must still have."""
    remarks = correspondence.remarks_within(connection, visit)
    document = documents.answers_document(visit, revision, remarks)
    made = {
        names.ANSWERS: canonical.dumps(document) + b"\n",
        names.AUDIT: events.as_jsonl(connection, visit.id),
        names.REPORT: render_report(document, visit.instrument, language=current()),
        **{names.INSTRUMENT + name: data for name, data in visit.instrument.files.items()},
    }
    payload = [
        PayloadFile(name, data, hashlib.sha256(data).hexdigest(), len(data)) for name, data in made.items()
    ]
    places = documents.evidence_files(visit)
    for piece in visit.evidence():
        source = files.path_of(visit.desk.workspace.evidence, piece.sha256)
        if not source.is_file():
            raise StorageError(
                "evidence_lost",
                _("The file of evidence {id} ({name}) is gone from the workspace").format(
                    id=piece.id, name=piece.name
                ),
                _("Attach it again or detach it, then finalise"),
            )
        payload.append(PayloadFile(places[piece.id], source, piece.sha256, piece.bytes))
    return payload


def reopen(visit: Visit, reason: str) -> None:
    """See `Visit.reopen`. Raises UsageError for a draft, an approved visit, somebody else's, or no reason."""
    state = visit.line.state
    if state == DRAFT:
        raise UsageError(
            "not_sealed", _("Visit {visit} is a draft; there is nothing to reopen").format(visit=visit.id)
        )
    if visit.principal.casefold() != visit.desk.config.email.casefold():
        raise UsageError(
            "not_your_visit",
            _("Visit {visit} is of {principal}, who alone can correct it").format(
                visit=visit.id, principal=visit.principal
            ),
            _("Return it with a review: `evaluator review`"),
        )
    if state not in REOPENABLE:
        raise UsageError(
            "approved",
            _("Visit {visit} is approved and stays as it is").format(visit=visit.id),
            _("Ask the office if it must be corrected"),
        )
    try:
        text = clean(reason).strip()
    except ValueError:
        text = ""
    if not text:
        raise UsageError(
            "no_reason", _("A reason is needed to reopen a visit"), _("It travels with the next revision")
        )
    with visit.desk.transaction() as connection:
        events.append(connection, visit.id, visit.desk.author, "reopen", old=state, new=DRAFT, reason=text)
        visit_table.set_state(connection, visit.id, DRAFT)
    visit.refresh()


def export(visit: Visit, target: Path) -> Exported:
    """See `Visit.export`.

    A folder gets the bundle under its own name. Another file of the same name is never replaced. Raises FindingError
    for a visit that was never sealed, UsageError for the target, StorageError.
    """
    with visit.desk.transaction() as connection:
        sealed = bundles.latest(connection, visit.id)
    if sealed is None:
        raise FindingError(
            "not_sealed",
            _("Visit {visit} is not finalised yet").format(visit=visit.id),
            _("Finalise it first: `evaluator visit finalise`"),
        )
    source = visit.desk.workspace.outbox / sealed.file
    try:
        path = target / sealed.file if target.is_dir() else target
        there = path.parent.is_dir()
    except OSError as error:  # a name that is too long is refused by the first look at it
        raise UsageError(
            "file_unreadable", _("{path} cannot be read: {reason}").format(path=target, reason=error.strerror)
        ) from error
    if not there:
        raise UsageError("no_such_folder", _("There is no folder {path}").format(path=path.parent))
    if files.hash_of(source) != sealed.sha256:
        raise StorageError(
            "bundle_damaged",
            _("The sealed bundle {file} is damaged on this disk").format(file=source.name),
            _("Restore a backup, or reopen and finalise the visit again"),
        )
    if not path.exists():
        copy_atomically(source, path, 0o644)
    elif not path.is_file() or files.hash_of(path) != sealed.sha256:
        raise UsageError(
            "file_exists",
            _("{path} is there already and is something else").format(path=path),
            _("Choose another name"),
        )
    return Exported(str(path), sealed.bundle_id, visit.id, sealed.revision)
