"""From the text of an expression to code that runs in a visit: parsed, compiled, its names tied to nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.errors import DefinitionError
from evaluator.form.expression.compiler import compile_expression
from evaluator.form.expression.parser import parse
from evaluator.form.expression.values import Value
from evaluator.form.names import Names, reference
from evaluator.form.nodes import Code, Node, Reference

_NAME = re.compile(r"\$\{\s*([^{}]+?)\s*\}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands, which decides what its names mean.

    `own` is the question that `.` means, if any; `aliases` are names that stand for something of their own, such
    as the `q` of a check.
    """

    form: str
    repeats: tuple[Node, ...] = ()
    parent: Node | None = None
    own: Node | None = None
    aliases: Mapping[str, Reference] | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """Code, the nodes it looks at, and how: `everywhere` also in other rows, `positional` at row positions."""

    code: Code
    uses: tuple[Node, ...]
    everywhere: bool
    positional: bool


def place_of(node: Node) -> Place:
    """The place of the expressions of a question, group, repeat or section."""
    return Place(node.form, node.repeats, node.parent, node)


def link(text: str, names: Names, place: Place, *, columns: bool = False) -> Linked:
    """The code of an expression; with `columns` bare names are columns of a choice.

    Raises DefinitionError with the column in the text.
    """
    tree = parse(text, columns=columns)
    uses: dict[Node, None] = {}

    def bind(name: str) -> Reference:
        if name == "." and place.own is not None:
            return Reference(place.own, 0)
        if place.aliases and name in place.aliases:
            return place.aliases[name]
        target = names.resolve(name, place.form, place.repeats, place.parent)
        uses[target] = None
        return reference(target, place.repeats)

    code: Code = compile_expression(tree, bind)
    functions = tree.functions
    if "uuid" in functions:
        code = _blank_if_impossible(code)
    return Linked(code, tuple(uses), "indexed-repeat" in functions, "position" in functions)


def _blank_if_impossible(code: Code) -> Code:
    """A length that comes from an answer may be none that `uuid()` can have; that must not stop a visit."""

    def run(scope: Any) -> Value:
        try:
            return code(scope)
        except DefinitionError:
            return ""

    return run


def names_in(text: str) -> list[str]:
    """The names of the `${name}` in a label."""
    return _NAME.findall(text) if "${" in text else []


def split_label(text: str, names: Names, place: Place) -> tuple[str | Reference, ...]:
    """A label as pieces of text and references to the answers that stand in it. Raises DefinitionError."""
    pieces: list[str | Reference] = []
    for index, piece in enumerate(_NAME.split(text)):
        if index % 2:
            if place.aliases and piece in place.aliases:
                pieces.append(place.aliases[piece])
            else:
                target = names.resolve(piece, place.form, place.repeats, place.parent)
                pieces.append(reference(target, place.repeats))
        elif piece:
            pieces.append(piece)
    return tuple(pieces)
