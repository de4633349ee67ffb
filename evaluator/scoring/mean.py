"""Exact means. Levels are carried as ratios, so a third stays a third and a tie on the edge of a band is a tie;
a score becomes a decimal number once, at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

Weighted = tuple[Fraction | None, Fraction]

_DIGITS = Context(prec=28)
_WIDE = Context(prec=50, rounding=ROUND_HALF_UP)


def mean(values: Iterable[Fraction | None]) -> Fraction | None:
    """The mean of the values there are; None if there is none."""
    return weighted_mean((value, Fraction(1)) for value in values)


def weighted_mean(pairs: Iterable[Weighted]) -> Fraction | None:
    """The weighted mean of the values there are; None without any weight."""
    total, weights = Fraction(0), Fraction(0)
    for value, weight in pairs:
        if value is not None:
            total += value * weight
            weights += weight
    return total / weights if weights else None


def share(part: Iterable[Fraction], whole: Sequence[Fraction]) -> Fraction:
    """What part of the whole; 0 of an empty whole."""
    everything = sum(whole, Fraction(0))
    return sum(part, Fraction(0)) / everything if everything else Fraction(0)


def decimal(value: Fraction) -> Decimal:
    """The ratio as a decimal number of 28 significant digits."""
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def optional(value: Fraction | None) -> Decimal | None:
    """`decimal`, where there may be nothing."""
    return None if value is None else decimal(value)


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """Half up to `places` decimals, exactly: 1.795 is 1.80 and 1.794999 is 1.79."""
    whole, rest = divmod(value * 10**places, 1)
    return Decimal(whole + (2 * rest >= 1)).scaleb(-places, _WIDE)


def plain(value: Decimal | None) -> str | None:
    """Unrounded text without an exponent, two decimals at least: `3.50`, `2.753055555555555555555555556`."""
    if value is None:
        return None
    whole, _, decimals = f"{value:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"
