"""The decision: what is possible, the summary, the signature, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from evaluator.errors import PassphraseError
from evaluator.language import _
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.ask_text import AskText
from evaluator.tui.dialogs.choose import Choose, Option
from evaluator.tui.dialogs.confirm import Confirm
from evaluator.tui.dialogs.message import Message
from evaluator.tui.finalise.signing import must_ask

if TYPE_CHECKING:
    from evaluator.reviews.values import Decided
    from evaluator.tui.app import EvaluatorApp
    from evaluator.tui.review.reading import Reading
    from evaluator.workspaces import OpenWorkspace


async def decide_on(app: EvaluatorApp, reading: Reading, shown: Callable[[], None]) -> bool:
    """Ask for a decision, its summary and the signature; whether it was signed. `shown` is called when keys may come.

    Raises what stands against it, before anything is asked.
    """
    from evaluator.reviews.facts import decision_name

    opened = reading.opened
    if opened is None or reading.pages is None:
        return False
    approvable = await app.work(_possible, opened, reading)
    options = [
        Option("approved", decision_name("approved"), _("it is final")),
        Option("has_issues", decision_name("has_issues"), _("the assessor corrects it")),
        Option("rejected", decision_name("rejected"), _("it does not count")),
    ]
    words = _("Comments signed with it: {count}.").format(count=sum(map(len, reading.pages.drafts.values())))
    if not approvable:
        del options[0]
        words += " " + _("It cannot be approved, since the signer is not trusted here.")
    region = reading.pages.visit.line.region_name
    heading = _("Decide on revision {revision} of {region}").format(
        revision=reading.pages.visit.line.revision, region=region
    )
    choose: Choose[str] = Choose(heading, options, words=words)
    choose.call_after_refresh(shown)
    decision = await app.push_screen_wait(choose)
    if decision is None:
        return False
    summary = await app.push_screen_wait(
        AskText(
            _("Summary: {decision}").format(decision=decision_name(decision)),
            _("The assessor reads it first. It may stay empty."),
            value=reading.summary,
        )
    )
    if summary is None:
        return False
    reading.summary = summary
    decided = await _signed(app, opened, reading, decision, heading)
    if decided is None:
        return False
    reading.summary = ""
    await app.push_screen_wait(Message(_("The review is signed"), _what_now(decided)))
    return True


def _possible(opened: OpenWorkspace, reading: Reading) -> bool:
    """Whether the bundle may be approved. Raises what stands against any decision."""
    from evaluator.bundle.publickeys import parse_line
    from evaluator.identity import key_path, public_line
    from evaluator.reviews.deciding import check_reviewer, may_approve

    check_reviewer(opened, reading.review, parse_line(public_line(key_path(opened.workspace, opened.config))))
    return may_approve(reading.review)


async def _signed(
    app: EvaluatorApp, opened: OpenWorkspace, reading: Reading, decision: str, heading: str
) -> Decided | None:
    words = _("The decision is signed as {name} <{email}> and cannot be taken back.").format(
        name=opened.config.name, email=opened.config.email
    )
    if not await app.work(must_ask, opened):
        agreed = await app.push_screen_wait(Confirm(heading, words))
        return await app.work(_sign, opened, reading, decision, None) if agreed else None
    problem = ""
    while True:
        typed = await app.push_screen_wait(
            AskLine(heading, words, placeholder=_("Passphrase of your key"), hidden=True, problem=problem)
        )
        if typed is None:
            return None
        try:
            return await app.work(_sign, opened, reading, decision, typed)
        except PassphraseError as error:
            problem = str(error)


def _sign(opened: OpenWorkspace, reading: Reading, decision: str, passphrase: str | None) -> Decided:
    from evaluator.identity import unlock
    from evaluator.reviews.deciding import decide

    signer = unlock(opened.workspace, opened.config, passphrase)
    decided = decide(opened, reading.review, decision, signer, summary=reading.summary)
    reading.load()
    return decided


def _what_now(decided: Decided) -> str:
    from evaluator.reviews.facts import decision_name

    first = _("Revision {revision}: {decision}, {count} comments. File: {file}").format(
        revision=decided.revision,
        decision=decision_name(decided.decision),
        count=decided.comments,
        file=decided.file,
    )
    if decided.queued:
        then = _("It waits to be sent: s on the list of visits exchanges with the shared folder.")
    else:
        then = _("Send the file with its .sig to the assessor, who takes it in with `evaluator import`.")
    return f"{first}\n\n{then}"
