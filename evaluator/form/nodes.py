"""The compiled shape of an instrument: one node for each section, question, group, repeat and row.

Nodes are shared by all visits of an instrument and never change once the program is compiled. What a visit knows
about a node lies in its slots (`form.rows`): one slot where the node stands outside repeats, one a row inside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from evaluator.form.definition import Choice, Constraint, Question, Section
from evaluator.form.expression.values import Value

Kind: TypeAlias = Literal["section", "question", "group", "repeat", "row"]
Code: TypeAlias = Callable[[Any], Value]


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """One thing of the instrument that has a relevance of its own.

    `parent` is the node whose relevance this one inherits: the section, group or row around it; of a row, its
    repeat. `row` of a repeat is the node of its rows. `repeats` are the repeats around it, outermost first.
    `rank` orders evaluation: whatever a node needs has a lower rank. `computes` says that a value may come by
    itself, `judged` that there is something to judge, `watched` that somebody looks at the node, `evidence` that
    it is answered by attaching, `special` that it has special values.
    """

    index: int
    kind: Kind
    name: str
    path: str
    form: str
    parent: Node | None
    repeats: tuple[Node, ...]
    section: Section
    question: Question | None = None
    children: list[Node] = field(default_factory=list)
    row: Node | None = None
    rank: int = 0

    relevant: Code | None = None
    calculation: Code | None = None
    triggered: bool = False
    default: Any = None
    dynamic_default: Code | None = None
    count: Code | None = None
    required: Code | bool = False
    read_only: Code | bool = False
    constraints: tuple[tuple[Code, Constraint], ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[Choice, ...] | None = None
    choice_filter: Code | None = None
    choices_from: Reference | None = None
    computes: bool = False
    judged: bool = False
    watched: bool = False
    evidence: bool = False
    special: bool = False

    dependents: Dependents = field(default_factory=lambda: Dependents())
    structure: Dependents = field(default_factory=lambda: Dependents())

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}>"  # the whole graph hangs on every node

    @property
    def asked(self) -> Question:
        """The question, group or repeat that the node stands for; a section has none."""
        assert self.question is not None
        return self.question


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A `${name}` as seen from one node: climb `up` rows, then gather through the repeats `down`.

    With nothing in `down` it is one answer, else the answers of all rows. `nodes` are several questions seen as
    one, such as the rubrics of a section.
    """

    node: Node
    up: int
    down: tuple[Node, ...] = ()
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Dependent:
    """Slots that look at a node: from the row of the change climb `up`, then into all rows of the repeats `down`."""

    node: Node
    up: int
    down: tuple[Node, ...] = ()


@dataclass(slots=True)
class Dependents:
    """Who must be looked at again when a node changes; dictionaries serve as ordered sets.

    `values` recompute relevance and value, `judgements` are required, read-only, constraints and choices,
    `triggers` run a calculation once, `labels` show the answer in a text, `lists` are choice lists, `checks` the
    subjects of consistency checks (see `Program.subjects`). The same for a repeat whose rows came, went or moved.
    """

    values: dict[Dependent, None] = field(default_factory=dict)
    judgements: dict[Dependent, None] = field(default_factory=dict)
    triggers: dict[Dependent, None] = field(default_factory=dict)
    labels: dict[Dependent, None] = field(default_factory=dict)
    lists: dict[Dependent, None] = field(default_factory=dict)
    checks: dict[tuple[int, int], None] = field(default_factory=dict)

    def any(self) -> bool:
        """Whether there is anybody."""
        return bool(
            self.values or self.judgements or self.triggers or self.labels or self.lists or self.checks
        )
