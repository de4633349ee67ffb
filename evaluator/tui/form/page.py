"""Where in a visit the screen is, and what stands there: a section or one row of a repeat, as a list of items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evaluator.form.definition import Form, Instrument, Question, Section

if TYPE_CHECKING:
    from evaluator.form.filling import Filling

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A section of a form by its name, or the innermost of `rows`: pairs of a repeat and a row, outermost first."""

    form: str
    section: str
    rows: tuple[Key, ...] = ()

    @property
    def row(self) -> str:
        """The id of the row that is open, or empty."""
        return self.rows[-1][1] if self.rows else ""

    def inside(self, repeat: str, row: str) -> Page:
        """The page of a row of a repeat that stands here."""
        return Page(self.form, self.section, (*self.rows, (repeat, row)))

    def outside(self) -> Page:
        """The page around this row."""
        return Page(self.form, self.section, self.rows[:-1])


@dataclass(frozen=True, slots=True)
class Item:
    """One thing painted in a page. `key` is the question and its row; of a repeat's row, the repeat and that row;
    of the line that adds a row, the repeat and the row around it."""

    kind: Literal["heading", "note", "question", "row", "add"]
    question: Question
    key: Key
    position: int = 0

    @property
    def focusable(self) -> bool:
        """True if the keyboard can stand on it."""
        return self.kind in ("question", "row", "add")

    @property
    def identity(self) -> tuple[str, Key]:
        """What stays the same when items come and go around it."""
        return self.kind, self.key


def section_of(form: Form, name: str) -> Section:
    """The section with this name; KeyError if the form has none."""
    for section in form.sections:
        if section.name == name:
            return section
    raise KeyError(name)


def questions_at(instrument: Instrument, page: Page) -> tuple[Question, ...]:
    """The questions, groups and repeats that the page holds, in form order."""
    section = section_of(instrument.form(page.form), page.section)
    if not page.rows:
        return section.questions
    repeat = page.rows[-1][0]
    return next(q for top in section.questions for q in top.walk() if q.path == repeat).questions


def all_at(instrument: Instrument, page: Page) -> tuple[Question, ...]:
    """The questions and repeats that may be painted on the page, now or when they become relevant."""
    return tuple(_flat(questions_at(instrument, page)))


def _flat(questions: tuple[Question, ...]) -> Iterator[Question]:
    for question in questions:
        if question.type == "group":
            yield from _flat(question.questions)
        else:
            yield question


def items_at(instrument: Instrument, filling: Filling, page: Page) -> tuple[Item, ...]:
    """What there is to see on `page`: everything that is relevant now."""
    return tuple(_items(questions_at(instrument, page), filling, page.row))


def _items(questions: tuple[Question, ...], filling: Filling, row: str) -> Iterator[Item]:
    for question in questions:
        key = (question.path, row)
        if question.type == "group":
            within = tuple(_items(question.questions, filling, row))
            if within:
                yield Item("heading", question, key)
                yield from within
        elif not filling.state(key).relevant:
            continue
        elif question.type == "repeat":
            yield Item("heading", question, key)
            for position, row_id in enumerate(filling.rows(question.path, row), 1):
                yield Item("row", question, (question.path, row_id), position)
            yield Item("add", question, key)
        elif question.type == "note":
            yield Item("note", question, key)
        else:
            yield Item("question", question, key)


def kind_at(filling: Filling, key: Key) -> Literal["question", "row", "add"]:
    """As what `key` is painted."""
    if filling.question(key).type != "repeat":
        return "question"
    return "row" if key[1] and filling.row(key[1]).repeat == key[0] else "add"


def page_of(instrument: Instrument, filling: Filling, key: Key) -> Page:
    """The page on which the question `key` (or the row `key` of a repeat) is painted; KeyError if unknown."""
    question = next(q for q in instrument.walk() if q.path == key[0])
    rows: list[Key] = []
    row = key[1]
    if question.type == "repeat" and kind_at(filling, key) == "row":
        # A row is painted around it, on the page of its parent row.
        row = filling.row(row).parent
    for repeat in reversed(question.repeats):
        rows.insert(0, (repeat, row))
        row = filling.row(row).parent
    return Page(question.form, question.section, tuple(rows))
