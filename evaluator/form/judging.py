"""Judging an answer where it stands: required, read-only, constraints, and whether its choice is still there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from evaluator import language
from evaluator.form.definition import EMPTY, Choice, Instrument, Label
from evaluator.form.expression.values import Nodes, Value, to_boolean, to_number, to_text
from evaluator.form.lists import sections_of
from evaluator.form.nodes import Code, Node
from evaluator.form.paths import lasting_path, shown_path
from evaluator.form.rows import Failure, RowState, Slot
from evaluator.form.surroundings import Surroundings
from evaluator.form.values import UNANSWERABLE_TYPES, is_special, shown_value
from evaluator.language import _

_EVIDENCE, _QUESTION = "evidence", "question"


class Visit(Protocol):
    """Where rows and nodes are found."""

    @property
    def root(self) -> RowState:
        """The row of what stands outside repeats."""

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, in form order."""

    @property
    def evidence(self) -> tuple[Choice, ...]:
        """The pieces of evidence that an item may refer to."""


class Judge:
    """Works out everything about a slot that has no effect on other slots."""

    def __init__(self, visit: Visit, instrument: Instrument, scope: Surroundings) -> None:
        self._visit = visit
        self._instrument = instrument
        self._scope = scope

    def judge(self, slot: Slot, touch: Callable[[Slot], None]) -> None:
        """Set required, read-only and failures; `touch` is called before anything of it changes."""
        node = slot.node
        if not node.judged:
            return
        required = slot.relevant and self._holds(node.required, slot)
        read_only = self._holds(node.read_only, slot)
        failures = self._failures(slot) if slot.relevant and not slot.na else ()
        if required != slot.required or read_only != slot.read_only or failures != slot.failures:
            touch(slot)
            slot.required, slot.read_only, slot.failures = required, read_only, failures

    def choices(self, slot: Slot) -> tuple[Choice, ...]:
        """What may be chosen now."""
        node = slot.node
        if node.kind != "question":
            return ()
        found = self._offered(slot)
        if node.choice_filter is None:
            return found
        return tuple(choice for choice in found if self._passes(node.choice_filter, choice, slot))

    def all_choices(self, slot: Slot) -> tuple[Choice, ...]:
        """What may be stored: every choice, whether it is offered now or not."""
        return slot.node.choices if slot.node.choices is not None else self._offered(slot)

    def _holds(self, condition: Code | bool, slot: Slot) -> bool:
        if isinstance(condition, bool):
            return condition
        self._enter(slot)
        return to_boolean(condition(self._scope))

    def _enter(self, slot: Slot) -> None:
        self._scope.row = slot.row
        self._scope.present = slot.value  # type: ignore[assignment]  # one answer, never nodes

    def _passes(self, code: Code, choice: Choice, slot: Slot) -> bool:
        self._enter(slot)
        self._scope.choice = choice
        return to_boolean(code(self._scope))

    def _failures(self, slot: Slot) -> tuple[Failure, ...]:
        node = slot.node
        if node.kind == "repeat":
            return self._too_many(slot)
        if slot.stored is None or node.kind != "question" or is_special(node.asked, slot.stored):
            return ()
        found = [*self._bounds(slot), *self._listed(slot)]
        for code, constraint in node.constraints:
            self._enter(slot)
            if not to_boolean(code(self._scope)):
                warning = constraint.severity == "warning"
                found.append(Failure("constraint", constraint.message, warning=warning))
        return tuple(found)

    def _too_many(self, slot: Slot) -> tuple[Failure, ...]:
        limit = slot.node.asked.max_rows
        if limit is None or len(slot.row.rows.get(slot.node.index, ())) <= limit:
            return ()
        return (Failure("max_rows", EMPTY, str(limit)),)

    def _bounds(self, slot: Slot) -> list[Failure]:
        node = slot.node
        found: list[Failure] = []
        if node.minimum is None and node.maximum is None:
            return found
        number = to_number(slot.value)
        if node.minimum is not None and not number >= float(node.minimum):
            found.append(Failure("min", EMPTY, str(node.minimum)))
        if node.maximum is not None and not number <= float(node.maximum):
            found.append(Failure("max", EMPTY, str(node.maximum)))
        return found

    def _listed(self, slot: Slot) -> list[Failure]:
        """A choice that is gone, and choices that exclude each other."""
        node = slot.node
        if node.choices is None and node.choices_from is None and node.asked.type != "item":
            return []
        values = slot.stored if isinstance(slot.stored, list) else [str(slot.stored)]
        offered = {choice.value: choice for choice in self.choices(slot)}
        found = [Failure("choice", EMPTY, value) for value in values if value not in offered]
        if len(values) > 1 and node.asked.type == "select_multiple":
            alone = next((value for value in values if value in offered and offered[value].exclusive), None)
            if alone is not None:
                found.append(Failure("exclusive", offered[alone].label, alone))
        return found

    def _offered(self, slot: Slot) -> tuple[Choice, ...]:
        """The choices before the `choice_filter`."""
        node = slot.node
        if node.choices_from is not None:
            self._enter(slot)
            source = self._scope.value(node.choices_from)
            if node.asked.type == "section":
                return sections_of(self._instrument, to_text(source))
            return self._answers(source)
        if node.asked.type == "item":
            return self._items(node)
        return node.choices or ()

    @staticmethod
    def _answers(source: Value) -> tuple[Choice, ...]:
        texts = map(to_text, source if isinstance(source, Nodes) else (source,))
        return tuple(Choice(text, Label({"": text})) for text in dict.fromkeys(texts) if text)

    def _items(self, node: Node) -> tuple[Choice, ...]:
        """Questions of the other forms (of its own where there is no other), evidence, rows of repeats."""
        found: list[Choice] = []
        for source in node.asked.of:
            if source == _EVIDENCE:
                found.extend(self._visit.evidence)
            elif source == _QUESTION:
                found.extend(self._questions(node))
            else:
                repeat = next((other for other in self._visit.nodes if other.path == source), None)
                if repeat is not None:
                    for row in self._visit.root.below((*repeat.repeats, repeat)):
                        found.append(self._choice(repeat, row, _row_label(repeat, row)))
        return tuple(found)

    def _questions(self, item: Node) -> list[Choice]:
        single = len(self._instrument.forms) == 1
        return [
            self._choice(node, row, node.asked.label)
            for node in self._visit.nodes
            if node.kind == "question"
            and (node.form != item.form or single)
            and node.asked.type not in UNANSWERABLE_TYPES
            and node is not item
            for row in self._visit.root.below(node.repeats)
        ]

    @staticmethod
    def _choice(node: Node, row: RowState, label: Label) -> Choice:
        columns = {"path": shown_path(node.path, row)}
        return Choice(lasting_path(node.path, row), label, columns=columns)


def _row_label(repeat: Node, row: RowState) -> Label:
    """A row is called by its first text, else by its number."""
    for slot in row.slots.values():
        if slot.node.kind == "question" and slot.node.asked.type in ("text", "longtext") and slot.stored:
            return Label({"": slot.stored})
    texts = repeat.asked.label.texts
    return Label({name: f"{text} {row.position}" for name, text in texts.items()})


def failure_text(failure: Failure, slot: Slot, choices: tuple[Choice, ...]) -> str:
    """What to tell about a failure, in the language in use."""
    written = failure.label.text(language.current())
    if failure.kind == "exclusive":
        return _("“{choice}” cannot go together with other choices").format(choice=written or failure.bound)
    if failure.kind == "choice":
        shown = shown_value(slot.node.asked, failure.bound, choices)
        return _("“{choice}” is not among the choices any more").format(choice=shown)
    if written:
        return written
    if failure.kind == "min":
        return _("At least {limit}").format(limit=language.number(failure.bound))
    if failure.kind == "max":
        return _("At most {limit}").format(limit=language.number(failure.bound))
    if failure.kind == "max_rows":
        return _("At most {limit} rows").format(limit=failure.bound)
    return _("This answer does not fit")
