"""What an expression asks of the engine, and in which form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from random import Random

import pytest

from evaluator.errors import DefinitionError
from evaluator.form.expression.compiler import compile_expression
from evaluator.form.expression.parser import parse
from evaluator.form.expression.scope import Scope, SimpleScope
from evaluator.form.expression.values import Nodes, Scalar, Value


@dataclass(frozen=True)
class Slot:
    """A reference as a program might make it."""

    name: str


@dataclass
class Asked:
    """A scope that keeps what it was asked."""

    questions: list[object] = field(default_factory=list)
    zone: tzinfo = UTC
    random: Random = field(default_factory=lambda: Random(1))

    def value(self, reference: Slot, /) -> Value:
        self.questions.append(("value", reference.name))
        return {"index": 2.0, "rows": Nodes(("x", "y"))}.get(reference.name, "v")

    def context(self) -> Scalar:
        return "dot"

    def column(self, name: str, /) -> str:
        return f"column {name}"

    def position(self, level: int, /) -> int:
        return 10 + level

    def indexed(self, reference: Slot, rows: Sequence[tuple[Slot, int]], /) -> Value:
        return f"{reference.name} {[(repeat.name, position) for repeat, position in rows]}"

    def na(self, reference: Slot, /) -> bool:
        return reference.name == "na"

    def note(self, reference: Slot, /) -> str:
        return f"note of {reference.name}"

    def evidence_count(self, _reference: Slot, /) -> int:
        return 3

    def self_value(self, _reference: Slot, /) -> Scalar:
        return 4.0

    def choice_label(self, reference: Slot, value: str, /) -> str:
        return f"label of {value} in {reference.name}"

    def pull(self, table: str, column: str, key_column: str, key: str, /) -> str:
        return "/".join((table, column, key_column, key))

    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC)


def ask(text: str, *, columns: bool = False) -> tuple[Value, Asked]:
    asked = Asked()
    scope: Scope[Slot] = asked
    return compile_expression(parse(text, columns=columns), Slot)(scope), asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("position(..)", 11.0),
        ("position(../..)", 12.0),
        ("position( .. / .. / .. )", 13.0),
        ("indexed-repeat(${q}, ${outer}, ${index}, ${inner}, 1)", "q [('outer', 2), ('inner', 1)]"),
        ("indexed-repeat(${q}, ${outer}, 'x')", "q [('outer', 0)]"),
        ("na(${na})", True),
        ("na(.)", False),
        ("note(.)", "note of ."),
        ("evidence-count(${q}) >= 3", True),
        ("self(${q}) - 1", 3.0),
        ("jr:choice-name('a', '${list}')", "label of a in list"),
        ("jr:choice-name(${index}, ${list})", "label of 2 in list"),
        ("pulldata('regions', 'name', 'code', ${q})", "regions/name/code/v"),
        ("count(${rows})", 2.0),
        ("count(${q})", 1.0),
        ("concat(., '!')", "dot!"),
    ],
)
def test_the_scope_is_asked(text: str, expected: object) -> None:
    value, _asked = ask(text)
    assert value == expected


def test_columns_of_a_choice() -> None:
    assert ask("concat(region, name)", columns=True)[0] == "column regioncolumn name"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("if(true(), ${a}, ${b})", ["a"]),
        ("if(false(), ${a}, ${b})", ["b"]),
        ("false() and ${a}", []),
        ("true() or ${a}", []),
        ("false() or ${a} or ${b}", ["a"]),
        ("coalesce('', ${a}, ${b})", ["a"]),
        ("once(${a})", []),
        ("na(${a})", []),
    ],
)
def test_only_what_is_needed_is_asked(text: str, values: list[str]) -> None:
    _value, asked = ask(text)
    assert asked.questions == [("value", name) for name in values]


def test_an_unknown_variable_is_named() -> None:
    scope = SimpleScope({}, datetime(2026, 11, 21, tzinfo=UTC), UTC, Random(1))
    with pytest.raises(DefinitionError, match="tak_ada"):
        scope.value("tak_ada")
    with pytest.raises(DefinitionError):
        scope.context()


def test_a_context_of_several_nodes_is_the_first() -> None:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    assert SimpleScope({".": ["a", "b"]}, moment, UTC, Random(1)).context() == "a"
    assert SimpleScope({".": None}, moment, UTC, Random(1)).context() == ""
