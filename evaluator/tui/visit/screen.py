"""One visit at a glance: the forms, the scores so far, the failed checks to work through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from evaluator.language import _, current
from evaluator.tui.content import content
from evaluator.tui.finalise.reopening import reopen_with_reason
from evaluator.tui.form.timeline import Timeline
from evaluator.tui.keys import bindings
from evaluator.tui.marks import visit_state
from evaluator.tui.naming import round_label
from evaluator.tui.place import Place
from evaluator.tui.rows import Rows
from evaluator.tui.visit.letters import letter_lines, place_lines, reason_to_reopen
from evaluator.tui.visit.lines import check_line, form_line, forms_heading, picture, summary
from evaluator.tui.work import task
from evaluator.visits.values import REOPENABLE

if TYPE_CHECKING:
    from evaluator.tui.visit.letters import Letters
    from evaluator.tui.visit.overview import Overview
    from evaluator.visits.values import Key, VisitLine
    from evaluator.visits.visit import Visit

WIDE = 100


class VisitScreen(Place):
    """The six pillars and the other forms, and what the checks found."""

    place = "visit"
    BINDINGS = bindings("visit")

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.visit = visit
        self._overview: Overview | None = None
        self._letters: Letters | None = None
        self._picture = False

    def compose_body(self) -> ComposeResult:
        yield Static(id="summary")
        yield Static(id="letters")
        with Horizontal(id="upper"):
            with Vertical(id="left"):
                yield Static(id="forms-heading")
                yield Rows(self._paint_form, id="forms")
            yield Static(id="side-picture")
        yield Static(id="checks-heading")
        yield Rows(self._paint_check, id="checks")
        yield Static(id="low-picture")

    def on_mount(self) -> None:
        self._entitle(self.visit.line)
        self.query_one("#forms").focus()
        self._arrange()

    def help_words(self) -> str:
        return _(
            "One line for each form: how far it is, its score so far (~ while provisional), flags, evidence, and how "
            "you differ from the region's self-assessment and from last year. Both differences count only what you "
            "have scored. Below are the failed checks; Enter goes to the answer. {notice}"
        ).format(notice=self.visit.instrument.notice.text(current()))

    def on_screen_resume(self) -> None:
        self.refresh_overview()

    def on_screen_suspend(self) -> None:
        """What was said here is old by the time somebody comes back."""
        self.say("")

    @task
    async def refresh_overview(self) -> None:
        """Gather and show everything anew."""
        from evaluator.tui.visit.letters import gather_letters
        from evaluator.tui.visit.overview import gather

        await self.app.work(self.visit.refresh)
        self._overview = await self.app.work(gather, self.visit)
        self._letters = await self.app.work(gather_letters, self.visit)
        self._show()

    def synced(self) -> None:
        self.refresh_overview()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "next_comment":
            return self._letters is not None and self._letters.first_comment() is not None
        if action == "reopen":
            return self.visit.line.state in REOPENABLE
        return super().check_action(action, parameters)

    def _show(self) -> None:
        overview = self._overview
        if overview is None:
            return
        forms, checks = self.query_one("#forms", Rows), self.query_one("#checks", Rows)
        forms.fill(len(overview.forms))
        checks.fill(len(overview.checks))
        self._entitle(overview.line)
        self._arrange()

    def _entitle(self, line: VisitLine) -> None:
        stages = self.visit.instrument.choices_of("stage")
        revision = f" r{line.revision}" if line.revision else ""
        self.retitle(
            f"{line.region_name} {line.region_code}",
            f"{round_label(stages, line.round)} · {visit_state(line.state)}{revision}",
        )

    def on_resize(self, _event: Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Put the picture beside the forms where there is room, else in the place of the checks on demand."""
        wide = self.size.width >= WIDE
        overview = self._overview
        side, low = self.query_one("#side-picture", Static), self.query_one("#low-picture", Static)
        checks, heading = self.query_one("#checks", Rows), self.query_one("#checks-heading", Static)
        side.display = wide and not self._picture
        low.display = not wide and self._picture
        checks.display = not low.display
        if overview is None:
            return
        left = self.size.width - (38 if side.display else 0)
        said = (
            letter_lines(self._letters, overview.line.state, self.size.width - 2)
            if self._letters
            else Content("")
        )
        letters = self.query_one("#letters", Static)
        letters.update(said)
        letters.display = bool(said.plain)
        taken = len(said.plain.splitlines())
        room = self.size.height - 10 - taken
        self.query_one("#forms", Rows).styles.height = max(3, min(len(overview.forms), room))
        self.query_one("#summary", Static).update(summary(overview, self.size.width))
        self.query_one("#forms-heading", Static).update(forms_heading(left - 1))
        side.update(picture(overview, 34))
        low.update(picture(overview, self.size.width - 6))
        title = _("Scores of the pillars") if low.display else _("Failed checks")
        if not overview.checks and not low.display:
            title = _("No check has failed")
        heading.update(content(title, "$text-muted"))

    def _paint_form(self, index: int, width: int) -> Content:
        return form_line(self._overview.forms[index], width) if self._overview else Content("")

    def _paint_check(self, index: int, width: int) -> Content:
        return check_line(self._overview.checks[index], width) if self._overview else Content("")

    @on(Rows.Moved, "#checks")
    def _check_moved(self, event: Rows.Moved) -> None:
        if event.rows.has_focus:
            self._say_check(event.index)

    def _say_check(self, index: int) -> None:
        if self._overview and index < len(self._overview.checks):
            self.say(self._overview.checks[index].message)

    # Commands

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Open the form under the cursor, or go to what a check found."""
        overview = self._overview
        if overview is None:
            return
        checks = self.query_one("#checks", Rows)
        if checks.has_focus:
            if checks.cursor < len(overview.checks) and overview.checks[checks.cursor].keys:
                self.open_at(overview.checks[checks.cursor].keys[0])
        elif overview.forms:
            self.open_form(overview.forms[self.query_one("#forms", Rows).cursor].id)

    def open_form(self, form_id: str, focus: Key | None = None) -> None:
        """Go to a form."""
        from evaluator.tui.form.screen import FormScreen

        self.app.push_screen(FormScreen(self.visit, form_id, focus))

    def open_at(self, key: Key) -> None:
        """Go to a question."""
        self.open_form(self.visit.filling.question(key).form, key)

    def action_number(self, key: str) -> None:
        """Open the form with that number."""
        self._open_by_key(key)

    def action_team(self) -> None:
        """Open the form about the visit itself."""
        self._open_by_key("t")

    def action_findings(self) -> None:
        """Open the closing form."""
        self._open_by_key("r")

    def _open_by_key(self, key: str) -> None:
        for index, form in enumerate(self._overview.forms if self._overview else ()):
            if form.key == key:
                self.query_one("#forms", Rows).cursor = index
                self.open_form(form.id)
                return

    def action_checks(self) -> None:
        """Move between the forms and the failed checks."""
        forms, checks = self.query_one("#forms", Rows), self.query_one("#checks", Rows)
        if self._picture:
            self.action_picture()
        if checks.has_focus or not checks.count:
            forms.focus()
        else:
            checks.focus()
            self._say_check(checks.cursor)

    def action_picture(self) -> None:
        """Show or hide the picture."""
        self._picture = not self._picture
        if self.query_one("#checks").has_focus:
            self.query_one("#forms").focus()
        self._arrange()

    def action_finalise(self) -> None:
        """Go to what is missing and to the signature."""
        from evaluator.tui.finalise.screen import FinaliseScreen

        self.app.push_screen(FinaliseScreen(self.visit))

    def action_next_comment(self) -> None:
        """Go to the first comment without a reply."""
        key = self._letters.first_comment() if self._letters is not None else None
        if key is not None:
            self.open_at(key)

    @task
    async def action_reopen(self) -> None:
        """Make the visit a draft again; the reason is filled from the review."""
        reason = reason_to_reopen(self._letters) if self._letters is not None else ""
        if await reopen_with_reason(self.app, self.visit, reason):
            self.say(_("The visit is open again"), "saved")
            self.refresh_overview()

    def action_places(self) -> None:
        """Show where each file of the visit is."""
        if self._letters is not None:
            lines = list(place_lines(self._letters, self.visit))
            if lines:
                self.app.push_screen(Timeline(_("Where the files of this visit are"), lines))
            else:
                self.say(_("Nothing is sealed or attached yet"))

    @task
    async def action_next_open(self) -> None:
        """Go to the first question that is still open."""
        missing = await self.app.work(self.visit.missing)
        found = next((item for item in missing if item.reason != "rows"), missing[0] if missing else None)
        if found is None:
            self.say(_("Nothing is open"))
        else:
            self.open_form(found.path.partition(".")[0], found.key)

    @task
    async def action_undo(self) -> None:
        """Take back the last change."""
        await self._step_back(redo=False)

    @task
    async def action_redo(self) -> None:
        """Do again what was taken back."""
        await self._step_back(redo=True)

    async def _step_back(self, *, redo: bool) -> None:
        key = await self.app.work(self.visit.redo if redo else self.visit.undo)
        if key is None:
            self.say(_("There is nothing to do again") if redo else _("There is nothing to take back"))
            return
        path = self.visit.filling.path_of(key) if self.visit.filling.has(key) else key[0]
        self.say((_("Done again: {path}") if redo else _("Taken back: {path}")).format(path=path), "saved")
        self.refresh_overview()
