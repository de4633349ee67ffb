"""Keys that move: questions, sections, rows, the next open one, find, go to, and steps back."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on

from evaluator.errors import NotFoundError
from evaluator.language import _, current
from evaluator.tui.dialogs.choose import Choose, Option
from evaluator.tui.form.answering import Answering
from evaluator.tui.form.page import Key, Page
from evaluator.tui.form.paint import MARKS, code_of
from evaluator.tui.form.pane import LinesPane
from evaluator.tui.form.unfinished import next_unfinished
from evaluator.tui.work import task


class Moving(Answering):
    """The form screen with the keys that move."""

    # -- within the page

    async def action_up(self) -> None:
        """The question above, or the choice above."""
        if self.choosing is None:
            self.step(-1)
        else:
            self.move_choice(-1)

    async def action_down(self) -> None:
        """The question below, or the choice below."""
        if self.choosing is None:
            self.step(1)
        else:
            self.move_choice(1)

    async def action_first(self) -> None:
        """The first question of the page."""
        self._jump(0)

    async def action_last(self) -> None:
        """The last question of the page."""
        self._jump(len(self.view.items) - 1)

    def action_page_up(self) -> None:
        """A screenful up."""
        self._scroll_page(-1)

    def action_page_down(self) -> None:
        """A screenful down."""
        self._scroll_page(1)

    def _scroll_page(self, direction: int) -> None:
        if self.has_class("-guidance") and not self.wide:
            pane = self.query_one("#side", LinesPane)
            pane.scroll_relative(y=direction * max(1, pane.size.height - 2), animate=False)
            return
        height = max(1, self.view.scrollable_content_region.height - 2)
        self.view.scroll_relative(y=direction * height, animate=False, immediate=True)
        at = self.view.item_at(self.view.scroll_offset.y + (height if direction > 0 else 0))
        self._jump(at)

    def _jump(self, index: int) -> None:
        order = sorted(range(len(self.view.items)), key=lambda at: (abs(at - index), at))
        at = next((at for at in order if self.view.items[at].focusable), None)
        if at is not None:
            self.stand(at)

    # -- sections and rows

    async def action_previous_section(self) -> None:
        """The section before, or the row before."""
        self._turn(-1)

    async def action_next_section(self) -> None:
        """The next section, or the next row."""
        self._turn(1)

    def _turn(self, by: int) -> None:
        if self.page.rows:
            self._turn_row(by)
            return
        paths = [section.name for section in self.form.sections]
        at = paths.index(self.page.section) + by
        if 0 <= at < len(paths):
            self.show_page(Page(self.form.id, paths[at]))
        else:
            self.say(_("This is the last section") if by > 0 else _("This is the first section"))

    def _turn_row(self, by: int) -> None:
        repeat, row = self.page.rows[-1]
        rows = self.visit.filling.rows(repeat, self.visit.filling.row(row).parent)
        at = rows.index(row) + by
        if 0 <= at < len(rows):
            identity = self.item.identity if self.item else None
            same = (identity[0], (identity[1][0], rows[at])) if identity else None
            self.show_page(self.page.outside().inside(repeat, rows[at]), same)
        else:
            self.say(_("This is the last row") if by > 0 else _("This is the first row"))

    @on(LinesPane.Pointed, "#sections")
    async def point_at_section(self, event: LinesPane.Pointed) -> None:
        """A click on a section opens it."""
        if await self.close_field():
            self.show_page(Page(self.form.id, self.form.sections[event.option].name))

    def action_back(self) -> None:
        """Leave the choices, the guidance, the row, or the screen."""
        if self.choosing is not None:
            self.choosing = None
            self.repaint_item()
        elif self.has_class("-guidance") and not self.wide:
            self.remove_class("-guidance")
            self.set_focus(self.view)
        elif self.came_from:
            page, identity = self.came_from.pop()
            self.show_page(page, identity)
        elif self.page.rows:
            repeat, row = self.page.rows[-1]
            self.show_page(self.page.outside(), ("row", (repeat, row)))
        else:
            self.dismiss(None)

    async def action_guidance(self) -> None:
        """Show or hide the guidance of the question."""
        self.toggle_class("-guidance")
        self.set_focus(self.view)
        self.call_after_refresh(self.show_side)

    # -- jumps

    async def action_next_open(self) -> None:
        """The next question that is still open, in this form or the ones after it."""
        here = self.item.key if self.item is not None else None
        key = next_unfinished(self.visit, self.form.id, self.page.section, here)
        if key is None:
            self.say(_("Nothing is open in the whole visit"))
            return
        if key[0].partition(".")[0] != self.form.id:
            self.say(_("This form is complete; the next open question is in another one"))
        self.go_to(key, painted=True)

    async def action_find(self) -> None:
        """Find a question of this form by its words."""
        self.expect_dialog()
        self._find(_("Find in this form"), (self.form.id,))

    async def action_go_to(self) -> None:
        """Go to any question by its code."""
        self.expect_dialog()
        self._find(_("Go to"), tuple(form.id for form in self.visit.instrument.forms))

    @task
    async def _find(self, heading: str, forms: tuple[str, ...]) -> None:
        options = list(self._targets(forms))
        here = self.item.key if self.item is not None else None
        key = await self.ask(Choose(heading, options, current=here))
        if key is None:
            return
        if key[0].partition(".")[0] != self.form.id and not self.page.rows:
            self.came_from.clear()
        self.go_to(key, painted=True)

    def _targets(self, forms: tuple[str, ...]) -> Iterator[Option[Key]]:
        filling, language = self.visit.filling, current()
        for form in forms:
            for key in filling.keys(form):
                state = filling.state(key)
                if not state.relevant:
                    continue
                question = filling.question(key)
                path = filling.path_of(key)
                name = code_of(question) or path.partition(".")[2]
                if key[1] and code_of(question):
                    name = path.partition(".")[2]
                answered = MARKS["done"] if state.status in ("answered", "special", "na") else MARKS["blank"]
                yield Option(key, f"{answered} {name}  {filling.label_text(key, language)}")

    # -- steps back

    async def action_undo(self) -> None:
        """Take the last change of the visit back."""
        await self._step_in_time(back=True)

    async def action_redo(self) -> None:
        """Do again what was taken back."""
        await self._step_in_time(back=False)

    async def _step_in_time(self, *, back: bool) -> None:
        if self.visit.read_only:
            self.say(self.why_read_only())
            return
        key = await self.app.work(self.visit.undo if back else self.visit.redo)
        if key is None:
            self.say(_("There is nothing to take back") if back else _("There is nothing to do again"))
            return
        if not self._page_exists():
            self.page = Page(self.form.id, self.page.section)
        try:
            self.go_to(key)
        except (NotFoundError, KeyError):
            # The step made or removed the row itself: its table is what can be shown.
            self.show_page(self.page)
        self.app.say(
            _("Taken back: {path}").format(path=self._path(key))
            if back
            else _("Done again: {path}").format(path=self._path(key)),
            "saved",
        )

    def _path(self, key: Key) -> str:
        return self.visit.filling.path_of(key) if self.visit.filling.has(key) else key[0]

    def _page_exists(self) -> bool:
        return all(row in self._all_rows(repeat, row) for repeat, row in self.page.rows)

    def _all_rows(self, repeat: str, row: str) -> tuple[str, ...]:
        try:
            return self.visit.filling.rows(repeat, self.visit.filling.row(row).parent)
        except (NotFoundError, KeyError):
            return ()
