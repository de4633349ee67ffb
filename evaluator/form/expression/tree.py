"""The tree of a parsed expression. Every node knows where it stands in the text and how deep it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str
    start: int
    end: int
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float
    start: int
    end: int
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`; the name may be dotted, as in `gov.GOV-01`."""

    name: str
    start: int
    end: int
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Dot:
    """`.`, the value being judged."""

    start: int
    end: int
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Parent:
    """`..` or `../..`, which only `position()` takes."""

    levels: int
    start: int
    end: int
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A bare name: a column of the choice that a `choice_filter` judges."""

    name: str
    start: int
    end: int
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Negation:
    """One or more minus signs before an operand."""

    operand: Node
    signs: int
    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined from left to right by operators of one rank, however many: `a + b - c`."""

    first: Node
    rest: tuple[tuple[str, Node], ...]
    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Node, ...]
    start: int
    end: int
    depth: int


Node: TypeAlias = Text | Number | Reference | Dot | Parent | Column | Negation | Chain | Call


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Chain):
        return (node.first, *(operand for _operator, operand in node.rest))
    if isinstance(node, Negation):
        return (node.operand,)
    return ()
