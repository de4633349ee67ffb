"""What somebody typed as the value that is stored, and back into a field: numbers and dates as written here."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any

from evaluator import language
from evaluator.errors import AnswerError
from evaluator.form.definition import NUMERIC_TYPES, Question
from evaluator.form.values import is_special, plain
from evaluator.language import _

_ZONES = {"WIB": 7, "WITA": 8, "WIT": 9, "Z": 0, "UTC": 0}
_MOMENT = re.compile(
    r"(?P<day>.+?)(?:\s*[,T]\s*|\s+)(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?:[.:](?P<second>\d{2}))?"
    r"(?:\.\d+)?\s*(?P<zone>[A-Za-z]{1,4}|[+-]\d{2}:?\d{2})?"
)
_TIME = re.compile(r"(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?")
_SIGNS = re.compile(r"(?i)^(rp\.?|idr)\s*|\s*%$")


def typed_value(question: Question, text: str, zone: tzinfo | None = None) -> Any:
    """The value that `text` stands for, None if it is blank. `zone` is meant where no zone was typed.

    Raises AnswerError in words for the person who typed it.
    """
    compact = text.strip()
    if not compact:
        return None
    if is_special(question, compact):
        return compact
    if question.type in NUMERIC_TYPES:
        return _number(question, compact)
    if question.type == "date":
        return _day(question, compact).isoformat()
    if question.type == "datetime":
        return _moment(question, compact, zone)
    if question.type == "time":
        return _time(question, compact)
    return text if question.type == "longtext" else compact


def field_text(question: Question, value: Any) -> str:
    """A stored value as it is typed: what `typed_value` reads back as the same."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(str(entry) for entry in value)
    if question.type == "year" or is_special(question, value):
        return str(value)
    if question.type in NUMERIC_TYPES:
        return language.number(Decimal(str(value)))
    if question.type == "date":
        day = date.fromisoformat(value)
        return f"{day.day}/{day.month}/{day.year}"
    if question.type == "datetime":
        moment = datetime.fromisoformat(value)
        return f"{moment.day}/{moment.month}/{moment.year} {_clock(moment.time())} {_zone_name(moment)}"
    if question.type == "time":
        return _clock(time.fromisoformat(value))
    return str(value)


def _refused(question: Question, message: str) -> AnswerError:
    return AnswerError("value_not_readable", message, path=question.path)


def _number(question: Question, text: str) -> str:
    try:
        return plain(language.parse_number(_SIGNS.sub("", text)))
    except ValueError:
        example = language.number(Decimal("3.41"))
        message = _("“{text}” is not a number; write it like {example}")
        raise _refused(question, message.format(text=text[:40], example=example)) from None


def _day(question: Question, text: str) -> date:
    try:
        return language.parse_day(text)
    except ValueError:
        message = _("“{text}” is not a date; write day/month/year, such as {example}")
        example = language.day(date(2026, 11, 21))
        raise _refused(question, message.format(text=text[:40], example=f"21/11/2026, {example}")) from None


def _moment(question: Question, text: str, zone: tzinfo | None) -> str:
    found = _MOMENT.fullmatch(text)
    offset = _offset(found["zone"]) if found else None
    if found is None or (found["zone"] and offset is None):
        message = _("“{text}” is not a date and time; write it like 21/11/2026 10.30 WITA")
        raise _refused(question, message.format(text=text[:40]))
    day = _day(question, found["day"].strip())
    clock = time.fromisoformat(
        _time(question, ":".join(found[part] for part in ("hour", "minute", "second") if found[part]))
    )
    moment = datetime.combine(day, clock)
    if offset is not None:
        return moment.replace(tzinfo=offset).isoformat()
    return (moment.replace(tzinfo=zone) if zone else moment.astimezone()).isoformat()


def _time(question: Question, text: str) -> str:
    found = _TIME.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        clock = time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        message = _("“{text}” is not a time of day; write it like 10.30")
        raise _refused(question, message.format(text=text[:40])) from None
    return clock.isoformat("seconds" if clock.second else "minutes")


def _offset(name: str | None) -> timezone | None:
    if not name:
        return None
    hours = _ZONES.get(name.upper())
    if hours is not None:
        return timezone(timedelta(hours=hours))
    if name[0] not in "+-":
        return None
    digits = name[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if name[0] == "-" else minutes))


def _zone_name(moment: datetime) -> str:
    offset = moment.utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else None
    name = (
        {7: "WIB", 8: "WITA", 9: "WIT"}.get(int(hours)) if hours is not None and hours == int(hours) else None
    )
    return name or moment.isoformat()[-6:]


def _clock(moment: time) -> str:
    separator = "." if language.current() == "id" else ":"
    return moment.isoformat("seconds" if moment.second else "minutes").replace(":", separator)
