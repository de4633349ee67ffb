"""A few fields in a dialog: details of evidence, and what accompanies an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from evaluator.form.definition import Choice
from evaluator.language import current
from evaluator.tui.content import content, one_line
from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.flat import FlatInput
from evaluator.tui.keys import bindings

LABEL_CELLS = 24


@dataclass(frozen=True, slots=True)
class Field:
    """One field: a choice if it has `choices`, else a line of text. `read` gives the value that the text stands for, or
    raises ValueError with what is wrong in words."""

    name: str
    label: str
    value: str = ""
    choices: tuple[Choice, ...] = ()
    placeholder: str = ""
    read: Callable[[str], str] = str


class ChoiceField(Widget, can_focus=True):
    """One of a few choices in one widget: digits and arrows choose, Backspace clears."""

    value: reactive[str] = reactive("")

    def __init__(self, choices: Sequence[Choice], value: str) -> None:
        super().__init__(classes="field")
        self._choices = tuple(choices)
        values = [choice.value for choice in choices]
        # A scale keeps its own digits.
        scale = all(len(value) == 1 and value.isdigit() for value in values)
        self._digits = values if scale else [str(number) for number in range(1, len(values) + 1)]
        self.set_reactive(ChoiceField.value, value)

    def render(self) -> Content:
        lines: list[Content] = []
        for digit, choice in zip(self._digits, self._choices, strict=True):
            pointer = "›" if self.has_focus and not lines else " "
            box = "(x)" if choice.value == self.value else "( )"
            style = "bold $primary" if choice.value == self.value else ""
            lines.append(
                Content.assemble(
                    pointer, (f"{digit} {box} ", style), one_line(choice.label.text(current()), style)
                )
            )
        return Content("\n").join(lines)

    async def _on_key(self, event: events.Key) -> None:
        values = [choice.value for choice in self._choices]
        at = values.index(self.value) if self.value in values else -1
        if event.character in self._digits:
            self.value = values[self._digits.index(event.character)]
        elif event.key in ("right", "space"):
            self.value = values[(at + 1) % len(values)]
        elif event.key == "left":
            self.value = values[(at - 1) % len(values)]
        elif event.key in ("backspace", "delete"):
            self.value = ""
        else:
            return
        event.stop()
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        if event.y < len(self._choices):
            self.value = self._choices[event.y].value


class Fields(Dialog[Mapping[str, str] | None]):
    """Gives the values of all fields by name, or None; the keyboard begins in field `start`."""

    place = "fields"
    BINDINGS = bindings("fields")
    CSS = """
    Fields > Vertical { width: 80; }
    Fields VerticalScroll { height: auto; max-height: 18; }
    Fields .line { height: auto; margin: 0; }
    Fields .name { width: 24; color: $text-muted; }
    Fields .field { width: 1fr; height: auto; margin: 0; background: $surface; padding: 0 1 0 0; }
    Fields Input.field { height: 1; margin: 0; padding: 0 1; background: $background; }
    Fields .field:focus { background: $panel; }
    Fields .problem { margin: 1 0 0 0; }
    """

    def __init__(self, heading: str, fields: Sequence[Field], words: str = "", start: int = 0) -> None:
        super().__init__(heading, words)
        self._first = start
        self._fields = tuple(fields)
        self._widgets: list[ChoiceField | FlatInput] = [
            ChoiceField(field.choices, field.value)
            if field.choices
            else FlatInput(field.value, placeholder=field.placeholder, classes="field", compact=True)
            for field in self._fields
        ]

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            for field, widget in zip(self._fields, self._widgets, strict=True):
                with Horizontal(classes="line"):
                    yield Static(content(field.label), classes="name")
                    yield widget
        yield Static(classes="problem")

    def on_mount(self) -> None:
        self.set_focus(self._widgets[self._first])

    def on_key(self, event: events.Key) -> None:
        """The arrows and Enter go from field to field."""
        if event.key in ("down", "enter"):
            if event.key == "enter" and self.focused is self._widgets[-1]:
                self.action_accept()
            else:
                self.focus_next()
        elif event.key == "up":
            self.focus_previous()
        else:
            return
        event.stop()
        event.prevent_default()

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Enter in the last field saves all."""
        if self.focused is self._widgets[-1]:
            self.action_accept()
        else:
            self.focus_next()

    def action_accept(self) -> None:
        """Read all fields; stay at the first that cannot be read."""
        values = {}
        for field, widget in zip(self._fields, self._widgets, strict=True):
            try:
                values[field.name] = field.read(widget.value)
            except ValueError as error:
                problem = self.query_one(".problem", Static)
                problem.update(content(f"{field.label}: {error}"))
                problem.add_class("-shown")
                self.set_focus(widget)
                return
        self.dismiss(values)

    def action_cancel(self) -> None:
        """Leave everything as it was."""
        self.dismiss(None)
