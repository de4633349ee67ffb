"""The rows of the survey sheet: cells by column, taken out one by one, and groups put around what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from evaluator.form.xlsform.headers import Column, columns, heading
from evaluator.form.xlsform.workbook import FIRST_ROW, Losses, Sheet
from evaluator.language import _
from evaluator.text import clean, shown

_BEGIN: Final = re.compile(r"begin[ _](group|lgroup|repeat|loop|looped group)(?: (?:over )?(\S+))?")
_END: Final = re.compile(r"end[ _](?:group|lgroup|repeat|loop|looped group)")
_QUOTES: Final = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}
_CODE: Final = frozenset(
    {"relevant", "constraint", "calculation", "default", "choice_filter", "required", "read_only"}
    | {"repeat_count", "trigger", "name", "type", "parameters"}
)


@dataclass(slots=True)
class Row:
    """The cells of one row. What nobody takes is left for `rest`."""

    sheet: str
    number: int
    cells: dict[Column, str]

    def take(self, name: str) -> str:
        """The cell of a column without a language, blank where there is none."""
        return self.cells.pop(Column(name), "")

    def texts(self, name: str, languages: Mapping[str, str]) -> dict[str, str]:
        """The translations of a column by code of the language, those that are there.

        What names no language is in the first of them, the default.
        """
        found = {}
        for number, (language, code) in enumerate(languages.items()):
            text = self.cells.pop(Column(name, language), "")
            if not text and not number:
                text = self.cells.pop(Column(name), "")
            if text:
                found[code] = text
        return found

    def rest(self) -> dict[str, str]:
        """What was not taken, under the heading of each cell."""
        return {heading(column): text for column, text in self.cells.items()}

    def mapped(self, change: Callable[[Column, str], str]) -> Row:
        """A copy with every cell changed."""
        return Row(self.sheet, self.number, {at: change(at, text) for at, text in self.cells.items()})


@dataclass(slots=True)
class Item:
    """A row with the rows that stand in it, if it begins a group, a repeat or a loop over the choices `over`."""

    row: Row
    kind: Literal["question", "group", "repeat", "loop"] = "question"
    over: str = ""
    items: list[Item] = field(default_factory=list)


def read_rows(name: str, sheet: Sheet, losses: Losses) -> Iterator[Row]:
    """The rows of a sheet that have cells, made clean."""
    meaning = columns(name, sheet)
    for number, cells in enumerate(sheet.rows, FIRST_ROW):
        found = {}
        for header, text in cells.items():
            column = meaning[header]
            cleaned = _cleaned(text)
            if cleaned != text.replace("\r\n", "\n").replace("\r", "\n"):
                message = _("control characters were replaced")
                losses.add("text_changed", message, sheet=name, row=number, column=header, kept=False)
            if column.name in _CODE:
                cleaned = "".join(_QUOTES.get(character, character) for character in cleaned).strip()
            if cleaned.strip():
                found[column] = cleaned
        if found:
            yield Row(name, number, found)


def tree(rows: Iterable[Row], losses: Losses) -> list[Item]:
    """The rows with those of a group or repeat inside it. The converter has seen that every begin has its end."""
    top = Item(Row("", 0, {}))
    open_: list[Item] = [top]
    for row in rows:
        row_type = " ".join(row.take("type").split())
        if row.take("disabled").lower() in ("yes", "true", "true()") or not row_type:
            message = _("the row is disabled or has no type and is left out")
            losses.add("row_left_out", message, sheet=row.sheet, row=row.number, kept=False)
            continue
        if _END.fullmatch(row_type) and len(open_) > 1:
            open_.pop()
            for column in row.rest():
                message = _("what stands where a group ends is left out")
                losses.add(
                    "cell_left_out", message, sheet=row.sheet, row=row.number, column=column, kept=False
                )
            continue
        begin = _BEGIN.fullmatch(row_type)
        row.cells[Column("type")] = row_type
        if begin is None:
            open_[-1].items.append(Item(row))
            continue
        kind: Literal["group", "repeat", "loop"] = "repeat"
        if begin[1] in ("group", "loop"):
            kind = "group" if begin[1] == "group" else "loop"
        inner = Item(row, kind, begin[2] or "")
        open_[-1].items.append(inner)
        open_.append(inner)
    return top.items


def _cleaned(text: str) -> str:
    try:
        return clean(text)
    except ValueError:
        return shown(text, len(text) + 1)
