"""What the forms fill by themselves: defaults, calculations with a trigger, rows that a count asks for.

It is stored as it was when it was worked out, since a later opening would work out something else: another day,
another chance, another row. It is no step of a person and is not taken back as one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from evaluator.form.definition import Question
from evaluator.form.filling import Change
from evaluator.store import answers, rows
from evaluator.store.rows import StoredRow

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

PROGRAM = "program"
"""The reason of the events that the program made by itself."""


def settle(visit: Visit, connection: Connection, change: Change | None = None) -> None:
    """Store, within a step, what `change` and the opening of the visit filled besides what a person gave."""
    changes = (visit.opening, change or Change())
    visit.opening = Change()
    if any(found.rows for found in changes):
        _keep_rows(visit, connection)
    for key in (key for found in changes for key in found.values):
        if not visit.filling.has(key) or not _is_kept(visit.filling.question(key)):
            continue
        state = visit.filling.state(key)
        before = visit.stored(key)
        if (before.value, before.na) != (state.value, state.na):
            after = replace(before, value=state.value, na=state.na)
            visit.answers[key] = answers.save(
                connection, visit.id, before, after, visit.desk.author, reason=PROGRAM
            )


def _keep_rows(visit: Visit, connection: Connection) -> None:
    known = {row.id for row in rows.load(connection, visit.id)}
    for row in visit.filling.all_rows():
        if row.id not in known:
            stored = StoredRow(row.id, row.repeat, row.parent, row.position)
            rows.insert(connection, visit.id, stored, visit.desk.author, reason=PROGRAM)


def _is_kept(question: Question) -> bool:
    return bool(question.trigger if question.calculation else question.default)
