"""The form screen: one section, or one row of a repeat, filled with single keys."""

from __future__ import annotations

import inspect
from typing import Final

from textual import events
from textual.widget import Widget

from evaluator.errors import EvaluatorError
from evaluator.language import _
from evaluator.tui.form.extras import Extras
from evaluator.tui.form.repeating import Repeating
from evaluator.tui.keys import PLACES, bindings

ROW_KEYS: Final = frozenset({"insert_row", "duplicate_row", "delete_row", "row_up", "row_down"})
SEALED: Final = frozenset(
    {"digit", "yes", "no", "clear", "na", "note", "flag", "recommend", "companions", "gate_reason", "reply",
     "undo", "redo", "add_row"}
    | ROW_KEYS
)  # fmt: skip


class FormScreen(Extras, Repeating):
    """Fills the form `form_id` of an open visit, beginning at `focus` if given."""

    BINDINGS = bindings("form")

    async def press(self, event: events.Key) -> None:
        if self.app.screen is self and self._dialog_up is not None:
            # Typed ahead of a dialog that is still opening: it is meant for the dialog.
            await self.dialog_is_up()
        target = self._elsewhere()
        if target is not None:
            event.stop()
            target.post_message(events.Key(event.key, event.character))
            return
        name = actions(self.place).get(event.key)
        if name is None:
            return
        event.stop()
        try:
            await self.perform(name, event.character or "")
        except EvaluatorError as error:
            self.app.show_error(error)

    async def perform(self, name: str, character: str = "") -> None:
        """Do what the key for the action `name` does."""
        if name == "digit":
            await self.action_digit(character)
            return
        result = getattr(self, f"action_{name}")()
        if inspect.isawaitable(result):
            await result

    def _elsewhere(self) -> Widget | None:
        """Who gets the keys when it is not the list of questions."""
        top = self.app.screen
        if top is not self:
            return top.focused or top
        return self.editor

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in SEALED and self.visit.read_only:
            return False
        return super().check_action(action, parameters)

    def help_words(self) -> str:
        """What this place is for."""
        return _(
            "Every answer is saved the moment it is given; the line above the keys says when. Digits set the level "
            "of a rubric and choose among choices, Enter answers or goes on, Esc leaves a field and keeps what was "
            "typed. ✓ answered, ○ open, · may stay empty, – not applicable, ✗ something is wrong, ⚑ flagged."
        )

    async def on_resize(self) -> None:
        """Guidance beside the questions comes and goes with the width."""
        self.call_after_refresh(self.refit)

    def refit(self) -> None:
        """Paint everything for the size that the screen has now."""
        if self.is_mounted:
            self.view.fill(self.view.items, self.view.current)
            self.show_around()
            self.show_side()
            self.place_editor()

    async def on_screen_suspend(self) -> None:
        """Another screen covers this one: keep what is in the open field."""
        await self.save_quietly()


def actions(place: str) -> dict[str, str]:
    """The action of every key of a place."""
    return {key: command.action_name for command in PLACES[place] for key in command.keys.split(",")}
