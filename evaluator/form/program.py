"""An instrument made ready to be filled: expressions compiled, names tied, order worked out, once."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from evaluator.errors import AnswerError, DefinitionError
from evaluator.form.checks import CompiledCheck, compile_check
from evaluator.form.definition import Form, Instrument, Label, Question, Section
from evaluator.form.graph import Graph, circle_error, watch, watch_rows
from evaluator.form.linking import Linked, link, names_in, place_of
from evaluator.form.lists import listed_choices
from evaluator.form.names import Names, reference
from evaluator.form.nodes import Code, Kind, Node
from evaluator.form.values import read_value
from evaluator.language import _

_CALL = re.compile(r"[A-Za-z][\w:-]*\(.*\)", re.DOTALL)
_NAMED = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
_KEPT = 8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Program:
    """A compiled instrument, shared by all visits that use it. `order` is the order of evaluation."""

    instrument: Instrument
    nodes: tuple[Node, ...]
    order: tuple[Node, ...]
    names: Names
    checks: tuple[CompiledCheck, ...]

    def subjects(self) -> Iterator[tuple[int, int]]:
        """What checks are run on: the index of each check with that of each of its subjects."""
        for number, check in enumerate(self.checks):
            for at in range(len(check.subjects)):
                yield number, at


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps an instrument from being compiled.

    `path` is that of the question, or `check[3]`; `field` the key in the form file, with its number where it is
    an array: `constraints[1]`.
    """

    path: str
    field: str
    error: DefinitionError


def compile_program(instrument: Instrument) -> Program:
    """The program of an instrument, compiled at the first call and kept.

    Raises DefinitionError for the first expression that does not parse, name that means nothing, default that is
    no answer, or circle.
    """
    kept = _programs.get(id(instrument))
    if kept is not None and kept.instrument is instrument:
        return kept
    compiler = _Compiler(instrument)
    program = compiler.compile()
    if compiler.faults:
        raise _first_error(compiler.faults[0], instrument)
    _programs[id(instrument)] = program
    while len(_programs) > _KEPT:
        _programs.popitem(last=False)
    return program


# By identity, because an instrument is large and never changes; a program keeps its instrument alive, so no
# identity in here can be taken by another.
_programs: OrderedDict[int, Program] = OrderedDict()


def program_faults(instrument: Instrument) -> list[Fault]:
    """Everything that keeps the instrument from being compiled, at once, for `forms check`."""
    return examine_program(instrument)[0]


def examine_program(instrument: Instrument) -> tuple[list[Fault], Names]:
    """The faults of an instrument, and what its names mean as far as that can be told."""
    compiler = _Compiler(instrument)
    compiler.compile()
    return compiler.faults, compiler.names


def _first_error(fault: Fault, instrument: Instrument) -> DefinitionError:
    file = next((form.file for form in instrument.forms if fault.path.startswith(f"{form.id}.")), "")
    template = _("{path}, {field}: {message}")
    message = template.format(path=fault.path, field=fault.field, message=fault.error.message)
    return DefinitionError(fault.error.code, message, fault.error.hint, file=file)


class _Compiler:
    """Builds the nodes of one instrument and compiles them, collecting every fault."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.faults: list[Fault] = []
        self.nodes: list[Node] = []
        for form in instrument.forms:
            for section in form.sections:
                self._add_section(form, section)
        self.names = Names(self.nodes)
        self.graph = Graph(self.nodes)

    def compile(self) -> Program:
        for node in self.nodes:
            if node.kind == "section":
                node.relevant = self._needed(node, "relevant", node.section.relevant)
            elif node.kind != "row":
                self._compile_question(node, node.asked)
        checks: list[CompiledCheck] = []
        for number, check in enumerate(self.instrument.checks):
            if check.kind == "expression":
                try:
                    checks.append(compile_check(check, len(checks), self.names, self.nodes))
                except DefinitionError as error:
                    self.faults.append(Fault(f"check[{number}]", "fail_when", error))
        loops = self.graph.circles()
        for loop in loops:
            at = next((node for node in loop if node.calculation is not None), loop[0])
            field = "calculation" if at.calculation is not None else "relevant"
            self.faults.append(Fault(at.path, field, circle_error(loop)))
        for node in self.nodes:
            node.watched = node.dependents.any()
            node.computes = (
                node.calculation is not None
                or node.default is not None
                or node.dynamic_default is not None
                or node.count is not None
            )
        order = () if loops else self.graph.rank()
        return Program(self.instrument, tuple(self.nodes), order, self.names, tuple(checks))

    def _add_section(self, form: Form, section: Section) -> None:
        top = self._add("section", section.name, section.path, form.id, None, (), section, None)
        # A stack instead of recursion; children are pushed in reverse, so that nodes come in form order.
        waiting: list[tuple[Question, Node, tuple[Node, ...]]] = []
        waiting.extend((question, top, ()) for question in reversed(section.questions))
        while waiting:
            question, parent, repeats = waiting.pop()
            kind: Kind = "question"
            if question.type == "group" or question.type == "repeat":
                kind = "group" if question.type == "group" else "repeat"
            node = self._add(kind, question.name, question.path, form.id, parent, repeats, section, question)
            inside = repeats
            if kind == "repeat":
                inside = (*repeats, node)
                node.row = self._add(
                    "row", question.name, question.path, form.id, node, inside, section, question
                )
                node = node.row
            waiting.extend((child, node, inside) for child in reversed(question.questions))

    def _add(
        self,
        kind: Kind,
        name: str,
        path: str,
        form: str,
        parent: Node | None,
        repeats: tuple[Node, ...],
        section: Section,
        question: Question | None,
    ) -> Node:
        node = Node(len(self.nodes), kind, name, path, form, parent, repeats, section, question)
        self.nodes.append(node)
        if parent is not None:
            parent.children.append(node)
        return node

    def _compile_question(self, node: Node, question: Question) -> None:
        node.relevant = self._needed(node, "relevant", question.relevant)
        node.choices = listed_choices(question, self.instrument)
        node.minimum, node.maximum = question.min, question.max
        node.evidence, node.special = question.type == "evidence", bool(question.special)
        if question.calculation:
            self._compile_calculation(node, question)
        if question.default:
            self._compile_default(node, question)
        if question.repeat_count:
            node.count = self._needed(node, "repeat_count", question.repeat_count)
        node.required = self._judged(node, "required", question.required)
        node.read_only = self._judged(node, "read_only", question.read_only)
        constraints = []
        for number, constraint in enumerate(question.constraints):
            linked = self._link(node, f"constraints[{number}]", constraint.expression)
            if linked is not None:
                watch(node, linked, "judgements")
                constraints.append((linked.code, constraint))
        node.constraints = tuple(constraints)
        if question.choice_filter:
            linked = self._link(node, "choice_filter", question.choice_filter, columns=True)
            if linked is not None:
                node.choice_filter = linked.code
                watch(node, linked, "judgements")
                watch(node, linked, "lists")
        self._compile_list(node, question)
        self._compile_labels(node, question)
        node.judged = bool(
            constraints
            or node.required
            or node.read_only
            or node.minimum is not None
            or node.maximum is not None
            or node.choices is not None
            or node.choices_from is not None
            or question.type in ("item", "evidence", "repeat")
        )

    def _compile_calculation(self, node: Node, question: Question) -> None:
        linked = self._link(node, "calculation", question.calculation)
        if linked is None:
            return
        node.calculation = linked.code
        if not question.trigger:
            self.graph.need(node, linked)
            watch(node, linked, "values")
            return
        node.triggered = True
        self.graph.prefer(node, linked)
        for number, text in enumerate(question.trigger):
            named = text if text.startswith("${") else f"${{{text}}}"
            trigger = self._link(node, f"trigger[{number}]", named)
            if trigger is not None:
                self.graph.need(node, trigger)
                watch(node, trigger, "triggers")

    def _compile_default(self, node: Node, question: Question) -> None:
        if names_in(question.default) or _CALL.fullmatch(question.default):
            linked = self._link(node, "default", question.default)
            if linked is not None:
                node.dynamic_default = linked.code
                self.graph.prefer(node, linked)
            return
        try:
            node.default = read_value(question, question.default, node.choices or ())
        except AnswerError as error:
            self._fault(node, "default", DefinitionError(error.code, error.message, error.hint))

    def _compile_list(self, node: Node, question: Question) -> None:
        """Choices that come from other answers: `of = "${pilar}"`, `choices = "${nama}"`, rows of a repeat."""
        field, source = "of", question.of[0] if question.of else ""
        if question.choices.startswith("${"):
            field, source = "choices", question.choices
        if source.startswith("${"):
            linked = self._link(node, field, source)
            if linked is not None:
                node.choices_from = reference(linked.uses[0], node.repeats)
                watch(node, linked, "judgements")
                watch(node, linked, "lists")
        elif question.type == "item":
            for number, path in enumerate(question.of):
                if path == "evidence":
                    continue
                if path == "question":
                    # Any row that holds a question may come and go.
                    for holder in self.nodes:
                        if holder.kind == "repeat":
                            watch_rows(node, holder, "judgements")
                            watch_rows(node, holder, "lists")
                    continue
                repeat = self.names.find(path)
                if repeat is None or repeat.kind != "repeat":
                    message = _("there is no repeat {path}").format(path=path)
                    self._fault(node, f"of[{number}]", DefinitionError("reference_unknown", message))
                else:
                    watch_rows(node, repeat, "judgements")
                    watch_rows(node, repeat, "lists")

    def _compile_labels(self, node: Node, question: Question) -> None:
        for field in ("label", "hint", "guidance_hint"):
            label: Label = getattr(question, field)
            for text in label.texts.values():
                for name in dict.fromkeys(names_in(text)):
                    linked = self._link(node, field, f"${{{name}}}")
                    if linked is not None:
                        watch(node, linked, "labels")

    def _needed(self, node: Node, field: str, text: str) -> Code | None:
        """Code that decides the relevance, value or rows of the node: it takes part in the order."""
        if not text:
            return None
        linked = self._link(node, field, text)
        if linked is None:
            return None
        self.graph.need(node, linked)
        watch(node, linked, "values")
        return linked.code

    def _judged(self, node: Node, field: str, condition: bool | str) -> Code | bool:
        if isinstance(condition, bool) or not condition:
            return bool(condition)
        linked = self._link(node, field, condition)
        if linked is None:
            return False
        watch(node, linked, "judgements")
        return linked.code

    def _link(self, node: Node, field: str, text: str, *, columns: bool = False) -> Linked | None:
        try:
            return link(text, self.names, place_of(node), columns=columns)
        except DefinitionError as error:
            self._fault(node, field, error)
            return None

    def _fault(self, node: Node, field: str, error: DefinitionError) -> None:
        self.faults.append(Fault(node.path, field, error))
