"""One run of sync: where it works, with whom, and what it has found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from evaluator.bundle.keys import Signer
from evaluator.errors import RemoteConflictError
from evaluator.language import _
from evaluator.remotes import layout
from evaluator.remotes.layout import RecordName
from evaluator.remotes.remote import Remote, content_of, read_all
from evaluator.sync.applying import Outcome
from evaluator.sync.log import Log
from evaluator.sync.values import Problem, Progress, Report, SyncResult
from evaluator.workspaces import OpenWorkspace


def ignore(_progress: Progress) -> None:
    """For callers who show no progress."""


@dataclass(slots=True)
class Session:
    """One run of sync. `unlock` gives the signer, and may ask a person; it is called once, and only if needed."""

    opened: OpenWorkspace
    remote: Remote
    unlock: Callable[[], Signer]
    report: Report
    result: SyncResult
    log: Log
    _signer: list[Signer] = field(default_factory=list)

    @property
    def device(self) -> str:
        """The device that this workspace is."""
        return self.opened.config.device

    def signer(self) -> Signer:
        """Whoever signs delivery records."""
        if not self._signer:
            self._signer.append(self.unlock())
        return self._signer[0]

    def problem(self, code: str, message: str, name: str = "") -> None:
        """Say what is wrong, in the result and in the log, and go on."""
        self.add_problem(Problem(code, message, name))

    def add_problem(self, problem: Problem | None) -> None:
        """See `problem`."""
        if problem is None:
            return
        self.result.problems.append(problem)
        self.log.note(_("PROBLEM {code}: {message}").format(code=problem.code, message=problem.message))

    def took(self, outcome: Outcome) -> None:
        """Tell what became of a statement, unless it was known before."""
        if not outcome.fresh:
            return
        self.add_problem(outcome.problem)
        if outcome.statement.state != "applied":
            return
        shown = outcome.as_json()
        self.result.received.append(shown)
        (self.result.reviews if shown["kind"] == "review" else self.result.receipts).append(shown)
        self.log.note(_took(outcome))


def _took(outcome: Outcome) -> str:
    said = outcome.document or {}
    if outcome.statement.kind == "review":
        return _(
            "Review of visit {visit}, revision {revision}: {decision}, {count} comments, by {who}"
        ).format(
            visit=said.get("visit"),
            revision=said.get("revision"),
            decision=said.get("decision"),
            count=len(said.get("comments", ())),
            who=outcome.statement.principal,
        )
    return _("Receipt for visit {visit}, revision {revision}: {verdict} {reason}").format(
        visit=said.get("visit"),
        revision=said.get("revision"),
        verdict=said.get("verdict"),
        reason=said.get("reason"),
    )


def write_record(remote: Remote, name: str, data: bytes, signature: bytes) -> bool:
    """Write a record after its signature: where the record is, both are. Whether it had to be written.

    One that was cut off is written again; one that says something else is a conflict, which stays for all to see.
    """
    _write_whole(remote, layout.signature(name), signature)
    return _write_whole(remote, name, data)


def _write_whole(remote: Remote, name: str, data: bytes) -> bool:
    try:
        return remote.write_new(name, content_of(data))
    except RemoteConflictError:
        if (remote.size(name) or 0) >= len(data):
            raise
        there = read_all(remote, name, len(data))
        if there is None or not data.startswith(there):
            raise
        remote.remove(name)
        return remote.write_new(name, content_of(data))


def records(remote: Remote, folder: str) -> list[RecordName]:
    """The records in the folder of a device, by their numbers."""
    found = (layout.parse_record(name) for name in remote.list(folder))
    return sorted((record for record in found if record), key=lambda record: (record.seq, record.name))


def foreign(found: Iterable[RecordName], ours: Iterable[tuple[int, str]]) -> list[RecordName]:
    """The records that are not among `ours` (number and id), though only we may write there."""
    known = {(seq, identity[:16]) for seq, identity in ours}
    return [record for record in found if (record.seq, record.id16) not in known]
