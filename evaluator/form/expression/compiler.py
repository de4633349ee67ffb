"""Compiles a parsed expression into Python closures: one call a node, loops for chains, no recursion here.

A closure evaluates the node at a scope. The commonest forms, a question against a constant, have their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from evaluator.form.expression.functions.catalogue import FUNCTIONS
from evaluator.form.expression.functions.function import AnyScope, Argument, Run
from evaluator.form.expression.operators import (
    arithmetic,
    comparison,
    junction,
    negation,
    with_number,
    with_text,
)
from evaluator.form.expression.parser import RANKS, Expression
from evaluator.form.expression.scope import Scope
from evaluator.form.expression.tree import (
    Call,
    Chain,
    Column,
    Dot,
    Negation,
    Node,
    Number,
    Parent,
    Reference,
    Text,
    children,
)
from evaluator.form.expression.values import Value

R = TypeVar("R")


def compile_expression(expression: Expression, bind: Callable[[str], R]) -> Callable[[Scope[R]], Value]:
    """A function that evaluates the expression at a scope.

    `bind` turns each name written in `${…}` into the reference that the scope will be asked for; it is called
    now, once a name, and may raise. For `na(.)` and its like it is called with `"."`. An evaluation raises
    DefinitionError only where `.` has no value and for a `uuid()` of no length; everything else has a value.
    """
    bound: dict[str, R] = {}

    def resolve(name: str) -> R:
        if name not in bound:
            bound[name] = bind(name)
        return bound[name]

    done: list[Run] = []
    waiting: list[tuple[Node, bool]] = [(expression.tree, False)]
    while waiting:
        node, ready = waiting.pop()
        below = children(node)
        if ready:
            first = len(done) - len(below)
            runs = done[first:]
            del done[first:]
            done.append(_compile(node, runs, resolve))
        else:
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(below))
    return done[0]


def _compile(node: Node, runs: list[Run], resolve: Callable[[str], Any]) -> Run:
    if isinstance(node, (Text, Number)):
        return _constant(node.value)
    if isinstance(node, Reference):
        return _reference(resolve(node.name))
    if isinstance(node, Dot):
        return _context
    if isinstance(node, Column):
        return _column(node.name)
    if isinstance(node, Negation):
        if isinstance(node.operand, Number) and node.signs == 1:
            return _constant(-node.operand.value)
        return negation(runs[0], node.signs)
    if isinstance(node, Chain):
        return _chain(node, runs)
    if isinstance(node, Call):
        return _call(node, runs, resolve)
    return _constant("")


def _constant(value: Value) -> Run:
    return lambda _scope: value


def _reference(reference: object) -> Run:
    return lambda scope: scope.value(reference)


def _context(scope: AnyScope) -> Value:
    return scope.context()


def _column(name: str) -> Run:
    return lambda scope: scope.column(name)


def _chain(node: Chain, runs: list[Run]) -> Run:
    symbols = [symbol for symbol, _operand in node.rest]
    rank = RANKS[symbols[0]]
    if rank <= RANKS["and"]:
        return junction(runs, stop=symbols[0] == "or")
    rest = list(zip(symbols, runs[1:], strict=True))
    if rank > RANKS["<"]:
        return arithmetic(runs[0], rest)
    if len(rest) == 1:
        operand = node.rest[0][1]
        if isinstance(operand, Number):
            return with_number(runs[0], symbols[0], operand.value)
        if isinstance(operand, Text):
            return with_text(runs[0], symbols[0], operand.value)
    return comparison(runs[0], rest)


def _call(node: Call, runs: list[Run], resolve: Callable[[str], Any]) -> Run:
    function = FUNCTIONS[node.name]
    if function.build is not None:
        arguments = []
        for position, (argument, run) in enumerate(zip(node.arguments, runs, strict=True)):
            reference = None
            if function.kind(position) == "question":
                reference = resolve(argument.name if isinstance(argument, Reference) else ".")
            levels = argument.levels if isinstance(argument, Parent) else 0
            literal = argument.value if isinstance(argument, Text) else None
            arguments.append(Argument(run, reference, levels, literal))
        return function.build(tuple(arguments))
    if function.scoped is not None:
        return _scoped_call(function.scoped, runs)
    if function.plain is None:
        raise TypeError(node.name)
    return _plain_call(function.plain, runs)


def _plain_call(call: Callable[..., Value], runs: list[Run]) -> Run:
    if not runs:
        return lambda _scope: call()
    if len(runs) == 1:
        (first,) = runs
        return lambda scope: call(first(scope))
    if len(runs) == 2:
        first, second = runs
        return lambda scope: call(first(scope), second(scope))

    def run(scope: AnyScope) -> Value:
        values = []
        for argument in runs:
            values.append(argument(scope))
        return call(*values)

    return run


def _scoped_call(call: Callable[..., Value], runs: list[Run]) -> Run:
    if not runs:
        return call
    if len(runs) == 1:
        (first,) = runs
        return lambda scope: call(scope, first(scope))

    def run(scope: AnyScope) -> Value:
        values = []
        for argument in runs:
            values.append(argument(scope))
        return call(scope, *values)

    return run
