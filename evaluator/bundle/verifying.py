"""Whether a bundle is genuine: for anybody who has the file, without a workspace or a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evaluator import clock
from evaluator.bundle import contents, names, shapes
from evaluator.bundle import signers as signing
from evaluator.bundle.checking import Findings, Problem, check_payload, check_root, check_tags
from evaluator.bundle.documents import check_documents
from evaluator.bundle.signers import NOBODY_REVOKED, Revoked, Signers, Trust
from evaluator.bundle.statement import BUNDLE_NAMESPACE, Statement
from evaluator.errors import BundleError, UsageError
from evaluator.language import _
from evaluator.text import line as one_line

MAX_SKEW = timedelta(hours=48)  # laptops have wrong clocks; more than this is a false time


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on one bundle; None for what could not be read.

    `signer` is the fingerprint of the key whose signature holds; `principal`, `visit` and `revision` are what the
    bundle says of itself. `statement` is there if it could be read, whether or not it is signed.
    """

    file: str
    bundle_id: str | None
    signer: str | None
    trust: Trust
    problems: tuple[Problem, ...]
    statement: Statement | None = None

    @property
    def ok(self) -> bool:
        """Whether format, hashes and signature hold; `trust` is another question."""
        return not self.problems

    @property
    def principal(self) -> str | None:
        """Who says they made it."""
        return self.statement.principal if self.statement else None

    @property
    def visit(self) -> str | None:
        """The visit."""
        return self.statement.visit if self.statement else None

    @property
    def revision(self) -> int | None:
        """Its revision."""
        return self.statement.revision if self.statement else None

    def as_json(self) -> dict[str, Any]:
        """A line of `verify --json`."""
        return {
            "file": self.file,
            "ok": self.ok,
            "bundle_id": self.bundle_id,
            "signer": self.signer,
            "principal": self.principal,
            "trust": self.trust,
            "visit": self.visit,
            "revision": self.revision,
            "problems": [problem.as_json() for problem in self.problems],
        }


def verify_file(
    path: Path,
    signers: Signers | None = None,
    revoked: Revoked | None = None,
    at: datetime | None = None,
) -> Verification:
    """The verdict on the bundle at `path`, a ZIP or the folder that one was unpacked to.

    `at` is when it was certainly there, such as the time of its receipt; without it, now. Damage is never raised but
    listed. Raises NotFoundError or UsageError where there is nothing to read.
    """
    findings = Findings()
    try:
        with contents.opened(path) as files:
            check_tags(files, findings)
            check_documents(files, findings, check_payload(files, findings))
    except BundleError as error:
        findings.add_error(error)
    _check_file_name(path, findings)
    return Verification(
        file=str(path),
        bundle_id=findings.bundle_id,
        signer=findings.signer.fingerprint if findings.signer else None,
        trust=_trust(findings, signers, revoked or NOBODY_REVOKED, at),
        problems=tuple(findings.problems),
        statement=findings.statement,
    )


def _check_file_name(path: Path, findings: Findings) -> None:
    """A file may be renamed at will, but not to the name of another bundle."""
    if findings.statement and path.suffix == ".zip" and names.parse_root(path.stem):
        check_root(path.stem, findings.statement, findings)


def _trust(findings: Findings, signers: Signers | None, revoked: Revoked, at: datetime | None) -> Trust:
    """Whether the key was trusted when the bundle was finalised, and at `at` too.

    A bundle finalised long after `at` carries a false time, which no window covers.
    """
    if findings.signer is None or findings.statement is None:
        return "not_checked" if signers is None else "unknown"
    moment = at or shapes.parse_moment(clock.utc())
    finalised = shapes.parse_moment(findings.statement.finalised)
    principal = findings.statement.principal
    trust = signing.trust(findings.signer, principal, BUNDLE_NAMESPACE, (moment, finalised), signers, revoked)
    return "expired" if trust == "trusted" and finalised > moment + MAX_SKEW else trust


def parse_time(text: str) -> datetime:
    """The instant of an RFC 3339 text; without an offset it is UTC. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            "bad_time",
            _("{text} is not a time").format(text=one_line(text, 60)),
            _("Write it like 2026-11-21T20:14:03Z"),
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
