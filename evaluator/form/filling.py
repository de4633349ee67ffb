"""The state of one visit: answers, rows, what is relevant, missing, invalid; one call for each change.

All forms of the instrument are filled together, since they look at each other. Nothing is refused here that can
be read as its type: an answer that breaks a constraint is stored and marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from evaluator import language
from evaluator.errors import AnswerError, NotFoundError
from evaluator.form.checks import failing
from evaluator.form.definition import Check, Choice, Label, Question
from evaluator.form.expression.values import Scalar, Value
from evaluator.form.judging import failure_text
from evaluator.form.linking import Linked, Place, link, place_of
from evaluator.form.nodes import Node
from evaluator.form.opening import open_visit
from evaluator.form.paths import NextRow, find, find_next, lasting_path, shown_path
from evaluator.form.program import Program
from evaluator.form.propagation import Change, Propagation
from evaluator.form.rows import Key, Row, RowState, Slot, Stored
from evaluator.form.surroundings import Environment
from evaluator.form.texts import Writer
from evaluator.form.values import UNANSWERABLE_TYPES, read_value
from evaluator.language import _

Status: TypeAlias = Literal["answered", "unanswered", "na", "special", "not_relevant"]

__all__ = [
    "Change",
    "Environment",
    "FailedCheck",
    "Filling",
    "Key",
    "NextRow",
    "Row",
    "State",
    "Status",
    "Stored",
]


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one question in one row.

    `value` is the stored value, also while it does not count; `required` is false while not relevant. `invalid`
    and `warnings` are sentences in the language in use.
    """

    value: Any
    status: Status
    relevant: bool
    required: bool
    read_only: bool
    invalid: tuple[str, ...]
    warnings: tuple[str, ...]
    na: str


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A consistency check that fails, the answers it is about, and its message in the language in use."""

    check: Check
    questions: tuple[Key, ...]
    message: str


class Filling:
    """A visit being filled.

    Answers, rows, choices and labels may be read in another thread than the one that changes: a reader sees each
    answer before or after a change, and rows that are whole. Changes and the judging of the whole belong to one
    thread.
    """

    def __init__(
        self,
        program: Program,
        *,
        answers: Mapping[Key, Stored] | None = None,
        rows: Sequence[Row] = (),
        environment: Environment,
    ) -> None:
        """Open a visit from what is stored; `opening` tells what calculations and defaults added.

        `rows` may come in any order. An answer that was cleared must be given as an empty `Stored`, or its
        default comes back. Answers to questions or rows that are not there are listed in `unknown`.
        """
        self.program = program
        self._state = Propagation(program, environment)
        self._failed: dict[tuple[int, int], tuple[FailedCheck, ...]] = {}
        self._failed_language = ""
        self._links: dict[tuple[str, int], Linked] = {}
        self._writer = Writer(self._state)
        self.unknown: tuple[Key, ...] = open_visit(self._state, answers or {}, rows)
        found = self._state.run()
        self.opening = Change(values=found.values, states=found.values, rows=found.rows)

    # --- changes

    def set(self, key: Key, value: Any, na: str = "") -> Change:
        """Store a canonical value, or with `na` the reason why the question does not apply; None clears.

        Raises AnswerError for a question that is calculated or takes no answer, NotFoundError for a key or a
        reason that is unknown.
        """
        slot = self._question(key)
        node = slot.node
        _refuse_unanswerable(node)
        if na and not any(reason.value == na for reason in self.program.instrument.na_reasons):
            message = _("There is no reason “{name}” for not applicable").format(name=na)
            raise AnswerError("na_reason_unknown", message, path=node.path)
        self._state.store(slot, value, na)
        return self._state.run()

    def read(self, key: Key, raw: Any) -> Any:
        """What somebody gave as the canonical value of the question. Raises AnswerError."""
        slot = self._question(key)
        _refuse_unanswerable(slot.node)
        return read_value(slot.node.asked, raw, self._state.new_judge().all_choices(slot))

    def add_row(self, repeat: str, parent_row: str, row_id: str, position: int | None = None) -> Change:
        """Add an empty row at `position` (from 1), at the end without one.

        Raises NotFoundError for an unknown repeat or row, AnswerError where the repeat takes no more rows.
        """
        node, outer = self._repeat(repeat, parent_row)
        rows = outer.rows.get(node.index, ())
        limit = node.asked.max_rows
        if row_id in self._state.rows:
            message = _("There is a row {row} already").format(row=row_id)
            raise AnswerError("row_exists", message, path=repeat)
        if node.count is not None or (limit is not None and len(rows) >= limit):
            message = _("{path} takes no more rows").format(path=repeat)
            raise AnswerError("row_limit", message, path=repeat)
        place = len(rows) if position is None else position - 1
        if not 0 <= place <= len(rows):
            raise _no_position(repeat, position, len(rows))
        row = RowState(row_id, node, outer)
        self._state.rows[row_id] = row
        self._state.create_slots(row)
        self._state.replace_rows(outer, node, (*rows[:place], row, *rows[place:]))
        return self._state.run()

    def remove_row(self, row_id: str) -> Change:
        """Take a row out with everything in it."""
        row, node, outer = self._row(row_id)
        for gone in list(row.walk()):
            self._state.drop_slots(gone)
            self._state.rows.pop(gone.id)
        rows = outer.rows[node.index]
        self._state.replace_rows(outer, node, (other for other in rows if other is not row))
        return self._state.run()

    def move_row(self, row_id: str, position: int) -> Change:
        """Put a row at another position among its siblings; the others keep their order."""
        row, node, outer = self._row(row_id)
        others = [other for other in outer.rows[node.index] if other is not row]
        if not 1 <= position <= len(others) + 1:
            raise _no_position(node.path, position, len(others) + 1)
        others.insert(position - 1, row)
        self._state.replace_rows(outer, node, others)
        return self._state.run()

    def refresh(self, *keys: Key) -> Change:
        """Look again at what depends on the evidence, note or self-assessment of questions."""
        for key in keys:
            self._state.refresh(self._question(key))
        return self._state.run()

    # --- reading

    def state(self, key: Key) -> State:
        """What is known of a question, group or repeat in its row. Raises NotFoundError."""
        slot = self._slot(key)
        failures = slot.failures
        texts: dict[bool, list[str]] = {False: [], True: []}
        if failures:
            choices = self._state.new_judge().all_choices(slot)
            for failure in failures:
                texts[failure.warning].append(failure_text(failure, slot, choices))
        return State(
            slot.stored,
            cast(Status, slot.status),
            slot.relevant,
            slot.required,
            slot.read_only or _computed(slot.node),
            tuple(texts[False]),
            tuple(texts[True]),
            slot.na,
        )

    def question(self, key: Key) -> Question:
        """The definition of a question, group or repeat. Raises NotFoundError."""
        return self._slot(key).node.asked

    def has(self, key: Key) -> bool:
        """Whether there is such a question in such a row."""
        return self._found(key) is not None

    def rows(self, repeat: str, parent_row: str = "") -> tuple[str, ...]:
        """The ids of the rows in order. Raises NotFoundError."""
        node, outer = self._repeat(repeat, parent_row)
        return tuple(row.id for row in outer.rows.get(node.index, ()))

    def row(self, row_id: str) -> Row:
        """A row as it is stored. Raises NotFoundError."""
        row, node, outer = self._row(row_id)
        return Row(row.id, node.path, outer.id, row.position)

    def keys(self, form_id: str | None = None, section: str | None = None) -> Iterator[Key]:
        """All questions in form order with rows expanded, relevant or not; without notes and containers.

        `section` is the path of a section, or its name where the form is given.
        """
        for slot in self._walk(form_id, section):
            if slot.node.kind == "question" and slot.node.asked.type != "note":
                yield slot.key

    def answers(self) -> dict[Key, Stored]:
        """All that would have to be stored to open this visit again, in form order."""
        return {
            slot.key: Stored(slot.stored, slot.na)
            for slot in self._walk()
            if slot.node.kind == "question" and (slot.touched or slot.stored is not None)
        }

    def all_rows(self) -> tuple[Row, ...]:
        """All rows, outer rows before those in them."""
        found = []
        for row in self._state.root.walk():
            for rows in row.rows.values():
                for inner in rows:
                    assert inner.repeat is not None
                    found.append(Row(inner.id, inner.repeat.path, row.id, inner.position))
        return tuple(found)

    def choices(self, key: Key) -> tuple[Choice, ...]:
        """What may be chosen now: after the filter, with rows, questions and evidence to refer to."""
        return self._state.new_judge().choices(self._slot(key))

    def all_choices(self, key: Key) -> tuple[Choice, ...]:
        """What may be stored: every choice, whether it is offered now or not."""
        return self._state.new_judge().all_choices(self._slot(key))

    def shown(self, key: Key, lang: str = "") -> str:
        """The stored answer as people read it."""
        return self._writer.shown(self._slot(key), lang)

    def label_text(self, key: Key, lang: str = "", label: Label | None = None) -> str:
        """The label of the question, or another of its texts, with the answers that stand in it as `${…}`."""
        slot = self._slot(key)
        lang = lang or language.current()
        text = (label or slot.node.asked.label).text(lang)
        return self._writer.filled(text, place_of(slot.node), slot.row, lang)

    def agencies(self, key: Key) -> tuple[str, ...]:
        """The codes of the agencies responsible, `${opd}` replaced by the answer it names."""
        slot = self._slot(key)
        return self._writer.codes(slot.node.asked.agencies, place_of(slot.node), slot.row)

    def locate(self, path: str) -> Key:
        """The key of `qwn.QWN-REC[2].nama`; of `qwn.QWN-REC[2]` the repeat and the id of the row.

        A row may also be named by its id. Raises NotFoundError.
        """
        node, row = find(path.strip(), self.program.names, self._state.root)
        return node.path, row.id

    def next_row(self, path: str) -> NextRow | None:
        """Where `path` names the row one beyond the last: the row to add. Raises NotFoundError as `locate`."""
        return find_next(path.strip(), self.program.names, self._state.root)

    def path_of(self, key: Key) -> str:
        """The key as people write it, rows by position."""
        slot = self._slot(key)
        return shown_path(slot.node.path, slot.row)

    def reference_of(self, key: Key) -> str:
        """The key as references store it, rows by lasting id."""
        slot = self._slot(key)
        return lasting_path(slot.node.path, slot.row)

    # --- judging the whole

    def required_missing(self) -> tuple[Key, ...]:
        """What is wanted and open, in form order: required questions, every rubric, repeats with too few rows.

        A question that does not apply is not open, unless its reason keeps it so.
        """
        reasons = self.program.instrument.na_reasons
        still_open = {reason.value for reason in reasons if reason.open}
        return tuple(slot.key for slot in self._walk() if _is_missing(slot, still_open))

    def invalid_keys(self) -> tuple[Key, ...]:
        """The questions whose answer breaks something, warnings aside, in form order."""
        return tuple(
            slot.key
            for slot in self._walk()
            if slot.failures and not all(failure.warning for failure in slot.failures)
        )

    def failed_checks(self) -> tuple[FailedCheck, ...]:
        """The consistency checks that fail, in the order of the instrument. Only what may have changed is run."""
        stale, self._state.stale_checks = self._state.stale_checks, set()
        if self._failed_language != language.current():
            self._failed_language = language.current()
            stale = set(self.program.subjects())
        if stale:
            failed = {**self._failed, **{subject: self._run_check(*subject) for subject in stale}}
            self._failed = {subject: failed[subject] for subject in sorted(failed) if failed[subject]}
        return tuple(found for several in self._failed.values() for found in several)

    def evaluate(self, expression: str, key: Key | None = None) -> Value:
        """The value of an expression as the question `key` would see it, of the whole visit without one.

        Raises DefinitionError.
        """
        slot = self._slot(key) if key else None
        kept = (expression, slot.node.index if slot else -1)
        linked = self._links.get(kept)
        if linked is None:
            linked = link(expression, self.program.names, place_of(slot.node) if slot else Place(""))
            self._links[kept] = linked
        scope = self._state.new_scope()
        scope.row = slot.row if slot else self._state.root
        scope.present = cast(Scalar, slot.value) if slot else ""
        return linked.code(scope)

    def _run_check(self, number: int, at: int) -> tuple[FailedCheck, ...]:
        compiled = self.program.checks[number]
        lang = language.current()
        found = []
        for place, row, slots in failing(compiled.subjects[at], self._state.root, self._state.new_scope()):
            message = self._writer.filled(compiled.check.message.text(lang), place, row, lang)
            found.append(FailedCheck(compiled.check, tuple(slot.key for slot in slots), message))
        return tuple(found)

    # --- finding

    def _found(self, key: Key) -> Slot | None:
        path, row_id = key
        node = self.program.names.find(path)
        row = self._state.rows.get(row_id)
        if node is None or row is None:
            return None
        slot = row.slots.get(node.index)
        if slot is None and node.row is not None:
            slot = row.slots.get(node.row.index)
        return slot

    def _slot(self, key: Key) -> Slot:
        slot = self._found(key)
        if slot is None:
            message = _("There is no question {path}").format(path=key[0])
            raise NotFoundError("question_unknown", message)
        return slot

    def _question(self, key: Key) -> Slot:
        slot = self._slot(key)
        if slot.node.kind != "question":
            raise _not_answerable(slot.node)
        return slot

    def _repeat(self, repeat: str, parent_row: str) -> tuple[Node, RowState]:
        node = self.program.names.find(repeat)
        outer = self._state.rows.get(parent_row)
        if node is None or node.kind != "repeat" or outer is None or node.index not in outer.slots:
            message = _("There is no repeat {path}").format(path=repeat)
            raise NotFoundError("repeat_unknown", message)
        return node, outer

    def _row(self, row_id: str) -> tuple[RowState, Node, RowState]:
        row = self._state.rows.get(row_id)
        if row is None or row.repeat is None or row.parent is None:
            message = _("There is no row {path}").format(path=row_id)
            raise NotFoundError("row_unknown", message)
        return row, row.repeat, row.parent

    def _walk(self, form_id: str | None = None, section: str | None = None) -> Iterator[Slot]:
        for slot in self._state.walk():
            node = slot.node
            if form_id is not None and node.form != form_id:
                continue
            if section is None or section in (node.section.path, form_id and node.section.name):
                yield slot


def _refuse_unanswerable(node: Node) -> None:
    if node.asked.type in UNANSWERABLE_TYPES or _computed(node):
        raise _not_answerable(node)


def _not_answerable(node: Node) -> AnswerError:
    message = _("{path} takes no answer").format(path=node.path)
    return AnswerError("not_answerable", message, path=node.path)


def _no_position(repeat: str, position: int | None, last: int) -> NotFoundError:
    message = _("{repeat} has no place {position}; the last is {last}")
    return NotFoundError("row_unknown", message.format(repeat=repeat, position=position, last=last))


def _computed(node: Node) -> bool:
    """Whether the value is always worked out and never given."""
    return node.calculation is not None and not node.triggered


def _is_missing(slot: Slot, still_open: set[str]) -> bool:
    node = slot.node
    if not slot.relevant:
        return False
    if node.kind == "repeat":
        rows = slot.row.rows.get(node.index, ())
        return sum(row.own.relevant for row in rows) < node.asked.min_rows
    if node.kind != "question" or node.asked.type == "note" or _computed(node):
        return False
    if not slot.required and node.asked.type != "rubric":
        return False
    return slot.status == "unanswered" or (slot.status == "na" and slot.na in still_open)
