"""The application: it owns the worker thread, the open workspace, errors, colours and the way out.

Nothing but Textual is imported before the first frame; the database comes afterwards, in the thread.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from textual.binding import Binding
from textual.screen import Screen

from evaluator.config import read_config, write_config
from evaluator.errors import EvaluatorError, StorageError
from evaluator.language import _
from evaluator.paths import Workspace
from evaluator.paths import workspace as default_workspace
from evaluator.tui.keyhold import KeyHold
from evaluator.tui.keys import commands_of, everywhere
from evaluator.tui.place import Place, available
from evaluator.tui.status import StatusLine
from evaluator.tui.sync.keeping import SyncKeeper
from evaluator.tui.textual_internals import CrashSafeApp
from evaluator.tui.theme import THEMES, known_theme, theme_label
from evaluator.tui.work import WorkThread, task

if TYPE_CHECKING:
    from evaluator.visits.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")

SECONDS_TO_LEAVE = 10.0  # a hung-up terminal may block every write to it; what is saved is saved by then


class EvaluatorApp(SyncKeeper, KeyHold, CrashSafeApp, inherit_bindings=False):
    """The terminal interface on one workspace; `visit`, or for review `bundle`, is opened at once if given."""

    CSS_PATH = Path(__file__).with_name("app.tcss")  # a subclass elsewhere keeps the look
    TITLE = "evaluator"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  # as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012  # likewise
    BINDINGS = [*everywhere(), Binding("ctrl+c", "help_quit", "", show=False, system=True)]  # noqa: RUF012

    def __init__(self, workspace: Workspace, *, visit: str | None = None, bundle: Path | None = None) -> None:
        super().__init__()
        self.workspace = workspace
        self.visit_to_open = visit
        self.bundle_to_open = bundle
        self.verdict = 0
        self.desk: Desk | None = None
        self._thread = WorkThread()
        self._leaving = False
        self.animation_level = "none"

    # Work and what is said about it

    async def work(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function`, called in the thread of the workspace; raises what it raises."""
        return await self._thread.run(function, *args, **kwargs)

    def give_way(self) -> None:
        """Do what waits for the thread of the workspace. Only in that thread, by work that takes long."""
        self._thread.run_waiting()

    @property
    def is_busy(self) -> bool:
        """Whether something is being done or waits in the thread of the workspace."""
        return self._thread.waiting > 0

    def say(self, text: str, kind: str = "info") -> None:
        """Put `text` on the status line; `kind` is info, saved, busy or error."""
        line = self._status_line()
        if line is not None:
            line.say(text, kind)

    def saved(self, at: str) -> None:
        """Say that everything up to `at` is on disk."""
        line = self._status_line()
        if line is not None:
            line.saved(at)

    def show_error(self, error: EvaluatorError) -> None:
        """Say what went wrong; what could not be saved must be acknowledged."""
        self.say(str(error), "error")
        if isinstance(error, StorageError):
            from evaluator.tui.dialogs.message import Message

            words = "\n\n".join(part for part in (error.message, error.hint) if part)
            self.push_screen(Message(_("Not saved"), words, error=True))

    def show_bug(self, error: BaseException) -> None:
        """Report an error of the program itself and go on."""
        self.say(self.report_crash(error), "error")

    def report_crash(self, error: BaseException) -> str:
        from evaluator.tui.crash import write_report

        file = write_report(error, self.workspace)
        return _("Something in the program failed; what was saved is safe. Report: {file}").format(
            file=file or _("could not be written")
        )

    def _status_line(self) -> StatusLine | None:
        lines = (line for screen in reversed(self.screen_stack) for line in screen.query(StatusLine))
        return next(iter(lines), None)

    # Start

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = known_theme(self._configured_theme())
        self._catch_signals()
        self.start()

    def _configured_theme(self) -> str:
        try:
            return read_config(self.workspace).theme
        except EvaluatorError:
            return ""  # said again, in words, when the workspace is opened

    def start(self) -> None:
        """Show the list of visits, or ask who is here on the first start."""
        screen: Place
        if self.workspace.exists():
            from evaluator.tui.visits.screen import VisitsScreen

            screen = VisitsScreen()
        elif self.bundle_to_open is not None:
            from evaluator.tui.review.screen import ReviewScreen

            screen = ReviewScreen(self.bundle_to_open)
        else:
            from evaluator.tui.first_start import FirstStart

            screen = FirstStart()
        if isinstance(self.screen, Place):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    # Commands of everywhere

    def action_help(self) -> None:
        """Explain the place and list its keys."""
        from evaluator.tui.dialogs.help import HelpScreen

        screen = self.screen
        if isinstance(screen, HelpScreen):
            return
        words = screen.help_words() if isinstance(screen, Place) else ""
        of_widget = commands_of(getattr(self.focused, "place", ""))
        self.push_screen(HelpScreen(words, (*available(screen), *of_widget)))

    @task
    async def action_palette(self) -> None:
        """Find a command by name and do it."""
        from evaluator.tui.dialogs.choose import Choose, Option

        screen = self.screen
        if not isinstance(screen, Place):
            return
        options = [
            Option(command, f"{command.label_text}: {command.help_text}", command.key_text())
            for command in available(screen)
            if command.palette
        ]
        chosen = await self.push_screen_wait(Choose(_("Commands"), options))
        if chosen is not None:
            await self.run_action(chosen.action_name, screen)

    @task
    async def action_choose_theme(self) -> None:
        """Choose the colours and keep the choice."""
        from evaluator.tui.dialogs.choose import Choose, Option

        options = [Option(theme.name, theme_label(theme.name)) for theme in THEMES]
        chosen = await self.push_screen_wait(Choose(_("Colours"), options, current=self.theme))
        if chosen is not None:
            self.theme = chosen
            if self.workspace.exists():
                await self.work(_keep_theme, self.workspace, chosen)

    def found_damage(self) -> None:
        """What was opened is bad: the program ends with 1, as the command without a terminal does."""
        self.verdict = 1

    def action_help_quit(self) -> None:
        """Ctrl+C outside a selection: people mean to leave or to copy, so say how."""
        self.say(_("Ctrl+Q leaves the program"))

    @task
    async def action_leave(self) -> None:
        """Save what is open and end."""
        await self.leave()

    # The way out

    async def leave(self, code: int = 0, *, ask: bool = True) -> None:
        """Let every screen save what is in its editor, then end with `code`.

        Where that fails, somebody is asked whether to leave anyway, unless there is nobody to `ask`.
        """
        if self._leaving:
            return
        self._leaving = True
        if self.sync_run is not None:
            self.sync_run.stop()
        try:
            for screen in reversed(self.screen_stack):
                await _flush(screen)
        except EvaluatorError as error:
            if ask and not await self._leave_anyway(error):
                self._leaving = False
                return
        self.exit(code, return_code=code)

    async def _leave_anyway(self, error: EvaluatorError) -> bool:
        from evaluator.tui.dialogs.confirm import Confirm

        words = _("What is in the open field cannot be saved: {reason}").format(reason=error)
        return await self.push_screen_wait(Confirm(_("Leave anyway?"), words))

    def close(self) -> None:
        """Finish the saves that wait and close the workspace. After the application ended."""
        if self.sync_run is not None:
            self.sync_run.stop()
        self._thread.close(self.desk.close if self.desk is not None else None)

    def _catch_signals(self) -> None:
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for name in ("SIGHUP", "SIGTERM", "SIGINT"):
                number = getattr(signal, name, None)
                if number is not None:
                    with suppress(NotImplementedError):  # Windows ends programs by other means
                        loop.add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: int) -> None:
        deadline = threading.Timer(SECONDS_TO_LEAVE, os._exit, (128 + number,))
        deadline.daemon = True
        deadline.start()
        self.run_worker(self.leave(128 + number, ask=False), exit_on_error=False)


async def _flush(screen: Screen[Any]) -> None:
    hook = getattr(screen, "flush", None)
    if hook is not None:
        waiting = hook()
        if inspect.isawaitable(waiting):
            await waiting


def _keep_theme(workspace: Workspace, theme: str) -> None:
    write_config(workspace, replace(read_config(workspace), theme=theme))


def run(workspace: Workspace | None, *, visit: str | None = None, bundle: Path | None = None) -> int:
    """Run the interface on `workspace`, the default one if None, and give the exit code."""
    app = EvaluatorApp(workspace or default_workspace(), visit=visit, bundle=bundle)
    try:
        app.run()
    finally:
        app.close()
    return app.return_code or app.verdict
