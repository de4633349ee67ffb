"""Parses an expression into a tree, without recursion, so that no form can exhaust the stack.

Operators bind as in XPath 1.0, loosest first: `or`, `and`, `= !=`, `< <= > >=`, `+ -`, `* div mod`, minus sign.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from evaluator.errors import DefinitionError
from evaluator.form.expression.functions.catalogue import ALIASES, FUNCTIONS
from evaluator.form.expression.functions.function import Function
from evaluator.form.expression.tokens import Token, fault, path_fault, tokenize
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
from evaluator.language import _

# Parentheses and calls inside each other. An evaluation takes a Python frame for each node on the way down, and
# several operators fit into one pair of parentheses, hence the second limit.
MAX_NESTING = 200
MAX_DEPTH = 600

RANKS = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
}
_MINUS_RANK = 7


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A parsed expression.

    `references` are the names written in `${…}` in order of appearance, each once. `volatile` expressions give
    something else at another time (`today now random uuid randomize`).
    """

    text: str
    tree: Node = field(repr=False)
    references: tuple[str, ...]
    columns: tuple[str, ...]
    functions: frozenset[str]
    uses_dot: bool
    volatile: bool


def parse(text: str, *, columns: bool = False) -> Expression:
    """The expression that `text` is; DefinitionError with the column (from 1) of what is wrong.

    With `columns`, as for a `choice_filter`, bare names stand for columns of the choice.
    """
    parser = _Parser(text, columns=columns)
    tree = parser.parse()
    return Expression(
        text,
        tree,
        tuple(parser.references),
        tuple(parser.columns),
        frozenset(parser.functions),
        parser.uses_dot,
        any(FUNCTIONS[name].volatile for name in parser.functions),
    )


def walk(tree: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def _implies_dot(call: Call) -> bool:
    """`once` looks at the present value; `number()` and its like mean `.` when they are given nothing."""
    if call.name == "once":
        return True
    function = FUNCTIONS[call.name]
    return not call.arguments and function.parameters == ("value",) and call.name != "uuid"


@dataclass(slots=True)
class _Run:
    """A chain that may still grow to the right."""

    rank: int
    first: Node
    rest: list[tuple[str, Node]]


_Operand: TypeAlias = Node | _Run


@dataclass(slots=True)
class _Frame:
    """One open parenthesis or call: what has been read since."""

    opener: Token | None
    name: str = ""
    arguments: list[Node] = field(default_factory=list)
    operands: list[_Operand] = field(default_factory=list)
    operators: list[tuple[int, str, Token]] = field(default_factory=list)


class _Parser:
    def __init__(self, text: str, *, columns: bool) -> None:
        self._text = text
        self._columns_allowed = columns
        self.references: dict[str, None] = {}
        self.columns: dict[str, None] = {}
        self.functions: set[str] = set()
        self.uses_dot = False
        self._tokens = tokenize(text)
        self._frames = [_Frame(None)]

    def parse(self) -> Node:
        if len(self._tokens) == 1:
            raise fault("expression_empty", _("The expression is empty"), 0)
        index = 0
        expects_operand = True
        while True:
            token = self._tokens[index]
            following = self._tokens[index + 1] if token.kind != "end" else token
            if expects_operand:
                if token.kind == "name" and following.kind == "(":
                    self._open(token, following)
                    index += 2
                    if self._tokens[index].kind == ")":
                        self._close(self._tokens[index])
                        index += 1
                        expects_operand = False
                    continue
                expects_operand = self._operand(token)
            elif token.kind == "end":
                return self._end()
            else:
                expects_operand = self._after_operand(token)
            index += 1

    def _operand(self, token: Token) -> bool:
        """Takes what stands where an operand should; whether an operand is still expected."""
        frame = self._frames[-1]
        if token.kind == "(":
            self._push(_Frame(token), token)
            return True
        if token.kind == "operator" and token.value == "-":
            frame.operators.append((_MINUS_RANK, "-", token))
            return True
        frame.operands.append(self._leaf(token))
        return False

    def _leaf(self, token: Token) -> Node:
        start, end = token.start, token.end
        if token.kind == "text":
            return Text(token.value, start, end)
        if token.kind == "number":
            return Number(float(token.value), start, end)
        if token.kind == "reference":
            self.references[token.value] = None
            return Reference(token.value, start, end)
        if token.kind == ".":
            self.uses_dot = True
            return Dot(start, end)
        if token.kind == "..":
            if self._frames[-1].name != "position":
                raise path_fault(start)
            return Parent(token.value.count(".."), start, end)
        if token.kind == "name":
            if self._columns_allowed:
                self.columns[token.value] = None
                return Column(token.value, start, end)
            raise fault(
                "name_bare",
                _("{name} is neither a function nor a question").format(name=token.value),
                start,
                _("Write ${{{name}}} for the question, '{name}' for the text").format(name=token.value),
            )
        if token.kind == "end":
            raise fault("operand_missing", _("The expression ends where a value is expected"), start)
        raise fault(
            "operand_missing", _("{found} stands where a value is expected").format(found=token.value), start
        )

    def _after_operand(self, token: Token) -> bool:
        frame = self._frames[-1]
        if token.kind == "operator":
            self._operator(frame, token)
            return True
        if token.kind == ")":
            self._close(token)
            return False
        if token.kind == ",":
            if not frame.name:
                raise fault(
                    "comma_outside", _("A comma stands outside the arguments of a function"), token.start
                )
            frame.arguments.append(self._finish(frame))
            return True
        raise fault(
            "operator_missing",
            _("An operator is missing before {found}").format(found=self._text[token.start : token.end]),
            token.start,
        )

    def _operator(self, frame: _Frame, token: Token) -> None:
        rank = RANKS[token.value]
        while frame.operators and frame.operators[-1][0] >= rank:
            self._reduce(frame)
        frame.operators.append((rank, token.value, token))

    def _reduce(self, frame: _Frame) -> None:
        rank, symbol, token = frame.operators.pop()
        right = self._node(frame.operands.pop())
        if rank == _MINUS_RANK:
            signs, start = 1, token.start
            while frame.operators and frame.operators[-1][0] == _MINUS_RANK:
                start = frame.operators.pop()[2].start
                signs += 1
            frame.operands.append(
                Negation(right, signs, start, right.end, self._deeper(right.depth, token.start))
            )
            return
        left = frame.operands[-1]
        if isinstance(left, _Run) and left.rank == rank:
            left.rest.append((symbol, right))
        else:
            frame.operands[-1] = _Run(rank, self._node(left), [(symbol, right)])

    def _node(self, operand: _Operand) -> Node:
        if not isinstance(operand, _Run):
            return operand
        first, rest = operand.first, tuple(operand.rest)
        depth = max(first.depth, max(node.depth for _symbol, node in rest))
        return Chain(first, rest, first.start, rest[-1][1].end, self._deeper(depth, first.start))

    def _finish(self, frame: _Frame) -> Node:
        """The operand that all since the opening parenthesis or the last comma makes."""
        while frame.operators:
            self._reduce(frame)
        return self._node(frame.operands.pop())

    def _push(self, frame: _Frame, token: Token) -> None:
        if len(self._frames) > MAX_NESTING:
            raise self._too_deep(token.start)
        self._frames.append(frame)

    def _deeper(self, depth: int, start: int) -> int:
        if depth >= MAX_DEPTH:
            raise self._too_deep(start)
        return depth + 1

    def _too_deep(self, start: int) -> DefinitionError:
        return fault(
            "expression_deep",
            _("The expression is nested more than {most} deep").format(most=MAX_NESTING),
            start,
            _("Move a part into a calculation of its own"),
        )

    def _open(self, name: Token, parenthesis: Token) -> None:
        if name.value not in FUNCTIONS:
            raise unknown_function(name.value, name.start)
        self._push(_Frame(name, name.value), parenthesis)

    def _close(self, token: Token) -> None:
        frame = self._frames.pop()
        if frame.opener is None:
            raise fault("parenthesis_unopened", _("This parenthesis closes nothing"), token.start)
        if frame.operands:
            frame.arguments.append(self._finish(frame))
        if not frame.name:
            self._frames[-1].operands.append(frame.arguments[0])
            return
        start = frame.opener.start
        arguments = tuple(frame.arguments)
        depth = self._deeper(max((argument.depth for argument in arguments), default=0), start)
        call = _call(frame.name, arguments, start, token.end, depth)
        self.functions.add(call.name)
        self.uses_dot = self.uses_dot or _implies_dot(call)
        if arguments and isinstance(call.arguments[-1], Reference):
            self.references[call.arguments[-1].name] = None  # it may have been in quotes
        self._frames[-1].operands.append(call)

    def _end(self) -> Node:
        frame = self._frames[-1]
        if frame.opener is not None:
            raise fault(
                "parenthesis_open",
                _("This parenthesis is not closed"),
                self._text.index("(", frame.opener.start),
            )
        return self._finish(frame)


def unknown_function(name: str, start: int) -> DefinitionError:
    """The error for a function that is not in the language, with the nearest that is."""
    near = ALIASES.get(name.lower()) or next(iter(difflib.get_close_matches(name.lower(), FUNCTIONS, 1)), "")
    hint = _("Did you mean {name}?").format(name=near) if near else ""
    return fault("function_unknown", _("There is no function {name}()").format(name=name), start, hint)


def _call(name: str, arguments: tuple[Node, ...], start: int, end: int, depth: int) -> Call:
    function = FUNCTIONS[name]
    if not function.accepts(len(arguments)):
        raise fault(
            "arguments_count",
            _("{name}() takes {wanted}, here are {count}").format(
                name=name, wanted=_wanted(function), count=len(arguments)
            ),
            start,
        )
    fitted = tuple(
        _argument(name, function, position, argument) for position, argument in enumerate(arguments)
    )
    if function.check is not None:
        literals = tuple(argument.value if isinstance(argument, Text) else None for argument in fitted)
        if complaint := function.check(literals):
            raise fault("argument_invalid", complaint, start)
    return Call(name, fitted, start, end, depth)


def _wanted(function: Function) -> str:
    least, most = function.required, len(function.parameters)
    if function.more:
        return _("{least} arguments or more").format(least=least)
    if least == most:
        return _("{least} arguments").format(least=least)
    return _("{least} to {most} arguments").format(least=least, most=most)


def _argument(name: str, function: Function, position: int, argument: Node) -> Node:
    kind = function.kind(position)
    if kind == "question" and name == "jr:choice-name" and isinstance(argument, Text):
        argument = _quoted_reference(argument)
    fits = {
        "value": not isinstance(argument, Parent),
        "nodes": gives_nodes(argument),
        "question": isinstance(argument, (Reference, Dot)),
        "parent": isinstance(argument, Parent),
    }
    if fits[kind]:
        return argument
    wanted = {
        "value": _("a value"),
        "nodes": _("the answers of several rows, such as ${question}"),
        "question": _("a question written as ${name}"),
        "parent": _(".., the row"),
    }
    raise fault(
        "argument_kind",
        _("Argument {number} of {name}() must be {wanted}").format(
            number=position + 1, name=name, wanted=wanted[kind]
        ),
        argument.start,
    )


def _quoted_reference(text: Text) -> Node:
    """XLSForm writes the question of `jr:choice-name` in quotes: `'${name}'`."""
    try:
        inner = tokenize(text.value)
    except DefinitionError:
        return text
    if [token.kind for token in inner] != ["reference", "end"]:
        return text
    return Reference(inner[0].value, text.start, text.end)


def gives_nodes(node: Node) -> bool:
    """Whether a node is a set of answers by its form: a reference, or an `if` between two."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, (Reference, Dot)):
            continue
        if not isinstance(current, Call):
            return False
        origin = FUNCTIONS[current.name].gives_nodes
        if origin == "never":
            return False
        if origin == "branches":
            waiting.extend(current.arguments[1:])
    return True
