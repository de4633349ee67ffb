"""What stands around the questions: where one is, how far it is, the sections with their marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator.language import _, current
from evaluator.tui.form.lines import Line, Span, fit, line, one_line, pad
from evaluator.tui.form.page import Page, section_of
from evaluator.tui.form.paint import BAR, FLAG, MARKS
from evaluator.tui.form.rows import row_state
from evaluator.visits.values import Progress

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit


def crumbs(visit: Visit, page: Page) -> tuple[str, str]:
    """Where the page is, and how far it is."""
    form = visit.instrument.form(page.form)
    section = section_of(form, page.section)
    if page.rows:
        titles = (row_title(visit, *row) for row in page.rows)
        return " › ".join((section.name, *titles)), row_words(visit, *page.rows[-1])
    words = f"{section.name} {section.label.text(current())}"
    if len(form.sections) > 1:
        number = form.sections.index(section) + 1
        words = _("{section} ({number} of {count})").format(
            section=words, number=number, count=len(form.sections)
        )
    return words, progress_words(visit.progress(form.id, section.name))


def row_title(visit: Visit, repeat: str, row: str) -> str:
    """A row by its position and first text."""
    question = visit.filling.question((repeat, row))
    position = visit.filling.row(row).position
    first = next((child for child in question.questions if child.type == "text"), None)
    name = visit.filling.state((first.path, row)).value if first is not None else None
    label = question.short_title.text(current()) or question.label.text(current())
    return f"{label} {position}: {one_line(name)}" if name else f"{label} {position}"


def section_lines(visit: Visit, page: Page, width: int) -> list[Line]:
    """The sections of the form with their marks."""
    form = visit.instrument.form(page.form)
    lines = []
    for number, section in enumerate(form.sections):
        here = section.name == page.section
        found = visit.progress(form.id, section.name)
        mark = section_mark(found)
        tail = f" {found.done}/{found.total}" + (f" {FLAG}{found.flagged}" if found.flagged else "")
        name = fit(f"{section.name} {section.label.text(current())}", width - 3 - len(tail))
        lines.append(
            line(
                Span(BAR if here else " ", "bar"),
                Span(f"{MARKS[mark]} ", mark if mark != "na" else "muted"),
                Span(pad(name, width - 3 - len(tail)), "cursor" if here else "text"),
                Span(tail, "muted"),
                option=number,
            )
        )
    return lines


def progress_words(found: Progress) -> str:
    """The counts of a section in words."""
    parts = [_("{done} of {total} done").format(done=found.done, total=found.total)]
    if found.open:
        parts.append(_("{count} open").format(count=found.open))
    if found.invalid:
        parts.append(f"{MARKS['wrong']} {found.invalid}")
    if found.flagged:
        parts.append(f"{FLAG} {found.flagged}")
    return " · ".join(parts)


def row_words(visit: Visit, repeat: str, row: str) -> str:
    """What is open in a row, in words."""
    count, _wrong = row_state(visit, visit.filling.question((repeat, row)), row)
    return _("{count} open").format(count=count) if count else _("complete")


def section_mark(found: Progress) -> str:
    """The state of a section as one of the marks."""
    if found.invalid:
        return "wrong"
    if found.total and found.na >= found.total:
        return "na"
    return "open" if found.open else "done"
