"""Functions on dates, times and date-times.

The first and last moments of the calendar lie beyond it in some zones: what they would be is blank or no number.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

from evaluator.form.expression import temporal
from evaluator.form.expression.functions.function import AnyScope, Table, scoped, table
from evaluator.form.expression.values import NAN, Value, to_number, to_temporal, to_text
from evaluator.language import _


def _read(value: Value, zone: tzinfo) -> date | None:
    """A date or date-time as it is, text in ISO 8601, else a number of days."""
    found = to_temporal(value, zone, loose=True)
    if found is not None or isinstance(value, bool):
        return found
    return temporal.moment_of(to_number(value, zone), zone)


def _date(scope: AnyScope, value: Value) -> Value:
    found = to_temporal(value, scope.zone, loose=True)
    if found is None and not isinstance(value, bool):
        found = temporal.date_of(to_number(value, scope.zone))
    return "" if found is None else found


def _date_time(scope: AnyScope, value: Value) -> Value:
    found = _read(value, scope.zone)
    return "" if found is None else found


def _today(scope: AnyScope) -> date:
    return scope.now().astimezone(scope.zone).date()


def _now(scope: AnyScope) -> datetime:
    return scope.now().astimezone(scope.zone)


def _decimal_date_time(scope: AnyScope, value: Value) -> float:
    zone = scope.zone
    found = to_temporal(value, zone, loose=True)
    return to_number(value, zone) if found is None else temporal.days_of(temporal.midnight(found, zone))


def _check_decimal_date_time(literals: tuple[str | None, ...]) -> str:
    text = literals[0]
    if not text or to_temporal(text, UTC, loose=True) is not None:
        return ""
    return _("{text} is not a date").format(text=text)


def _decimal_time(scope: AnyScope, value: Value) -> float:
    try:
        return _part_of_day(scope.zone, value)
    except OverflowError:
        return NAN


def _part_of_day(zone: tzinfo, value: Value) -> float:
    found = to_temporal(value, zone)
    if found is not None:
        return temporal.day_fraction(temporal.midnight(found, zone), zone)
    clock = temporal.read_clock(to_text(value), zone)
    if clock is None:
        return NAN
    return temporal.day_fraction(datetime.combine(temporal.EPOCH.date(), clock), zone)


def _format(scope: AnyScope, value: Value, pattern: Value) -> str:
    found = _read(value, scope.zone)
    try:
        return "" if found is None else temporal.format_temporal(found, to_text(pattern), scope.zone)
    except OverflowError:
        return ""


def _days(scope: AnyScope, value: Value) -> Value:
    """Ours: the whole days since 1970 of the calendar date, the same east and west of Greenwich."""
    found = _read(value, scope.zone)
    if found is None:
        return "" if value == "" else NAN
    try:
        return temporal.days_of(temporal.local_date(found, scope.zone))
    except OverflowError:
        return NAN


DATES: Table = table(
    {
        "date": scoped(_date, 1),
        "date-time": scoped(_date_time, 1),
        "days": scoped(_days, 1),
        "decimal-date-time": scoped(_decimal_date_time, 1, check=_check_decimal_date_time),
        "decimal-time": scoped(_decimal_time, 1),
        "format-date": scoped(_format, 2),
        "format-date-time": scoped(_format, 2),
        "now": scoped(_now, 0, volatile=True),
        "today": scoped(_today, 0, volatile=True),
    }
)
