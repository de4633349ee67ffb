"""Keys typed while a dialog is still opening wait for it, in the order in which they were typed."""

from __future__ import annotations

from textual import events
from textual.app import App


class KeyHold(App[int]):
    """An application that can hold keys back.

    Without it the letters typed first, which wait in the widget that was left, would be overtaken by those that go to
    the dialog directly; and what is typed before the dialog has a focused field would be lost.
    """

    _held: list[events.Key | events.Paste] | None = None
    _asked = False  # somebody asked for it, and releases the keys again

    def hold_keys(self) -> None:
        """From now on keys wait, until they are released."""
        self._asked = True
        if self._held is None:
            self._held = []

    async def release_keys(self) -> None:
        """Let the keys that waited go where the focus is now."""
        held, self._held, self._asked = self._held or [], None, False
        for event in held:
            await self.on_event(event)

    async def dialog_takes_keys(self) -> None:
        """A dialog is up: what was typed meanwhile is for it."""
        if not self._asked:
            await self.release_keys()

    async def on_event(self, event: events.Event) -> None:
        """Take an event; a key from the terminal may have to wait."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            ready = getattr(self.screen, "takes_keys", True)
            if self._held is None and not ready:
                self._held = []
            elif self._held is not None and ready and not self._asked:
                await self.release_keys()  # the dialog that they waited for is gone
            if self._held is not None:
                self._held.append(event)
                return
        await super().on_event(event)
