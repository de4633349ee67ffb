"""`office init|enrol|ingest|status`: the side that receives."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from evaluator import identity
from evaluator.bundle.signers import AllowedSigner, parse_signers, read_signers
from evaluator.cli.output import emit, say, table
from evaluator.errors import UsageError
from evaluator.identity import office_file
from evaluator.language import _
from evaluator.office import setup
from evaluator.office.ingest import Ingest, Outcome
from evaluator.office.status import OfficeStatus, office_status
from evaluator.paths import make_directory, read_input
from evaluator.remotes.opening import full_name
from evaluator.sync.exchange import open_known_remote, publish_pending
from evaluator.text import line
from evaluator.workspaces import OpenWorkspace


def init(options: Namespace) -> int:
    """Make an office of the workspace, and the workspace itself if name and e-mail are given."""
    if options.name and options.email and not options.workspace.exists():
        identity.init(
            options.workspace,
            name=options.name,
            email=options.email,
            passphrase=None if options.no_passphrase else identity.new_passphrase(),
            language=options.lang or "",
        )
    remote = _prepared(options.remote) if options.remote else ""
    made = setup.init_office(options.workspace, remote=remote, database=options.database or "")
    if options.json:
        emit(made.as_json())
    else:
        say(_("The office {org} is ready. Hand out {file} to everybody").format(org=made.org, file=made.file))
        say(_("Take in an assessor's key with `evaluator office enrol`"))
    return 0


def _prepared(remote: str) -> str:
    """The remote as it is remembered; a folder that is not there yet is made, if it has somewhere to be."""
    name = full_name(remote)
    if not Path(name).exists():
        if not Path(name).parent.is_dir():
            raise UsageError(
                "no_such_folder",
                _("There is no folder {path}").format(path=Path(name).parent),
                _("Mount the share first"),
            )
        make_directory(Path(name))
    return name


def enrol(options: Namespace) -> int:
    """Take in the keys of assessors or reviewers."""
    entries = [entry for given in options.keys for entry in _entries(given)]
    enrolled = setup.enrol(options.workspace, entries, reviewer=options.reviewer)
    if options.json:
        emit([found.as_json() for found in enrolled])
        return 0
    for found in enrolled:
        say(f"{found.principal}  {found.fingerprint}  {role_name(found.role)}")
    if options.reviewer:
        say(_("Hand out the new {file}").format(file=office_file(options.workspace)))
    else:
        say(_("What waits in quarantine is judged again by the next `evaluator office ingest`"))
    return 0


def _entries(given: str) -> tuple[AllowedSigner, ...]:
    """The lines of a file, or the line itself."""
    if " " in given and not Path(given).exists():
        return parse_signers(given, _("the line given")).entries
    return read_signers(read_input(Path(given)), Path(given).name).entries


def role_name(role: str) -> str:
    """What somebody may do, as people call it."""
    return {"assessor": _("assessor"), "reviewer": _("reviewer")}.get(role, role)


def ingest(options: Namespace) -> int:
    """Take in bundles from the remote or from files; 1 if one of them was not stored."""
    files = [Path(name) for name in options.sources if Path(name).is_file()]
    others = [name for name in options.sources if not Path(name).is_file()]
    if len(others) > 1 or (others and not Path(full_name(others[0])).is_dir()):
        missing = next(name for name in others if len(others) == 1 or not Path(name).is_dir())
        raise UsageError("file_not_found", _("There is no file or folder {path}").format(path=missing))
    code = 0
    with OpenWorkspace.open(options.workspace) as desk:
        setup.require_office(desk.workspace)
        wanted = bool(others) or not files
        remote = open_known_remote(desk, others[0] if others else None) if wanted else None
        for outcome in Ingest(desk).run(remote, files):
            _tell(outcome, options.json)
            if outcome.verdict != "stored":
                code = 1
        if remote is not None:
            for problem in publish_pending(desk, remote).problems:
                print(f"evaluator: {line(problem.message, 2000)}", file=sys.stderr)
                code = 1
    return code


def _tell(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        emit(outcome.as_json())
        return
    about = f"{outcome.visit} r{outcome.revision}" if outcome.visit else outcome.source
    verdict = verdict_name(outcome.verdict) if outcome.new else _("known already")
    say(f"{verdict}  {about}  {line(outcome.reason, 500)}".rstrip())


def verdict_name(verdict: str) -> str:
    """What became of a bundle, as people call it."""
    return {
        "stored": _("stored"),
        "quarantined": _("quarantined"),
        "refused": _("refused"),
        "incomplete": _("not complete yet"),
        "conflict": _("conflict"),
    }.get(verdict, verdict)


def status(options: Namespace) -> int:
    """Print what the office has and what it lacks."""
    with OpenWorkspace.open(options.workspace) as desk:
        found = office_status(desk)
    if options.json:
        emit(found.as_json())
    else:
        _show_status(found)
    return 0


def _show_status(found: OfficeStatus) -> None:
    say(f"{found.org}  {found.name}")
    say(_("Remote: {remote}").format(remote=found.remote or "—"))
    say(_("Assessors: {names}").format(names=", ".join(found.assessors) or "—"))
    say(_("Reviewers: {names}").format(names=", ".join(found.reviewers) or "—"))
    say(_("{count} bundles received").format(count=found.bundles))
    table((state, count) for state, count in sorted(found.visits.items()))
    for waiting in found.quarantined:
        say(_("Quarantined: {file}: {reason}").format(file=waiting.file, reason=waiting.reason))
    for gap in found.gaps:
        if gap.missing:
            say(
                _("Device {device} has sealed more than has arrived; missing: {numbers}").format(
                    device=gap.device, numbers=", ".join(map(str, gap.missing[:10]))
                )
            )
        if gap.twice:
            say(
                _("Device {device} has used a number twice: a copied laptop or a restored backup").format(
                    device=gap.device
                )
            )
    if found.unpublished:
        say(_("{count} statements wait to be published by `evaluator sync`").format(count=found.unpublished))
