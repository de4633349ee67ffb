"""A form of a bundle, read only: differences and comments in the margin, a comment of one's own per question."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from evaluator import clock
from evaluator.language import _
from evaluator.tui.dialogs.ask_text import AskText
from evaluator.tui.form.facts import RUBRIC, Facts, Marginal, value_text
from evaluator.tui.form.lines import Line, Span, fit, line
from evaluator.tui.form.page import Item, Key
from evaluator.tui.form.screen import FormScreen
from evaluator.tui.form.unfinished import next_of
from evaluator.tui.form.view import Block
from evaluator.tui.keys import bindings
from evaluator.tui.review.deciding import decide_on
from evaluator.tui.review.reading import CHANGED, SAID, change_lines, comment_count
from evaluator.tui.work import task

if TYPE_CHECKING:
    from evaluator.reviews.values import AnswerChange
    from evaluator.tui.review.reading import Pages, Reading


class ReviewForm(FormScreen, inherit_bindings=False):
    """Shows the form `form_id` of a bundle, beginning at `focus` if given."""

    place = "review_form"
    BINDINGS = bindings("review_form")

    def __init__(self, reading: Reading, pages: Pages, form_id: str, focus: Key | None = None) -> None:
        super().__init__(pages.visit, form_id, focus)
        self.reading = reading

    @property
    def pages(self) -> Pages:
        """What the bundle says, and what was said of it."""
        assert self.reading.pages is not None
        return self.reading.pages

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("difference", "difference_before"):
            return bool(self.pages.changed)
        if action in ("comment", "decide"):
            return self.reading.opened is not None
        return super().check_action(action, parameters)

    def help_words(self) -> str:
        return _(
            "The form as it was sealed; nothing here can be changed. Δ marks what is different from the revision "
            "before, » what reviewers said, ✎ your own comments, which are kept at once and signed with the decision."
        )

    def why_read_only(self) -> str:
        return _("Revision {revision} as it was sealed: read only").format(revision=self.visit.line.revision)

    def read_remarks(self) -> None:  # type: ignore[override]  # they are here already
        """Comments come with the bundle."""

    # -- the margin

    def facts_of(self, item: Item) -> Facts:
        found = super().facts_of(item)
        changes, said = self.reading.review.changes, self.pages.said.get(item.key, ())
        change = changes.answers.get(item.key) if changes else None
        margin: tuple[Marginal, ...] = ()
        if changes is not None and change is not None:
            margin = tuple(change_lines(change, changes.revision, self._before(item, change)))
        signs = [f"{CHANGED} {_('changed')}"] if margin else []
        if said:
            signs.append(f"{SAID} {_('comments {count}').format(count=comment_count(said))}")
        return replace(found, signs=tuple(signs), margin=(*margin, *said))

    def _before(self, item: Item, change: AnswerChange) -> str:
        """The answer in the revision before; a level with its name."""
        if item.question.type == RUBRIC and isinstance(change.old_value, int):
            return value_text(self.visit.instrument, item.question, change.old_value)
        return change.old

    def paint(self, item: Item, focused: bool, width: int) -> Block:
        block = super().paint(item, focused, width)
        if item.kind not in ("row", "add"):
            return block
        extra = self._of_row(item, width) if item.kind == "row" else self._deleted(item, width)
        return Block((*block.lines, *extra), block.editor)

    def _of_row(self, item: Item, width: int) -> list[Line]:
        row = item.key[1]
        changes = self.reading.review.changes
        words = []
        if item.key in self.pages.changed:
            words.append(f"{CHANGED} {_('new row')}")
        elif changes and any(key[1] == row for key in changes.answers):
            words.append(f"{CHANGED} {_('changed')}")
        count = sum(comment_count(said) for key, said in self.pages.said.items() if key[1] == row)
        if count:
            words.append(f"{SAID} {_('comments {count}').format(count=count)}")
        return [line("    ", Span(fit(" · ".join(words), width - 5), "flag"))] if words else []

    def _deleted(self, item: Item, width: int) -> list[Line]:
        changes = self.reading.review.changes
        gone = [row for row in changes.rows if not row.added and row.repeat == item.key[0]] if changes else []
        words = (_("Row deleted: {path} {text}").format(path=row.path, text=row.text) for row in gone)
        return [line("    ", Span(fit(f"{CHANGED} {text}", width - 5), "flag")) for text in words]

    # -- keys

    def commented(self) -> Collection[Key]:
        return self.pages.said

    async def action_difference(self) -> None:
        """Go to the next difference."""
        self._go_to_difference(back=False)

    async def action_difference_before(self) -> None:
        """Go to the difference before."""
        self._go_to_difference(back=True)

    def _go_to_difference(self, *, back: bool) -> None:
        here = self.item.key if self.item is not None else None
        key = next_of(self.visit, self.pages.changed, here, back=back)
        if key is None:
            self.say(_("There is no difference to show"))
            return
        self.go_to(key, painted=True)
        at = self.pages.changed.index(key) + 1
        self.say(_("Difference {number} of {count}").format(number=at, count=len(self.pages.changed)))

    async def action_comment(self) -> None:
        """Write a comment at the question."""
        item = self.item
        if item is None or item.kind != "question":
            self.say(_("A comment is written at a question"))
            return
        if self.reading.opened is None:
            self.say(_("Comments need a workspace to be kept in"))
            return
        self.expect_dialog()
        self._comment(item.key)

    @task
    async def _comment(self, key: Key) -> None:
        drafts = self.pages.drafts.get(key, ())

        async def keep(text: str) -> None:
            await self.app.work(self.reading.comment, key, text)

        heading = _("Comment at {question}").format(question=self.heading_of(key))
        words = _("The assessor reads it at the question. Empty takes it back.")
        text = await self.ask(AskText(heading, words, value=drafts[-1].text if drafts else "", keep=keep))
        if text is None:
            return
        await keep(text)
        self.app.saved(clock.local())
        self.refill({key})

    async def action_decide(self) -> None:
        """Decide on the bundle."""
        self.expect_dialog()
        self._decide()

    @task
    async def _decide(self) -> None:
        try:
            decided = await decide_on(self.app, self.reading, self.stop_expecting)
        finally:
            self.stop_expecting()
        if decided:
            self.dismiss(None)
