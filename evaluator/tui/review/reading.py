"""One bundle that somebody reads to decide on: what its screens share.

It is loaded and changed in the thread of the workspace, and read by the screens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.language import _
from evaluator.reviews import commenting
from evaluator.reviews.opening import Review, draft_comments, open_review
from evaluator.reviews.values import AnswerChange, Fact, Key
from evaluator.store.comments import StoredComment
from evaluator.tui.form.facts import Marginal, companion_label
from evaluator.tui.review.source import SealedVisit, as_visit
from evaluator.tui.visit.overview import Overview, gather

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit
    from evaluator.workspaces import OpenWorkspace

CHANGED = "Δ"
SAID = "»"
MINE = "✎"


@dataclass(frozen=True, slots=True)
class Pages:
    """The readable part of a bundle. `said` holds the comments at each question, oldest first; `changed` the questions
    and new rows that are different, `unseen` the differences that no form can show, in words."""

    visit: Visit
    overview: Overview
    said: Mapping[Key, tuple[Marginal, ...]]
    drafts: Mapping[Key, tuple[StoredComment, ...]]
    changed: tuple[Key, ...]
    unseen: tuple[str, ...]


class Reading:
    """A bundle while it is read: judged, with the comments so far. `summary` is what was typed for the decision."""

    def __init__(self, path: Path, opened: OpenWorkspace | None) -> None:
        self.path = path
        self.opened = opened
        self.summary = ""
        self.load()

    def load(self) -> None:
        """Read and judge everything anew."""
        self.review: Review = open_review(self.path, self.opened)
        self.facts: tuple[Fact, ...] = self.review.facts()
        sealed = self.review.sealed
        self.visit: Visit | None = as_visit(SealedVisit(sealed)) if sealed else None
        self.pages: Pages | None = None
        self.refresh()

    def refresh(self) -> None:
        """Read the comments anew."""
        review, visit = self.review, self.visit
        if visit is None:
            return
        drafts: dict[Key, tuple[StoredComment, ...]] = {}
        for draft in draft_comments(self.opened, review) if self.opened else ():
            key = review.comment_key({"path": draft.path, "row": draft.row})
            if key is not None:
                drafts[key] = (*drafts.get(key, ()), draft)
        self.pages = Pages(
            visit=visit,
            overview=self.pages.overview if self.pages else gather(visit),
            said={key: lines for key in visit.filling.keys() if (lines := tuple(_said(review, key, drafts)))},
            drafts=drafts,
            changed=tuple(_changed(review)),
            unseen=tuple(_unseen(review)),
        )

    def comment(self, key: Key, text: str) -> None:
        """Say `text` at a question in the place of what was said there before; an empty text takes that back."""
        if self.opened is None or self.pages is None:
            return
        before = self.pages.drafts.get(key, ())
        if text.strip():
            commenting.add_comment(self.opened, self.review, key, text)
        for draft in before[-1:]:
            commenting.remove_comment(self.opened, self.review, draft.id)
        self.refresh()


def _said(review: Review, key: Key, drafts: Mapping[Key, tuple[StoredComment, ...]]) -> Iterator[Marginal]:
    """What reviewers said at a question and what the assessor wrote back, then the comments that wait."""
    replies = review.content.said[key].replies if key in review.content.said else ()
    told = set()
    for earlier, text in review.said_before(key):
        told.add(text)
        words = _("Review of revision {revision}: {text}").format(revision=earlier.revision, text=text)
        yield Marginal(SAID, words)
        for reply in replies:
            if reply.text == text and reply.answer:
                yield _reply(reply.answer)
    for reply in replies:
        if reply.text not in told:
            yield Marginal(SAID, _("{author}: {text}").format(author=reply.author, text=reply.text))
            if reply.answer:
                yield _reply(reply.answer)
    for draft in drafts.get(key, ()):
        yield Marginal(MINE, _("Your comment: {text}").format(text=draft.text), "value")


def _reply(answer: str) -> Marginal:
    return Marginal(" ", _("Reply: {text}").format(text=answer), "muted")


def _changed(review: Review) -> Iterator[Key]:
    """The differences that a form shows: new rows as one, questions that are asked."""
    if review.changes is None:
        return
    filling = review.filling
    fresh = {row.row for row in review.changes.rows if row.added}
    for row in review.changes.rows:
        if row.added:
            yield row.repeat, row.row
    for key in review.changes.answers:
        if key[1] not in fresh and filling.state(key).relevant:
            yield key


def _unseen(review: Review) -> Iterator[str]:
    """The differences that no form shows: rows that went, questions that are no longer asked."""
    if review.changes is None:
        return
    for row in review.changes.rows:
        if not row.added:
            yield _("Row deleted: {path} {text}").format(path=row.path, text=row.text)
    for key, change in review.changes.answers.items():
        if not review.filling.state(key).relevant:
            yield _("No longer asked: {path} {label}").format(path=change.path, label=change.label)


def comment_count(said: Iterable[Marginal]) -> int:
    """How many of the lines are comments; the others are replies."""
    return sum(marginal.sign in (SAID, MINE) for marginal in said)


def change_lines(change: AnswerChange, revision: int, before: str) -> Iterator[Marginal]:
    """What is different about a question, whose answer was `before`, for its margin."""
    if change.answer_changed:
        words = _("In revision {revision}: {old}").format(revision=revision, old=before or _("no answer"))
        yield Marginal(CHANGED, words, "flag")
    for name, (old, new) in change.companions.items():
        label = {"note": _("Note"), "flag": _("Flag"), "gate_reason": _("Despite missing evidence")}.get(
            name, companion_label(name)
        )
        words = _("{name}: {old} → {new}").format(name=label, old=_shown(old), new=_shown(new))
        yield Marginal(CHANGED, words, "flag")
    for sign, pieces in (("+", change.evidence_added), ("−", change.evidence_removed)):
        if pieces:
            words = _("Evidence {pieces}").format(pieces=", ".join(f"{sign}{piece}" for piece in pieces))
            yield Marginal(CHANGED, words, "flag")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value in (None, "") else str(value)
