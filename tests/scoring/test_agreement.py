"""Agreement of assessors, with the worked example of the instrument."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from evaluator.language import use
from evaluator.scoring.agreement import agreement, strength, strength_text, team_level, to_discuss
from evaluator.scoring.mean import rounded

FIRST = dict(enumerate((3, 4, 2, 3, 3, 2, 4, 3, 1, 3, 2, 4), start=1))
SECOND = dict(enumerate((3, 3, 2, 4, 3, 2, 4, 1, 1, 3, 3, 4), start=1))


def test_worked_example() -> None:
    found = agreement(FIRST, SECOND)
    assert found.pairs == 12
    assert found.exact is not None
    assert rounded(Fraction(found.exact) * 100, 1) == Decimal("66.7")
    assert found.within_one is not None
    assert rounded(Fraction(found.within_one) * 100, 1) == Decimal("91.7")
    assert found.kappa is not None
    assert rounded(Fraction(found.kappa), 3) == Decimal("0.682")
    assert strength(found.kappa) == "substantial"
    assert found.discuss == (8,)
    assert found.caution


def test_the_order_of_the_two_does_not_matter() -> None:
    here, there = agreement(FIRST, SECOND), agreement(SECOND, FIRST)
    assert here == there


def test_only_items_that_both_scored() -> None:
    found = agreement({"a": 3, "b": 1}, {"b": 4, "c": 2})
    assert (found.pairs, found.exact, found.discuss) == (1, Decimal(0), ("b",))


def test_nothing_in_common() -> None:
    found = agreement({"a": 3}, {"b": 3})
    assert (found.pairs, found.exact, found.within_one, found.kappa) == (0, None, None, None)


def test_kappa_of_one_and_the_same_level_everywhere_is_unknown() -> None:
    levels = dict.fromkeys(range(30), 3)
    found = agreement(levels, levels)
    assert found.kappa is None
    assert found.exact == 1
    assert not found.caution


def test_perfect_agreement() -> None:
    assert agreement(FIRST, FIRST).kappa == 1


def test_caution_ends_at_twenty_pairs() -> None:
    def of(pairs: int) -> bool:
        levels = {n: n % 5 for n in range(pairs)}
        return agreement(levels, levels).caution

    assert of(19)
    assert not of(20)


def test_items_to_discuss_among_three_assessors() -> None:
    levels = {"a": (3, 3, 4), "b": (1, 2, 3), "c": (5,), "d": ()}
    assert to_discuss(levels) == ("b",)
    assert to_discuss(levels, spread=1) == ("a", "b")


def test_level_of_a_team_has_two_decimals_half_up() -> None:
    assert team_level((2, 3, 3)) == Decimal("2.67")
    assert team_level((2, 3, 2, 2, 2, 2, 2, 2)) == Decimal("2.13")
    with pytest.raises(ValueError, match="no level"):
        team_level(())


@pytest.mark.parametrize(
    ("kappa", "word"),
    [
        ("-0.1", "poor"),
        ("0", "slight"),
        ("0.20", "slight"),
        ("0.21", "fair"),
        ("0.41", "moderate"),
        ("0.60", "moderate"),
        ("0.61", "substantial"),
        ("0.80", "substantial"),
        ("0.81", "almost_perfect"),
        ("1", "almost_perfect"),
    ],
)
def test_words_for_a_kappa(kappa: str, word: str) -> None:
    found = strength(Decimal(kappa))
    assert found == word
    use("en")
    try:
        assert strength_text(found).replace(" ", "_") == word
    finally:
        use("id")
