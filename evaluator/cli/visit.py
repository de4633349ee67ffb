"""`visit new|list|show|finalise|import-self|reopen|reply`, `score`, `export`."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from evaluator.cli.output import emit, say, table
from evaluator.identity import unlock
from evaluator.language import _, number
from evaluator.visits import correspondence, showing
from evaluator.visits.desk import Desk


def new(options: Namespace) -> int:
    """Start a visit and print its id."""
    with Desk.open(options.workspace) as desk:
        previous = Path(options.previous) if options.previous else None
        forms = Path(options.forms) if options.forms else None
        visit = desk.new_visit(options.region, options.round, options.intake, previous, forms)
    if options.json:
        emit({"visit": visit})
    else:
        say(visit)
    return 0


def list_visits(options: Namespace) -> int:
    """List the visits, the last touched first."""
    with Desk.open(options.workspace) as desk:
        lines = desk.visits()
        places = correspondence.places(desk)
    if options.json:
        emit([showing.line_json(entry, places.get(entry.id, (correspondence.HERE,))) for entry in lines])
    elif not lines:
        say(_("No visits yet. Start one with `evaluator visit new REGION`"))
    else:
        table(showing.line_cells(entry) for entry in lines)
    return 0


def show(options: Namespace) -> int:
    """Print one visit."""
    with Desk.open(options.workspace) as desk:
        visit = desk.visit(options.visit)
        if options.json:
            emit(showing.visit_json(visit))
        else:
            for text in showing.visit_lines(visit):
                say(text)
    return 0


def finalise(options: Namespace) -> int:
    """Seal and sign, or say what is missing."""
    with Desk.open(options.workspace) as desk:
        visit = desk.visit(options.visit)
        visit.require_complete()
        result = visit.finalise(unlock(desk.workspace, desk.config))
    if options.json:
        emit(asdict(result))
    else:
        say(_("Revision {revision} is sealed").format(revision=result.revision))
        say(_("Bundle {bundle_id}").format(bundle_id=result.bundle_id))
        say(result.file)
    return 0


def reopen(options: Namespace) -> int:
    """Open a finalised visit again."""
    with Desk.open(options.workspace) as desk:
        visit = desk.visit(options.visit)
        visit.reopen(options.reason)
        entry = visit.line
    if options.json:
        emit({"visit": entry.id, "state": entry.state, "revision": entry.revision})
    else:
        say(
            _("The visit is open again; finalising makes revision {revision}").format(
                revision=entry.revision + 1
            )
        )
    return 0


def reply(options: Namespace) -> int:
    """Write back to a reviewer's comment."""
    with Desk.open(options.workspace) as desk:
        visit = desk.visit(options.visit)
        correspondence.reply(visit, options.comment, options.text)
        found = [remark for remark in correspondence.remarks(visit) if remark.id == options.comment]
    if options.json:
        emit(showing.remark_json(found[0]))
    else:
        say(_("Written back; it travels with the next revision"))
    return 0


def import_self(options: Namespace) -> int:
    """Read the region's self-assessment."""
    with Desk.open(options.workspace) as desk:
        count = desk.visit(options.visit).import_self(Path(options.file))
    if options.json:
        emit({"visit": options.visit, "imported": count})
    else:
        say(
            _("{count} answers of the region read; each shows after your own first score").format(count=count)
        )
    return 0


def score(options: Namespace) -> int:
    """Print the scores."""
    with Desk.open(options.workspace) as desk:
        visit = desk.visit(options.visit)
        result = showing.score_json(visit)
    if options.json:
        emit(result)
        return 0
    total = number(result["rounded"]) if result["rounded"] else "—"
    say(f"{total}  {result['band']}  ({showing.score_state(result['state'])})")
    table(
        (form, number(part["score"]) if part["score"] else "—", showing.score_state(part["state"]))
        for form, part in result["forms"].items()
    )
    for check in result["checks"]:
        say(f"{check['code']}  {check['severity']}  {check['message']}  {' '.join(check['questions'][:3])}")
    return 0


def export(options: Namespace) -> int:
    """Copy the sealed bundle out."""
    with Desk.open(options.workspace) as desk:
        target = Path(options.output) if options.output else Path.cwd()
        result = desk.visit(options.visit).export(target)
    if options.json:
        emit(asdict(result))
    else:
        say(result.file)
        say(_("Bundle {bundle_id}").format(bundle_id=result.bundle_id))
    return 0
