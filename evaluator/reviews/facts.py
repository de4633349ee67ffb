"""The banner of an opened bundle: what is known of it, and what each thing means for somebody who has to decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from evaluator import instruments
from evaluator.errors import NotFoundError
from evaluator.identity import pinned_office
from evaluator.language import _, day_and_time, number
from evaluator.reviews.values import Fact
from evaluator.sealed.reading import Sealed
from evaluator.text import line

if TYPE_CHECKING:
    from evaluator.reviews.opening import Review

_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,20})?")


def facts(review: Review) -> tuple[Fact, ...]:
    """Everything worth knowing, what is worst first."""
    order = {"bad": 0, "warning": 1, "ok": 2, "note": 3}
    found = [*_genuine(review), *_trust(review), *_arrival(review), *_place(review)]
    if review.sealed is not None:
        found += [*_chain(review), *_content(review.sealed)]
    return tuple(sorted(found, key=lambda fact: order[fact.severity]))


def _genuine(review: Review) -> Iterator[Fact]:
    found = review.verification
    for problem in found.problems:
        yield Fact(
            problem.code,
            "bad",
            problem.message,
            _(
                "The file is damaged or was changed after it was signed. Decide nothing on it; ask for it again"
            ),
        )
    if review.unusable:
        yield Fact(
            review.unusable.code,
            "bad",
            line(review.unusable, 500),
            _("It is signed as it is, but no workspace seals such content. Ask the assessor how it was made"),
        )
    if found.ok and found.statement:
        yield Fact(
            "signed",
            "ok",
            _("Signed by {principal}, key {key}").format(
                principal=line(found.statement.principal), key=found.signer
            ),
            _("Nothing was changed since it was sealed on {when}").format(
                when=_when(found.statement.finalised)
            ),
        )


def _trust(review: Review) -> Iterator[Fact]:
    principal = line(review.verification.principal or "?")
    meanings = {
        "trusted": ("ok", _("The signer is enrolled here"), _("The key belongs to {principal}")),
        "unknown": (
            "bad",
            _("The signer is not enrolled here"),
            _(
                "Anybody can write {principal} into a bundle. Compare the key by telephone and enrol it, then go on"
            ),
        ),
        "expired": (
            "bad",
            _("The key was not valid when the bundle was sealed"),
            _("{principal} should seal it again with the key that is valid now"),
        ),
        "revoked": (
            "bad",
            _("The key is revoked"),
            _("Somebody else than {principal} may hold it. Decide nothing"),
        ),
        "wrong_role": (
            "bad",
            _("The key may not seal bundles"),
            _("{principal} is known here with another role. Ask before you decide"),
        ),
        "not_checked": (
            "warning",
            _("The signer was not checked"),
            _(
                "Nobody is enrolled in this workspace. The office can say whether the key belongs to {principal}"
            ),
        ),
    }
    if review.verification.signer is None:
        return
    severity, text, meaning = meanings[review.verification.trust]
    yield Fact(
        f"signer_{review.verification.trust}",
        severity,  # type: ignore[arg-type]  # the words above
        text,
        meaning.format(principal=principal),
    )


def _arrival(review: Review) -> Iterator[Fact]:
    if review.received_at and review.receipt_verdict == "stored":
        yield Fact(
            "received", "ok", _("Received by the office on {when}").format(when=_when(review.received_at))
        )
    elif review.received_at:
        yield Fact(
            "quarantined",
            "warning",
            _("In quarantine since {when}: {reason}").format(
                when=_when(review.received_at), reason=line(review.receipt_reason, 500)
            ),
            _("It does not count in the office until that is settled"),
        )
    else:
        yield Fact(
            "not_received",
            "note",
            _("Not received by this office"),
            _("You look at a file that was carried; take it in with `evaluator office ingest`"),
        )


def _place(review: Review) -> Iterator[Fact]:
    statement, workspace = review.verification.statement, review.workspace
    if statement is None or workspace is None:
        return
    office = pinned_office(workspace)
    if office and statement.org not in (None, office.org):
        yield Fact(
            "other_org",
            "bad",
            _("It is for another organisation, {org}").format(org=line(statement.org)),
            _("Its assessor works for another office, which has to review it"),
        )
    if review.own:
        yield Fact(
            "own_visit",
            "warning",
            _("This is your own visit"),
            _("You may look at it; somebody else has to decide"),
        )


def _chain(review: Review) -> Iterator[Fact]:
    statement = review.verification.statement
    if statement is None:
        return
    if review.newer:
        yield Fact(
            "superseded",
            "warning",
            _("Revision {revision} of this visit is here already").format(revision=review.newer),
            _("A decision on an old revision changes nothing; open the newer one"),
        )
    if statement.revision > 1:
        reason = _("Opened again because: {reason}").format(reason=line(statement.reason, 500))
        if review.changes is None:
            yield Fact(
                "previous_missing",
                "warning",
                _("Revision {revision} is not here").format(revision=statement.revision - 1),
                _("What changed cannot be shown. {reason}").format(reason=reason),
            )
        else:
            yield Fact(
                "changed",
                "note",
                _("{count} differences to revision {revision}").format(
                    count=review.changes.count, revision=review.changes.revision
                ),
                reason,
            )
    for earlier in review.earlier:
        yield Fact(
            "reviewed",
            "note",
            _("Revision {revision} was reviewed on {when}: {decision}, {count} comments").format(
                revision=earlier.revision,
                when=_when(earlier.at),
                decision=decision_name(earlier.decision),
                count=len(earlier.comments),
            ),
            line(earlier.summary, 500),
        )


def _content(sealed: Sealed) -> Iterator[Fact]:
    if not _is_shipped(sealed):
        yield Fact(
            "other_forms",
            "warning",
            _("The forms in it are not those of this program: {id} {version}").format(
                id=line(sealed.instrument.id), version=line(sealed.instrument.version)
            ),
            _("Questions, levels and weights may be others; its scores are not comparable without a look"),
        )
    ours = sealed.score().as_json()
    said = sealed.document["score"]
    if any(ours[name] != said.get(name) for name in ("total", "rounded", "band", "state", "forms")):
        yield Fact(
            "score_differs",
            "bad",
            _("The bundle says {said} in total, its answers give {ours}").format(
                said=_number(said.get("rounded")), ours=_number(ours["rounded"])
            ),
            _("Take the score that is worked out here; ask the assessor which program sealed it"),
        )
    if sealed.recomputed:
        yield Fact(
            "recomputed",
            "warning",
            _("{count} calculated answers come out otherwise here, first {path}").format(
                count=len(sealed.recomputed), path=sealed.filling.path_of(sealed.recomputed[0])
            ),
            _(
                "They may depend on the day or on another version of the program; those shown are worked out here"
            ),
        )
    late = sum(answer.after_reveal for answer in sealed.said.values())
    if late:
        yield Fact(
            "after_reveal",
            "note",
            _("{count} levels were changed after the region's own assessment could be seen").format(
                count=late
            ),
            _("The first level is kept and shown beside each"),
        )
    if sealed.failed_checks:
        codes = sorted({str(check.get("code")) for check in sealed.failed_checks})
        yield Fact(
            "checks",
            "note",
            _("{count} checks were not met when it was sealed").format(count=len(sealed.failed_checks)),
            line(", ".join(codes), 200),
        )


def _is_shipped(sealed: Sealed) -> bool:
    wanted = instruments.fingerprint(sealed.instrument.files)
    try:
        return any(
            instruments.fingerprint(instruments.read_folder(folder)) == wanted
            for folder in instruments.available()
        )
    except NotFoundError:
        return False


def decision_name(decision: str) -> str:
    """A decision as people call it."""
    return {
        "approved": _("approved"),
        "has_issues": _("returned with issues"),
        "rejected": _("rejected"),
    }.get(decision, decision)


def _number(text: object) -> str:
    return number(str(text)) if _NUMBER.fullmatch(str(text)) else line(text or "—", 40)


def _when(text: str) -> str:
    return day_and_time(datetime.fromisoformat(text).astimezone())
