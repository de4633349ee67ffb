"""What the parser and the compiler know of a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from evaluator.form.expression.scope import Scope
from evaluator.form.expression.values import Value

Run: TypeAlias = Callable[[Any], Value]
Kind = Literal["value", "nodes", "question", "parent"]


@dataclass(frozen=True, slots=True)
class Argument:
    """One compiled argument: `run` for a value, `reference` for a question, `levels` for a parent."""

    run: Run
    reference: object = None
    levels: int = 0
    literal: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    `parameters` are the kinds of its arguments: any value, the nodes of several rows, a question written as
    `${name}` or `.`, or `..`. The first `required` must be there; `more` are the kinds of a group that may follow
    any number of times. Exactly one of `plain`, `scoped` and `build` does the work: on the values, on the scope
    and the values, or by building the closure itself where arguments are evaluated only when needed.
    """

    parameters: tuple[Kind, ...] = ()
    required: int = 0
    more: tuple[Kind, ...] = ()
    plain: Callable[..., Value] | None = None
    scoped: Callable[..., Value] | None = None
    build: Callable[[tuple[Argument, ...]], Run] | None = None
    check: Callable[[tuple[str | None, ...]], str] | None = None
    volatile: bool = False
    gives_nodes: Literal["never", "always", "branches"] = "never"

    def kind(self, position: int) -> Kind:
        """The kind of the argument at a position from 0."""
        if position < len(self.parameters):
            return self.parameters[position]
        return self.more[(position - len(self.parameters)) % len(self.more)]

    def accepts(self, count: int) -> bool:
        """Whether so many arguments are neither too few nor too many."""
        if count <= len(self.parameters):
            return count >= self.required
        return bool(self.more) and (count - len(self.parameters)) % len(self.more) == 0


_VALUE: tuple[Kind, ...] = ("value",)

Table: TypeAlias = Mapping[str, Function]


def values(
    call: Callable[..., Value],
    required: int,
    most: int = 0,
    *,
    endless: bool = False,
    check: Callable[[tuple[str | None, ...]], str] | None = None,
) -> Function:
    """A function of plain values: `required` to `most` of them, or any number more."""
    more = _VALUE if endless else ()
    return Function(_VALUE * (most or required), required, more, plain=call, check=check)


def scoped(
    call: Callable[..., Value],
    required: int,
    most: int = 0,
    *,
    volatile: bool = False,
    check: Callable[[tuple[str | None, ...]], str] | None = None,
) -> Function:
    """A function of the scope and of plain values."""
    return Function(_VALUE * (most or required), required, scoped=call, volatile=volatile, check=check)


def table(functions: dict[str, Function]) -> Table:
    """The functions of one topic, read-only."""
    return MappingProxyType(functions)


AnyScope: TypeAlias = Scope[Any]
