"""Fields to type into: keys and pastes arrive in the order and shape in which they can be taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

if TYPE_CHECKING:
    _Mixed = Widget
else:
    _Mixed = object  # Textual takes the look of a widget from its first base that is one

_LINE_ENDS = {ord(end): "\n" for end in "\r\v\f\x85\u2028\u2029"}


class KeysInOrder(_Mixed):
    """A field that takes its own keys, and those of the dialog around it, at once.

    Textual looks for a binding only after the key went up to the application and found nobody; letters typed right
    after it overtake it on the way, so that a fast Backspace deletes what was typed after it.
    """

    async def _on_key(self, event: Key) -> None:
        if event.is_printable:
            return
        takers = (self, self.screen) if isinstance(self.screen, ModalScreen) else (self,)
        for taker in takers:
            action = _own_actions(type(taker)).get(event.key)
            if action is not None and await self.app.run_action(action, taker):
                event.stop()
                event.prevent_default()
                return


class FlatInput(KeysInOrder, Input):
    """`Input` that does not lay out the whole screen at every character.

    Textual's own assigns `virtual_size`, a reactive that asks for a layout, on each key.
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    BINDINGS: ClassVar[list[BindingType]] = [
        # The stock binding deletes to the right, against what every other program does.
        Binding("ctrl+backspace", "delete_left_word", "", show=False),
    ]

    def _on_paste(self, event: Paste) -> None:
        """Take all lines as one: Textual's own forgets all but the first."""
        event.text = " ".join(pasted(event.text).split())


def pasted(text: str) -> str:
    """What can be taken of a pasted text: all but control characters, which are refused when it is saved."""
    text = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    if text.isprintable():
        return text
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )


@cache
def _own_actions(widget: type[Widget]) -> Mapping[str, str]:
    """The actions of a kind of widget and its bases by key."""
    return {
        binding.key: binding.action
        for kind in reversed(widget.__mro__)
        for binding in Binding.make_bindings(kind.__dict__.get("BINDINGS", ()))
    }
