"""The field that opens over the painted lines: opening it, reading it, saving what is in it, leaving it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.geometry import Offset
from textual.timer import Timer
from textual.widgets import Input, TextArea

from evaluator import clock
from evaluator.errors import AnswerError, EvaluatorError
from evaluator.form.definition import NUMERIC_TYPES
from evaluator.language import _
from evaluator.tui.form.base import FormBase
from evaluator.tui.form.editors import set_text, text_of
from evaluator.tui.form.page import Key
from evaluator.tui.form.typed import field_text, typed_value
from evaluator.tui.form.view import FormView

if TYPE_CHECKING:
    from evaluator.form.definition import Question

PAUSE = 0.4
"""Seconds without a key after which a text is saved while it is still being written."""

TEXT_TYPES = frozenset({"text", "longtext", "barcode"})
STARTED_BY_DIGIT = NUMERIC_TYPES | {"date", "time", "datetime", "geopoint"}


class Editing(FormBase):
    """The form screen with its one live field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._editing_key: Key | None = None
        self._kept = ""
        self._failed: str | None = None
        self._pause: Timer | None = None

    # -- opening

    def open_value(self, key: Key, start: str | None = None) -> None:
        """Open the field for the answer; `start` replaces what is there."""
        question = self.visit.filling.question(key)
        text = field_text(question, self.visit.filling.state(key).value)
        self._open(key, "value", text, start, long=question.type == "longtext")

    def open_note(self, key: Key) -> None:
        """Open the field for the note."""
        self._open(key, "note", self.visit.stored(key).note or "", None, long=True)

    def _open(self, key: Key, what: str, text: str, start: str | None, *, long: bool) -> None:
        self.choosing = None
        self.refusal = ""
        self.editor = self.text_editor if long else self.line_editor
        self.editing = what
        self._editing_key = key
        self._kept = text
        with self.prevent(Input.Changed, TextArea.Changed):
            set_text(self.editor, text if start is None else start)
        self.editor.display = True
        self.repaint_item()
        self.view.show_lines(self.view.editor_line, self.editor_height)
        self.set_focus(self.editor)
        self.call_after_refresh(self.fit_editor)
        self.say(_("Esc leaves the field; what is typed is kept") if long else "")

    @property
    def editor_height(self) -> int:
        if self.editor is not self.text_editor:
            return 1
        room = self.view.size.height
        lines = self.text_editor.wrapped_document.height + 1 if self.text_editor.is_mounted else 4
        return max(3, min(lines, 10, room - 3))

    def place_editor(self) -> None:
        if self.editor is None:
            return
        height = self.editor_height
        region = self.view.editor_region(height)
        codes = self.code_cells(self.item) if self.item is not None else 0
        left = 2 + (codes + 1 if codes else 0)
        width = max(12, region.width - left - 1)
        styles = self.editor.styles
        styles.offset = Offset(left, region.y)
        styles.width, styles.height = width, height

    def fit_editor(self) -> None:
        """Give the open field as many lines as its text has at the width that it got."""
        if self.editor is None or self.editor_height == self.editor.size.height:
            return
        self.repaint_item()
        self.view.show_lines(self.view.editor_line, self.editor_height)

    @on(FormView.Scrolled)
    def follow_lines(self) -> None:
        """Keep the field over its lines."""
        self.place_editor()

    # -- saving

    def _read(self) -> Any:
        """What stands in the field as a value. Raises AnswerError."""
        assert self.editor is not None
        assert self._editing_key is not None
        text = text_of(self.editor)
        if self.editing == "note":
            return text.strip() or None
        zone = datetime.fromisoformat(clock.local()).tzinfo
        return typed_value(self.visit.filling.question(self._editing_key), text, zone)

    async def save_field(self) -> bool:
        """Save what is in the open field, which stays open; False if it cannot be taken."""
        if self.editor is None or self._editing_key is None:
            return True
        text = text_of(self.editor)
        if text == self._kept:
            return True
        key, editing = self._editing_key, self.editing
        try:
            value = self._read()
        except AnswerError as error:
            self.refuse(error)
            return False
        before, self._kept = self._kept, text
        changes = {"note": value or ""} if editing == "note" else {"value": value}
        try:
            saved = await self.store(key, **changes)
        except EvaluatorError:
            # Not on disk: the next attempt must not take it for saved.
            self._kept, self._failed = before, text
            raise
        self._failed = None
        if not saved:
            self._kept = before
        return saved

    async def close_field(self, *, discard: bool = False) -> bool:
        """Save and close the field; False if it stays open because its text cannot be taken."""
        if self.editor is None:
            return True
        if not discard and not await self.save_field():
            return False
        self._stop_pause()
        self.editor.display = False
        self.editor, self.editing, self._editing_key = None, "", None
        self.refusal = ""
        self.set_focus(self.view)
        self.repaint_item()
        return True

    async def flush(self) -> None:
        """Save what is in an open field, for whatever reason the screen goes away."""
        await self.save_field()

    @on(Input.Changed, ".editor")
    @on(TextArea.Changed, ".editor")
    def wait_for_pause(self, event: Input.Changed | TextArea.Changed) -> None:
        """A text is saved whenever its writer pauses; a number or date only when it is complete."""
        event.stop()
        if self.editor is None or self._editing_key is None:
            return
        self.fit_editor()
        question = self.visit.filling.question(self._editing_key)
        if self.editing == "note" or question.type in TEXT_TYPES:
            self._stop_pause()
            self._pause = self.set_timer(PAUSE, self._save_in_pause)

    async def _save_in_pause(self) -> None:
        self._pause = None
        await self.save_quietly()

    async def save_quietly(self) -> None:
        """Save what is in the open field, unless that has just failed and was said: people try again themselves."""
        if self.editor is None or text_of(self.editor) == self._failed:
            return
        try:
            await self.save_field()
        except EvaluatorError as error:
            self.app.show_error(error)

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    # -- keys in the field

    async def editor_key(self, event: events.Key) -> bool:
        if self.editor is None or self.app.screen is not self:
            # The field was closed by a key before this one.
            self.view.post_message(events.Key(event.key, event.character))
            return True
        try:
            return await self._field_key(event.key)
        except EvaluatorError as error:
            self.app.show_error(error)
            return True

    async def _field_key(self, key: str) -> bool:
        line = self.editor is self.line_editor
        if key == "escape":
            if not await self.close_field():
                await self.close_field(discard=True)
                self.say(_("The text was not taken and is gone"))
        elif key == "ctrl+s":
            await self.close_field()
        elif key == "tab" or (line and key == "enter"):
            if await self.close_field():
                self.go_on()
        elif line and key == "down":
            if await self.close_field():
                self.step(1)
        elif key == "shift+tab" or (line and key == "up"):
            if await self.close_field():
                self.step(-1)
        else:
            return False
        return True

    def go_on(self) -> None:
        """Go to the next question; one that is typed and still empty opens at once."""
        before = self.view.current
        self.step(1)
        if self.view.current != before:
            self.open_if_typed()

    def open_if_typed(self) -> None:
        """Open the field of the question under the keyboard if it is typed and still empty."""
        item = self.item
        if item is None or item.kind != "question" or not is_typed(item.question):
            return
        state = self.visit.filling.state(item.key)
        if state.status == "unanswered" and not state.read_only and not self.visit.read_only:
            self.open_value(item.key)

    def step(self, by: int) -> None:
        """Go to the next or previous thing that the keyboard can stand on."""
        at = self.view.current + by
        while 0 <= at < len(self.view.items) and not self.view.items[at].focusable:
            at += by
        if 0 <= at < len(self.view.items):
            self.stand(at)
        elif by < 0:
            self.view.scroll_home(animate=False)
        else:
            self.view.scroll_end(animate=False)


def is_typed(question: Question) -> bool:
    """True if the answer is typed into a field."""
    return question.type != "rubric" and question.type in TEXT_TYPES | STARTED_BY_DIGIT


def starts_by_digit(question: Question) -> bool:
    """True if a digit begins to type the answer."""
    return question.type in STARTED_BY_DIGIT and question.type != "rubric"
