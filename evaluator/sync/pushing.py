"""Sending sealed bundles: pieces first, the signed record last, and everything again that is not certainly there.

A record is kept in the database before it is published: an attempt that was cut off is repeated with the same bytes,
so that a bundle has one record and a number is never used twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from evaluator import clock
from evaluator.bundle.reading import Bundle, open_bundle
from evaluator.bundle.statement import DELIVERY, sign_statement
from evaluator.errors import BundleError, RemoteConflictError, UsageError
from evaluator.language import _
from evaluator.remotes import layout
from evaluator.remotes.remote import Content
from evaluator.store import bundles, deliveries, visits
from evaluator.store.bundles import StoredBundle
from evaluator.store.deliveries import StoredDelivery
from evaluator.sync.session import Session, foreign, records, write_record
from evaluator.sync.values import Progress


@dataclass(frozen=True, slots=True)
class _File:
    """A payload file, which is one piece."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class _Job:
    """A bundle that the office has not confirmed, with what of it is missing at the remote."""

    bundle: StoredBundle
    delivery: StoredDelivery | None
    files: tuple[_File, ...]
    missing: tuple[_File, ...]

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.missing)


@dataclass(slots=True)
class _Sending:
    """How far it is over all jobs: what was put at the remote in this run, and the bytes of it."""

    total: int
    pieces: set[str] = field(default_factory=set)
    done: int = 0


def push(session: Session) -> None:
    """Send every bundle of this device that the office has not confirmed. A damaged one does not stop the others."""
    with session.opened.transaction() as connection:
        waiting = bundles.unconfirmed(connection, session.device)
    _look_for_copies(session)
    if not waiting:
        return
    jobs = list(_jobs(session, waiting))
    sizes = {file.sha256: file.size for job in jobs for file in job.missing}
    sending = _Sending(sum(sizes.values()))
    for job in jobs:
        try:
            _send_pieces(session, job, sending)
            _send_record(session, job)
        except (BundleError, RemoteConflictError) as error:
            _cannot_send(session, job.bundle, error)
    session.report(Progress("send", "", sending.total, sending.total))


def _cannot_send(session: Session, bundle: StoredBundle, error: BundleError | RemoteConflictError) -> None:
    session.problem(
        "bundle_damaged" if isinstance(error, BundleError) else error.code,
        _("Bundle {file} could not be sent: {reason}").format(file=bundle.file, reason=error.message),
        bundle.bundle_id,
    )


def _jobs(session: Session, waiting: list[StoredBundle]) -> Iterator[_Job]:
    with session.opened.transaction() as connection:
        known = deliveries.pieces(connection, session.remote.identity)
    for bundle in waiting:
        with session.opened.transaction() as connection:
            delivery = deliveries.of_bundle(connection, bundle.bundle_id)
        try:
            files = _files_of(delivery) if delivery else _files_in(_open(session, bundle))
        except BundleError as error:
            _cannot_send(session, bundle, error)
            continue
        missing = tuple(file for file in files if not _is_there(session, bundle, file, known))
        yield _Job(bundle, delivery, files, missing)


def _open(session: Session, bundle: StoredBundle) -> Bundle:
    with _reading():
        found = open_bundle(session.opened.workspace.outbox / bundle.file)
    if found.bundle_id != bundle.bundle_id:
        raise BundleError(
            "statement_mismatch", _("{file} in the outbox is another bundle").format(file=bundle.file)
        )
    return found


@contextmanager
def _reading() -> Iterator[None]:
    """A bundle that is gone or unreadable is one that cannot be sent; nothing else need stop."""
    try:
        yield
    except UsageError as error:
        raise BundleError("missing_file", error.message, error.hint) from error


def _files_in(bundle: Bundle) -> tuple[_File, ...]:
    missing = next((name for name in bundle.hashes if name not in bundle.sizes), None)
    if missing:
        raise BundleError("missing_file", _("{name} is missing").format(name=missing))
    return tuple(_File(name, sha256, bundle.sizes[name]) for name, sha256 in bundle.hashes.items())


def _files_of(delivery: StoredDelivery) -> tuple[_File, ...]:
    document: dict[str, Any] = json.loads(delivery.data)
    return tuple(_File(file["name"], file["sha256"], file["bytes"]) for file in document["files"])


def _is_there(session: Session, bundle: StoredBundle, file: _File, known: dict[str, int]) -> bool:
    """Whether a piece lies at the remote: we put it there, and it still has its size.

    Where the office has just said that it could not use the bundle, sizes prove nothing and every piece is compared.
    """
    refused = any(receipt["bundle_id"] == bundle.bundle_id for receipt in session.result.receipts)
    if refused or known.get(file.sha256) != file.size:
        return False
    return session.remote.size(layout.blob(file.sha256)) == file.size


def _send_pieces(session: Session, job: _Job, sending: _Sending) -> None:
    if not job.missing:
        return
    bundle = _open(session, job.bundle)
    for file in job.missing:
        if file.sha256 in sending.pieces:
            continue  # another bundle of this run has it too
        label = f"{job.bundle.file} {file.name}"

        def chunks(file: _File = file, label: str = label) -> Iterator[bytes]:
            sent = 0
            with _reading():
                for chunk in bundle.chunks(file.name):
                    yield chunk
                    sent += len(chunk)
                    done = min(sending.done + sent, sending.total)
                    session.report(Progress("send", label, done, sending.total, sent, file.size))

        _send_piece(session, file, Content(file.sha256, file.size, chunks))
        sending.pieces.add(file.sha256)
        sending.done += file.size
        session.report(Progress("send", label, sending.done, sending.total, file.size, file.size))


def _send_piece(session: Session, file: _File, content: Content) -> None:
    name = layout.blob(file.sha256)
    try:
        written = session.remote.write_new(name, content)
    except RemoteConflictError:
        # Its name says what it must be, so whatever else lies there is torn or poisoned.
        session.remote.remove(name)
        written = session.remote.write_new(name, content)
        session.log.note(_("A damaged piece at the remote was replaced: {name}").format(name=name))
    if written:
        session.result.sent_bytes += file.size
    with session.opened.transaction() as connection:
        deliveries.put_piece(connection, session.remote.identity, file.sha256, file.size)


def _send_record(session: Session, job: _Job) -> None:
    delivery = job.delivery or _sign(session, job)
    name = layout.record(layout.OUT, delivery.device, delivery.seq, delivery.id)
    fresh = write_record(session.remote, name, delivery.data, delivery.signature)
    with session.opened.transaction() as connection:
        if job.bundle.state == "sealed":
            bundles.set_state(connection, job.bundle.bundle_id, "sent")
        visit = visits.get(connection, job.bundle.visit)
        if visit.state == "final" and visit.revision == job.bundle.revision:
            visits.set_state(connection, visit.id, "sent")
    if fresh or job.missing or job.bundle.state == "sealed":
        _tell(session, job, visit.region_name)


def _sign(session: Session, job: _Job) -> StoredDelivery:
    """The signed record of a bundle: the next of this device."""
    signer = session.signer()
    bundle = _open(session, job.bundle)
    with session.opened.transaction() as connection:
        before = deliveries.last_of_device(connection, session.device)
        document = {
            "device": session.device,
            "seq": before.seq + 1 if before else 1,
            "prev": before.id if before else None,
            "bundle_id": job.bundle.bundle_id,
            "zip_sha256": job.bundle.sha256,
            "tags": {name: data.decode("utf-8") for name, data in bundle.tags.items()},
            "files": [
                {
                    "name": file.name,
                    "bytes": file.size,
                    "sha256": file.sha256,
                    "pieces": [[file.sha256, file.size]],
                }
                for file in job.files
            ],
            "at": clock.utc(),
        }
        signed = sign_statement(DELIVERY, document, signer)
        delivery = StoredDelivery(
            id=signed.id,
            device=session.device,
            seq=signed.document["seq"],
            bundle_id=job.bundle.bundle_id,
            prev=signed.document["prev"],
            data=signed.data,
            signature=signed.signature,
            at=signed.document["at"],
        )
        deliveries.add(connection, delivery)
    return delivery


def _tell(session: Session, job: _Job, region: str) -> None:
    bundle = job.bundle
    session.result.sent.append(
        {
            "kind": "bundle",
            "bundle_id": bundle.bundle_id,
            "visit": bundle.visit,
            "revision": bundle.revision,
            "file": bundle.file,
            "bytes": job.bytes,
        }
    )
    session.log.note(
        _("Sent {region}, revision {revision}: {count} files, {bytes} bytes, bundle {bundle}").format(
            region=region,
            revision=bundle.revision,
            count=len(job.missing),
            bytes=job.bytes,
            bundle=bundle.bundle_id[:16],
        )
    )


def _look_for_copies(session: Session) -> None:
    """Only this device writes there: another record means that a copy of the workspace is in use, or a forger."""
    found = records(session.remote, layout.device_folder(layout.OUT, session.device))
    with session.opened.transaction() as connection:
        ours = [
            (known.seq, known.id)
            for record in found
            for known in deliveries.numbered(connection, session.device, record.seq)
        ]
    for record in foreign(found, ours):
        session.problem(
            "delivery_conflict",
            _(
                "{name} lies at the remote under this device and is not from this workspace: a copy of it is in use, "
                "or it was restored from a backup. Both are kept; tell the office"
            ).format(name=record.name),
            record.name,
        )
