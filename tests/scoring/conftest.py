"""A plan and answers to score: the worked example of the field companion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from evaluator.scoring.plan import (
    BandPlan,
    DimensionPlan,
    FormPlan,
    ItemPlan,
    ItemState,
    Key,
    RowState,
    ScoringPlan,
    SectionPlan,
)

PILLARS = ("gov", "bra", "eco", "liv", "soc", "env")
LEVELS_OF_RESULT = ("output", "outcome", "impact")
REPEAT = "qwn.QWN-REC"

BANDS = (
    BandPlan(Decimal("0"), "Kurang"),
    BandPlan(Decimal("1.80"), "Cukup"),
    BandPlan(Decimal("2.60"), "Baik"),
    BandPlan(Decimal("3.50"), "Sangat Baik"),
    BandPlan(Decimal("4.20"), "Memuaskan"),
)


def sections_of(form: str, names: str, weights: Mapping[str, int] | None = None, each: int = 2) -> FormPlan:
    """A form of sections with `each` rubrics in every one, numbered through."""
    kind = {"ksp": "readiness", "mpl": "masterplan"}.get(form, "pillar")
    sections = []
    number = 0
    for name in names:
        items = []
        for _ in range(each):
            number += 1
            items.append(
                ItemPlan(f"{form}.{form.upper()}-{number:02}", Decimal(1), LEVELS_OF_RESULT[number % 3])
            )
        weight = Decimal(weights[name]) if weights else Decimal(1)
        sections.append(SectionPlan(name, tuple(items), weight))
    return FormPlan(form, kind, tuple(sections))


def quick_wins(criteria: int = 8) -> FormPlan:
    items = tuple(ItemPlan(f"{REPEAT}.QWN-{n:02}", Decimal(1), "output") for n in range(1, criteria + 1))
    return FormPlan(
        id="qwn",
        kind="quick_wins",
        sections=(SectionPlan("A", items),),
        method="rows",
        rows=REPEAT,
        group_by=f"{REPEAT}.pilar",
        groups=PILLARS,
    )


PLAN = ScoringPlan(
    forms=(
        *(sections_of(pillar, "ABC") for pillar in PILLARS),
        sections_of("ksp", "ABCDE"),
        sections_of("mpl", "ABC", {"A": 30, "B": 50, "C": 20}),
        quick_wins(),
    ),
    weights={
        "pillar": Decimal(50),
        "readiness": Decimal(20),
        "masterplan": Decimal(10),
        "quick_wins": Decimal(20),
    },
    bands=BANDS,
    dimensions=(
        DimensionPlan("baseline", ("ksp.KSP-09", "ksp.KSP-04", "mpl.MPL-01")),
        DimensionPlan("quick_win", (f"{REPEAT}.QWN-01", REPEAT)),
        DimensionPlan("numbers", ("gov.GOV-Q1",)),
    ),
)

NOT_APPLICABLE = ItemState(na="geografis")

SECTION_LEVELS: dict[str, Sequence[int | None]] = {
    "gov": (3, 4, 2, 3, None, 3),
    "bra": (2, 3, 2, 3, 2, 2),
    "eco": (3, 3, 2, 3, 3, 3),
    "liv": (3, 4, 3, 3, 3, 3),
    "soc": (3, 3, 3, 3, 3, 3),
    "env": (2, 3, 3, 2, 2, None),
    "ksp": (3, 3, 3, 3, 2, 3, 3, 3, 3, 3),
    "mpl": (3, 3, 2, 3, 2, 2),
}
ROW_LEVELS = {
    "row-1": ("gov", (3, 3, 3, 3, 3, 3, 3, 3)),
    "row-2": ("eco", (3, 2, 2, 3, 2, 2, 3, 2)),
    "row-3": ("eco", (2, 2, 2, 3, 2, 2, 3, 2)),
    "row-4": ("env", (3, 3, 2, 3, 3, 2, 3, 2)),
}
ROWS = tuple(RowState(row, REPEAT, group) for row, (group, _) in ROW_LEVELS.items())


@pytest.fixture(scope="session")
def plan() -> ScoringPlan:
    return PLAN


@pytest.fixture(scope="session")
def rows() -> tuple[RowState, ...]:
    """Four quick wins: one of gov, two of eco, one of env."""
    return ROWS


@pytest.fixture(scope="session")
def answers() -> Mapping[Key, ItemState]:
    """Every rubric answered; GOV-05 and ENV-06 do not apply."""
    items: dict[Key, ItemState] = {}
    for form, levels in SECTION_LEVELS.items():
        for number, level in enumerate(levels, start=1):
            state = NOT_APPLICABLE if level is None else ItemState(level)
            items[f"{form}.{form.upper()}-{number:02}", ""] = state
    for row, (_group, levels_of_row) in ROW_LEVELS.items():
        for number, level in enumerate(levels_of_row, start=1):
            items[f"{REPEAT}.QWN-{number:02}", row] = ItemState(level)
    return items
