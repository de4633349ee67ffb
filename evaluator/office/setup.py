"""Making an office of a workspace: its roles, the keys that fill them, and the people whose bundles it takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from evaluator import identity
from evaluator.bundle import keys
from evaluator.bundle.keys import FileSigner
from evaluator.bundle.office import office_bytes, read_office
from evaluator.bundle.publickeys import parse_line
from evaluator.bundle.signers import AllowedSigner, Signers, allowed_signer
from evaluator.config import read_config, write_config
from evaluator.errors import UsageError
from evaluator.identity import OFFICE_NAME, REVOKED_NAME, SIGNERS_NAME, is_office, office_file
from evaluator.language import _
from evaluator.paths import Workspace, make_directory, read_input, write_atomically

ROOT_NAMESPACES = ("evaluator-roster", "evaluator-assign")
REVIEW_NAMESPACES = ("evaluator-review",)
RECEIPT_NAMESPACES = ("evaluator-receipt",)
INGEST_KEY = "ingest_ed25519"
_SQLITE = ("", "sqlite")


@dataclass(frozen=True, slots=True)
class OfficeMade:
    """An office that is ready: its id, the file to hand out, who signs for it, and where it exchanges."""

    org: str
    file: str
    principals: tuple[str, ...]
    remote: str

    def as_json(self) -> dict[str, object]:
        """`office init --json`."""
        return {**asdict(self), "principals": list(self.principals)}


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A key that the office takes now, and what for: `assessor` or `reviewer`."""

    principal: str
    fingerprint: str
    role: str

    def as_json(self) -> dict[str, str]:
        """One line of `office enrol --json`."""
        return asdict(self)


def require_office(workspace: Workspace) -> None:
    """Raises UsageError where the workspace is no office."""
    if not is_office(workspace):
        raise UsageError(
            "not_an_office",
            _("The workspace {path} is not an office").format(path=workspace.root),
            _("Make it one with `evaluator office init`, or name the office with --home"),
        )


def init_office(workspace: Workspace, *, remote: str = "", database: str = "") -> OfficeMade:
    """Make an office of `workspace`, whose person becomes its root and first reviewer; again, it only moves `remote`.

    Receipts are signed by a key of the office's own without a passphrase, so that ingest runs unattended; it can sign
    nothing else. Raises UsageError for a database that this version does not speak to, NotFoundError without a
    workspace.
    """
    if urlsplit(database).scheme not in _SQLITE:
        raise UsageError(
            "database_not_supported",
            _("The office keeps its visits in SQLite; {database} cannot be used").format(
                database=urlsplit(database).scheme
            ),
            _("Leave --database out"),
        )
    person = identity.read_identity(workspace)
    if remote:
        write_config(workspace, replace(read_config(workspace), remote=remote))
    if not is_office(workspace):
        _write_office(workspace, person)
    office = read_office(read_input(office_file(workspace), keys.MAX_KEY_BYTES))
    # The office trusts itself: what it signed is checked like anything else when it comes back.
    write_atomically(workspace.keys / OFFICE_NAME, _office_data(workspace), 0o644)
    return OfficeMade(
        office.org, str(office_file(workspace)), office.principals, read_config(workspace).remote
    )


def _write_office(workspace: Workspace, person: identity.Identity) -> None:
    make_directory(workspace.inbox / "quarantine")
    ingest = workspace.keys / INGEST_KEY
    if not ingest.exists():
        keys.save(keys.generate(), ingest, None, comment=f"ingest {person.principal}")
    own = parse_line(person.public_key)
    receipts = parse_line(identity.public_line(ingest))
    roles = (
        allowed_signer(person.principal, own, ROOT_NAMESPACES, comment="root"),
        allowed_signer(person.principal, own, REVIEW_NAMESPACES, comment="reviewer"),
        allowed_signer(person.principal, receipts, RECEIPT_NAMESPACES, comment="ingest"),
    )
    write_atomically(office_file(workspace), office_bytes(person.name, Signers(roles)), 0o644)


def _office_data(workspace: Workspace) -> bytes:
    return read_input(office_file(workspace), keys.MAX_KEY_BYTES)


def ingest_signer(workspace: Workspace) -> FileSigner:
    """The key that signs receipts."""
    require_office(workspace)
    return keys.load(workspace.keys / INGEST_KEY)


def assessors(workspace: Workspace) -> Signers:
    """The people whose bundles this office takes."""
    return identity.assessors(workspace) or Signers()


def trust_mark(workspace: Workspace) -> str:
    """A text that changes with whom the office trusts, so that what is quarantined is judged again only then."""
    digest = hashlib.sha256()
    for name in (SIGNERS_NAME, REVOKED_NAME, OFFICE_NAME):
        path = workspace.keys / name
        digest.update(hashlib.sha256(read_input(path) if path.exists() else b"").digest())
    return digest.hexdigest()


def enrol(workspace: Workspace, given: Iterable[AllowedSigner], *, reviewer: bool = False) -> list[Enrolled]:
    """Take the keys of assessors, or of reviewers, whom assessors will trust once they have the new office.pub.

    Each may do what its role does and nothing else, whatever its line says. Raises UsageError, before anything is
    changed, for a key that stands under another principal or has another role's rights.
    """
    require_office(workspace)
    entries = tuple(given)
    if not entries:
        raise UsageError(
            "nothing_to_enrol",
            _("There is no key to enrol"),
            _("Give the line that `evaluator key show` prints, or a file with such lines"),
        )
    namespaces = REVIEW_NAMESPACES if reviewer else identity.ASSESSOR_NAMESPACES
    office = read_office(_office_data(workspace))
    lines = office.signers if reviewer else assessors(workspace)
    everybody = (*office.signers.entries, *assessors(workspace).entries)
    for entry in entries:
        _check_enrolment(entry, everybody, parse_line(identity.public_line(workspace.keys / INGEST_KEY)))
        everybody = (*everybody, entry)
        narrowed = replace(entry, namespaces=namespaces)
        kept = tuple(
            known
            for known in lines.entries
            if (known.principal, known.key, known.namespaces) != (entry.principal, entry.key, namespaces)
        )
        lines = Signers((*kept, narrowed))
    if reviewer:
        data = office_bytes(office.name, lines)
        write_atomically(office_file(workspace), data, 0o644)
        write_atomically(workspace.keys / OFFICE_NAME, data, 0o644)
    else:
        write_atomically(workspace.keys / SIGNERS_NAME, lines.text().encode("utf-8"), 0o644)
    role = "reviewer" if reviewer else "assessor"
    return [Enrolled(entry.principal, entry.key.fingerprint, role) for entry in entries]


def _check_enrolment(entry: AllowedSigner, everybody: Iterable[AllowedSigner], ingest: object) -> None:
    beyond = set(entry.namespaces) - set(identity.ASSESSOR_NAMESPACES) - set(REVIEW_NAMESPACES)
    if beyond:
        raise UsageError(
            "enrol_rights",
            _("The line of {principal} asks for {rights}, which only an office has").format(
                principal=entry.principal, rights=", ".join(sorted(beyond))
            ),
            _("Ask for the line that `evaluator key show` prints"),
        )
    other = next(
        (
            known.principal
            for known in everybody
            if known.key == entry.key and known.principal != entry.principal
        ),
        None,
    )
    if entry.key == ingest or other is not None:
        raise UsageError(
            "key_enrolled",
            _("The key {fingerprint} of {principal} belongs to {other} already").format(
                fingerprint=entry.key.fingerprint, principal=entry.principal, other=other or INGEST_KEY
            ),
            _("Two people never share a key; ask for another one"),
        )
