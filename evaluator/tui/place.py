"""What every screen is made of: a title row, the body, the status line and one row of keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from evaluator.tui.content import fitted
from evaluator.tui.keys import Command, commands
from evaluator.tui.status import StatusLine

if TYPE_CHECKING:
    from evaluator.tui.app import EvaluatorApp


class Place(Screen[Any]):
    """A full screen of ours. `place` names its commands in `keys`; `compose_body` gives what is in the middle.

    A screen with an open editor overrides `flush`: it is awaited before the program ends, for whatever reason.
    """

    place: ClassVar[str] = ""

    @property
    def app(self) -> EvaluatorApp:  # type: ignore[override]  # narrows what Textual calls App[object]
        return cast("EvaluatorApp", super().app)

    def compose(self) -> ComposeResult:
        yield TitleBar()
        yield from self.compose_body()
        yield StatusLine()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """The widgets between title and status line."""
        yield from ()

    def help_words(self) -> str:
        """What F1 says about this place."""
        return ""

    async def flush(self) -> None:
        """Save what is in an open editor."""

    def synced(self) -> None:
        """An exchange with the office ended: what is shown may have changed."""

    def retitle(self, left: str, right: str = "") -> None:
        """Set the title row; `right` stands at the end of it."""
        bar = self.query_one(TitleBar)
        bar.left, bar.right = left, right

    def say(self, text: str, kind: str = "info") -> None:
        """Put `text` on the status line."""
        self.query_one(StatusLine).say(text, kind)

    def available(self) -> Iterator[Command]:
        """The commands that can be given here now."""
        return available(self)

    def action_back(self) -> None:
        """Close this screen."""
        self.dismiss(None)


def available(screen: Screen[Any]) -> Iterator[Command]:
    """The commands of `screen` and of everywhere that can be given now, those of everywhere last."""
    for command in commands(getattr(screen, "place", "")):
        if command.action.startswith("app.") or screen.check_action(command.plain_action, ()):
            yield command


class TitleBar(Widget):
    """One row: where you are, and to the right what to know about it."""

    left: reactive[str] = reactive("")
    right: reactive[str] = reactive("")

    def render(self) -> Content:
        width = self.size.width - 2
        right = fitted(self.right, min(len(self.right), max(0, width - 20)))
        left = fitted(self.left, width - right.cell_length - 1, "bold")
        return Content.assemble(" ", left, " ", right, " ")


class KeyBar(Widget):
    """One row of keys. What does not fit is announced by an ellipsis beside the key for help."""

    def render(self) -> Content:
        return Content.assemble(*(part for part, _command in self._parts(self.size)))

    def _parts(self, size: Size) -> list[tuple[Content, Command | None]]:
        shown = [command for command in available(self.screen) if command.shown]
        help_last = [command for command in shown if command.id == "app.help"]
        others = [command for command in shown if command.id != "app.help"]
        tail = [_part(command) for command in help_last]
        room = size.width - 1 - sum(part.cell_length for part in tail)
        parts: list[tuple[Content, Command | None]] = [(Content(" "), None)]
        for position, command in enumerate(others):
            part = _part(command)
            last = position == len(others) - 1
            if part.cell_length > room - (0 if last else 2):
                parts.append((Content("… "), None))
                break
            room -= part.cell_length
            parts.append((part, command))
        parts += zip(tail, help_last, strict=True)
        return parts

    async def on_click(self, event: Click) -> None:
        """A key may be clicked."""
        at = 0
        for part, command in self._parts(self.size):
            at += part.cell_length
            if event.x < at:
                if command is not None:
                    await self.run_command(command)
                return

    async def run_command(self, command: Command) -> None:
        """Do what `command` says on the screen above."""
        await self.app.run_action(command.action_name, self.screen)


def _part(command: Command) -> Content:
    return Content.assemble((command.key_text(), "bold $primary"), " ", fitted_label(command), "  ")


def fitted_label(command: Command) -> Content:
    """The label of `command` for the row of keys."""
    return Content.styled(command.label_text, "$text-muted")
