"""Following a change to its end: each slot that it can reach is worked out once, in order of rank.

Relevance and values go first, through a queue. What has no effect on other answers (required, read-only,
constraints, choices) is judged when the queue is empty.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from evaluator.form.conversion import computed_value, typed_value
from evaluator.form.definition import Choice
from evaluator.form.expression.values import Value, is_blank, to_boolean, to_number
from evaluator.form.judging import Judge
from evaluator.form.nodes import Dependent, Node
from evaluator.form.program import Program
from evaluator.form.rows import Key, RowState, Slot
from evaluator.form.surroundings import Environment, Surroundings
from evaluator.form.values import is_special

_SERIALS = 1 << 40
# No honest visit comes near; a count inside a count could ask for any number of rows.
ROW_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """Exactly what one step changed.

    `values` are the keys whose stored value or N/A reason is another, `states` those of which anything in `State`
    is, `rows` the ids of rows that came, went or took another position, `labels` the keys whose label, hint or
    guidance shows an answer that changed, `lists` those whose choices may be others.
    """

    values: tuple[Key, ...] = ()
    states: tuple[Key, ...] = ()
    rows: tuple[str, ...] = ()
    labels: tuple[Key, ...] = ()
    lists: tuple[Key, ...] = ()


class Propagation:
    """The rows and slots of one visit, kept consistent."""

    def __init__(self, program: Program, environment: Environment) -> None:
        self.program = program
        self.environment = environment
        self.root = RowState("", None, None)
        self.rows: dict[str, RowState] = {"": self.root}
        self.scope = self.new_scope()
        self.judge = Judge(self, program.instrument, self.scope)
        self.stale_checks: set[tuple[int, int]] = set(program.subjects())
        self.inside: dict[Node | None, list[Node]] = {}
        for node in program.nodes:
            inner = node.repeats[-1] if node.repeats else None
            self.inside.setdefault(inner, []).append(node)
        self._open = False
        self._serial = 0
        self._slots: dict[int, Slot] = {}
        self._queue: list[int] = []
        self._to_judge: dict[Slot, None] = {}
        self._before: dict[Slot, tuple[Any, ...] | None] = {}
        self._moved: dict[str, None] = {}
        self._labels: dict[Slot, None] = {}
        self._lists: dict[Slot, None] = {}

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, in form order."""
        return self.program.nodes

    @property
    def evidence(self) -> tuple[Choice, ...]:
        """The pieces of evidence that an item may refer to."""
        return tuple(self.environment.evidence())

    def new_scope(self) -> Surroundings:
        """A scope of its own for a reader, who must not disturb a change in another thread."""
        return Surroundings(self, self.program.instrument, self.environment)

    def new_judge(self) -> Judge:
        """A judge of its own for a reader."""
        return Judge(self, self.program.instrument, self.new_scope())

    def walk(self) -> Iterator[Slot]:
        """All slots in form order, rows expanded."""
        waiting = [self._entries(self.root)]
        while waiting:
            slot = next(waiting[-1], None)
            if slot is None:
                waiting.pop()
                continue
            yield slot
            if slot.node.kind == "repeat":
                rows = slot.row.rows.get(slot.node.index, ())
                waiting.append(entry for row in rows for entry in self._entries(row))

    def _entries(self, row: RowState) -> Iterator[Slot]:
        return (row.slots[node.index] for node in self.inside.get(row.repeat, ()))

    def all_choices_of(self, slot: Slot) -> tuple[Choice, ...]:
        """Every choice of the question, filtered or not."""
        return self.judge.all_choices(slot)

    def create_slots(self, row: RowState) -> None:
        """Give a new row its slots; they are worked out in the present step."""
        for node in self.inside.get(row.repeat, ()):
            parent = self._parent(node, row)
            self._serial += 1
            slot = Slot(node, row, parent, node.rank * _SERIALS + self._serial)
            row.slots[node.index] = slot
            self._slots[slot.order] = slot
            self._before[slot] = None
            self._push(slot)
            if node.judged:
                self._to_judge[slot] = None

    def drop_slots(self, row: RowState) -> None:
        """Forget the slots of a row that goes."""
        for slot in row.slots.values():
            del self._slots[slot.order]
            for pending in (self._before, self._to_judge, self._labels, self._lists):
                pending.pop(slot, None)

    def replace_rows(self, outer: RowState, repeat: Node, rows: Iterable[RowState]) -> None:
        """Set the rows of a repeat and let everything that looks at them be worked out again."""
        before = {row.id: row.position for row in outer.rows.get(repeat.index, ())}
        new = tuple(rows)
        outer.rows[repeat.index] = new
        for position, row in enumerate(new, 1):
            row.position = position
            if before.get(row.id) != position:
                self._moved[row.id] = None
        for gone in before.keys() - {row.id for row in new}:
            self._moved[gone] = None
        slot = outer.slots[repeat.index]
        self._push(slot)
        self._to_judge[slot] = None
        if repeat.count is not None:
            for row in new:
                self._push(row.own)
        structure = repeat.structure
        for dependent in structure.values:
            for seen in self._reached(dependent, outer):
                self._push(seen)
        self._note_dependents(structure, outer)

    def load(self, slot: Slot, value: Any, na: str) -> None:
        """Put what is stored into a slot before the visit is worked out for the first time."""
        slot.stored, slot.na, slot.touched = value, na, True
        slot.typed = typed_value(slot.node.asked, value)

    def opened(self) -> None:
        """What was loaded is no change."""
        self._before = {slot: slot.snapshot() for slot in self._slots.values()}

    def touch(self, slot: Slot) -> None:
        """Keep how the slot was before this step."""
        if slot not in self._before:
            self._before[slot] = slot.snapshot()

    def store(self, slot: Slot, value: Any, na: str) -> None:
        """Put an answer into the slot, to be followed."""
        self.touch(slot)
        self.load(slot, value, na)
        slot.forced = True
        self._push(slot)

    def refresh(self, slot: Slot) -> None:
        """Look again at everything that depends on the slot or on what is attached to it."""
        self.touch(slot)
        slot.forced = True
        self._push(slot)

    def run(self) -> Change:
        """Follow what was pushed to its end and tell what changed.

        The first run opens the visit: an answer that was there before triggers nothing.
        """
        self.scope.begin_step()
        queue, slots = self._queue, self._slots
        while queue:
            slot = slots.get(heapq.heappop(queue))
            if slot is not None:
                slot.queued = False
                self._update(slot)
        for slot in self._to_judge:
            self.judge.judge(slot, self.touch)
        change = self._change()
        self._to_judge, self._before, self._moved, self._labels, self._lists = {}, {}, {}, {}, {}
        self._open = True
        return change

    def _parent(self, node: Node, row: RowState) -> Slot | None:
        parent = node.parent
        if parent is None:
            return None
        outer = row.parent if node.kind == "row" else row
        return None if outer is None else outer.slots[parent.index]

    def _push(self, slot: Slot) -> None:
        if not slot.queued:
            slot.queued = True
            heapq.heappush(self._queue, slot.order)

    def _update(self, slot: Slot) -> None:
        node = slot.node
        relevant = slot.parent is None or slot.parent.relevant
        if relevant:
            if node.relevant is not None:
                scope = self.scope
                scope.row, scope.present = slot.row, ""
                relevant = to_boolean(node.relevant(scope))
            if node.kind == "row":
                relevant = relevant and self._counted(slot)
        turned = relevant is not slot.relevant
        if turned:
            self.touch(slot)
            slot.relevant = relevant
            if node.kind != "question":
                self._push_children(slot)
        if relevant and node.computes:
            self._compute(slot)
        slot.fired = False
        value: Value = slot.typed if relevant and not slot.na else ""
        if slot.forced or not _same(value, slot.value) or (turned and (node.repeats or slot.na)):
            slot.forced = False
            slot.value = value
            if node.judged:
                self._to_judge[slot] = None
            if node.watched:
                self._spread(slot)
        elif turned and node.judged:
            self._to_judge[slot] = None

    def _push_children(self, slot: Slot) -> None:
        node, row = slot.node, slot.row
        if node.kind == "repeat":
            for inner in row.rows.get(node.index, ()):
                self._push(inner.own)
        else:
            for child in node.children:
                self._push(row.slots[child.index])

    def _compute(self, slot: Slot) -> None:
        """The calculation, the default of a question never answered, or the rows that a count asks for."""
        node = slot.node
        if node.calculation is not None:
            if not node.triggered or slot.fired:
                self._assign(slot, node.calculation(self._at(slot)))
        elif not slot.touched and node.default is not None:
            self.touch(slot)
            slot.stored, slot.touched = node.default, True
            slot.typed = typed_value(node.asked, node.default)
        elif not slot.touched and node.dynamic_default is not None:
            self._assign(slot, node.dynamic_default(self._at(slot)))
            slot.touched = True
        elif node.kind == "repeat" and node.count is not None:
            self._fill_rows(slot, node.count(self._at(slot)))

    def _at(self, slot: Slot) -> Surroundings:
        self.scope.row = slot.row
        self.scope.present = slot.typed  # type: ignore[assignment]  # one answer, never nodes
        return self.scope

    def _assign(self, slot: Slot, result: Value) -> None:
        node = slot.node
        stored, typed = computed_value(node.asked, result, node.choices or (), self.environment.zone)
        if stored != slot.stored or type(stored) is not type(slot.stored):
            self.touch(slot)
            slot.stored = stored
        slot.typed = typed
        if slot.na:
            self.touch(slot)
            slot.na = ""

    def _counted(self, slot: Slot) -> bool:
        """Whether the row is among those that the count of its repeat asks for."""
        outer = slot.row.parent
        repeat = slot.row.repeat
        if outer is None or repeat is None or repeat.count is None:
            return True
        return slot.row.position <= wanted_rows(outer.slots[repeat.index].typed)

    def _fill_rows(self, slot: Slot, result: Value) -> None:
        """Make the rows that a count asks for. Rows beyond it are kept, not relevant, as any hidden answer is."""
        node = slot.node
        count = 0.0 if is_blank(result) else to_number(result, self.environment.zone)
        present = slot.row.rows.get(node.index, ())
        if not _same(slot.typed, count):
            slot.typed = count
            for row in present:
                self._push(row.own)
        missing = min(wanted_rows(count) - len(present), ROW_LIMIT - len(self.rows))
        if missing > 0 and self.environment.new_row is not None:
            new = [RowState(self.environment.new_row(), node, slot.row) for _row in range(missing)]
            for row in new:
                self.rows[row.id] = row
                self.create_slots(row)
            self.replace_rows(slot.row, node, (*present, *new))

    def _spread(self, slot: Slot) -> None:
        """Queue everything that looks at the slot."""
        dependents, row = slot.node.dependents, slot.row
        for dependent in dependents.values:
            if not dependent.up and not dependent.down:
                seen = row.slots[dependent.node.index]
                if not seen.queued:
                    seen.queued = True
                    heapq.heappush(self._queue, seen.order)
            else:
                for seen in self._reached(dependent, row):
                    self._push(seen)
        self._note_dependents(dependents, row)

    def _note_dependents(self, dependents: Any, row: RowState) -> None:
        """Mark what does not take part in the order of evaluation."""
        for dependent in dependents.judgements:
            self._to_judge.update(dict.fromkeys(self._reached(dependent, row)))
        for dependent in dependents.triggers if self._open else ():
            for slot in self._reached(dependent, row):
                slot.fired = True
                self._push(slot)
        for dependent in dependents.labels:
            self._labels.update(dict.fromkeys(self._reached(dependent, row)))
        for dependent in dependents.lists:
            self._lists.update(dict.fromkeys(self._reached(dependent, row)))
        self.stale_checks.update(dependents.checks)

    @staticmethod
    def _reached(dependent: Dependent, row: RowState) -> Iterable[Slot]:
        index = dependent.node.index
        return [inner.slots[index] for inner in row.up(dependent.up).below(dependent.down)]

    def _change(self) -> Change:
        values, states = [], []
        for slot, before in self._before.items():
            slot.status = self._status(slot)
            if slot.node.kind in ("section", "row"):
                continue
            if before is None:
                states.append(slot.key)
                if slot.stored is not None or slot.na:
                    values.append(slot.key)
                continue
            now = slot.snapshot()
            if now != before or type(now[0]) is not type(before[0]):
                states.append(slot.key)
                if now[:2] != before[:2] or type(now[0]) is not type(before[0]):
                    values.append(slot.key)
        return Change(
            tuple(values),
            tuple(states),
            tuple(self._moved),
            tuple(slot.key for slot in self._labels),
            tuple(slot.key for slot in self._lists),
        )

    def _status(self, slot: Slot) -> str:
        if not slot.relevant:
            return "not_relevant"
        if slot.na:
            return "na"
        if slot.node.evidence:
            return "answered" if self.environment.evidence_count(slot.key) else "unanswered"
        if slot.stored is None:
            return "unanswered"
        if slot.node.special and is_special(slot.node.asked, slot.stored):
            return "special"
        return "answered"


def wanted_rows(count: Value) -> int:
    """A count as a number of rows: none for a blank or for what is no number, never more than ROW_LIMIT."""
    number = to_number(count)
    return int(min(number, ROW_LIMIT)) if number > 0 else 0


def _same(left: Value, right: Value) -> bool:
    """Whether two values look the same to every expression; NaN is the same as NaN."""
    if left is right:
        return True
    return type(left) is type(right) and (left == right or (left != left and right != right))
