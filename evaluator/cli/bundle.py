"""`verify`, `show` and `extract`: what anybody can do with a bundle, without a workspace."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from evaluator.bundle.reading import open_bundle, unpack
from evaluator.bundle.signers import read_revoked, read_signers
from evaluator.bundle.verifying import Verification, parse_time, verify_file
from evaluator.cli.output import complain, emit, say
from evaluator.errors import BundleError, EvaluatorError
from evaluator.language import _
from evaluator.paths import read_input
from evaluator.text import line


def verify(options: Namespace) -> int:
    """Check each file; 0 only if all hold, and with `--signers` all are trusted."""
    signers = read_signers(read_input(Path(options.signers))) if options.signers else None
    revoked = read_revoked(read_input(Path(options.revoked))) if options.revoked else None
    at = parse_time(options.time) if options.time else None
    code = 0
    for name in options.files:
        try:
            found = verify_file(Path(name), signers=signers, revoked=revoked, at=at)
        except EvaluatorError as error:
            if len(options.files) == 1:
                raise
            # One missing file must not hide the verdict on the others.
            complain(error)
            if options.json:
                emit({"file": name, "ok": False, "error": {"code": error.code, "message": line(error, 2000)}})
            code = max(code, error.exit_code)
            continue
        if not found.ok or (signers is not None and found.trust != "trusted"):
            code = max(code, 1)
        if options.json:
            emit(found.as_json())
        else:
            _tell(found)
    return code


def _tell(found: Verification) -> None:
    verdict = _("genuine and complete") if found.ok else _("NOT to be relied on")
    say(f"{found.file}: {verdict}")
    say(
        "  "
        + _("signed by {principal} {signer}, trust: {trust}").format(
            principal=found.principal or "?", signer=found.signer or "?", trust=_trust_name(found.trust)
        )
    )
    for problem in found.problems:
        say(f"  {problem.code}: {problem.message}")


def _trust_name(trust: str) -> str:
    return {
        "trusted": _("trusted"),
        "unknown": _("unknown signer"),
        "expired": _("expired"),
        "revoked": _("revoked"),
        "wrong_role": _("may not sign this"),
        "not_checked": _("not checked, name --signers"),
    }[trust]


def show(options: Namespace) -> int:
    """Print what a bundle holds."""
    found = verify_file(Path(options.file))
    if not found.ok:
        problem = found.problems[0]
        raise BundleError(problem.code, problem.message, _("A damaged bundle is not shown; ask for it again"))
    bundle = open_bundle(Path(options.file))
    answers = bundle.answers()
    if options.json:
        emit(answers)
        return 0
    region = answers["region"]
    say(f"{region['code']} {region['name']}  {answers['round']}  r{answers['revision']}")
    score = answers["score"]
    say(f"{score['rounded']}  {score['band']}  ({score['state']})")
    for entry in answers["answers"]:
        if entry["status"] != "unanswered":
            value = entry["na"] or entry["value"]
            say(f"{entry['path']}  {entry['status']}  {line('' if value is None else value)}")
    return 0


def extract(options: Namespace) -> int:
    """Unpack a bundle after it has been verified."""
    folder = unpack(Path(options.file), Path(options.folder))
    if options.json:
        emit({"folder": str(folder)})
    else:
        say(str(folder))
    return 0
