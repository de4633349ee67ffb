"""Fetching what the office has for this device, in order; nothing that was settled is read again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from evaluator.bundle import shapes, sshsig
from evaluator.errors import RemoteError
from evaluator.language import _
from evaluator.paths import make_directory, write_atomically
from evaluator.remotes import layout
from evaluator.remotes.layout import RecordName
from evaluator.remotes.remote import read_all
from evaluator.store import arrivals
from evaluator.sync import applying, judging
from evaluator.sync.session import Session, records
from evaluator.sync.values import Progress


@dataclass(frozen=True, slots=True)
class _Fetched:
    record: RecordName
    data: bytes
    signature: bytes


def pull(session: Session) -> None:
    """Take in every statement for this device that is not known yet.

    A torn file and one without its signature are left for the next time; what is refused is quarantined and the rest
    goes on.
    """
    opened, remote = session.opened, session.remote
    folder = layout.device_folder(layout.IN, session.device)
    found = records(remote, folder)
    with opened.transaction() as connection:
        known = arrivals.names(connection, remote.identity)
    unknown = [record for record in found if f"{folder}/{record.name}" not in known]
    for number, record in enumerate(unknown):
        session.report(Progress("receive", record.name, number, len(unknown)))
        fetched = _fetch(session, folder, record)
        if fetched:
            _take(session, folder, fetched)
    if unknown:
        session.report(Progress("receive", "", len(unknown), len(unknown)))
    for outcome in applying.settle(opened):
        session.took(outcome)
    _look_for_gaps(session, folder, found)


def _fetch(session: Session, folder: str, record: RecordName) -> _Fetched | None:
    """A record with its signature, if both are there whole."""
    name = f"{folder}/{record.name}"
    try:
        data = read_all(session.remote, name, shapes.MAX_JSON)
        signature = read_all(session.remote, layout.signature(name), sshsig.MAX_BYTES)
    except RemoteError as error:
        if error.code == "remote_away":
            raise
        session.problem(error.code, error.message, name)
        return None
    if data is None:
        return None  # removed since it was listed
    if judging.identity(data)[:16] != record.id16:
        _set_aside(session, record, data, signature or b"")
        session.problem(
            "statement_torn",
            _("{name} at the remote is torn or was changed; it is read again next time").format(name=name),
            name,
        )
        return None
    if signature is None:
        session.problem(
            "signature_missing",
            _("The signature of {name} is not at the remote yet; it is read again next time").format(
                name=name
            ),
            name,
        )
        return None
    return _Fetched(record, data, signature)


def _take(session: Session, folder: str, fetched: _Fetched) -> None:
    remote, record = session.remote, fetched.record
    name = f"{folder}/{record.name}"

    def mark(connection: Connection) -> None:
        arrivals.put_name(connection, remote.identity, name, judging.identity(fetched.data))

    outcome = applying.receive(
        session.opened, fetched.data, fetched.signature, remote.identity, record.name, mark
    )
    session.took(outcome)
    with session.opened.transaction() as connection:
        session.add_problem(applying.journal_problem(connection, outcome))


def _set_aside(session: Session, record: RecordName, data: bytes, signature: bytes) -> None:
    folder = session.opened.workspace.quarantine
    target = folder / f"torn-{record.id16}-{judging.identity(data)[:8]}.json"
    if not target.exists():
        make_directory(folder)
        write_atomically(target.with_name(layout.signature(target.name)), signature)
        write_atomically(target, data)


def _look_for_gaps(session: Session, folder: str, found: list[RecordName]) -> None:
    """The office numbers without gaps and removes nothing: what is missing was withheld, or has yet to arrive."""
    with session.opened.transaction() as connection:
        known = arrivals.names(connection, session.remote.identity)
    listed = {record.name for record in found}
    read = [name.removeprefix(f"{folder}/") for name in known if name.startswith(f"{folder}/")]
    gone = sorted(set(read) - listed)
    if gone:
        session.problem(
            "remote_went_back",
            _("The remote shows less than before: {name} was there and is gone").format(name=gone[0]),
            f"{folder}/{gone[0]}",
        )
    before = 0
    for number in sorted({int(name[:8]) for name in {*listed, *read}}):
        if number > before + 1:
            session.problem(
                "statement_missing",
                _("Number {first} to {last} of what the office sent has not arrived yet").format(
                    first=before + 1, last=number - 1
                ),
                folder,
            )
        before = number
