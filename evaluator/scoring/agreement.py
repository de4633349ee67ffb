"""How far assessors agree, and what they must talk about."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Generic, Literal, TypeVar

from evaluator.language import _
from evaluator.scoring.mean import decimal, mean, optional, rounded

KeyT = TypeVar("KeyT", bound=Hashable)

FEW_PAIRS = 20
"""Below this number a kappa is printed with a caution: a single item moves it too far."""


@dataclass(frozen=True, slots=True)
class Agreement(Generic[KeyT]):
    """Two assessors over the items that both scored. `exact` and `within_one` are shares from 0 to 1.

    `kappa` is weighted by the squared distance; None where chance alone leaves nothing to disagree about.
    """

    pairs: int
    exact: Decimal | None
    within_one: Decimal | None
    kappa: Decimal | None
    discuss: tuple[KeyT, ...]

    @property
    def caution(self) -> bool:
        """Too few pairs to lean on the kappa."""
        return self.pairs < FEW_PAIRS


def agreement(
    first: Mapping[KeyT, int], second: Mapping[KeyT, int], *, discuss_spread: int = 2
) -> Agreement[KeyT]:
    """The agreement of two assessors; an item that only one of them scored does not count."""
    shared = [key for key in first if key in second]
    pairs = [(first[key], second[key]) for key in shared]
    return Agreement(
        pairs=len(pairs),
        exact=_share(a == b for a, b in pairs),
        within_one=_share(abs(a - b) <= 1 for a, b in pairs),
        kappa=optional(_quadratic_kappa(pairs)),
        discuss=to_discuss({key: (first[key], second[key]) for key in shared}, spread=discuss_spread),
    )


def to_discuss(levels: Mapping[KeyT, Sequence[int]], *, spread: int = 2) -> tuple[KeyT, ...]:
    """The items on which the levels of a team lie `spread` or more apart, in the order given."""
    return tuple(key for key, found in levels.items() if found and max(found) - min(found) >= spread)


def team_level(levels: Sequence[int]) -> Decimal:
    """A team's value of an item: the mean of the final levels, half up to two decimals.

    Raises ValueError without a level.
    """
    value = mean(Fraction(level) for level in levels)
    if value is None:
        raise ValueError("no level")
    return rounded(value)


Strength = Literal["poor", "slight", "fair", "moderate", "substantial", "almost_perfect"]

_STRENGTHS: tuple[tuple[Decimal, Strength], ...] = (
    (Decimal("0.20"), "slight"),
    (Decimal("0.40"), "fair"),
    (Decimal("0.60"), "moderate"),
    (Decimal("0.80"), "substantial"),
)


def strength(kappa: Decimal) -> Strength:
    """The customary word for a kappa (Landis and Koch 1977)."""
    if kappa < 0:
        return "poor"
    return next((word for edge, word in _STRENGTHS if kappa <= edge), "almost_perfect")


def strength_text(word: Strength) -> str:
    """The word for people."""
    return {
        "poor": _("poor"),
        "slight": _("slight"),
        "fair": _("fair"),
        "moderate": _("moderate"),
        "substantial": _("substantial"),
        "almost_perfect": _("almost perfect"),
    }[word]


def _share(hits: Iterable[bool]) -> Decimal | None:
    found = list(hits)
    return decimal(Fraction(sum(found), len(found))) if found else None


def _quadratic_kappa(pairs: Sequence[tuple[int, int]]) -> Fraction | None:
    """1 - observed/expected squared distance; the width of the scale cancels out."""
    expected = sum((a - b) ** 2 for a, _other in pairs for _own, b in pairs)
    if not expected:
        return None
    return 1 - Fraction(sum((a - b) ** 2 for a, b in pairs) * len(pairs), expected)
