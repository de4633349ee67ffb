"""Taking in files that were carried or mailed: receipts, reviews and bundles, with the same checks as over a remote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.bundle import names, shapes, sshsig
from evaluator.bundle.statement import signature_path
from evaluator.bundle.verifying import Verification, verify_file
from evaluator.errors import BundleError, RemoteConflictError
from evaluator.language import _
from evaluator.paths import make_directory, read_input
from evaluator.remotes.folder import FolderRemote
from evaluator.remotes.remote import Content
from evaluator.store import files
from evaluator.sync import applying
from evaluator.sync.applying import Outcome
from evaluator.sync.log import Log
from evaluator.sync.values import Problem
from evaluator.workspaces import OpenWorkspace

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file; `state` is as of a statement, or `kept` for a bundle, `damaged`, `conflict`.

    `fresh` is false where it was known before. `also` is what could be applied because this one came.
    """

    file: str
    kind: str
    state: str
    details: dict[str, Any]
    problem: Problem | None = None
    fresh: bool = True
    also: tuple[Outcome, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with it; a review that waits for the one before it is not wrong."""
        return self.problem is None or self.state == "held"

    def as_json(self) -> dict[str, Any]:
        """A line of `import --json`."""
        return {
            **self.details,
            "file": self.file,
            "kind": self.kind,
            "state": self.state,
            "ok": self.ok,
            "problem": self.problem.as_json() if self.problem else None,
        }


def import_file(opened: OpenWorkspace, path: Path) -> Imported:
    """Take in one file: `NAME.json` with `NAME.json.sig` beside it, or a bundle.

    A bundle is verified and kept in the inbox for reviewing; an unknown signer does not matter for that. Raises
    NotFoundError or UsageError where there is nothing to read, StorageError.
    """
    found = _import_statement(opened, path) if path.suffix == ".json" else _import_bundle(opened, path)
    log = Log(opened.workspace.sync_log)
    if found.problem:
        log.note(
            _("PROBLEM {code}: {message}").format(
                code=found.problem.code, message=f"{path.name}: {found.problem.message}"
            )
        )
    else:
        log.note(_("Imported {file}: {kind}").format(file=path.name, kind=found.kind))
    return found


def _import_statement(opened: OpenWorkspace, path: Path) -> Imported:
    data = read_input(path, shapes.MAX_JSON)
    beside = signature_path(path)
    if not beside.exists():
        problem = Problem(
            "signature_missing",
            _("The signature {name} is missing; copy it beside the document").format(name=beside.name),
            path.name,
        )
        return Imported(str(path), "statement", "damaged", {}, problem)
    outcome = applying.receive(
        opened, data, read_input(beside, sshsig.MAX_BYTES), f"file {path.name}", path.name
    )
    also = applying.settle(opened)
    stored = outcome.statement
    now = next((later for later in also if later.statement.id == stored.id), outcome)
    return Imported(
        str(path),
        stored.kind or "statement",
        now.statement.state,
        now.as_json(),
        now.problem,
        outcome.fresh,
        tuple(later for later in also if later.statement.id != stored.id),
    )


def _import_bundle(opened: OpenWorkspace, path: Path) -> Imported:
    verdict = verify_file(path)
    if not verdict.ok or verdict.statement is None or verdict.bundle_id is None:
        first = verdict.problems[0]
        return Imported(
            str(path), "bundle", "damaged", _of_bundle(verdict), Problem(first.code, first.message, path.name)
        )
    inbox = opened.workspace.inbox
    make_directory(inbox)
    folder = FolderRemote(inbox, opened.config.device)
    content = Content(files.hash_of(path), path.stat().st_size, lambda: _chunks(path))
    name = names.file_name(verdict.statement.visit, verdict.statement.revision)
    problem = None
    try:
        fresh = folder.write_new(name, content)
    except RemoteConflictError:
        name = f"{Path(name).stem}-{verdict.bundle_id[:16]}.zip"
        fresh = folder.write_new(name, content)
        problem = Problem(
            "bundle_conflict",
            _("Another bundle of the same visit and revision is here already; both are kept"),
            name,
        )
    details = {**_of_bundle(verdict), "kept": str(inbox / name)}
    return Imported(str(path), "bundle", "conflict" if problem else "kept", details, problem, fresh)


def _of_bundle(verdict: Verification) -> dict[str, Any]:
    return {
        "bundle_id": verdict.bundle_id,
        "visit": verdict.visit,
        "revision": verdict.revision,
        "signer": verdict.signer,
        "principal": verdict.principal,
    }


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise BundleError(
            "missing_file", _("{path} cannot be read: {reason}").format(path=path, reason=error.strerror)
        ) from error
