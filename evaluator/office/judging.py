"""What an office makes of a bundle that lies before it: stored, quarantined or refused, and why in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from evaluator.bundle.office import read_office
from evaluator.bundle.signers import Trust
from evaluator.bundle.verifying import Verification, verify_file
from evaluator.errors import BundleError
from evaluator.identity import office_file, revoked_keys
from evaluator.language import _
from evaluator.office.setup import assessors
from evaluator.paths import Workspace, read_input
from evaluator.remotes.layout import is_device
from evaluator.sealed.reading import Sealed, open_sealed
from evaluator.text import line

Verdict: TypeAlias = Literal["stored", "quarantined", "refused", "incomplete", "conflict"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict. `sealed` is there where the bundle may be stored.

    What is refused is no bundle, or not a whole one; what is quarantined is one that this office does not take, or not
    yet.
    """

    verdict: Verdict
    code: str
    reason: str
    verification: Verification
    sealed: Sealed | None = None


def judge(workspace: Workspace, path: Path) -> Judged:
    """The verdict on the bundle at `path`. Its content is looked into only where a known person signed it."""
    found = verify_file(path, signers=assessors(workspace), revoked=revoked_keys(workspace))
    if found.problems or found.statement is None:
        problem = found.problems[0]
        return Judged("refused", problem.code, problem.message, found)
    if not is_device(found.statement.device):
        reason = _("No device can be called {device}").format(device=line(found.statement.device, 80))
        return Judged("refused", "bad_device", reason, found)
    org = read_office(read_input(office_file(workspace))).org
    if found.statement.org not in (None, org):
        reason = _("It is for another organisation, {org}").format(org=found.statement.org)
        return Judged("quarantined", "other_org", reason, found)
    if found.trust != "trusted":
        return Judged(
            "quarantined", f"signer_{found.trust}", why_not_trusted(found.trust, found.principal), found
        )
    try:
        return Judged("stored", "", "", found, open_sealed(path))
    except BundleError as error:
        return Judged("quarantined", error.code, str(error), found)


def why_not_trusted(trust: Trust, principal: str | None) -> str:
    """Why a signature that holds does not count."""
    sentences = {
        "unknown": _("The signer is not enrolled here as {principal}"),
        "expired": _("The key of {principal} was not valid at that time"),
        "revoked": _("The key of {principal} is revoked"),
        "wrong_role": _("The key of {principal} may not sign this"),
        "not_checked": _("Nobody is enrolled here, so the signer cannot be checked"),
    }
    return sentences.get(trust, trust).format(principal=principal)
