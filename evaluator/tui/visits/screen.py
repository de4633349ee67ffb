"""The list of visits: where the program starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.widgets import Input, Static

from evaluator.errors import EvaluatorError, NotFoundError, WorkspaceHeldError
from evaluator.language import _
from evaluator.tui.content import content
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.confirm import Confirm
from evaluator.tui.dialogs.message import Message
from evaluator.tui.flat import FlatInput
from evaluator.tui.keys import bindings
from evaluator.tui.place import KeyBar, Place
from evaluator.tui.rows import Rows
from evaluator.tui.sync.lines import state_words
from evaluator.tui.typed_path import typed_path
from evaluator.tui.visits.lines import heading, search_text, visit_line
from evaluator.tui.work import task

if TYPE_CHECKING:
    from evaluator.form.definition import Choice, Instrument
    from evaluator.paths import Workspace
    from evaluator.visits.desk import Desk
    from evaluator.visits.values import VisitLine
    from evaluator.visits.visit import Visit


class VisitsScreen(Place):
    """All visits of the workspace, newest first."""

    place = "visits"
    BINDINGS = bindings("visits")
    AUTO_FOCUS = "Rows"  # never the hidden filter

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[VisitLine, ...] = ()
        self._texts: tuple[str, ...] = ()
        self._shown: tuple[VisitLine, ...] = ()
        self._pillars: tuple[str, ...] = ()
        self._stages: tuple[Choice, ...] = ()
        self._ready = False
        self._office = False

    def compose_body(self) -> ComposeResult:
        filter_line = FlatInput(placeholder=_("Region, code, round or state"), id="filter")
        filter_line.display = False
        yield filter_line
        yield Static(id="heading")
        yield Rows(self._paint)
        empty = Static(id="empty")
        empty.display = False
        yield empty

    def on_mount(self) -> None:
        self.retitle(_("Visits"))
        self.query_one(Rows).focus()
        self.call_after_refresh(self._open)

    def help_words(self) -> str:
        if self._office:
            return _(
                "The visits that this office has received, the last touched first. Enter opens the newest revision "
                "for review; s fetches what assessors have sent and publishes receipts and reviews."
            )
        return _(
            "Your visits, the last touched first. The small lines show how far each pillar is answered. "
            "Everything you type is saved at once; you may leave at any time."
        )

    # Opening the workspace

    @task
    async def _open(self) -> None:
        self.say(_("Opening the workspace"), "busy")
        desk = await self._open_desk()
        if desk is None:
            return
        self.app.desk = desk
        instrument = await self.app.work(_default_instrument, desk)
        self._pillars = tuple(form.id for form in instrument.forms if form.kind == "pillar")
        self._stages = instrument.choices_of("stage")
        self._office = await self.app.work(_is_office, desk)
        self._ready = True
        self.retitle(_("Received visits") if self._office else _("Visits"), desk.config.name)
        self.query_one(KeyBar).refresh()
        self.say("")
        await self._read()
        if self.app.bundle_to_open is not None:
            await self._open_review(self.app.bundle_to_open)
        elif self.app.visit_to_open:
            await self._open_visit(self.app.visit_to_open)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("new", "import_self"):
            return not self._office
        return super().check_action(action, parameters)

    async def _open_desk(self) -> Desk | None:
        while True:
            try:
                return await self.app.work(_open_desk, self.app.workspace)
            except WorkspaceHeldError as error:
                again = Confirm(_("The workspace is in use"), f"{error}\n\n{_('Try again?')}")
                if not await self.app.push_screen_wait(again):
                    await self.app.leave(error.exit_code)
                    return None
            except EvaluatorError as error:
                await self.app.push_screen_wait(
                    Message(_("Cannot open the workspace"), str(error), error=True)
                )
                await self.app.leave(error.exit_code)
                return None

    def on_screen_resume(self) -> None:
        if self._ready:
            self.action_reload()

    def synced(self) -> None:
        run = self.app.sync_run
        if self._ready and run is not None:
            self.action_reload()
            self.say(
                _("Sync: {state}").format(state=state_words(run)), "saved" if run.state == "done" else "error"
            )

    # The list

    @task
    async def action_reload(self) -> None:
        """Read the list again."""
        await self._read()

    async def _read(self) -> None:
        desk = self.app.desk
        if desk is not None:
            self._all = await self.app.work(desk.visits)
            self._texts = tuple(search_text(line, self._stages) for line in self._all)
            self._narrow()

    def _narrow(self) -> None:
        wanted = self.query_one("#filter", Input).value.casefold().split()
        before = self._under_cursor()
        self._shown = tuple(
            line
            for line, text in zip(self._all, self._texts, strict=True)
            if all(word in text for word in wanted)
        )
        ids = [line.id for line in self._shown]
        at = ids.index(before.id) if before is not None and before.id in ids else 0
        rows, empty = self.query_one(Rows), self.query_one("#empty", Static)
        rows.fill(len(self._shown), at)
        empty.display = not self._shown
        rows.display = bool(self._shown)
        if not self._shown:
            empty.update(content(self._why_empty()))
        elif not self.query_one("#filter").has_focus:
            rows.focus()
        self._head()

    def _why_empty(self) -> str:
        if self._all:
            return _("No visit matches")
        if self._office:
            return _("Nothing was received yet. Press s to look into the shared folder.")
        return _("No visit yet. Press n to start one.")

    def _head(self) -> None:
        self.query_one("#heading", Static).update(
            heading(self.size.width - 1, self._pillars) if self._shown else Content("")
        )

    def on_resize(self, _event: Resize) -> None:
        self._head()

    def _paint(self, index: int, width: int) -> Content:
        return visit_line(self._shown[index], width, self._pillars, self._stages)

    def _under_cursor(self) -> VisitLine | None:
        cursor = self.query_one(Rows).cursor
        return self._shown[cursor] if cursor < len(self._shown) else None

    # Commands

    def action_filter(self) -> None:
        """Show the line to type a filter into."""
        line = self.query_one("#filter", Input)
        line.display = True
        line.focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self) -> None:
        self._narrow()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.query_one(Rows).focus()

    def action_show_all(self) -> None:
        """Empty the filter and put it away."""
        line = self.query_one("#filter", Input)
        line.value = ""
        line.display = False
        self.query_one(Rows).focus()

    def key_down(self) -> None:
        """Down leaves the filter for the list."""
        if self.query_one("#filter").has_focus:
            self.query_one(Rows).focus()

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Open the visit under the cursor."""
        line = self._under_cursor()
        if line is not None:
            self._open_chosen(line.id)

    @task
    async def _open_chosen(self, visit_id: str) -> None:
        desk = self.app.desk
        bundle = await self.app.work(_received, desk, visit_id) if self._office and desk is not None else None
        if bundle is not None:
            await self._open_review(bundle)
        else:
            await self._open_visit(visit_id)

    async def _open_review(self, bundle: Path) -> None:
        from evaluator.tui.review.screen import ReviewScreen

        await self.app.push_screen(ReviewScreen(bundle))

    def action_sync(self) -> None:
        """Exchange with the office."""
        self.app.action_sync()

    async def _open_visit(self, visit_id: str) -> None:
        desk = self.app.desk
        if desk is None:
            return
        self.say(_("Opening the visit"), "busy")
        visit: Visit = await self.app.work(desk.visit, visit_id)
        self.say("")
        from evaluator.tui.visit.screen import VisitScreen

        await self.app.push_screen(VisitScreen(visit))

    @task
    async def action_new(self) -> None:
        """Start a new visit and open it."""
        desk = self.app.desk
        if desk is None:
            return
        from evaluator.tui.visits.new import NewVisit

        instrument = await self.app.work(_default_instrument, desk)
        visit_id = await self.app.push_screen_wait(NewVisit(instrument, self._all))
        if visit_id is not None:
            await self._read()
            await self._open_visit(visit_id)

    @task
    async def action_import_self(self) -> None:
        """Read the self-assessment of the visit under the cursor."""
        desk, line = self.app.desk, self._under_cursor()
        if desk is None or line is None:
            return
        typed = await self.app.push_screen_wait(
            AskLine(
                _("Self-assessment of {region}").format(region=line.region_name),
                _("A CSV file with the columns question, value and note. Type its path or drop it here."),
            )
        )
        if typed:
            count = await self.app.work(desk.import_self, line.id, typed_path(typed))
            self.say(_("{count} answers of the self-assessment read").format(count=count), "saved")
            await self._read()


def _open_desk(workspace: Workspace) -> Desk:
    from evaluator.visits.desk import Desk

    return Desk.open(workspace)


def _is_office(desk: Desk) -> bool:
    from evaluator.identity import is_office

    return is_office(desk.workspace)


def _received(desk: Desk, visit_id: str) -> Path | None:
    """The newest revision of a visit that somebody else sealed; None for one's own."""
    from evaluator.reviews.opening import find_bundle

    try:
        found = find_bundle(desk, visit_id)
    except NotFoundError:
        return None
    return None if found.parent == desk.workspace.outbox else found


def _default_instrument(desk: Desk) -> Instrument:
    return desk.default_instrument
