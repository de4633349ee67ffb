"""The two fields that lie over the painted lines while something is typed, one at a time."""

from __future__ import annotations

from typing import Protocol

from textual import events
from textual.widgets import TextArea

from evaluator.tui.flat import FlatInput, KeysInOrder, pasted


class EditorOwner(Protocol):
    """Who opened the field."""

    async def editor_key(self, event: events.Key) -> bool:
        """Take a key that leaves the field; False leaves it to the field."""


class LineEditor(FlatInput):
    """One line of text, a number or a date."""

    def __init__(self, owner: EditorOwner) -> None:
        super().__init__(classes="editor", select_on_focus=False, compact=True)
        self._owner = owner
        self.display = False

    async def _on_key(self, event: events.Key) -> None:
        if await self._owner.editor_key(event):
            event.stop()
            event.prevent_default()


class TextEditor(KeysInOrder, TextArea):
    """Text over several lines."""

    def __init__(self, owner: EditorOwner) -> None:
        super().__init__(classes="editor", soft_wrap=True, tab_behavior="focus", compact=True)
        self._owner = owner
        self.display = False
        self.highlight_cursor_line = False

    async def _on_key(self, event: events.Key) -> None:
        if await self._owner.editor_key(event):
            event.stop()
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = pasted(event.text)


Editor = LineEditor | TextEditor


def text_of(editor: Editor) -> str:
    """What stands in the field."""
    return editor.value if isinstance(editor, LineEditor) else editor.text


def set_text(editor: Editor, text: str) -> None:
    """Put `text` into the field, the cursor behind it."""
    if isinstance(editor, LineEditor):
        editor.value = text
        editor.cursor_position = len(text)
    else:
        editor.text = text
        editor.move_cursor(editor.document.end)
