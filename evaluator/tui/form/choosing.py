"""Several of a list, narrowed by typing."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from evaluator.language import _
from evaluator.tui.content import fitted, one_line
from evaluator.tui.dialogs.base import Dialog
from evaluator.tui.dialogs.choose import Option
from evaluator.tui.flat import FlatInput
from evaluator.tui.keys import bindings
from evaluator.tui.rows import Rows


class ChooseSeveral(Dialog[list[str] | None]):
    """Gives the values that are marked when it is left, in the order in which they were marked."""

    place = "choose_several"
    BINDINGS = bindings("choose_several")

    def __init__(
        self,
        heading: str,
        options: Sequence[Option[str]],
        chosen: Sequence[str],
        exclusive: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(heading)
        self._options = tuple(options)
        self._texts = [f"{option.label} {option.detail}".casefold() for option in self._options]
        self._found = list(range(len(self._options)))
        self._chosen = list(chosen)
        self._exclusive = exclusive

    def compose_body(self) -> ComposeResult:
        yield FlatInput(placeholder=_("Type to narrow the list"))
        rows = Rows(self._paint, count=len(self._found))
        rows.can_focus = False
        yield rows

    def _paint(self, index: int, width: int) -> Content:
        option = self._options[self._found[index]]
        box = "[x]" if option.value in self._chosen else "[ ]"
        detail = one_line(option.detail, "$text-muted")
        room = max(10, width - detail.cell_length - 6)
        return Content.assemble(f" {box} ", fitted(option.label, room), " ", detail)

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Keep the options that hold every word typed."""
        wanted = event.value.casefold().split()
        self._found = [
            index for index, text in enumerate(self._texts) if all(word in text for word in wanted)
        ]
        self.query_one(Rows).fill(len(self._found), 0)

    @on(Input.Submitted)
    @on(Rows.Chosen)
    def action_mark(self) -> None:
        """Mark the option under the cursor, or take its mark away."""
        if not self._found:
            return
        rows = self.query_one(Rows)
        value = self._options[self._found[rows.cursor]].value
        if value in self._chosen:
            self._chosen.remove(value)
        elif value in self._exclusive:
            self._chosen = [value]
        else:
            self._chosen = [entry for entry in self._chosen if entry not in self._exclusive] + [value]
        rows.repaint()

    def action_done(self) -> None:
        """Take what is marked."""
        self.dismiss(list(self._chosen))

    def action_cancel(self) -> None:
        """Leave everything as it was."""
        self.dismiss(None)

    def action_up(self) -> None:
        self.query_one(Rows).action_move(-1)

    def action_down(self) -> None:
        self.query_one(Rows).action_move(1)

    def action_page_up(self) -> None:
        self.query_one(Rows).action_page(-1)

    def action_page_down(self) -> None:
        self.query_one(Rows).action_page(1)
