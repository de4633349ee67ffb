"""Consistency checks that are expressions: a check fails where its expression is true.

`each` repeats a check over the rows of a repeat, over the sections (`${q}` is then all rubrics of the section) or
over the questions of a type (`${q}` is then the question).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evaluator.errors import DefinitionError
from evaluator.form.definition import CONTAINER_TYPES, QUESTION_TYPES, Check
from evaluator.form.expression.values import to_boolean
from evaluator.form.linking import Place, link
from evaluator.form.names import Names, reference
from evaluator.form.nodes import Code, Node, Reference
from evaluator.form.rows import RowState, Slot
from evaluator.form.surroundings import Surroundings
from evaluator.language import _

_SUBJECT = "q"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a check is run on, in every row of `repeats`; `questions` are what a finding points to."""

    code: Code
    place: Place
    questions: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """A check with its subjects."""

    check: Check
    subjects: tuple[Subject, ...]


def compile_check(check: Check, number: int, names: Names, nodes: Sequence[Node]) -> CompiledCheck:
    """The check ready to run; lets it be judged again when what it looks at changes. Raises DefinitionError."""
    subjects: list[Subject] = []
    for place, own in _places(check, names, nodes):
        linked = link(check.fail_when, names, place)
        subject = place.aliases[_SUBJECT] if place.aliases else None
        looked_at = own if subject else linked.uses
        for target in (*looked_at, *linked.uses, *place.repeats):
            _watch(target, (number, len(subjects)))
        questions = tuple(_named(path, names) for path in check.questions) or tuple(looked_at)
        subjects.append(Subject(linked.code, place, questions))
    return CompiledCheck(check, tuple(subjects))


def _places(check: Check, names: Names, nodes: Sequence[Node]) -> Iterable[tuple[Place, tuple[Node, ...]]]:
    if not check.each:
        yield Place(""), ()
        return
    repeat = names.find(check.each)
    if repeat is not None and repeat.kind == "repeat":
        yield Place(repeat.form, (*repeat.repeats, repeat), repeat.row), ()
    elif check.each == "section":
        for _path, found in groupby(nodes, lambda node: node.section.path):
            rubrics = tuple(node for node in found if _is_of(node, "rubric"))
            if rubrics:
                several = Reference(rubrics[0], 0, nodes=rubrics)
                yield Place(rubrics[0].form, aliases={_SUBJECT: several}), rubrics
    elif check.each in QUESTION_TYPES - CONTAINER_TYPES:
        for node in nodes:
            if _is_of(node, check.each):
                aliases = {_SUBJECT: Reference(node, 0)}
                yield Place(node.form, node.repeats, node.parent, node, aliases), (node,)
    else:
        message = _("A check cannot run over “{name}”").format(name=check.each)
        raise DefinitionError("check_each_unknown", message, _("Name a repeat, section, or a question type"))


def _is_of(node: Node, type_: str) -> bool:
    return node.kind == "question" and node.asked.type == type_


def _named(path: str, names: Names) -> Node:
    node = names.find(path)
    if node is None:
        message = _("there is no question {path}").format(path=path)
        raise DefinitionError("reference_unknown", message)
    return node


def _watch(target: Node, subject: tuple[int, int]) -> None:
    target.dependents.checks[subject] = None
    for repeat in (*target.repeats, target):
        if repeat.kind == "repeat":
            repeat.structure.checks[subject] = None
            if repeat.row is not None:
                repeat.row.dependents.checks[subject] = None


def failing(
    subject: Subject, root: RowState, scope: Surroundings
) -> Iterator[tuple[Place, RowState, list[Slot]]]:
    """Where the check fails on one subject: the place and row it was run in, and the relevant questions it points
    to."""
    place = subject.place
    for row in root.below(place.repeats):
        if row is not root and not row.own.relevant:
            continue
        own = row.slots[place.own.index] if place.own is not None else None
        if own is not None and not own.relevant:
            continue
        scope.row = row
        scope.present = own.value if own is not None else ""  # type: ignore[assignment]  # one answer, never nodes
        if to_boolean(subject.code(scope)):
            slots = [slot for node in subject.questions for slot in _pointed(node, row, place)]
            yield place, row, slots


def _pointed(node: Node, row: RowState, place: Place) -> Iterator[Slot]:
    seen = reference(node, place.repeats)
    down = seen.down[:-1] if node.kind == "repeat" else seen.down
    for inner in row.up(seen.up).below(down):
        slot = inner.slots[node.index]
        if slot.relevant:
            yield slot
