"""The exchange with the office: what waits, how far it is, what came of it. It goes on when the screen is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from evaluator.errors import PassphraseError
from evaluator.language import _
from evaluator.tui.content import fitted
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.message import Message
from evaluator.tui.finalise.signing import must_ask
from evaluator.tui.form.timeline import Timeline
from evaluator.tui.keys import bindings
from evaluator.tui.place import KeyBar, Place
from evaluator.tui.rows import Rows
from evaluator.tui.sync.lines import Entry, bars, entries, state_words
from evaluator.tui.typed_path import typed_path
from evaluator.tui.work import task

if TYPE_CHECKING:
    from evaluator.sync.waiting import Waiting
    from evaluator.visits.desk import Desk
    from evaluator.workspaces import OpenWorkspace

_EVERY = 0.2  # seconds between two looks at how far it is
_LOG_LINES = 200


class SyncScreen(Place):
    """Begins an exchange, follows it, stops it, and tells what came of it."""

    place = "sync"
    BINDINGS = bindings("sync")

    def __init__(self) -> None:
        super().__init__()
        self._waiting: tuple[Waiting, ...] = ()
        self._regions: dict[str, str] = {}
        self._entries: tuple[Entry, ...] = ()
        self._beginning = False

    def compose_body(self) -> ComposeResult:
        yield Static(id="bars")
        yield Rows(self._paint, selectable=lambda index: bool(self._entries[index].sign))

    def on_mount(self) -> None:
        self.query_one(Rows).focus()
        self._entitle()
        self._show()
        self.look()
        self.set_interval(_EVERY, self._tick)

    def help_words(self) -> str:
        return _(
            "An exchange sends what is final and fetches receipts and reviews, over the shared folder of your office. "
            "It may be left, stopped or cut off at any time: the next one goes on where it was. Nothing of yours is "
            "ever deleted or overwritten by it."
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("begin", "remote"):
            return not self.app.syncing
        if action == "stop":
            return self.app.syncing
        return super().check_action(action, parameters)

    # What is shown

    @task
    async def look(self) -> None:
        """Find out what waits to go out."""
        desk = self.app.desk
        if desk is not None:
            self._waiting, self._regions = await self.app.work(_look, desk)
            self._show()

    def synced(self) -> None:
        self._entitle()
        self._show(0)
        self.look()
        run = self.app.sync_run
        if run is not None:
            words = str(run.error) if run.error is not None else state_words(run)
            self.say(words, "saved" if run.state == "done" else "error")

    def _tick(self) -> None:
        if self.app.syncing:
            self._show_bars()

    def on_resize(self, _event: Resize) -> None:
        self._show_bars()

    def _entitle(self) -> None:
        desk = self.app.desk
        remote = desk.config.remote if desk is not None else ""
        self.retitle(_("Sync"), shortened(remote, self.size.width - 20) or _("no remote yet"))

    def _show(self, cursor: int | None = None) -> None:
        self._show_bars()
        self._entries = entries(self._waiting, self.app.sync_run, self._regions)
        self.query_one(Rows).fill(len(self._entries), cursor)
        self.query_one(KeyBar).refresh()

    def _show_bars(self) -> None:
        self.query_one("#bars", Static).update(bars(self.app.sync_run, max(40, self.size.width - 4)))

    def _paint(self, index: int, width: int) -> Content:
        entry = self._entries[index]
        if not entry.sign:
            return fitted(entry.text, width, entry.style or "$text-muted")
        return Content.assemble(f" {entry.sign} ", fitted(entry.text, width - 4, entry.style))

    @on(Rows.Moved)
    def _say_whole(self, event: Rows.Moved) -> None:
        entry = self._entries[event.index] if event.index < len(self._entries) else None
        if entry is not None and entry.sign and not self.app.syncing:
            self.say(entry.text)

    # Commands

    @task
    async def action_begin(self) -> None:
        """Exchange now; the remote and the passphrase are asked for if they are needed."""
        desk = self.app.desk
        if desk is None or self.app.syncing or self._beginning:
            return
        self._beginning = True
        try:
            remote = None
            if not desk.config.remote:
                remote = await self._ask_remote()
                if remote is None:
                    return
            needed = await self.app.work(_passphrase_needed, desk)
            passphrase = await self._ask_passphrase(desk) if needed else None
            if needed and passphrase is None:
                return
            self.app.begin_sync(remote, passphrase)
            self.say(_("It goes on if you leave this screen"), "busy")
            self._show(0)
        finally:
            self._beginning = False

    def action_stop(self) -> None:
        """Stop the exchange."""
        run = self.app.sync_run
        if run is not None:
            run.stop()
            self._show_bars()

    @task
    async def action_remote(self) -> None:
        """Say where the shared folder is, and remember it."""
        desk = self.app.desk
        given = await self._ask_remote()
        if desk is not None and given is not None:
            await self.app.work(_remember_remote, desk, given)
            self._entitle()
            self.say(_("Remembered"), "saved")

    async def _ask_remote(self) -> str | None:
        desk = self.app.desk
        typed = await self.app.push_screen_wait(
            AskLine(
                _("Where does the office find your files?"),
                _(
                    "The shared folder of your office, such as a mounted share. Type its path or drop it here."
                ),
                value=desk.config.remote if desk is not None else "",
                check=_remote_problem,
            )
        )
        return None if typed is None else _plain(typed)

    async def _ask_passphrase(self, desk: OpenWorkspace) -> str | None:
        """The passphrase of the key, tried once here so that the exchange does not stop for it."""
        problem = ""
        while True:
            typed: str | None = await self.app.push_screen_wait(
                AskLine(
                    _("Sign what is sent"),
                    _("Each delivery is signed as {name} <{email}>.").format(
                        name=desk.config.name, email=desk.config.email
                    ),
                    placeholder=_("Passphrase of your key"),
                    hidden=True,
                    problem=problem,
                )
            )
            if typed is None:
                return None
            try:
                await self.app.work(_try_passphrase, desk, typed)
            except PassphraseError as error:
                problem = str(error)
            else:
                return typed

    @on(Rows.Chosen)
    def show_whole(self) -> None:
        """Show a line that does not fit."""
        cursor = self.query_one(Rows).cursor
        if cursor < len(self._entries):
            self.app.push_screen(Message(_("Sync"), self._entries[cursor].text))

    @task
    async def action_log(self) -> None:
        """Show what earlier exchanges did."""
        from evaluator.sync.log import last_lines

        desk = self.app.desk
        if desk is None:
            return
        found = await self.app.work(last_lines, desk.workspace.sync_log, _LOG_LINES)
        if not found:
            self.say(_("No exchange yet"))
            return
        lines = [(line[:19], line[19:].strip()) for line in reversed(found)]
        self.app.push_screen(Timeline(_("What earlier exchanges did"), lines))


def shortened(path: str, width: int) -> str:
    """The end of a path that is longer than `width`, which says more than its beginning."""
    return path if len(path) <= width else f"…{path[len(path) - width + 1 :]}"


def _look(desk: Desk) -> tuple[tuple[Waiting, ...], dict[str, str]]:
    """What waits to go out, and the regions of the visits."""
    from evaluator.sync.waiting import waiting

    return waiting(desk), {visit.id: visit.region_name for visit in desk.visits()}


def _plain(typed: str) -> str:
    text = typed.strip()
    return text if "://" in text and not text.startswith("file://") else str(typed_path(text))


def _remote_problem(typed: str) -> str:
    return "" if typed.strip() else _("Without a remote nothing can be exchanged")


def _passphrase_needed(desk: OpenWorkspace) -> bool:
    from evaluator.sync.exchange import must_sign

    return must_sign(desk) and must_ask(desk)


def _try_passphrase(desk: OpenWorkspace, passphrase: str) -> None:
    from evaluator.identity import unlock

    unlock(desk.workspace, desk.config, passphrase)


def _remember_remote(desk: OpenWorkspace, given: str) -> None:
    from evaluator.sync.exchange import open_known_remote

    open_known_remote(desk, given)
