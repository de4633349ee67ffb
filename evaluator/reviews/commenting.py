"""Comments at a question: kept while somebody reads, signed and sent with the decision."""

from __future__ import annotations

from evaluator import clock
from evaluator.errors import NotFoundError, UsageError
from evaluator.language import _
from evaluator.reviews.opening import Review, draft_comments
from evaluator.reviews.values import Key
from evaluator.store import comments
from evaluator.store.comments import StoredComment
from evaluator.text import clean
from evaluator.workspaces import OpenWorkspace

MAX_TEXT = 10_000


def add_comment(opened: OpenWorkspace, review: Review, question: str | Key, text: str) -> StoredComment:
    """Keep a comment at a question of the bundle, given as a path with row positions or as a key.

    It is durable when this returns, and waits for the decision. Raises NotFoundError for a question that the bundle
    does not have, UsageError for a text that cannot be kept, BundleError for a damaged bundle.
    """
    key = locate(review, question)
    comment = StoredComment(
        id=clock.uuid7(),
        visit=None,
        bundle_id=review.bundle_id,
        path=review.filling.path_of(key),
        row=key[1],
        text=comment_text(text),
        author=opened.config.email,
        at=clock.local(),
    )
    with opened.transaction() as connection:
        comments.add(connection, comment)
    return comment


def remove_comment(opened: OpenWorkspace, review: Review, comment_id: str) -> None:
    """Take back a comment that is not signed yet. Raises NotFoundError."""
    if comment_id not in {comment.id for comment in draft_comments(opened, review)}:
        raise NotFoundError(
            "comment_not_found", _("There is no comment {comment}").format(comment=comment_id)
        )
    with opened.transaction() as connection:
        comments.remove(connection, comment_id)


def locate(review: Review, question: str | Key) -> Key:
    """The key of a question of the bundle. Raises NotFoundError."""
    filling = review.filling
    key = filling.locate(question) if isinstance(question, str) else question
    if not filling.has(key):
        raise NotFoundError(
            "question_unknown", _("There is no question {path} in this bundle").format(path=key[0])
        )
    return key


def comment_text(text: str) -> str:
    """A text as it is signed. Raises UsageError for an empty one, a control character or too long a text."""
    try:
        cleaned = clean(text).strip()
    except ValueError as error:
        raise UsageError(
            "bad_text", _("The text holds a character that cannot be kept: {reason}").format(reason=error)
        ) from None
    if not cleaned:
        raise UsageError("no_text", _("The comment is empty"))
    if len(cleaned) > MAX_TEXT:
        raise UsageError(
            "text_too_long", _("The text has more than {count} characters").format(count=MAX_TEXT)
        )
    return cleaned
