"""Keys for the rows of a repeat: open, add, insert, duplicate, delete, move."""

from __future__ import annotations

from evaluator.language import _
from evaluator.tui.form.moving import Moving
from evaluator.tui.form.page import Item


class Repeating(Moving):
    """The form screen with the keys for rows."""

    async def enter_row(self, item: Item) -> None:
        """Open a row as a small form; the line below the table adds one first."""
        if item.kind == "row":
            self.show_page(self.page.inside(*item.key))
        else:
            await self.action_add_row()

    def _row_item(self) -> Item | None:
        """The row under the keyboard if it can be changed; else says why not."""
        item = self.item
        if self.visit.read_only:
            self.say(self.why_read_only())
            return None
        if item is None or item.kind != "row":
            self.say(_("This key is for the rows of a table"))
            return None
        return item

    async def action_add_row(self) -> None:
        """Add a row at the end of the table and open it."""
        if self.visit.read_only:
            self.say(self.why_read_only())
            return
        repeat = self._repeat()
        if repeat is None:
            self.say(_("This page has no table to add a row to"))
            return
        question = self.visit.filling.question((repeat, self.page.row))
        rows = self.visit.filling.rows(repeat, self.page.row)
        if question.max_rows is not None and len(rows) >= question.max_rows:
            self.say(_("The table is full: {count} rows").format(count=question.max_rows))
            return
        row = await self.app.work(self.visit.insert_row, repeat, None, self.page.row)
        self._added(repeat, row)

    def _repeat(self) -> str | None:
        """The repeat whose table is under the keyboard, else the only one of the page."""
        item = self.item
        if item is not None and item.kind in ("row", "add"):
            return item.key[0]
        repeats = [entry.key[0] for entry in self.view.items if entry.kind == "add"]
        return repeats[0] if len(repeats) == 1 else None

    def _added(self, repeat: str, row: str) -> None:
        self.keep_position()
        self._last[self.page] = ("row", (repeat, row))
        self.show_page(self.page.inside(repeat, row))
        self.open_if_typed()
        self.app.say(_("Row added; Esc leaves the field, and once more the row"), "saved")

    async def action_insert_row(self) -> None:
        """Insert a row before this one and open it."""
        item = self._row_item()
        if item is not None:
            repeat = item.key[0]
            row = await self.app.work(self.visit.insert_row, repeat, item.position, self.page.row)
            self._added(repeat, row)

    async def action_duplicate_row(self) -> None:
        """Copy the row with its answers."""
        item = self._row_item()
        if item is not None:
            row = await self.app.work(self.visit.duplicate_row, item.key[1])
            self.show_page(self.page, ("row", (item.key[0], row)))
            self.app.say(_("Row {position} copied").format(position=item.position), "saved")

    async def action_delete_row(self) -> None:
        """Delete the row; undo brings it back."""
        item = self._row_item()
        if item is None:
            return
        rows = self.visit.filling.rows(item.key[0], self.page.row)
        at = rows.index(item.key[1])
        await self.app.work(self.visit.delete_row, item.key[1])
        left = self.visit.filling.rows(item.key[0], self.page.row)
        after = (
            ("row", (item.key[0], left[min(at, len(left) - 1)]))
            if left
            else ("add", (item.key[0], self.page.row))
        )
        self.show_page(self.page, after)
        self.app.say(_("Row {position} deleted; u brings it back").format(position=item.position), "saved")

    async def action_row_up(self) -> None:
        """Move the row up."""
        await self._move(-1)

    async def action_row_down(self) -> None:
        """Move the row down."""
        await self._move(1)

    async def _move(self, by: int) -> None:
        item = self._row_item()
        if item is None:
            return
        position = item.position + by
        if 1 <= position <= len(self.visit.filling.rows(item.key[0], self.page.row)):
            saved = await self.app.work(self.visit.move_row, item.key[1], position)
            self.show_page(self.page, item.identity)
            self.app.saved(saved.at)
