"""One of a list, narrowed by typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from evaluator.language import _
from evaluator.tui.content import fitted, one_line
from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.flat import FlatInput
from evaluator.tui.keys import bindings
from evaluator.tui.rows import Rows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """A line to choose: what it stands for, its words, and something short at the right end."""

    value: T
    label: str
    detail: str = ""


class Choose(Dialog[T | None], Generic[T]):
    """Gives the value of the chosen option, or None. Every word typed must occur in label or detail."""

    place = "choose"
    BINDINGS = bindings("choose")

    def __init__(
        self, heading: str, options: Sequence[Option[T]], *, words: str = "", current: T | None = None
    ) -> None:
        super().__init__(heading, words)
        self._options = tuple(options)
        self._texts = [f"{option.label} {option.detail}".casefold() for option in self._options]
        self._found = list(range(len(self._options)))
        values = [option.value for option in self._options]
        self._start = values.index(current) if current in values else 0

    def compose_body(self) -> ComposeResult:
        yield FlatInput(placeholder=_("Type to narrow the list"))
        rows = Rows(self._paint, count=len(self._found), cursor=self._start)
        rows.can_focus = False
        yield rows

    def _paint(self, index: int, width: int) -> Content:
        option = self._options[self._found[index]]
        detail = one_line(option.detail, "$text-muted")
        room = max(10, width - detail.cell_length - 2)
        return Content.assemble(" ", fitted(option.label, room), detail)

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Keep the options that hold every word typed."""
        wanted = event.value.casefold().split()
        self._found = [
            index for index, text in enumerate(self._texts) if all(word in text for word in wanted)
        ]
        self.query_one(Rows).fill(len(self._found), 0 if wanted else self._start)

    @on(Input.Submitted)
    @on(Rows.Chosen)
    def action_accept(self) -> None:
        if self._found:
            self.dismiss(self._options[self._found[self.query_one(Rows).cursor]].value)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_up(self) -> None:
        self.query_one(Rows).action_move(-1)

    def action_down(self) -> None:
        self.query_one(Rows).action_move(1)

    def action_page_up(self) -> None:
        self.query_one(Rows).action_page(-1)

    def action_page_down(self) -> None:
        self.query_one(Rows).action_page(1)
