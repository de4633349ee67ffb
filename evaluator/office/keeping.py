"""Keeping a bundle: the file and its evidence first, then one transaction; or aside, until it can be judged again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from evaluator import canonical, clock, instruments
from evaluator.bundle import names
from evaluator.bundle.statement import Statement
from evaluator.errors import BundleError, DiskFullError, UsageError
from evaluator.language import _
from evaluator.paths import Workspace, disk_errors, free_bytes, fsync_file, make_directory, replace
from evaluator.sealed.reading import Key, Sealed
from evaluator.store import files, received
from evaluator.store.bundles import StoredBundle
from evaluator.store.received import RECEIVED, Received
from evaluator.store.visits import StoredVisit
from evaluator.workspaces import OpenWorkspace

MAX_BYTES = 64 * 1024**3
_BLOCK = 1 << 20
_UNCOUNTED_TYPES = frozenset({"note", "calculate"})


@dataclass(frozen=True, slots=True)
class Copied:
    """A file in the workspace's own folder for passing things; nobody outside can change it any more."""

    path: Path
    sha256: str
    bytes: int


def copy_in(workspace: Workspace, source: Path) -> Copied:
    """Copy a file that somebody brought, so that what is judged is what is kept. Raises UsageError, DiskFullError."""
    make_directory(workspace.tmp)
    target = workspace.tmp / f"{os.getpid()}-{os.urandom(8).hex()}.part"
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as file, disk_errors(target):
            if os.fstat(file.fileno()).st_size > min(MAX_BYTES, free_bytes(workspace.tmp)):
                raise DiskFullError(
                    "disk_full", _("The disk has no room for {path}").format(path=source.name)
                )
            with target.open("xb") as copy:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    size += len(block)
                    copy.write(block)
                copy.flush()
                fsync_file(copy.fileno())
    except OSError as error:
        raise UsageError(
            "file_unreadable",
            _("{path} cannot be read: {reason}").format(path=source, reason=error.strerror or error),
        ) from error
    return Copied(target, digest.hexdigest(), size)


def drop(copied: Path) -> None:
    """Remove a file that is not needed any more."""
    with suppress(OSError):
        copied.unlink(missing_ok=True)


def drop_part(workspace: Workspace, copied: Copied) -> None:
    """Remove a file of our own making; one in quarantine stays where it is."""
    if copied.path.parent == workspace.tmp:
        drop(copied.path)


def store(
    desk: OpenWorkspace, copied: Copied, sealed: Sealed, also: Callable[[Connection], None]
) -> StoredBundle:
    """Keep a bundle that may be stored, with whatever `also` writes in the same transaction.

    The file and the evidence are durable before; a crash in between leaves files that the next attempt finds again.
    Raises BundleError where the bundle contradicts what is known, and then nothing is kept.
    """
    workspace = desk.workspace
    sha = instruments.install(sealed.instrument, workspace.instruments)
    for piece in sealed.evidence.values():
        files.keep_chunks(
            sealed.bundle.chunks(sealed.evidence_file(piece.id)),
            piece.sha256,
            workspace.evidence,
            workspace.tmp,
        )
    statement = sealed.bundle.statement
    name = _free_name(workspace.inbox, root_of(statement), sealed.bundle_id, copied.sha256)
    bundle = StoredBundle(
        bundle_id=sealed.bundle_id,
        visit=statement.visit,
        revision=statement.revision,
        file=name,
        sha256=copied.sha256,
        bytes=copied.bytes,
        created=statement.created,
        prev=statement.prev,
        device=statement.device,
        device_seq=statement.device_seq,
        reason=statement.reason,
        state=RECEIVED,
    )
    content = Received(
        visit=_visit(sealed, sha),
        bundle=bundle,
        trail=sealed.trail,
        answers=sealed.answers.values(),
        rows=sealed.rows,
        evidence=sealed.evidence.values(),
        links=sealed.links,
    )
    target = workspace.inbox / name
    with _moved(copied.path, target), desk.transaction() as connection:
        received.put(connection, content)
        also(connection)
    return bundle


@contextmanager
def _moved(source: Path, target: Path) -> Iterator[None]:
    """`source` moved to `target` before what follows, and back where that fails."""
    if target.exists():  # the same bundle, from an attempt that was cut off or a person who put it there
        yield
        drop(source)
        return
    with disk_errors(target):
        replace(source, target)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            replace(target, source)
        raise


def root_of(statement: Statement) -> str:
    """The name of the folder inside the bundle of `statement`."""
    return names.root_name(statement.visit, statement.revision)


def set_aside(workspace: Workspace, copied: Copied, bundle_id: str, root: str) -> Path:
    """Move a bundle into quarantine, where it waits for its signer to be enrolled or for somebody to look at it."""
    make_directory(workspace.quarantine)
    target = workspace.quarantine / f"{root}-{bundle_id[:16]}.zip"
    if copied.path != target:
        with disk_errors(target):
            replace(copied.path, target)
    return target


def _free_name(inbox: Path, root: str, bundle_id: str, sha256: str) -> str:
    """The lasting name of a bundle in the inbox, beside whatever else has taken it."""
    make_directory(inbox)
    for name in (f"{root}.zip", f"{root}-{bundle_id[:16]}.zip"):
        if not (inbox / name).exists() or files.hash_of(inbox / name) == sha256:
            return name
    raise BundleError("conflict", _("Something else lies in the inbox under the name of this bundle"))


def _visit(sealed: Sealed, instrument_sha: str) -> StoredVisit:
    """The visit as an office lists it."""
    document, statement = sealed.document, sealed.bundle.statement
    asked = [key for key in sealed.filling.keys() if _is_asked(sealed, key)]
    return StoredVisit(
        id=statement.visit,
        region_code=document["region"]["code"],
        region_name=document["region"]["name"],
        round=document["round"] or "",
        intake=document["intake"] or "",
        instrument_id=sealed.instrument.id,
        instrument_version=sealed.instrument.version,
        instrument_sha=instrument_sha,
        principal=statement.principal,
        assessor_name=document["assessor"]["name"],
        state=RECEIVED,
        revision=statement.revision,
        answered=sum(sealed.filling.state(key).status != "unanswered" for key in asked),
        open=0,
        flagged=sum(answer.flag for answer in sealed.answers.values()),
        failed=len(sealed.failed_checks),
        progress=canonical.dumps(_progress(sealed, asked)).decode(),
        updated_at=clock.local(),
        visit_rev=len(sealed.trail),
        audit_head=sealed.trail[-1].hash,
        last_seq=sealed.trail[-1].seq,
    )


def _is_asked(sealed: Sealed, key: Key) -> bool:
    """Whether a person had to see to the question, as the counts of a visit have it."""
    state = sealed.filling.state(key)
    return (
        state.status != "not_relevant"
        and not state.read_only
        and sealed.filling.question(key).type not in _UNCOUNTED_TYPES
    )


def _progress(sealed: Sealed, asked: Iterable[Key]) -> dict[str, list[int]]:
    """Done and total by form: what is sealed is done."""
    counts = {form.id: 0 for form in sealed.instrument.forms}
    for key in asked:
        question = sealed.filling.question(key)
        counts[question.form] += question.type == "rubric" or sealed.filling.state(key).required
    return {form: [count, count] for form, count in counts.items()}
