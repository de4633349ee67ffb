"""The headings of a workbook: many spellings, one name for each column, and the language it is in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from evaluator.form.xlsform.workbook import CHOICES, EXTERNAL, SETTINGS, SURVEY, Sheet

TRANSLATED: Final = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
_MEDIA: Final = ("image", "big-image", "audio", "video")

# What a heading is called here, by the spellings that the converter knows.
_SURVEY: Final[Mapping[str, str]] = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "readonly": "read_only",
    "bind::readonly": "read_only",
    "relevance": "relevant",
    "bind::relevant": "relevant",
    "bind::required": "required",
    "bind::constraint": "constraint",
    "bind::calculate": "calculation",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "bind::jr:constraintMsg": "constraint_message",
    "requiredmsg": "required_message",
    "bind::jr:requiredMsg": "required_message",
    "control::appearance": "appearance",
    "body::appearance": "appearance",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "control::jr:count": "repeat_count",
    "body::jr:count": "repeat_count",
    "noapperrorstring": "bind::jr:noAppErrorString",
    "no_app_error_string": "bind::jr:noAppErrorString",
    "autoplay": "body::autoplay",
    "rows": "body::rows",
    "compact_tag": "instance::odk:tag",
}
_LIST: Final[Mapping[str, str]] = {"caption": "label", "value": "name", "list name": "list_name"}
_SETTINGS: Final[Mapping[str, str]] = {
    "title": "form_title",
    "set_form_title": "form_title",
    "id_string": "form_id",
    "set_form_id": "form_id",
}
_ALIASES: Final[Mapping[str, Mapping[str, str]]] = {
    SURVEY: _SURVEY,
    CHOICES: _LIST,
    EXTERNAL: _LIST,
    "osm": _LIST,
    SETTINGS: _SETTINGS,
}
_KNOWN: Final = frozenset(
    {*_SURVEY.values(), *_LIST.values(), *_SETTINGS.values(), *TRANSLATED}
    | {"type", "name", "required", "default", "choice_filter", "parameters", "trigger", "disabled"}
    | {"save_to", "bind", "body", "control", "instance", "media", "version", "default_language"}
    | {"allow_choice_duplicates", *_MEDIA}
)


@dataclass(frozen=True, slots=True)
class Column:
    """What a heading means: the name of the column, and the language where it is translated."""

    name: str
    language: str = ""


def columns(name: str, sheet: Sheet) -> dict[str, Column]:
    """What each heading of a sheet means. Single colons divide only where no heading has a double one."""
    headers = dict.fromkeys(header for row in (sheet.headers, *sheet.rows) for header in row)
    double = any("::" in header for header in headers)
    return {header: _column(name, header, double) for header in headers}


def heading(column: Column) -> str:
    """The heading that means this column."""
    return f"{column.name}::{column.language}" if column.language else column.name


def languages_of(found: Iterable[Column]) -> list[str]:
    """The languages of translated columns in order, `""` for those that name none."""
    return list(dict.fromkeys(column.language for column in found if is_translated(column.name)))


def is_translated(name: str) -> bool:
    """Whether a column may be given in several languages."""
    return name in TRANSLATED or name.startswith("media::")


def _column(sheet: str, header: str, double: bool) -> Column:
    aliases = _ALIASES.get(sheet, {})
    parts = [part.strip() for part in header.split("::" if double or "::" in header else ":")]
    if "jr" in parts[:-1]:  # a single colon divided `jr:count`
        at = parts.index("jr")
        parts[at : at + 2] = [f"jr:{parts[at + 1]}"]
    first = "_".join(parts[0].split()).lower()
    if first not in _KNOWN and first not in aliases:
        return Column(header)
    if first == "list_name" or first.replace("_", " ") == "list name":
        return Column("list_name")
    if first in _MEDIA:
        parts[:1] = ["media", first]
    else:
        parts[0] = "body" if first == "control" else first
    for length in range(len(parts), 0, -1):
        named = "::".join(parts[:length])
        named = aliases.get(named, named)
        media = re.fullmatch(r"media::[^:]+", named) is not None
        if named in TRANSLATED or media:
            return Column(named, "::".join(parts[length:]))
        if named in aliases.values() and length == len(parts):
            return Column(named)
    return Column("::".join([aliases.get(parts[0], parts[0]), *parts[1:]]))
