"""The language of the screen: sentences, numbers and dates as people of the place write them.

Messages are English in the code and looked up when they are needed, so nothing is translated at import.
"""

from __future__ import annotations

import gettext
import os
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("id", "en")
DEFAULT: Final = "id"

_current = DEFAULT


def use(language: str) -> None:
    """Speak `language` from now on; ValueError if it is not one of LANGUAGES."""
    global _current
    if language not in LANGUAGES:
        raise ValueError(language)
    _current = language


def current() -> str:
    """The language in use, `id` or `en`."""
    return _current


def choose(option: str | None, configured: str | None) -> str:
    """The language to use: the option, else the configured one, else `LANG`, else Indonesian."""
    environment = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    for candidate in (option, configured, environment[:2].lower()):
        if candidate in LANGUAGES:
            return candidate
    return DEFAULT


def _(message: str) -> str:
    """`message` in the language in use."""
    return _catalogue(_current).gettext(message) if message else ""


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    folder = Path(__file__).with_name("locale")
    return gettext.translation("evaluator", str(folder), [language], fallback=True)


def number(value: Decimal | int | str, places: int | None = None) -> str:
    """A number as written here: `1.234,5` in Indonesian, `1,234.5` in English; `places` fixes the decimals."""
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return str(value)
    if not exact.is_finite():
        return str(value)
    text = f"{exact:,f}" if places is None else f"{exact:,.{places}f}"
    return text.translate(_SWAP) if _current == "id" else text


_SWAP = str.maketrans(",.", ".,")
_PLAIN = re.compile(r"[-+]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)")


def parse_number(text: str) -> Decimal:
    """The number somebody typed, with either decimal sign; groups of thousands only where they are unmistakable.

    `3,41` and `3.41` are 3.41. `1.234.567` and `1.234,5` are grouped. A single sign followed by exactly three
    digits is a group in the language in use (`1.234` is 1234 in Indonesian, `1,234` in English) and a decimal
    sign otherwise. Raises ValueError.
    """
    compact = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    group, point = (".", ",") if _current == "id" else (",", ".")
    grouped = re.compile(rf"[-+]?[1-9]\d{{0,2}}(\{group}\d{{3}})+(\{point}\d*)?", re.ASCII)
    other = re.compile(
        rf"[-+]?[1-9]\d{{0,2}}((\{point}\d{{3}})+\{group}\d+|(\{point}\d{{3}}){{2,}})", re.ASCII
    )
    if grouped.fullmatch(compact):
        compact = compact.replace(group, "").replace(point, ".")
    elif other.fullmatch(compact):
        compact = compact.replace(point, "").replace(group, ".")
    elif _PLAIN.fullmatch(compact):
        compact = compact.replace(",", ".")
    else:
        raise ValueError(text)
    return Decimal(compact)


_MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_WEST_TO_EAST = {7: "WIB", 8: "WITA", 9: "WIT"}


def day(value: date) -> str:
    """`21 November 2026`."""
    return f"{value.day} {_MONTHS[_current][value.month - 1]} {value.year}"


def day_and_time(value: datetime) -> str:
    """`21 November 2026 10.42 WITA`: the zone by name where Indonesia has one, else as an offset."""
    separator = "." if _current == "id" else ":"
    offset = value.utcoffset()
    zone = ""
    if offset is not None:
        hours = offset.total_seconds() / 3600
        zone = _WEST_TO_EAST.get(int(hours), "") if hours == int(hours) else ""
        zone = f" {zone or value.strftime('UTC%z')}"
    return f"{day(value)} {value:%H}{separator}{value:%M}{zone}"


_DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", re.ASCII)
_DAY_IN_WORDS = re.compile(r"(\d{1,2}) ([^\W\d_]{3,}) (\d{4})")


def parse_day(text: str) -> date:
    """The date somebody typed: `25/2/2020`, `25-2-2020`, `25 Februari 2020` or ISO `2020-02-25`. ValueError."""
    compact = " ".join(text.split())
    found = _DAY.fullmatch(compact)
    if found:
        return date(int(found[3]), int(found[2]), int(found[1]))
    words = _DAY_IN_WORDS.fullmatch(compact)
    for months in _MONTHS.values() if words else ():
        for index, name in enumerate(months):
            if words and name.lower().startswith(words[2].lower()):
                return date(int(words[3]), index + 1, int(words[1]))
    return date.fromisoformat(compact)
