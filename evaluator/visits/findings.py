"""Findings and recommendations: rows of the closing form, filled from the item that led to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from evaluator.errors import UsageError
from evaluator.language import _
from evaluator.visits.values import Entry, Key

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

Kind = Literal["strengths", "weaknesses", "recommendations"]


def add_finding(visit: Visit, kind: Kind, key: Key | None = None) -> str:
    """Add a row to the strengths, weaknesses or recommendations; its lasting id.

    With `key` the row names the form and the item it is about. Raises UsageError where the instrument has no
    place for it.
    """
    repeat = visit.instrument.settings.get(kind)
    if not repeat:
        raise UsageError("no_findings", _("This instrument has no list of {kind}").format(kind=kind))
    row = visit.insert_row(repeat)
    if key is None:
        return row
    about = visit.filling.question(key)
    owner = next(iter(visit.filling.agencies(key)), "")
    for question in visit.instrument.walk():
        if question.repeats[-1:] != (repeat,):
            continue
        offered = {choice.value for choice in visit.filling.choices((question.path, row))}
        if question.type == "pillar" and about.form in offered:
            visit.answer(Entry((question.path, row), value=about.form))
        elif question.type == "item":
            path = visit.filling.reference_of(key)
            if path in offered:
                visit.answer(Entry((question.path, row), value=[path] if question.multiple else path))
        elif question.type == "agency" and owner in offered:
            visit.answer(Entry((question.path, row), value=owner))
    return row
