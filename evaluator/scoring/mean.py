"""Exact means. Levels are carried as ratios, so a third stays a third and a tie on the edge of a band is a tie;
a score becomes a decimal number once, at the end."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

Exact = Fraction | int
"""Whole numbers stay integers: a score is computed after every answer, and they are ten times faster."""

_DIGITS = Context(prec=28)
_WIDE = Context(prec=50, rounding=ROUND_HALF_UP)


def exact(value: Decimal | int) -> Exact:
    """A number without loss."""
    if isinstance(value, int):
        return value
    return int(value) if value == value.to_integral_value() else Fraction(value)


def mean(values: Iterable[Exact | None]) -> Fraction | None:
    """The mean of the values there are; None if there is none."""
    return weighted_mean((value, 1) for value in values)


def weighted_mean(pairs: Iterable[tuple[Exact | None, Exact]]) -> Fraction | None:
    """The weighted mean of the values there are; None without any weight."""
    total: Exact = 0
    weights: Exact = 0
    for value, weight in pairs:
        if value is not None:
            total += value * weight
            weights += weight
    return Fraction(total, weights) if weights else None


def share(part: Iterable[Exact], whole: Iterable[Exact]) -> Fraction:
    """What part of the whole; 0 of an empty whole."""
    everything = sum(whole)
    return Fraction(sum(part), everything) if everything else Fraction(0)


def decimal(value: Exact) -> Decimal:
    """The ratio as a decimal number of 28 significant digits."""
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def optional(value: Exact | None) -> Decimal | None:
    """`decimal`, where there may be nothing."""
    return None if value is None else decimal(value)


def rounded(value: Exact, places: int = 2) -> Decimal:
    """Half up to `places` decimals, exactly: 1.795 is 1.80 and 1.794999 is 1.79."""
    whole, rest = divmod(value * 10**places, 1)
    return Decimal(whole + (2 * rest >= 1)).scaleb(-places, _WIDE)


def plain(value: Decimal | None) -> str | None:
    """Unrounded text without an exponent, two decimals at least: `3.50`, `2.753055555555555555555555556`."""
    if value is None:
        return None
    whole, _, decimals = f"{value:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"
