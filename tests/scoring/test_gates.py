"""Evidence gates: each fires, and each is silent."""

from __future__ import annotations

import pytest

from evaluator.language import use
from evaluator.scoring.gates import Demand, EvidenceFacts, GatePlan, demand_text, unmet

GATES = (
    GatePlan(level=1, min_items=1),
    GatePlan(level=3, types=("dokumen", "observasi"), verified=1),
    GatePlan(level=4, min_types=2, types=("data",), verified=1),
    GatePlan(level=5, min_types=2, types=("data",), verified=1, years=2, outside=1),
)
STATEMENT = EvidenceFacts(types={"wawancara": 1})
DOCUMENT = EvidenceFacts(types={"dokumen": 1}, verified={"dokumen": 1})
TWO_KINDS = EvidenceFacts(types={"dokumen": 1, "data": 1}, verified={"dokumen": 1}, years=frozenset({2026}))
EVERYTHING = EvidenceFacts(
    types={"dokumen": 1, "data": 2}, verified={"dokumen": 1}, years=frozenset({2025, 2026}), outside=1
)


def kinds(level: int, facts: EvidenceFacts) -> tuple[str, ...]:
    return tuple(demand.kind for demand in unmet(GATES, level, facts))


@pytest.mark.parametrize(
    ("level", "facts", "expected"),
    [
        (0, EvidenceFacts(), ()),
        (1, EvidenceFacts(), ("items",)),
        (1, STATEMENT, ()),
        (2, EvidenceFacts(), ("items",)),
        (2, STATEMENT, ()),
        (3, STATEMENT, ("types", "verified")),
        (3, EvidenceFacts(types={"dokumen": 2}), ("verified",)),
        (3, DOCUMENT, ()),
        (3, EvidenceFacts(types={"observasi": 1}, verified={"observasi": 1}), ()),
        (4, DOCUMENT, ("types", "min_types")),
        (4, EvidenceFacts(types={"data": 2}, verified={"data": 1}), ("min_types",)),
        (4, TWO_KINDS, ()),
        (5, TWO_KINDS, ("years", "outside")),
        (5, EVERYTHING, ()),
    ],
)
def test_what_is_lacking(level: int, facts: EvidenceFacts, expected: tuple[str, ...]) -> None:
    assert kinds(level, facts) == expected


def test_a_verified_interview_does_not_stand_in_for_a_document() -> None:
    facts = EvidenceFacts(types={"dokumen": 1, "wawancara": 1}, verified={"wawancara": 1})
    assert kinds(3, facts) == ("verified",)


def test_where_several_kinds_are_asked_for_any_of_them_may_be_the_verified_one() -> None:
    assert kinds(4, TWO_KINDS) == ()


def test_counts_of_nothing_are_no_kind() -> None:
    assert kinds(4, EvidenceFacts(types={"dokumen": 1, "data": 0}, verified={"dokumen": 1})) == (
        "types",
        "min_types",
    )


def test_an_instrument_without_gates_asks_nothing() -> None:
    assert unmet((), 5, EvidenceFacts()) == ()


def test_sentences() -> None:
    names = {"dokumen": "Document", "observasi": "Field observation"}
    use("en")
    try:
        texts = [demand_text(demand, names) for demand in unmet(GATES, 3, STATEMENT)]
        assert texts == [
            "Attach evidence of one of these kinds: Document, Field observation",
            "Verified evidence needed of these kinds: Document, Field observation; needed 1, now 0",
        ]
        assert demand_text(Demand("years", 2, 1), names) == "Years that the data covers: needed 2, now 1"
        for kind in ("items", "min_types", "verified", "outside"):
            assert demand_text(Demand(kind, 2, 1), names).endswith("needed 2, now 1")
    finally:
        use("id")
