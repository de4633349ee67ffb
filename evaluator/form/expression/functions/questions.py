"""Functions on questions rather than on their values: rows, notes, evidence, labels, tables."""

from __future__ import annotations

import math

from evaluator.form.expression.functions.function import (
    AnyScope,
    Argument,
    Function,
    Run,
    Table,
    scoped,
    table,
)
from evaluator.form.expression.values import Nodes, Value, is_blank, nodes_of, to_number, to_text


def _count(nodes: Value) -> float:
    return float(len(nodes_of(nodes)))


def _count_non_empty(nodes: Value) -> float:
    return float(sum(1 for node in nodes_of(nodes) if not is_blank(node)))


def _position(arguments: tuple[Argument, ...]) -> Run:
    levels = arguments[0].levels
    return lambda scope: float(scope.position(levels))


def _indexed_repeat(arguments: tuple[Argument, ...]) -> Run:
    question = arguments[0].reference
    repeats = [argument.reference for argument in arguments[1::2]]
    positions = [argument.run for argument in arguments[2::2]]

    def run(scope: AnyScope) -> Value:
        rows = []
        for repeat, position in zip(repeats, positions, strict=True):
            number = to_number(position(scope))
            rows.append((repeat, int(number) if math.isfinite(number) else 0))
        return scope.indexed(question, rows)

    return run


def _na(arguments: tuple[Argument, ...]) -> Run:
    reference = arguments[0].reference
    return lambda scope: scope.na(reference)


def _note(arguments: tuple[Argument, ...]) -> Run:
    reference = arguments[0].reference
    return lambda scope: scope.note(reference)


def _evidence_count(arguments: tuple[Argument, ...]) -> Run:
    reference = arguments[0].reference
    return lambda scope: float(scope.evidence_count(reference))


def _self(arguments: tuple[Argument, ...]) -> Run:
    reference = arguments[0].reference
    return lambda scope: scope.self_value(reference)


def _choice_name(arguments: tuple[Argument, ...]) -> Run:
    value, reference = arguments[0].run, arguments[1].reference
    return lambda scope: scope.choice_label(reference, to_text(value(scope)))


def _pulldata(scope: AnyScope, name: Value, column: Value, key_column: Value, key: Value) -> str:
    return scope.pull(to_text(name), to_text(column), to_text(key_column), to_text(key))


def _randomize(scope: AnyScope, nodes: Value, *seed: Value) -> Nodes:
    """The nodes in a random order; the same seed gives the same order."""
    entries = list(nodes_of(nodes))
    source = type(scope.random)(to_text(seed[0])) if seed else scope.random
    source.shuffle(entries)
    return Nodes(entries)


QUESTIONS: Table = table(
    {
        "count": Function(("nodes",), 1, plain=_count),
        "count-non-empty": Function(("nodes",), 1, plain=_count_non_empty),
        "evidence-count": Function(("question",), 1, build=_evidence_count),
        "indexed-repeat": Function(
            ("question", "question", "value"), 3, ("question", "value"), build=_indexed_repeat
        ),
        "jr:choice-name": Function(("value", "question"), 2, build=_choice_name),
        "na": Function(("question",), 1, build=_na),
        "note": Function(("question",), 1, build=_note),
        "position": Function(("parent",), 1, build=_position),
        "pulldata": scoped(_pulldata, 4),
        "randomize": Function(("nodes", "value"), 1, scoped=_randomize, volatile=True, gives_nodes="always"),
        "self": Function(("question",), 1, build=_self),
    }
)
