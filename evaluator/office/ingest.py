"""Taking in what assessors have sealed: from the remote, from a stick, from the mail; each bundle once.

    record or file -> bundle in our own folder -> judged -> files -> one transaction -> receipt

Whatever is wrong with one bundle is told and stops nothing else. A crash anywhere is mended by the next run: what was
committed gets its receipt, what was not is taken in again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection

from evaluator import __version__
from evaluator.bundle.keys import FileSigner
from evaluator.bundle.office import read_office
from evaluator.bundle.statement import Statement
from evaluator.errors import BundleError, NotFoundError, RemoteError, UsageError
from evaluator.identity import office_file
from evaluator.language import _
from evaluator.office import fetching, keeping, receipts, setup
from evaluator.office.fetching import DAMAGED, INCOMPLETE, Delivered
from evaluator.office.judging import Judged, Verdict, judge
from evaluator.office.keeping import Copied
from evaluator.office.receipts import About
from evaluator.paths import read_input
from evaluator.remotes import layout
from evaluator.remotes.remote import Remote
from evaluator.store import arrivals, bundles, deliveries, files, meta
from evaluator.store.bundles import StoredBundle
from evaluator.store.deliveries import StoredDelivery
from evaluator.workspaces import OpenWorkspace

Remember: TypeAlias = Callable[[Connection], None]

_JUDGED = "quarantine judged with"
_STRANGERS_BYTES = 1 << 30  # what somebody unknown may make us fetch


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one bundle. `new` is false where the office had it already; `source` is a name at the remote or
    a file."""

    verdict: Verdict
    source: str
    bundle_id: str | None = None
    visit: str | None = None
    revision: int | None = None
    code: str = ""
    reason: str = ""
    new: bool = True

    def as_json(self) -> dict[str, Any]:
        """A line of `office ingest --json`."""
        return {
            "bundle_id": self.bundle_id,
            "visit": self.visit,
            "revision": self.revision,
            "verdict": self.verdict,
            "reason": self.reason,
            "code": self.code,
            "new": self.new,
            "source": self.source,
        }


class Ingest:
    """One run of ingest in an open office."""

    def __init__(self, desk: OpenWorkspace) -> None:
        self._desk = desk
        self._signer: FileSigner = setup.ingest_signer(desk.workspace)
        self._assessors = setup.assessors(desk.workspace)
        self._org = read_office(read_input(office_file(desk.workspace))).org

    def run(self, remote: Remote | None, given: Sequence[Path] = ()) -> Iterator[Outcome]:
        """Take in the files `given`, then everything at `remote` that is not known yet; an outcome for each in turn.

        What waits in quarantine is judged again first, if the office has come to trust others since. Raises
        RemoteError where the remote is away, StorageError from the disk.
        """
        receipts.confirm_what_is_stored(self._desk, self._signer, self._org)
        yield from self._judge_quarantine_again()
        for path in given:
            yield self._take_file(path)
        if remote is not None:
            for device in remote.folders(layout.OUT):
                yield from self._take_device(remote, device)

    # -- where bundles come from

    def _judge_quarantine_again(self) -> Iterator[Outcome]:
        mark = f"{setup.trust_mark(self._desk.workspace)} {__version__}"
        with self._desk.transaction() as connection:
            if meta.find(connection, _JUDGED) == mark:
                return
        for path in sorted(self._desk.workspace.quarantine.glob("*.zip")):
            found = Copied(path, files.hash_of(path), path.stat().st_size)
            outcome = self._admit(found, path.name)
            if outcome.verdict == "stored":
                yield outcome
        with self._desk.transaction() as connection:
            meta.put(connection, _JUDGED, mark)

    def _take_file(self, path: Path) -> Outcome:
        if not path.is_file():
            if path.is_dir():
                raise UsageError("is_a_folder", _("{path} is a folder; name a bundle").format(path=path))
            raise NotFoundError("file_not_found", _("There is no file {path}").format(path=path))
        return self._admit(keeping.copy_in(self._desk.workspace, path), str(path))

    def _take_device(self, remote: Remote, device: str) -> Iterator[Outcome]:
        folder = f"{layout.OUT}/{device}"
        if not layout.is_device(device):
            yield Outcome("refused", folder, code="bad_device", reason=_("No device can have this name"))
            return
        with self._desk.transaction() as connection:
            known = arrivals.names(connection, remote.identity)
        records = sorted(
            filter(None, map(layout.parse_record, remote.list(folder))), key=lambda entry: entry.name
        )
        for entry in records:
            name = f"{folder}/{entry.name}"
            try:
                delivered = fetching.read_record(remote, device, entry)
                if name not in known:
                    yield self._take_delivered(remote, delivered)
                elif known[name] != delivered.sha256:
                    yield _changed(name)
            except BundleError as error:
                verdict: Verdict = "incomplete" if error.code == INCOMPLETE else "refused"
                yield (
                    _changed(name)
                    if name in known
                    else Outcome(verdict, name, code=error.code, reason=str(error))
                )
            except RemoteError as error:
                if error.code == "remote_away":
                    raise
                yield Outcome("refused", name, code=error.code, reason=str(error))

    def _take_delivered(self, remote: Remote, delivered: Delivered) -> Outcome:
        """The bundle of a record that is not known yet, which may have come by another way before."""

        def remember(connection: Connection) -> None:
            arrivals.put_name(connection, remote.identity, delivered.name, delivered.sha256)
            deliveries.add(connection, _delivery(delivered))

        stored = self._known(delivered.bundle_id)
        if stored:
            with self._desk.transaction() as connection:
                remember(connection)
            return self._again(stored, delivered.name)
        about = _about(delivered.bundle_id, delivered.statement)
        known = delivered.record.signer in {entry.key for entry in self._assessors.entries}
        if not known and delivered.bytes > _STRANGERS_BYTES:
            reason = _("It is large, and signed by somebody who is not enrolled here; it was not fetched")
            return _outcome("quarantined", delivered.name, about, "signer_unknown", reason)
        try:
            copied = fetching.fetch(remote, delivered, self._desk.workspace.tmp)
        except BundleError as error:
            return self._not_fetched(delivered, about, error, known)
        # Who delivers says nothing of what is delivered: the signature in the bundle decides.
        return self._admit(copied, delivered.name, remember)

    def _not_fetched(self, delivered: Delivered, about: About, error: BundleError, known: bool) -> Outcome:
        """Nothing is remembered of it, so that the next run looks again."""
        if error.code == INCOMPLETE:
            return _outcome("incomplete", delivered.name, about, error.code, str(error))
        if error.code == DAMAGED and known:
            receipts.confirm(self._desk, self._signer, self._org, about, "quarantined", error.message)
            return _outcome("quarantined", delivered.name, about, error.code, str(error))
        return _outcome("refused", delivered.name, about, error.code, str(error))

    # -- what becomes of them

    def _admit(self, copied: Copied, source: str, also: Remember | None = None) -> Outcome:
        return self._settle(copied, judge(self._desk.workspace, copied.path), source, also)

    def _settle(self, copied: Copied, judged: Judged, source: str, also: Remember | None) -> Outcome:
        """Do what the verdict says with the file, the tables and the assessor."""
        verification = judged.verification
        bundle_id, statement = verification.bundle_id, verification.statement
        if judged.verdict == "refused" or bundle_id is None or statement is None:
            keeping.drop_part(self._desk.workspace, copied)
            return Outcome("refused", source, bundle_id, code=judged.code, reason=judged.reason)
        about = _about(bundle_id, statement)
        stored = self._known(bundle_id)
        if stored:
            keeping.drop(copied.path)
            if also:
                with self._desk.transaction() as connection:
                    also(connection)
            return self._again(stored, source)
        if judged.sealed is not None and judged.verdict == "stored":
            try:
                keeping.store(self._desk, copied, judged.sealed, also or _nothing)
            except BundleError as error:
                judged = replace(judged, verdict="quarantined", code=error.code, reason=str(error))
            else:
                receipts.confirm(self._desk, self._signer, self._org, about, "stored")
                return _outcome("stored", source, about)
        keeping.set_aside(self._desk.workspace, copied, bundle_id, keeping.root_of(statement))
        if also:
            with self._desk.transaction() as connection:
                also(connection)
        new = receipts.confirm(self._desk, self._signer, self._org, about, "quarantined", judged.reason)
        return replace(_outcome("quarantined", source, about, judged.code, judged.reason), new=new)

    def _known(self, bundle_id: str) -> StoredBundle | None:
        with self._desk.transaction() as connection:
            try:
                return bundles.get(connection, bundle_id)
            except NotFoundError:
                return None

    def _again(self, stored: StoredBundle, source: str) -> Outcome:
        about = About(stored.bundle_id, stored.visit, stored.revision, stored.device, stored.device_seq)
        receipts.confirm(self._desk, self._signer, self._org, about, "stored")
        return replace(_outcome("stored", source, about), new=False)


def _changed(name: str) -> Outcome:
    return Outcome(
        "conflict",
        name,
        code="record_changed",
        reason=_("This record was taken in before and has been changed since; what was taken in stays"),
        new=False,
    )


def _nothing(_connection: Connection) -> None:
    """For bundles that nothing else is to be remembered of."""


def _about(bundle_id: str, statement: Statement) -> About:
    return About(bundle_id, statement.visit, statement.revision, statement.device, statement.device_seq)


def _outcome(verdict: Verdict, source: str, about: About, code: str = "", reason: str = "") -> Outcome:
    return Outcome(verdict, source, about.bundle_id, about.visit, about.revision, code, reason)


def _delivery(delivered: Delivered) -> StoredDelivery:
    record = delivered.record
    return StoredDelivery(
        id=record.id,
        device=record.document["device"],
        seq=record.document["seq"],
        bundle_id=delivered.bundle_id,
        prev=record.document["prev"],
        data=record.data,
        signature=record.signature,
        at=record.document["at"],
    )
