"""A text field whose typing costs the same however much is on the screen."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class FlatInput(Input):
    """`Input` that does not lay out the whole screen at every character.

    Textual's own assigns `virtual_size`, a reactive that asks for a layout, on each key.
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    BINDINGS: ClassVar[list[BindingType]] = [
        # The stock binding deletes to the right, against what every other program does.
        Binding("ctrl+backspace", "delete_left_word", "", show=False),
    ]

    async def _on_key(self, event: Key) -> None:
        """Enter is taken here: through its binding it would be overtaken by letters typed right after it."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            await self.action_submit()
