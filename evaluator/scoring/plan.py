"""What is scored and how: the part of an instrument that the arithmetic needs, as plain values.

A plan names no pillar and no weight of its own; whoever reads the instrument fills it. `path` is the path of a
question for ever (`gov.GOV-01`), and `Key` adds the row it was answered in (`""` outside repeats).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """A rubric that counts. `result_level` (output, outcome, impact …) may be empty."""

    path: str
    weight: Decimal = Decimal(1)
    result_level: str = ""


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """A sub-dimension; `weight` is its share of the form."""

    name: str
    items: tuple[ItemPlan, ...]
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class FormPlan:
    """How one form becomes a score.

    With `sections`, the form is the weighted mean of its sections. With `rows`, the items lie below the repeat
    `rows` (its path): each row has the mean of its items, each group the mean of its rows, the form the mean of
    its groups. `groups` are all values that the answer to `group_by` (a path) can take; coverage is counted over
    them, and `missing = "zero"` lets those without a row count as 0.
    """

    id: str
    kind: str
    sections: tuple[SectionPlan, ...]
    method: Literal["sections", "rows"] = "sections"
    rows: str = ""
    group_by: str = ""
    groups: tuple[str, ...] = ()
    missing: Literal["exclude", "zero"] = "exclude"


@dataclass(frozen=True, slots=True)
class BandPlan:
    """A predicate, reached from `min` upwards on the rounded total. `name` is its name in the first language."""

    min: Decimal
    name: str


@dataclass(frozen=True, slots=True)
class DimensionPlan:
    """A second view over the same items, under the programme's own name for it."""

    name: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoringPlan:
    """Everything `score` needs. `weights` are the shares of the total by kind of form, any positive sum.

    A section, or a row, has a value from `min_scored_weight` of its weight upwards; a form whose items are not
    applicable in more than `na_warn_share` of its weight is `limited`.
    """

    forms: tuple[FormPlan, ...]
    weights: Mapping[str, Decimal]
    bands: tuple[BandPlan, ...] = ()
    dimensions: tuple[DimensionPlan, ...] = ()
    scale_min: int = 0
    scale_max: int = 5
    min_scored_weight: Decimal = Decimal("0.5")
    na_warn_share: Decimal = Decimal("0.25")


@dataclass(frozen=True, slots=True)
class ItemState:
    """The answer to a rubric. `na` is the reason why it does not apply; an open reason keeps the item open.

    A level is a whole number for one assessor and may be a mean for a team. What is not `relevant` does not
    count at all.
    """

    level: int | Decimal | None = None
    na: str = ""
    na_open: bool = False
    relevant: bool = True


@dataclass(frozen=True, slots=True)
class RowState:
    """A row of the repeat `repeat` (its path), in the order of the form; `group` is "" while not chosen."""

    id: str
    repeat: str
    group: str = ""


UNANSWERED = ItemState()
