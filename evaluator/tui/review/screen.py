"""A bundle that somebody has to decide on: the banner first, then its forms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize

from evaluator.language import _, current
from evaluator.tui.dialogs.message import Message
from evaluator.tui.keys import bindings
from evaluator.tui.naming import round_label
from evaluator.tui.place import KeyBar, Place
from evaluator.tui.rows import Rows
from evaluator.tui.work import task

if TYPE_CHECKING:
    from evaluator.tui.review.lines import Entry
    from evaluator.tui.review.reading import Reading
    from evaluator.visits.values import Key
    from evaluator.workspaces import OpenWorkspace


class ReviewScreen(Place):
    """Opens the bundle at `path` and shows what it is worth and what is in it."""

    place = "review"
    BINDINGS = bindings("review")

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.reading: Reading | None = None
        self._entries: tuple[Entry, ...] = ()

    def compose_body(self) -> ComposeResult:
        yield Rows(self._paint, selectable=self._selectable)

    def on_mount(self) -> None:
        self.retitle(_("Review"), self.path.name)
        self.query_one(Rows).focus()
        self.load()

    def help_words(self) -> str:
        notice = ""
        if self.reading is not None and self.reading.pages is not None:
            notice = self.reading.pages.visit.instrument.notice.text(current())
        return _(
            "First whose bundle this is and what that is worth, what is worst first; then its forms, with the "
            "differences to the revision before (Δ) and the comments (»). Scores are worked out here from the "
            "answers. {notice}"
        ).format(notice=notice)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        reading = self.reading
        pages = reading.pages if reading is not None else None
        if action in ("number", "team", "findings"):
            return pages is not None
        if action == "difference":
            return pages is not None and bool(pages.changed)
        if action == "next_comment":
            return pages is not None and bool(pages.said)
        if action == "decide":
            return pages is not None and reading is not None and reading.opened is not None
        return super().check_action(action, parameters)

    @task
    async def load(self) -> None:
        """Open the bundle."""
        self.say(_("Checking the bundle"), "busy")
        self.reading = await self.app.work(_read, self.path, self.app.desk)
        self.say("")
        if self.reading.pages is None:
            self.app.found_damage()
        self._show(0)

    def on_screen_resume(self) -> None:
        if self.reading is not None:
            self._show()

    def on_resize(self, _event: Resize) -> None:
        if self.reading is not None:
            self.call_after_refresh(self._show)

    def _show(self, cursor: int | None = None) -> None:
        from evaluator.tui.review.lines import entries

        if self.reading is None:
            return
        rows = self.query_one(Rows)
        self._entries = entries(self.reading, max(40, rows.size.width - 2))
        rows.fill(len(self._entries), cursor)
        pages = self.reading.pages
        if pages is not None:
            line = pages.visit.line
            stage = round_label(pages.visit.instrument.choices_of("stage"), line.round)
            self.retitle(
                f"{line.region_name} {line.region_code}",
                _("{round} · review of revision {revision}").format(round=stage, revision=line.revision),
            )
        self.query_one(KeyBar).refresh()

    def _paint(self, index: int, width: int) -> Content:
        return self._entries[index].line.truncate(width, ellipsis=True)

    def _selectable(self, index: int) -> bool:
        return index < len(self._entries) and self._entries[index].selectable

    # Commands

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Open the form under the cursor, or show the whole line."""
        cursor = self.query_one(Rows).cursor
        entry = self._entries[cursor] if cursor < len(self._entries) else None
        if entry is None:
            return
        if entry.form:
            self.open_form(entry.form)
        elif entry.words:
            heading, _blank, rest = entry.words.partition("\n\n")
            self.app.push_screen(Message(heading, rest))

    def open_form(self, form_id: str, focus: Key | None = None) -> None:
        """Go to a form."""
        from evaluator.tui.review.form import ReviewForm

        if self.reading is not None and self.reading.pages is not None:
            self.app.push_screen(ReviewForm(self.reading, self.reading.pages, form_id, focus))

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
        pages = self.reading.pages if self.reading is not None else None
        found = next((form for form in pages.overview.forms if form.key == key), None) if pages else None
        if found is not None:
            self.open_form(found.id)

    def action_difference(self) -> None:
        """Go to the first difference."""
        if self.reading is not None and self.reading.pages is not None:
            self._open_first(self.reading.pages.changed)

    def action_next_comment(self) -> None:
        """Go to the first comment."""
        if self.reading is not None and self.reading.pages is not None:
            self._open_first(tuple(self.reading.pages.said))

    def _open_first(self, keys: tuple[Key, ...]) -> None:
        from evaluator.tui.form.unfinished import next_of

        pages = self.reading.pages if self.reading is not None else None
        key = next_of(pages.visit, keys, None) if pages else None
        if pages is not None and key is not None:
            self.open_form(pages.visit.filling.question(key).form, key)

    def action_decide(self) -> None:
        """Decide on the bundle."""
        self.app.hold_keys()  # what is typed before the dialog is there is for the dialog
        self._decide()

    @task
    async def _decide(self) -> None:
        from evaluator.tui.review.deciding import decide_on

        try:
            if self.reading is not None and await decide_on(self.app, self.reading, self._release_keys):
                self._show(0)
        finally:
            self._release_keys()

    def _release_keys(self) -> None:
        self.call_later(self.app.release_keys)


def _read(path: Path, opened: OpenWorkspace | None) -> Reading:
    from evaluator.tui.review.reading import Reading

    return Reading(path, opened)
