"""A repeat as a table: one line a row, columns for what tells the rows apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from evaluator.form.definition import Question
from evaluator.language import _, current
from evaluator.tui.form.facts import RUBRIC, choices_of, value_text
from evaluator.tui.form.lines import Line, Span, fit, line, pad
from evaluator.tui.form.page import Item
from evaluator.tui.form.paint import BAR, MARKS

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

_WIDE_TYPES = frozenset({"text", "longtext", "item"})
_LEFT_OUT = frozenset({"group", "repeat", "note", RUBRIC, "select_multiple", "rank", "geopoint", "yesno"})
_NUMBER_CELLS = 4
_STATE_CELLS = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A question of the repeat and the cells it gets."""

    question: Question
    width: int


def columns(repeat: Question, width: int) -> tuple[Column, ...]:
    """The first questions of `repeat` that fit beside the number and the state of a row."""
    wanted = [question for question in repeat.questions if question.type not in _LEFT_OUT]
    short = [question for question in wanted if question.type != "longtext"] or wanted
    room = max(20, width - _NUMBER_CELLS - _STATE_CELLS)
    count = min(len(short), 2 if room < 48 else 3 if room < 64 else 4)
    if not count:
        return ()
    chosen = short[:count]
    shares = [2 if question.type in _WIDE_TYPES else 1 for question in chosen]
    unit = room // sum(shares)
    widths = [share * unit for share in shares]
    widths[0] += room - sum(widths)
    return tuple(Column(question, size) for question, size in zip(chosen, widths, strict=True))


def paint_columns(repeat: Question, width: int) -> list[Line]:
    """The line of column titles."""
    cells = [
        pad(fit(_title(column.question), column.width - 2), column.width) for column in columns(repeat, width)
    ]
    return [line(" " * _NUMBER_CELLS, Span("".join(cells), "muted"))]


def _title(question: Question) -> str:
    return question.short_title.text(current()) or question.label.text(current())


def paint_row(visit: Visit, item: Item, focused: bool, width: int) -> list[Line]:
    """One row: its number, its first answers, how many of its questions are open."""
    row = item.key[1]
    open_count, wrong = row_state(visit, item.question, row)
    mark = "wrong" if wrong else "open" if open_count else "done"
    spans = [
        Span(BAR, "bar") if focused else Span(" "),
        Span(pad(str(item.position), _NUMBER_CELLS - 1), "code"),
    ]
    for column in columns(item.question, width):
        key = (column.question.path, row)
        state = visit.filling.state(key)
        text = value_text(
            visit.instrument, column.question, state.value, choices_of(visit, column.question, key)
        )
        spans.append(
            Span(pad(fit(text or "…", column.width - 2), column.width), "cursor" if focused else "label")
        )
    words = _("{count} open").format(count=open_count) if open_count else _("complete")
    spans.append(Span(fit(f"{MARKS[mark]} {words}", _STATE_CELLS), mark))
    lines = [Line(tuple(spans))]
    if focused:
        keys = _("Enter open · d delete · i insert · D duplicate · < > move")
        if cell_len(keys) + 5 <= width and not visit.read_only:
            lines.append(line(Span(BAR, "bar"), " " * (_NUMBER_CELLS - 1), Span(keys, "muted")))
    return lines


def row_state(visit: Visit, repeat: Question, row: str) -> tuple[int, bool]:
    """How many questions of a row are open, and whether an answer in it breaks a constraint."""
    open_count, wrong = 0, False
    for top in repeat.questions:
        for question in top.walk():
            if (
                question.type in ("group", "repeat", "note", "calculate")
                or len(question.repeats) > len(repeat.repeats) + 1
            ):
                continue
            state = visit.filling.state((question.path, row))
            wrong = wrong or bool(state.invalid)
            wanted = question.type == RUBRIC or state.required
            open_count += wanted and state.relevant and state.status == "unanswered"
    return open_count, wrong


def paint_add(repeat: Question, count: int, focused: bool, read_only: bool) -> list[Line]:
    """The line below the table."""
    if read_only:
        words = "" if count else _("no rows")
    elif not count and repeat.min_rows:
        words = _("No row yet, at least {count} wanted: Enter or a adds one").format(count=repeat.min_rows)
    elif count < repeat.min_rows:
        words = _("{count} of {wanted} rows: Enter or a adds one").format(count=count, wanted=repeat.min_rows)
    else:
        words = _("Enter or a adds a row")
    mark = Span(BAR, "bar") if focused else Span(" ")
    return [
        line(
            mark,
            " " * (_NUMBER_CELLS - 1),
            Span(f"+ {words}" if words else "", "cursor" if focused else "muted"),
        )
    ]
