"""One line of text: a reason, a path, a passphrase."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from evaluator.tui.content import content
from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.flat import FlatInput
from evaluator.tui.keys import bindings


class AskLine(Dialog[str | None]):
    """Gives the line that was typed, or None. `check` gives what is wrong with a line, else an empty text."""

    place = "ask"
    BINDINGS = bindings("ask")

    def __init__(
        self,
        heading: str,
        words: str = "",
        *,
        value: str = "",
        placeholder: str = "",
        hidden: bool = False,
        problem: str = "",
        check: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(heading, words)
        self._value = value
        self._placeholder = placeholder
        self._hidden = hidden
        self._problem = problem
        self._check = check

    def compose_body(self) -> ComposeResult:
        yield FlatInput(self._value, placeholder=self._placeholder, password=self._hidden)
        yield Static(content(self._problem), classes="problem -shown" if self._problem else "problem")

    @on(Input.Submitted)
    def action_accept(self) -> None:
        value = self.query_one(FlatInput).value
        problem = self._check(value) if self._check else ""
        if problem:
            self.show_problem(problem)
        else:
            self.dismiss(value)

    def show_problem(self, problem: str) -> None:
        """Say what is wrong below the line."""
        line = self.query_one(".problem", Static)
        line.update(content(problem))
        line.add_class("-shown")

    def action_cancel(self) -> None:
        self.dismiss(None)
