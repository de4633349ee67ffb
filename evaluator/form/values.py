"""What may stand as the answer of a question: reading it from JSON or a keyboard, and showing it.

A stored value is canonical JSON: one answer has exactly one shape.

    rubric integer year                     int
    decimal percent currency range          text of a number in plain notation, "62.5"
    text longtext barcode                   text
    yesno select_one region agency pillar section   the value of the choice
    select_multiple                         list of values in the order of the choice list
    rank                                    list of values in the order of preference
    date, time, datetime                    "2026-11-21", "10:42", "2026-11-21T10:42:00+08:00"
    geopoint                                "latitude longitude altitude accuracy"
    acknowledge                             "OK"
    item                                    a reference, or a list of them where several are allowed

What cannot be read as its type, or is not on the list, is refused with AnswerError. What breaks a constraint is
no concern of this module: it is stored and marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import MAXYEAR, MINYEAR, date, datetime, time
from decimal import Decimal
from typing import Any

from evaluator import language
from evaluator.errors import AnswerError
from evaluator.form.definition import CONTAINER_TYPES, INTEGER_TYPES, NUMERIC_TYPES, Choice, Question
from evaluator.language import _
from evaluator.text import clean

TEXT_LIMIT = 100_000
INTEGER_LIMIT = 2**53 - 1  # what every reader of JSON takes exactly
ACKNOWLEDGED = "OK"
OTHER = "other"

_CHOSEN_TYPES = frozenset({"yesno", "select_one", "region", "agency", "pillar", "section"})
_LISTED_TYPES = frozenset({"select_multiple", "rank"})
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_DIGIT_LIMIT = 40


def read_value(question: Question, raw: Any, choices: Sequence[Choice] = ()) -> Any:
    """`raw` as the canonical value of `question`; None clears.

    `choices` are all that the question may hold (the scale of a rubric, yes before no), filtered or not. Raises
    AnswerError with the path of the question.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()) or raw == []:
        return None
    reader = _READERS.get(question.type)
    if reader is None:
        raise _refused(question, "not_answerable", _("{path} takes no answer").format(path=question.path))
    special = _special(question, raw)
    return reader(question, raw, choices) if special is None else special


def is_special(question: Question, value: Any) -> bool:
    """True if `value` is one of the special values of `question`, such as 9 for "no answer"."""
    return bool(question.special) and any(str(value) == choice.value for choice in question.special)


def plain(number: Decimal) -> str:
    """A number without exponent and without zeros that say nothing: `62.5`, `100`, `0`."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def shown_value(question: Question, value: Any, choices: Sequence[Choice] = (), lang: str = "") -> str:
    """A stored value as people read it: labels for choices, numbers and dates as the language in use writes them.

    `lang` is the language of the labels, the one in use if empty.
    """
    if value is None:
        return ""
    labels = {choice.value: choice.label for choice in (*choices, *question.special)}
    if isinstance(value, list):
        return ", ".join(_label(labels, item, lang) for item in value)
    if str(value) in labels and question.type != "rubric":
        return _label(labels, value, lang)
    if question.type == "year":
        return str(value)
    if question.type in NUMERIC_TYPES and _NUMBER.fullmatch(str(value)):
        return language.number(Decimal(str(value)))
    if question.type == "date":
        return language.day(date.fromisoformat(value))
    if question.type == "datetime":
        return language.day_and_time(datetime.fromisoformat(value))
    return str(value)


def _label(labels: dict[str, Any], value: Any, lang: str) -> str:
    label = labels.get(str(value))
    return str(value) if label is None else label.text(lang or language.current()) or str(value)


def _special(question: Question, raw: Any) -> Any:
    """`raw` in the canonical shape of the question's type, if it is a special value of the question."""
    if not question.special or isinstance(raw, bool | list):
        return None
    text = _written_out(raw) if isinstance(raw, Decimal) else str(raw).strip()
    if not any(text == choice.value for choice in question.special):
        return None
    return int(text) if question.type in INTEGER_TYPES and re.fullmatch(r"-?[0-9]+", text) else text


def _written_out(raw: Decimal) -> str:
    """A number without exponent; 1e999999999 keeps it, since its zeros would fill the memory."""
    return plain(raw) if abs(raw.adjusted()) < _DIGIT_LIMIT else str(raw)


def _refused(question: Question, code: str, message: str, hint: str = "") -> AnswerError:
    return AnswerError(code, message, hint, path=question.path)


def _mistyped(question: Question, raw: Any, wanted: str) -> AnswerError:
    shown = str(raw)[:60]
    message = _("{path} wants {wanted}, not “{value}”").format(path=question.path, wanted=wanted, value=shown)
    return _refused(question, "value_not_readable", message)


def _outside(question: Question, raw: Any, choices: Sequence[Choice]) -> AnswerError:
    message = _("“{value}” is not a choice of {path}").format(value=str(raw)[:60], path=question.path)
    values = ", ".join(choice.value for choice in choices[:12])
    hint = _("Choose one of: {values}").format(values=values + (", …" if len(choices) > 12 else ""))
    return _refused(question, "value_not_in_list", message, hint if values else "")


def _decimal(question: Question, raw: Any, wanted: str) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        raise _mistyped(question, raw, wanted)
    text = str(raw).strip()
    if not _NUMBER.fullmatch(text):
        raise _mistyped(question, raw, wanted)
    number = Decimal(text)
    if number and (number.adjusted() >= _DIGIT_LIMIT or len(plain(number)) > 2 * _DIGIT_LIMIT):
        raise _mistyped(question, raw, _("a number of at most {digits} digits").format(digits=_DIGIT_LIMIT))
    return number


def _read_integer(question: Question, raw: Any, _choices: Sequence[Choice]) -> int:
    wanted = _("a whole number")
    number = _decimal(question, raw, wanted)
    if number != number.to_integral_value() or abs(number) > INTEGER_LIMIT:
        raise _mistyped(question, raw, wanted)
    return int(number)


def _read_year(question: Question, raw: Any, choices: Sequence[Choice]) -> int:
    number = _read_integer(question, raw, choices)
    if not 1000 <= number <= 9999:
        raise _mistyped(question, raw, _("a year of four digits"))
    return number


def _read_rubric(question: Question, raw: Any, choices: Sequence[Choice]) -> int:
    wanted = _("a level of the scale")
    number = _decimal(question, raw, wanted)
    if not any(plain(number) == choice.value for choice in choices):
        raise _outside(question, raw, choices)
    return int(number)


def _read_decimal(question: Question, raw: Any, _choices: Sequence[Choice]) -> str:
    return plain(_decimal(question, raw, _("a number")))


def _read_text(question: Question, raw: Any, _choices: Sequence[Choice]) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise _mistyped(question, raw, _("text"))
    text = _written_out(raw) if isinstance(raw, Decimal) else str(raw)
    if len(text) > TEXT_LIMIT:
        message = _("The text for {path} is longer than {limit} characters")
        raise _refused(question, "text_too_long", message.format(path=question.path, limit=TEXT_LIMIT))
    try:
        return clean(text)
    except ValueError as error:
        message = _("The text for {path} holds a control character, {place}")
        raise _refused(
            question, "control_character", message.format(path=question.path, place=error)
        ) from None


def _read_date(question: Question, raw: Any, _choices: Sequence[Choice]) -> str:
    text = str(raw).strip()
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _mistyped(question, raw, _("a date such as 2026-11-21")) from None


def _read_time(question: Question, raw: Any, _choices: Sequence[Choice]) -> str:
    text = str(raw).strip()
    try:
        if not _TIME.fullmatch(text):
            raise ValueError(text)
        moment = time.fromisoformat(text)
    except ValueError:
        raise _mistyped(question, raw, _("a time such as 10:42")) from None
    return moment.isoformat("seconds" if moment.second else "minutes")


def _read_datetime(question: Question, raw: Any, _choices: Sequence[Choice]) -> str:
    text = str(raw).strip()
    try:
        if not _DAY.match(text):
            raise ValueError(text)
        moment = datetime.fromisoformat(text)
        # The first and the last year reach beyond the calendar in some zones.
        if moment.utcoffset() is None or not MINYEAR < moment.year < MAXYEAR:
            raise ValueError(text)
    except ValueError:
        wanted = _("a date and time with its offset such as 2026-11-21T10:42:00+08:00")
        raise _mistyped(question, raw, wanted) from None
    return moment.isoformat()


def _read_chosen(question: Question, raw: Any, choices: Sequence[Choice]) -> str:
    if isinstance(raw, bool) and question.type == "yesno" and len(choices) == 2:
        return choices[0 if raw else 1].value
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise _mistyped(question, raw, _("the value of one choice"))
    text = str(raw).strip()
    if not any(text == choice.value for choice in choices):
        raise _outside(question, raw, choices)
    return text


def _read_listed(question: Question, raw: Any, choices: Sequence[Choice]) -> list[str]:
    if isinstance(raw, str):
        raw = raw.split()
    if not isinstance(raw, list | tuple):
        raise _mistyped(question, raw, _("a list of values"))
    known = {choice.value: index for index, choice in enumerate(choices)}
    values = dict.fromkeys(_read_chosen(question, item, choices) for item in raw)
    return list(values) if question.type == "rank" else sorted(values, key=known.__getitem__)


def _read_geopoint(question: Question, raw: Any, _choices: Sequence[Choice]) -> str:
    wanted = _("latitude and longitude such as -0.4948 117.1436")
    parts = raw.replace(",", " ").split() if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple) or not 2 <= len(parts) <= 4:
        raise _mistyped(question, raw, wanted)
    numbers = [_decimal(question, part, wanted) for part in parts]
    if abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        raise _mistyped(question, raw, wanted)
    numbers += [Decimal(0)] * (4 - len(numbers))
    return " ".join(plain(number) for number in numbers)


def _read_acknowledge(question: Question, raw: Any, _choices: Sequence[Choice]) -> str | None:
    if raw is False:
        return None
    if raw is True or (isinstance(raw, str) and raw.strip().upper() == ACKNOWLEDGED):
        return ACKNOWLEDGED
    raise _mistyped(question, raw, ACKNOWLEDGED)


def _read_item(question: Question, raw: Any, choices: Sequence[Choice]) -> str | list[str]:
    """References as they are stored; a choice may also be named by its `path` column, which is how people write it."""
    names = {choice.columns.get("path", choice.value): choice.value for choice in choices}
    names.update((choice.value, choice.value) for choice in choices)
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise _mistyped(question, raw, _("the path of a question or row"))
    found: dict[str, None] = {}
    for item in items:
        value = names.get(item.strip())
        if value is None:
            raise _outside(question, item, choices)
        found[value] = None
    if question.multiple:
        return list(found)
    if len(found) != 1:
        raise _mistyped(question, raw, _("one path only"))
    return next(iter(found))


_Reader = Callable[[Question, Any, Sequence[Choice]], Any]
_READERS: dict[str, _Reader] = {
    "rubric": _read_rubric,
    "integer": _read_integer,
    "year": _read_year,
    "date": _read_date,
    "time": _read_time,
    "datetime": _read_datetime,
    "geopoint": _read_geopoint,
    "acknowledge": _read_acknowledge,
    "item": _read_item,
    **dict.fromkeys(NUMERIC_TYPES - INTEGER_TYPES, _read_decimal),
    **dict.fromkeys(("text", "longtext", "barcode"), _read_text),
    **dict.fromkeys(_CHOSEN_TYPES, _read_chosen),
    **dict.fromkeys(_LISTED_TYPES, _read_listed),
}

UNANSWERABLE_TYPES = CONTAINER_TYPES | {"note", "calculate", "evidence"}
