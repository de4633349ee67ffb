"""What an office said of a visit, and where the files of the visit are: gathered in the thread, and painted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from evaluator.language import _, day_and_time
from evaluator.tui.content import content, one_line
from evaluator.tui.marks import DONE, OPEN, visit_state_style

if TYPE_CHECKING:
    from evaluator.visits.values import Key, Remark, ReviewLine, Whereabouts
    from evaluator.visits.visit import Visit

_PLACES = ("here", "remote", "received")


@dataclass(frozen=True, slots=True)
class Letters:
    """The last review, every comment, and where each file is."""

    review: ReviewLine | None
    remarks: tuple[Remark, ...]
    where: Whereabouts

    @property
    def unanswered(self) -> int:
        """How many comments have no reply."""
        return sum(not remark.answer for remark in self.remarks)

    def first_comment(self) -> Key | None:
        """The question of the first comment without a reply, else of the first one."""
        found = [remark for remark in self.remarks if remark.key is not None]
        waiting = [remark for remark in found if not remark.answer]
        return next((remark.key for remark in (*waiting, *found)), None)


def gather_letters(visit: Visit) -> Letters:
    """Everything that came and went for `visit`."""
    from evaluator.visits import correspondence

    reviews = correspondence.reviews(visit)
    return Letters(
        review=reviews[-1] if reviews else None,
        remarks=correspondence.remarks(visit),
        where=correspondence.whereabouts(visit),
    )


def letter_lines(letters: Letters, state: str, width: int) -> Content:
    """The last review with its summary, what to do now, and where the newest revision is; empty if there is nothing."""
    lines = []
    last = []
    review = letters.review
    if review is not None:
        lines.append(_review(review))
        if review.summary:
            lines.append(one_line(review.summary, limit=400))
    if letters.remarks:
        words = _("v {open}/{count} comments open")
        last.append(content(words.format(count=len(letters.remarks), open=letters.unanswered), "bold"))
    if state in ("returned", "rejected"):
        last.append(content(_("o reopens"), "bold"))
    if letters.where.bundles:
        newest = letters.where.bundles[-1]
        words = _("r{revision} {places}").format(revision=newest.revision, places=_places(newest.where))
        last.append(content(words, "$text-muted"))
    if last:
        lines.append(Content(" · ").join(last))
    return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)


def _review(review: ReviewLine) -> Content:
    from evaluator.reviews.facts import decision_name

    words = _("Revision {revision}: {decision}, {when}").format(
        revision=review.revision, decision=decision_name(review.decision), when=_when(review.at)
    )
    return content(words, visit_state_style(_STATES.get(review.decision, "")) or "bold")


_STATES = {"approved": "approved", "has_issues": "returned", "rejected": "rejected"}


def reason_to_reopen(letters: Letters) -> str:
    """What the next revision says of why it was made, from the review."""
    review = letters.review
    if review is None:
        return ""
    if review.summary:
        return " ".join(review.summary.split())
    return _("Returned by the office with {count} comments").format(count=review.comments)


def place_lines(letters: Letters, visit: Visit) -> Iterator[tuple[str, str]]:
    """Each sealed revision and each piece of evidence with where it is, for a list."""
    for bundle in letters.where.bundles:
        yield bundle.file, _places(bundle.where)
    for piece in visit.evidence():
        yield f"{piece.id} {piece.title or piece.name}", _places(letters.where.evidence.get(piece.id, ()))


def _places(where: Sequence[str]) -> str:
    return " ".join(_place(place, place in where) for place in _PLACES)


def _place(place: str, is_there: bool) -> str:
    words = {"here": _("here"), "remote": _("at the remote"), "received": _("received")}[place]
    return f"{DONE if is_there else OPEN} {words}"


def _when(at: str) -> str:
    return day_and_time(datetime.fromisoformat(at).astimezone())
