"""`sync` and `import`: the exchange with an office, over a shared folder or by files that are carried."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from evaluator.cli.output import emit, say
from evaluator.cli.progress import ProgressLine
from evaluator.errors import EvaluatorError
from evaluator.identity import unlock
from evaluator.language import _
from evaluator.sync.exchange import open_known_remote, synchronise
from evaluator.sync.importing import Imported, import_file
from evaluator.sync.log import last_lines
from evaluator.sync.values import SyncResult
from evaluator.text import line
from evaluator.workspaces import OpenWorkspace

_LOG_LINES = 50
OURS = frozenset({"bundle_damaged", "remote_conflict"})  # what we wanted to send could not go


def sync(options: Namespace) -> int:
    """Exchange with the office; 1 only if something of ours could not be sent."""
    if options.log:
        return _show_log(options)
    with OpenWorkspace.open(options.workspace) as opened:
        remote = open_known_remote(opened, options.remote)
        with ProgressLine(sys.stderr) as progress:
            result = synchronise(
                opened, remote, lambda: unlock(opened.workspace, opened.config), progress.show
            )
    if options.json:
        emit(result.as_json())
    else:
        _tell(result)
    return 1 if any(problem.code in OURS for problem in result.problems) else 0


def _show_log(options: Namespace) -> int:
    lines = last_lines(options.workspace.sync_log, _LOG_LINES)
    if options.json:
        emit(lines)
    else:
        for text in lines or [_("No sync yet")]:
            say(text)
    return 0


def _tell(result: SyncResult) -> None:
    for sent in result.sent:
        if sent["kind"] == "bundle":
            say(_("Sent {file} ({bytes} bytes)").format(file=sent["file"], bytes=sent["bytes"]))
        else:
            say(
                _("Published a {kind} about {bundle}").format(
                    kind=sent["kind"], bundle=sent["bundle_id"][:16]
                )
            )
    for receipt in result.receipts:
        say(_receipt(receipt))
    for review in result.reviews:
        say(_review(review))
    for problem in result.problems:
        print(f"{_('Problem')}: {line(problem.message, 2000)} [{problem.code}]", file=sys.stderr)
    if not (result.sent or result.received or result.problems):
        say(_("Nothing new"))


def _receipt(shown: dict[str, Any]) -> str:
    if shown["verdict"] == "stored":
        return _("The office has revision {revision} of visit {visit}").format(
            revision=shown["revision"], visit=shown["visit"]
        )
    return _("The office put revision {revision} of visit {visit} aside: {reason}").format(
        revision=shown["revision"], visit=shown["visit"], reason=shown["reason"]
    )


def _review(shown: dict[str, Any]) -> str:
    decisions = {
        "approved": _("approved"),
        "has_issues": _("returned with issues"),
        "rejected": _("rejected"),
    }
    return _("Revision {revision} of visit {visit}: {decision}, {count} comments. {summary}").format(
        revision=shown["revision"],
        visit=shown["visit"],
        decision=decisions[shown["decision"]],
        count=shown["comments"],
        summary=shown["summary"],
    )


def import_files(options: Namespace) -> int:
    """Take in receipts, reviews and bundles; 1 if one of them is damaged or does not count."""
    given = [Path(name) for name in options.files]
    # `import review*` names the signatures too, which are read with their documents.
    wanted = [path for path in given if not (path.suffix == ".sig" and path.with_suffix("") in given)]
    code = 0
    with OpenWorkspace.open(options.workspace) as opened:
        for path in wanted:
            try:
                found = import_file(opened, path)
            except EvaluatorError as error:
                if len(wanted) == 1 or error.exit_code == 3:
                    raise
                emit_error(str(path), error, options.json)
                code = max(code, error.exit_code)
                continue
            code = max(code, 0 if found.ok else 1)
            if options.json:
                emit(found.as_json())
            else:
                _tell_imported(found)
    return code


def emit_error(name: str, error: EvaluatorError, as_json: bool) -> None:
    """One file that cannot be read must not hide what became of the others."""
    if as_json:
        emit({"file": name, "ok": False, "error": {"code": error.code, "message": line(error, 2000)}})
    print(f"evaluator: {line(error, 2000)}", file=sys.stderr)


def _tell_imported(found: Imported) -> None:
    if found.problem:
        print(
            f"{line(found.file)}: {line(found.problem.message, 2000)} [{found.problem.code}]", file=sys.stderr
        )
    elif found.kind == "bundle":
        say(_("{file}: kept for reviewing as {kept}").format(file=found.file, kept=found.details["kept"]))
    elif not found.fresh:
        say(_("{file}: known already").format(file=found.file))
    else:
        say(_receipt(found.details) if found.kind == "receipt" else _review(found.details))
    for later in found.also:
        if later.document is not None:
            shown = later.as_json()
            say(_receipt(shown) if shown["kind"] == "receipt" else _review(shown))
