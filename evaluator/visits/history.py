"""The life of answers: what happened, and taking steps back and forth, over restarts too.

A step back is itself an event, whose reason names the event that it takes back: `undo:17`. So the stack of what can
be undone is read from the audit trail and needs no memory of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evaluator.store import events, evidence
from evaluator.store.answers import StoredAnswer
from evaluator.store.audit import Entry as Event
from evaluator.visits import answering
from evaluator.visits.settling import PROGRAM
from evaluator.visits.values import HistoryLine, Key

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

UNDO = "undo:"
REDO = "redo:"
_STEPS = frozenset({"set", "clear", "na", "flag", "row_add", "row_delete", "row_move", "attach", "detach"})


def lines(visit: Visit, key: Key) -> tuple[HistoryLine, ...]:
    """See `Visit.history`."""
    with visit.desk.transaction() as connection:
        found = events.of_question(connection, visit.id, *key)
    return tuple(HistoryLine(e.at, e.actor, e.op, e.old, e.new, e.reason) for e in found)


def undo(visit: Visit) -> Key | None:
    """See `Visit.undo`."""
    done, _ = _stacks(visit)
    return _reverse(visit, done[-1], UNDO) if done else None


def redo(visit: Visit) -> Key | None:
    """See `Visit.redo`."""
    _, undone = _stacks(visit)
    return _reverse(visit, undone[-1], REDO) if undone else None


def _stacks(visit: Visit) -> tuple[list[Event], list[Event]]:
    """The events that can be taken back, and the steps back that can be done again, newest last.

    Only what a person did since the visit was started or last reopened counts.
    """
    visit.require_draft()
    with visit.desk.transaction() as connection:
        trail = events.load(connection, visit.id)
    done: list[Event] = []
    undone: list[Event] = []
    for event in trail:
        if event.op in ("reopen", "finalise", "migrate"):
            done, undone = [], []
        elif event.op not in _STEPS or event.reason == PROGRAM:
            continue
        elif event.reason.startswith(UNDO):
            if done:
                done.pop()
            undone.append(event)
        elif event.reason.startswith(REDO):
            if undone:
                undone.pop()
            done.append(event)
        else:
            done.append(event)
            undone = []
    return done, undone


def _reverse(visit: Visit, event: Event, mark: str) -> Key:
    """Bring back what was before `event`."""
    reason = f"{mark}{event.seq}"
    key = (event.path, event.row)
    if event.op == "row_add":
        answering.delete_row(visit, event.row, reason=reason)
        return (event.path, event.new["parent"])
    if event.op == "row_delete":
        answering.restore_row(visit, event.row, reason=reason)
        return key
    if event.op == "row_move":
        answering.move_row(visit, event.row, event.old["position"], reason=reason)
        return key
    if event.op in ("attach", "detach"):
        _reverse_evidence(visit, event, key, reason)
        return key
    before = _before(visit, key, event)
    with visit.step() as connection:
        answering.keep(visit, connection, before, reason=reason)
    return key


def _before(visit: Visit, key: Key, event: Event) -> StoredAnswer:
    """The answer without what `event` changed. It was judged when it was given, and is not judged again."""
    now = visit.stored(key)
    if event.op == "flag":
        return replace(now, flag=bool(event.old))
    if isinstance(event.old, dict):
        return replace(now, **event.old)
    if isinstance(event.old, str) and _was_na(visit, key, event):
        return replace(now, value=None, na=event.old)
    return replace(now, value=event.old, na="")


def _was_na(visit: Visit, key: Key, event: Event) -> bool:
    """Whether the old value of `event` was a reason for N/A: only the event before it can say."""
    with visit.desk.transaction() as connection:
        found = events.of_question(connection, visit.id, *key)
    values = [
        earlier.op
        for earlier in found
        if earlier.seq < event.seq
        and earlier.op in ("set", "clear", "na")
        and not isinstance(earlier.new, dict)
    ]
    return values[-1:] == ["na"]


def _reverse_evidence(visit: Visit, event: Event, key: Key, reason: str) -> None:
    author = visit.desk.author
    changed: tuple[Key, ...] = (key,)
    with visit.step() as connection:
        if isinstance(event.new, dict):
            piece = evidence.get(connection, visit.id, event.new["evidence"])
            restored = replace(piece, **{name: old for name, old in event.old.items() if name != "evidence"})
            evidence.describe(connection, visit.id, restored, *key, author, reason=reason)
            changed = visit.questions_of(piece.id)
        elif event.op == "attach":
            evidence.unlink(connection, visit.id, event.new, *key, author, reason=reason)
        else:
            evidence.link(connection, visit.id, event.old, *key, author, reason=reason)
        visit.evidence_changed(connection, *changed)
