"""Dates and date-times: reading ISO 8601 text, numbers of days, printing.

A date counts in whole days since 1970-01-01, a date-time in days and fractions since that midnight in Greenwich.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DAY = timedelta(days=1)

_TIME = r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?"
_STRICT = re.compile(rf"\s*(\d{{4}})-(\d{{2}})-(\d{{2}})(?:T{_TIME})?\s*", re.ASCII)
_LOOSE = re.compile(rf"\s*(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:T{_TIME})?\s*", re.ASCII)
_CLOCK = re.compile(rf"\s*{_TIME}\s*", re.ASCII)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def read_temporal(text: str, zone: tzinfo, *, loose: bool = False) -> date | datetime | None:
    """The date or date-time that `text` is in ISO 8601, else None.

    A time without an offset is meant in `zone`. A loose reading takes months and days of one digit.
    """
    match = (_LOOSE if loose else _STRICT).fullmatch(text)
    if match is None:
        return None
    year, month, day, *clock = match.groups()
    try:
        found = date(int(year), int(month), int(day))
        if clock[0] is None:
            return found
        return datetime.combine(found, _clock(clock, zone))
    except ValueError:
        return None


def read_clock(text: str, zone: tzinfo) -> time | None:
    """The time of day that `text` is, such as `06:30` or `06:30:00.000+07:00`, else None."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    try:
        return _clock(list(match.groups()), zone)
    except ValueError:
        return None


def _clock(parts: list[str | None], zone: tzinfo) -> time:
    hour, minute, second, fraction, offset = parts
    microsecond = int(((fraction or "") + "000000")[:6])
    return time(int(hour or 0), int(minute or 0), int(second or 0), microsecond, _offset(offset, zone))


def _offset(text: str | None, zone: tzinfo) -> tzinfo:
    if text is None:
        return zone
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-delta if text[0] == "-" else delta)


def days_of(value: date) -> float:
    """The number a date or date-time is: whole days, or days and fractions for a date-time."""
    if isinstance(value, datetime):
        return (value - EPOCH) / _DAY
    return float(value.toordinal() - _EPOCH_ORDINAL)


def date_of(days: float) -> date | None:
    """The date so many days after 1970-01-01, a fraction left out; None outside the years 1 to 9999."""
    if not math.isfinite(days):
        return None
    ordinal = math.floor(days) + _EPOCH_ORDINAL
    if not 1 <= ordinal <= date.max.toordinal():
        return None
    return date.fromordinal(ordinal)


def moment_of(days: float, zone: tzinfo) -> date | datetime | None:
    """A whole number of days is a date, a fraction an instant counted from midnight in Greenwich."""
    if not math.isfinite(days):
        return None
    if days == math.floor(days):
        return date_of(days)
    try:
        return (EPOCH + timedelta(days=days)).astimezone(zone)
    except (OverflowError, ValueError):
        return None


def midnight(value: date, zone: tzinfo) -> datetime:
    """The start of a date in a zone; a date-time is itself."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(), zone)


def local_date(value: date, zone: tzinfo) -> date:
    """The calendar date in a zone."""
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def day_fraction(moment: datetime, zone: tzinfo) -> float:
    """How much of the day has passed on the clock of a zone, from 0 to below 1."""
    clock = moment.astimezone(zone).replace(tzinfo=None)
    return (clock - datetime.combine(clock.date(), time())) / _DAY


def compare_temporal(left: date, right: date) -> int:
    """-1, 0 or 1. A date stands for its first moment in the zone in which the date-time is written."""
    if isinstance(left, datetime):
        right = midnight(right, left.tzinfo or UTC)
    elif isinstance(right, datetime):
        left = midnight(left, right.tzinfo or UTC)
    return (left > right) - (left < right)


def temporal_text(value: date) -> str:
    """ISO 8601: `2026-11-21`, or `2026-11-21T09:30:00.000+07:00`."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return value.isoformat()


def format_temporal(value: date, pattern: str, zone: tzinfo) -> str:
    """The pattern with its `%` codes replaced; a code that is not known stays as it is."""
    moment = value.astimezone(zone) if isinstance(value, datetime) else datetime.combine(value, time(), zone)

    def replace(match: re.Match[str]) -> str:
        code = match.group(1)
        return FORMATS[code](moment) if code in FORMATS else match.group()

    return re.sub(r"%(.)", replace, pattern, flags=re.DOTALL)


FORMATS: Mapping[str, Callable[[datetime], str]] = {
    "%": lambda _moment: "%",
    "Y": lambda moment: f"{moment.year:04}",
    "y": lambda moment: f"{moment.year % 100:02}",
    "m": lambda moment: f"{moment.month:02}",
    "n": lambda moment: str(moment.month),
    "b": lambda moment: MONTHS[moment.month - 1],
    "d": lambda moment: f"{moment.day:02}",
    "e": lambda moment: str(moment.day),
    "a": lambda moment: WEEKDAYS[moment.weekday()],
    "H": lambda moment: f"{moment.hour:02}",
    "h": lambda moment: str(moment.hour),
    "M": lambda moment: f"{moment.minute:02}",
    "S": lambda moment: f"{moment.second:02}",
    "3": lambda moment: f"{moment.microsecond // 1000:03}",
}
