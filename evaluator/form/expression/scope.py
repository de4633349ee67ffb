"""What an expression needs to know while it runs, and a scope made of plain variables.

The program resolves every `${name}` into a reference of its own making when it compiles; to the expression it is
opaque. The scope is asked for what stands behind it at the row where the expression runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from random import Random
from typing import Protocol, TypeAlias, TypeVar

from evaluator.errors import DefinitionError
from evaluator.form.expression.values import Nodes, Scalar, Value
from evaluator.language import _

R_contra = TypeVar("R_contra", contravariant=True)


class Scope(Protocol[R_contra]):
    """The surroundings of one evaluation: one question in one row, or a check.

    A blank, not applicable or not relevant answer is `""`. A method may be called any number of times in an
    evaluation and must give the same each time. In `na`, `note`, `evidence_count` and `self_value` the reference
    may be what `bind(".")` gave: the question itself.
    """

    def value(self, reference: R_contra, /) -> Value:
        """The answer of the own row as a scalar; `Nodes` where the reference leads into a repeat from outside.

        A reference to a repeat gives `Nodes` with one entry a row, a reference to nothing an empty `Nodes`.
        """

    def context(self) -> Scalar:
        """The value of `.`: the answer being judged, or the present value of a calculation."""

    def column(self, name: str, /) -> str:
        """A column of the choice that a `choice_filter` is judging; `name` and `label` are its own."""

    def position(self, level: int, /) -> int:
        """The position of the own row from 1; level 1 is the innermost repeat, 2 the one around it."""

    def indexed(self, reference: R_contra, rows: Sequence[tuple[R_contra, int]], /) -> Value:
        """`indexed-repeat`: the answer in the row at each repeat's position (from 1); `""` where there is none."""

    def na(self, reference: R_contra, /) -> bool:
        """Whether the question was answered *not applicable*."""

    def note(self, reference: R_contra, /) -> str:
        """The assessor's note on the question, or `""`."""

    def evidence_count(self, reference: R_contra, /) -> int:
        """How many pieces of evidence support the question."""

    def self_value(self, reference: R_contra, /) -> Scalar:
        """The region's self-assessment of the question, or `""`."""

    def choice_label(self, reference: R_contra, value: str, /) -> str:
        """The label of a choice of the question's list in the language in use, or `""`."""

    def pull(self, table: str, column: str, key_column: str, key: str, /) -> str:
        """`pulldata`: the cell of `column` in the row whose `key_column` is `key`, or `""`."""

    def now(self) -> datetime:
        """The present moment, with its zone; the same during one step of the engine."""

    @property
    def zone(self) -> tzinfo:
        """The zone in which dates are meant."""

    @property
    def random(self) -> Random:
        """The source of `random()`, `uuid()` and `randomize()`."""


Variable: TypeAlias = Scalar | Sequence[Scalar] | None


@dataclass(frozen=True, slots=True)
class SimpleScope:
    """A scope over plain variables, for `forms eval` and for tests; a reference is the name as it is written.

    A variable is a scalar, a list for a node-set, or None for no node; `.` is the context. Whatever needs a form
    (rows, notes, evidence, tables) is empty.
    """

    variables: Mapping[str, Variable]
    moment: datetime
    zone: tzinfo
    random: Random

    def value(self, reference: str, /) -> Value:
        """The variable; an unknown name is a DefinitionError."""
        try:
            variable = self.variables[reference]
        except KeyError:
            raise DefinitionError(
                "reference_unknown", _("There is no variable {name}").format(name=reference)
            ) from None
        if variable is None:
            return Nodes()
        if isinstance(variable, Sequence) and not isinstance(variable, str):
            return Nodes(variable)
        return variable

    def context(self) -> Scalar:
        """The variable `.`; DefinitionError where none was given."""
        value = self.value(".")
        if isinstance(value, Nodes):
            return value[0] if value else ""
        return value

    def column(self, name: str, /) -> str:
        """The variable of that name, as text."""
        value = self.value(name)
        return value if isinstance(value, str) else ""

    def position(self, _level: int, /) -> int:
        """Always 1: there are no rows."""
        return 1

    def indexed(self, reference: str, rows: Sequence[tuple[str, int]], /) -> Value:
        """The entry of the node-set at the innermost position."""
        value = self.value(reference)
        nodes = value if isinstance(value, Nodes) else Nodes((value,))
        position = rows[-1][1] if rows else 1
        return nodes[position - 1] if 1 <= position <= len(nodes) else ""

    def na(self, _reference: str, /) -> bool:
        """Never."""
        return False

    def note(self, _reference: str, /) -> str:
        """Always blank."""
        return ""

    def evidence_count(self, _reference: str, /) -> int:
        """Always 0."""
        return 0

    def self_value(self, _reference: str, /) -> Scalar:
        """Always blank."""
        return ""

    def choice_label(self, _reference: str, value: str, /) -> str:
        """The value itself."""
        return value

    def pull(self, _table: str, _column: str, _key_column: str, _key: str, /) -> str:
        """Always blank."""
        return ""

    def now(self) -> datetime:
        """The moment that was given."""
        return self.moment
