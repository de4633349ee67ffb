"""What the dialogs share: one panel, a heading, a row of keys."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from evaluator.tui.content import content
from evaluator.tui.keyhold import KeyHold
from evaluator.tui.place import KeyBar

Result = TypeVar("Result")


class Dialog(ModalScreen[Result], Generic[Result]):
    """A panel over the screen below; `place` names its commands in `keys`."""

    place: ClassVar[str] = ""
    # Keys of the application do not reach a dialog; help must.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "app.help", "", show=False)]

    takes_keys = False
    """Whether the field with the keyboard is there; what is typed before waits."""

    def __init__(self, heading: str, words: str = "") -> None:
        super().__init__()
        self._heading = heading
        self._words = words

    def on_mount(self) -> None:
        self.call_after_refresh(self._take_keys)

    async def _take_keys(self) -> None:
        self.takes_keys = True
        if isinstance(self.app, KeyHold):
            await self.app.dialog_takes_keys()

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(content(self._heading), classes="heading")
            if self._words:
                yield Static(content(self._words), classes="words")
            yield from self.compose_body()
            yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """The widgets between the words and the keys."""
        yield from ()
