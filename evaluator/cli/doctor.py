"""`doctor`: what is wrong with a workspace, and how to mend it."""

from __future__ import annotations

from argparse import Namespace

from evaluator.cli.output import emit, say
from evaluator.language import _
from evaluator.visits.desk import Desk
from evaluator.visits.examining import examine_desk


def run(options: Namespace) -> int:
    """Check everything; 1 if something needs attention."""
    with Desk.open(options.workspace) as desk:
        findings = examine_desk(desk)
    ok = not any(finding.severity == "error" for finding in findings)
    if options.json:
        emit({"ok": ok, "findings": [finding.as_json() for finding in findings]})
    else:
        for finding in findings:
            say(f"{finding.code}: {finding.message}")
            say(f"    {finding.fix}")
        if not findings:
            say(_("Everything is in order"))
    return 0 if ok else 1
