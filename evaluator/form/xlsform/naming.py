"""Names and expressions of a form as a workbook can hold them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from evaluator.errors import DefinitionError
from evaluator.form.definition import EMPTY, Form, Instrument, Label, Question, Section
from evaluator.form.examining import of_question
from evaluator.form.expression.parser import parse
from evaluator.form.names import Names
from evaluator.form.nodes import Node
from evaluator.form.program import compile_program
from evaluator.form.xlsform.cells import Cells, bounds, fill
from evaluator.form.xlsform.workbook import Losses
from evaluator.language import _

# Functions that no other engine has.
OURS: Final = frozenset({"na", "note", "self", "evidence-count", "days"})
_REFERENCE: Final = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
_IDENTIFIER: Final = re.compile(r"[^\W\d][\w.-]*")
_TEXTS: Final = ("label", "hint", "guidance_hint", "required_message")


class Naming:
    """What each question is called in the workbook, and its expressions under those names.

    `foreign` are questions of other forms that expressions refer to, by path.
    """

    def __init__(self, instrument: Instrument, form: Form, losses: Losses) -> None:
        program = compile_program(instrument)
        self._names: Names = program.names
        self._nodes = {
            node.path: node for node in program.nodes if node.form == form.id and node.kind != "row"
        }
        self._form = form
        self._losses = losses
        self.foreign: dict[str, str] = {}
        self._written: dict[str, str] = {}
        counts = Counter(found.name for found in form.walk())
        referred = set(self._referred())
        taken = {found.extra.get("name", found.name) for found in form.walk()}
        for question in form.walk():
            name = question.extra.get("name", question.name)
            if counts[question.name] > 1 and question.path in referred:
                name = _free(f"{question.path.split('.')[-2]}_{question.name}", taken)
                self._changed(question.path, name)
            self._written[question.path] = name
        self._taken = taken
        repeats = Counter(found.name for found in form.walk() if found.type == "repeat")
        for question in form.walk():
            if question.type == "repeat" and repeats[question.name] > 1 and question.path not in referred:
                self._written[question.path] = _free(f"{question.path.split('.')[-2]}_{question.name}", taken)
                self._changed(question.path, self._written[question.path])
        for path in referred:
            if path not in self._written:
                self.foreign[path] = _free(path.replace(".", "_"), taken)
                self._changed(path, self.foreign[path])

    def section(self, section: Section) -> str:
        """The name of a section as a group."""
        name = _free(section.name, self._taken)
        if name != section.name:
            self._changed(section.path, name)
        return name

    def row(self, question: Question, written: str, names: Mapping[str, str]) -> Cells:
        """The cells of a question whose type is `written`."""
        cells: Cells = {"type": self._renamed(question.path, written), "name": self._written[question.path]}
        for key in _TEXTS:
            fill(cells, key, self._label(question, getattr(question, key)), names)
        for key in ("relevant", "calculation", "repeat_count", "choice_filter"):
            text = getattr(question, key)
            if text:
                cells |= self.cell(question.path, key, text)
        for key in ("required", "read_only"):
            value = getattr(question, key)
            if value:
                cells |= {key: "yes"} if value is True else self.cell(question.path, key, value)
        self._constraints(cells, question, names)
        if question.default:
            cells |= self.cell(question.path, "default", question.default)
        if question.trigger:
            cells["trigger"] = ", ".join(
                self._name(question.path, name.strip("${} ")) for name in question.trigger
            )
        appearance = question.appearance.split()
        if question.type == "longtext":
            appearance.insert(0, "multiline")
        if appearance:
            cells["appearance"] = " ".join(appearance)
        if question.parameters:
            cells["parameters"] = " ".join(f"{name}={value}" for name, value in question.parameters.items())
        for column, text in question.extra.items():
            if column not in ("type", "name"):
                cells[column] = text
        return cells

    def cell(self, path: str, key: str, text: str) -> Cells:
        """An expression under a heading, or nothing where the workbook's language does not have it."""
        try:
            functions = parse(text, columns=key == "choice_filter").functions
        except DefinitionError:
            functions = frozenset()
        if functions & OURS:
            message = _("{functions} are functions of this program alone; the expression is left out: {text}")
            names = ", ".join(f"{name}()" for name in sorted(functions & OURS))
            self._losses.add(
                "expression_left_out",
                message.format(functions=names, text=text),
                column=key,
                name=path,
                kept=False,
            )
            return {}
        return {key: self._renamed(path, text)}

    def _constraints(self, cells: Cells, question: Question, names: Mapping[str, str]) -> None:
        parts = [bounds(question)] if question.type != "range" else []
        message = EMPTY
        for number, constraint in enumerate(question.constraints):
            key = f"constraints[{number}]"
            if constraint.severity == "warning":
                told = _("a warning has no place in a workbook: {text}").format(text=constraint.expression)
                self._losses.add("key_left_out", told, column=key, name=question.path, kept=False)
                continue
            if message.texts and constraint.message.texts:
                told = _("a workbook has one message for all constraints; the first is kept")
                self._losses.add("key_left_out", told, column=key, name=question.path, kept=False)
            message = message if message.texts else constraint.message
            parts.append(self.cell(question.path, key, constraint.expression).get(key, ""))
        parts = [part for part in parts if part]
        if parts:
            joined = [part if len(parts) == 1 else f"({part})" for part in parts]
            cells["constraint"] = " and ".join(joined)
            fill(cells, "constraint_message", self._label(question, message), names)

    def _label(self, question: Question, label: Label) -> Label:
        return Label({code: self._renamed(question.path, text) for code, text in label.texts.items()})

    def _renamed(self, path: str, text: str) -> str:
        return _REFERENCE.sub(lambda found: self._name(path, found[1]), text) if "${" in text else text

    def _name(self, path: str, name: str) -> str:
        node = self._resolved(path, name)
        if node is None:
            return f"${{{name}}}"
        return f"${{{self._written.get(node.path) or self.foreign.get(node.path, name)}}}"

    def _resolved(self, path: str, name: str) -> Node | None:
        at = self._nodes.get(path)
        if at is None:
            return None
        try:
            return self._names.resolve(name, at.form, at.repeats, at.parent)
        except DefinitionError:
            return None

    def _referred(self) -> Iterator[str]:
        """The paths of all that an expression or a text of the form refers to."""
        texts = [(section.path, section.relevant) for section in self._form.sections]
        for question in self._form.walk():
            texts += [(question.path, text) for _key, text in of_question(question)]
            texts += [(question.path, text) for text in (question.default, question.choices)]
            texts += [(question.path, f"${{{name.strip('${} ')}}}") for name in question.trigger]
            for key in _TEXTS:
                texts += [(question.path, text) for text in getattr(question, key).texts.values()]
        for path, text in texts:
            for name in _REFERENCE.findall(text):
                node = self._resolved(path, name)
                if node is not None:
                    yield node.path

    def _changed(self, path: str, name: str) -> None:
        message = _("the name is written {name} in the workbook").format(name=name)
        self._losses.add("name_changed", message, column="name", name=path, kept=False)


def _free(name: str, taken: set[str]) -> str:
    name = name if _IDENTIFIER.fullmatch(name) else f"_{name}"
    while name in taken:
        name += "_"
    taken.add(name)
    return name
