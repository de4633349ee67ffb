"""`open` and `review`: what an office makes of a bundle."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

from evaluator.cli.output import emit, say
from evaluator.errors import NotFoundError, UsageError
from evaluator.identity import unlock
from evaluator.language import _
from evaluator.reviews import showing
from evaluator.reviews.deciding import decide
from evaluator.reviews.facts import decision_name
from evaluator.reviews.opening import draft_comments, find_bundle, open_review
from evaluator.workspaces import OpenWorkspace


def look(options: Namespace) -> int:
    """Open a bundle for review in a terminal, else show what it is worth and what changed; 1 for a damaged one."""
    if not options.json and sys.stdin.isatty() and sys.stdout.isatty():
        with _workspace(options) as opened:
            path = find_bundle(opened, options.file) if opened else _existing(options.file)
        from evaluator.tui.app import run

        return run(options.workspace, bundle=path)
    with _workspace(options) as opened:
        path = find_bundle(opened, options.file) if opened else Path(options.file)
        review = open_review(path, opened)
        drafts = draft_comments(opened, review) if opened else ()
    if options.json:
        emit(showing.review_json(review, drafts))
    else:
        for text in showing.banner_lines(review):
            say(text)
        for text in showing.change_lines(review.changes) if review.changes else ():
            say(text)
        for text in showing.draft_lines(drafts):
            say(text)
    return 0 if review.sealed is not None else 1


def _existing(name: str) -> Path:
    path = Path(name)
    if not path.exists():
        raise NotFoundError("file_not_found", _("There is no file {path}").format(path=path))
    return path


def _workspace(options: Namespace) -> OpenWorkspace | nullcontext[None]:
    """The workspace, or nothing where there is none: a bundle can be looked at all the same."""
    return OpenWorkspace.open(options.workspace) if options.workspace.exists() else nullcontext()


def review(options: Namespace) -> int:
    """Sign a decision on a bundle, with comments at its questions."""
    given = [_comment(text) for text in options.comment or ()]
    folder = Path(options.output) if options.output else None
    with OpenWorkspace.open(options.workspace) as opened:
        found = open_review(find_bundle(opened, options.file), opened)
        found.require_sound()  # before a passphrase is asked for
        signer = unlock(opened.workspace, opened.config)
        decided = decide(
            opened, found, options.decision, signer, summary=options.summary, given=given, folder=folder
        )
    if options.json:
        emit(decided.as_json())
        return 0
    say(
        _("Revision {revision} of visit {visit}: {decision}, {count} comments").format(
            revision=decided.revision,
            visit=decided.visit,
            decision=decision_name(decided.decision),
            count=decided.comments,
        )
    )
    say(str(decided.file))
    if decided.queued:
        say(_("`evaluator sync` publishes it"))
    else:
        say(_("Send the file with its .sig to the assessor, who takes it in with `evaluator import`"))
    return 0


def _comment(text: str) -> tuple[str, str]:
    path, equals, said = text.partition("=")
    if not equals or not path.strip():
        raise UsageError(
            "bad_comment",
            _("{text} is no comment").format(text=text),
            _("Write it like gov.GOV-01=The evidence is missing"),
        )
    return path.strip(), said
