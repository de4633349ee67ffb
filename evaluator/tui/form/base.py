"""What all parts of the form screen share: the page, the painted view, saving, and repainting what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.screen import ModalScreen
from textual.widgets import Static

from evaluator.errors import AnswerError
from evaluator.language import _, current
from evaluator.tui.content import content
from evaluator.tui.form.around import crumbs, section_lines
from evaluator.tui.form.editors import Editor, LineEditor, TextEditor
from evaluator.tui.form.facts import Facts, facts
from evaluator.tui.form.hints import hints_of
from evaluator.tui.form.lines import fit, pad
from evaluator.tui.form.page import Item, Key, Page, all_at, items_at, kind_at, page_of
from evaluator.tui.form.paint import (
    Frame,
    Hints,
    code_of,
    code_width,
    paint_heading,
    paint_note,
    paint_question,
)
from evaluator.tui.form.pane import LinesPane
from evaluator.tui.form.rows import paint_add, paint_columns, paint_row
from evaluator.tui.form.side import paint_side
from evaluator.tui.form.view import Block, FormView
from evaluator.tui.place import Place
from evaluator.tui.work import task
from evaluator.visits.values import Entry, Remark

if TYPE_CHECKING:
    from textual import events

    from evaluator.visits.visit import Visit

T = TypeVar("T")
Identity = tuple[str, Key]

LONGEST_WAIT = 3.0
"""Seconds that keys wait for a dialog at most."""


class FormBase(Place):
    """The form screen without its keys."""

    place = "form"
    AUTO_FOCUS = None
    DEFAULT_CSS = """
    FormBase {
        #crumbs { height: 1; padding: 0 1; color: $text-muted; }
        #form-body { height: 1fr; }
        #middle { width: 1fr; layers: base over; overflow: hidden hidden; }
        FormView { width: 1fr; height: 1fr; }
        FormView:focus { background: $background; }
        FormView, LinesPane {
            overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-background: $background;
            scrollbar-color: $panel; scrollbar-color-hover: $primary; scrollbar-color-active: $primary;
            scrollbar-background-hover: $background; scrollbar-background-active: $background;
        }
        #sections { display: none; width: 25; padding: 0 1; }
        #side { display: none; width: 43; padding: 0 1; background: $surface; }
        .editor { layer: over; padding: 0 1; border: none; background: $panel; scrollbar-size-vertical: 1; }
    }
    FormBase.-wide {
        #sections, #side { display: block; }
    }
    FormBase.-guidance {
        #side { display: block; width: 1fr; }
        #middle { display: none; }
    }
    FormBase.-wide.-guidance {
        #side { width: 43; }
        #middle { display: block; }
    }
    """

    def __init__(self, visit: Visit, form_id: str, focus: Key | None = None) -> None:
        super().__init__()
        self.visit = visit
        self.form = visit.instrument.form(form_id)
        self.page = Page(form_id, self.form.sections[0].name)
        self._start = focus
        self._last: dict[Page, Identity] = {}
        self.came_from: list[tuple[Page, Identity | None]] = []
        self.view = FormView(self.paint, self)
        self.line_editor = LineEditor(self)
        self.text_editor = TextEditor(self)
        self.editor: Editor | None = None
        self.editing = ""
        self.choosing: int | None = None
        self.refusal = ""
        self.hints = Hints()
        self._hints_of: Key | None = None
        self.remarks: dict[Key, tuple[Remark, ...]] = {}
        self._looking = False
        self._look_again = False
        self._dialog_up: asyncio.Event | None = None
        self._code_width = 0
        self._here: set[Key] = set()
        self._silent: set[Key] = set()  # their relevance may change without a word

    def compose_body(self) -> ComposeResult:
        yield Static(id="crumbs")
        with Horizontal(id="form-body"):
            yield LinesPane("sections")
            with Container(id="middle"):
                yield self.view
                yield self.line_editor
                yield self.text_editor
            yield LinesPane("side")

    def on_mount(self) -> None:
        self.set_focus(self.view)
        if self._start is not None:
            self.go_to(self._start)
        else:
            self.show_page(self.page)
        if self.visit.read_only:
            self.say(self.why_read_only())
        self.read_remarks()

    @task
    async def read_remarks(self) -> None:
        """Read what reviewers said, and show it at the questions."""
        from evaluator.visits.correspondence import remarks

        found: dict[Key, tuple[Remark, ...]] = {}
        for remark in await self.app.work(remarks, self.visit):
            if remark.key is not None:
                found[remark.key] = (*found.get(remark.key, ()), remark)
        if found != self.remarks:
            self.remarks = found
            self.refill(found)

    def synced(self) -> None:
        self.read_remarks()

    # -- what is shown

    @property
    def wide(self) -> bool:
        """Whether guidance stands beside the questions."""
        return self.has_class("-wide")

    @property
    def item(self) -> Item | None:
        """What the keyboard stands on."""
        return self.view.item

    def why_read_only(self) -> str:
        """Why nothing can be changed, and what to do about it."""
        revision = self.visit.line.revision
        return _(
            "Sealed as revision {revision}: read only. Reopen it on the screen of the visit (finalise, o)"
        ).format(revision=revision)

    def show_page(self, page: Page, identity: Identity | None = None) -> None:
        """Show a section or a row, the keyboard on `identity` or where it last was there."""
        self.keep_position()
        self.page = page
        self.form = self.visit.instrument.form(page.form)
        items = items_at(self.visit.instrument, self.visit.filling, page)
        here = all_at(self.visit.instrument, page)
        self._code_width = code_width([question for question in here if question.type != "repeat"])
        self._here = {(question.path, page.row) for question in here}
        self._silent = {(question.path, page.row) for question in here if question.type in ("note", "repeat")}
        wanted = identity or self._last.get(page)
        self.refusal = ""
        self.choosing = None
        self.view.fill(items, _index(items, wanted))
        self.show_around()
        self.look()

    def keep_position(self) -> None:
        """Remember where the keyboard stands on this page."""
        if self.item is not None:
            self._last[self.page] = self.item.identity

    def go_to(self, key: Key, *, painted: bool = False) -> None:
        """Show the question or row `key`, wherever it is; `painted` if what is on this page is up to date."""
        page = page_of(self.visit.instrument, self.visit.filling, key)
        if painted and page == self.page and key in self.view.keys:
            self.stand(self.view.keys[key])
            return
        self.show_page(page, (kind_at(self.visit.filling, key), key))

    def stand(self, index: int) -> None:
        """Put the keyboard on an item of the page."""
        self.choosing = None
        self.refusal = ""
        self.view.stand(index)
        self.look()

    def refill(self, dirty: Iterable[Key] = ()) -> None:
        """Bring the page up to date: items that came or went, and the `dirty` ones painted anew."""
        dirty = set(dirty)
        if self._same_items(dirty):
            self.view.repaint_keys(dirty)
            self.place_editor()
        else:
            self._renew(dirty)
        self.show_around()
        self.look()

    def _same_items(self, dirty: set[Key]) -> bool:
        """True if no question of the page came or went with the changes of `dirty`; cheap however long the page."""
        return all(
            self.visit.filling.state(key).relevant == (key in self.view.keys)
            for key in (dirty & self._here) | self._silent
        )

    def _renew(self, dirty: set[Key]) -> None:
        items = items_at(self.visit.instrument, self.visit.filling, self.page)
        identity = self.item.identity if self.item else None
        index = _index(items, identity)
        if identity is not None and (index >= len(items) or items[index].identity != identity):
            index = _near(items, self.view.current)
        self.view.renew(items, index, dirty)

    def repaint_item(self) -> None:
        """Paint the item under the keyboard anew."""
        self.view.repaint((self.view.current,))
        self.place_editor()

    def paint(self, item: Item, focused: bool, width: int) -> Block:
        """The lines of one item."""
        label = self.visit.filling.label_text(item.key, current()) if item.kind != "row" else ""
        if item.kind == "row":
            return Block(tuple(paint_row(self.visit, item, focused, width)))
        codes = self.code_cells(item)
        frame = Frame(width, codes, spaced=self.has_class("-high"))
        if item.kind == "heading":
            lines = paint_heading(item.question, label, frame)
            if item.question.type == "repeat" and self.visit.filling.rows(*item.key):
                lines += paint_columns(item.question, width)
            return Block(tuple(lines))
        if item.kind == "note":
            return Block(tuple(paint_note(label, frame)))
        if item.kind == "add":
            count = len(self.visit.filling.rows(*item.key))
            return Block(tuple(paint_add(item.question, count, focused, self.visit.read_only)))
        if focused:
            frame = Frame(
                width,
                codes,
                focused=True,
                anchors=not self.wide,
                spaced=frame.spaced,
                cursor=self.choosing,
                editor=self.editor_height if self.editor is not None else 0,
                editing=self.editing,
                refusal=self.refusal,
                hints=self.hints if self._hints_of == item.key else Hints(),
            )
        lines, editor = paint_question(self.facts_of(item), frame)
        return Block(tuple(lines), editor)

    def code_cells(self, item: Item) -> int:
        """The width of the column of codes, none for a question without one."""
        return self._code_width if code_of(item.question) else 0

    def facts_of(self, item: Item) -> Facts:
        """Everything painted of the question of `item`."""
        return facts(self.visit, item, self.remarks.get(item.key, ()))

    def show_around(self) -> None:
        """The title, the crumbs and the sections."""
        self.retitle(self.form.title.text(current()), self.visit.line.region_name)
        left, right = crumbs(self.visit, self.page)
        width = max(20, self.size.width - 2)
        left = pad(fit(left, width - cell_len(right) - 2), width - cell_len(right))
        self.query_one("#crumbs", Static).update(content(left + right))
        if self.wide:
            pane = self.query_one("#sections", LinesPane)
            pane.show(section_lines(self.visit, self.page, pane.room), home=False)

    def show_side(self) -> None:
        """Guidance for the question under the keyboard, where there is room or it was asked for."""
        if not (self.wide or self.has_class("-guidance")):
            return
        pane = self.query_one("#side", LinesPane)
        item = self.item
        if item is None or item.kind != "question":
            pane.show([])
            return
        pane.show(
            paint_side(
                self.visit, self.facts_of(item), self._hints_for(item.key), pane.room - 1, beside=self.wide
            )
        )

    def _hints_for(self, key: Key) -> Hints:
        return self.hints if self._hints_of == key else Hints()

    # -- what is found out a moment later

    def look(self) -> None:
        """Find out beside the keys what else there is to say of the question under the keyboard."""
        self.show_side()
        self._look_again = True
        if not self._looking:
            self._looking = True
            self._look()

    @task
    async def _look(self) -> None:
        try:
            while self._look_again:
                self._look_again = False
                item = self.item
                if item is None or item.kind != "question":
                    continue
                found = await self.app.work(hints_of, self.visit, item.key)
                if self.item is None or self.item.key != item.key:
                    continue
                changed = (found, item.key) != (self.hints, self._hints_of)
                self.hints, self._hints_of = found, item.key
                if changed:
                    self.repaint_item()
                    self.show_side()
        finally:
            self._looking = False

    # -- saving

    async def store(self, key: Key, **changes: Any) -> bool:
        """Save one step of the assessor and show what it changed; False if it was refused."""
        try:
            saved = await self.app.work(self.visit.answer, Entry(key, **changes))
        except AnswerError as error:
            self.refuse(error)
            return False
        self.refusal = ""
        self.app.saved(saved.at)
        self.refill((key, *saved.changed))
        return True

    def refuse(self, error: AnswerError) -> None:
        """Say beside the question why the input was not taken; below a long text it could be out of sight."""
        self.refusal = str(error)
        if self.editor is self.text_editor:
            self.say(self.refusal, "error")
        self.repaint_item()

    # -- dialogs

    def expect_dialog(self) -> None:
        """From now on keys wait for the dialog that is about to open."""
        self._dialog_up = up = asyncio.Event()
        self.app.hold_keys()
        # Should what comes before the dialog fail, the keyboard must not stay deaf.
        self.set_timer(LONGEST_WAIT, lambda: self.stop_expecting() if self._dialog_up is up else None)

    def stop_expecting(self) -> None:
        """The dialog takes keys now, or there will be none: first those that wait in the view, then the others."""
        if self._dialog_up is not None and not self._dialog_up.is_set():
            self._dialog_up.set()
            self.view.call_later(self.app.release_keys)

    async def ask(self, dialog: ModalScreen[T]) -> T | None:
        """What the dialog gives, None if it was left. Only in a task."""
        if self._dialog_up is None:
            self.expect_dialog()
        answer: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()

        def answered(result: T | None) -> None:
            if not answer.done():
                answer.set_result(result)

        try:
            await self.app.push_screen(dialog, answered)
            dialog.call_after_refresh(self.stop_expecting)
            return await answer
        finally:
            self.stop_expecting()
            self._dialog_up = None

    async def dialog_is_up(self) -> None:
        """Wait until the dialog that was asked for takes keys."""
        if self._dialog_up is not None:
            await self._dialog_up.wait()

    # -- the field over the lines, see `editing`

    @property
    def editor_height(self) -> int:
        """How many lines the open field covers."""
        return 1

    def place_editor(self) -> None:
        """Put the open field over its lines."""

    async def press(self, event: events.Key) -> None:
        """Take one key."""

    async def editor_key(self, event: events.Key) -> bool:
        """Take a key that leaves the open field."""
        raise NotImplementedError


def _index(items: tuple[Item, ...], identity: Identity | None) -> int:
    for index, item in enumerate(items):
        if identity is not None and item.identity == identity:
            return index
    return _near(items, 0)


def _near(items: tuple[Item, ...], index: int) -> int:
    """The focusable item at `index` or next to it."""
    order = sorted(range(len(items)), key=lambda at: (abs(at - index), at))
    return next((at for at in order if items[at].focusable), 0)
