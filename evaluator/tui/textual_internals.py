"""The two places where we lean on what Textual does not promise; each has a test of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from evaluator.tui.harmless import HarmlessApp

if TYPE_CHECKING:
    from textual.screen import Screen


class CrashSafeApp(HarmlessApp):
    """An application whose crash prints one line.

    Textual's own crash screen shows the local variables of every frame, which here are answers and names.
    """

    def report_crash(self, error: BaseException) -> str:
        """Write a report and give the one line for the terminal."""
        raise NotImplementedError

    def _handle_exception(self, error: Exception) -> None:
        # An exception with a `__rich__` method would be rendered by Textual, locals and all.
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            self._exit_renderables.append(Content(self.report_crash(error)))
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()


def screen_text(screen: Screen[Any]) -> str:
    """What stands on `screen`, as plain lines."""
    return "\n".join(strip.text.rstrip() for strip in screen._compositor.render_strips())
