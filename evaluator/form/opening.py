"""Opening a visit: stored rows and answers into their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluator.form.propagation import Propagation
from evaluator.form.rows import Key, Row, RowState, Stored


def open_visit(state: Propagation, answers: Mapping[Key, Stored], rows: Sequence[Row]) -> tuple[Key, ...]:
    """Make all slots and load them; gives the keys that have no place in the instrument, which are left out."""
    state.create_slots(state.root)
    _open_rows(state, rows)
    unknown = []
    for key, answer in answers.items():
        path, row_id = key
        node = state.program.names.find(path)
        row = state.rows.get(row_id)
        slot = row.slots.get(node.index) if row is not None and node is not None else None
        if slot is None or slot.node.kind != "question":
            unknown.append(key)
        else:
            state.load(slot, answer.value, answer.na)
    state.opened()
    return tuple(unknown)


def _open_rows(state: Propagation, rows: Sequence[Row]) -> None:
    by_parent: dict[str, list[Row]] = {}
    for stored in sorted(rows, key=lambda stored: stored.position):
        by_parent.setdefault(stored.parent, []).append(stored)
    waiting = [state.root]
    while waiting:
        outer = waiting.pop()
        found: dict[int, list[RowState]] = {}
        for stored in by_parent.get(outer.id, ()):
            repeat = state.program.names.find(stored.repeat)
            if repeat is None or repeat.index not in outer.slots or stored.id in state.rows:
                continue
            row = RowState(stored.id, repeat, outer)
            siblings = found.setdefault(repeat.index, [])
            siblings.append(row)
            row.position = len(siblings)
            state.rows[row.id] = row
            state.create_slots(row)
            waiting.append(row)
        outer.rows = {index: tuple(siblings) for index, siblings in found.items()}
