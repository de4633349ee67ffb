"""The question types of XLSForm and ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_SAME: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "string", "q string", "add text prompt"),
    "integer": ("integer", "int", "q int", "add integer prompt"),
    "decimal": ("decimal", "q decimal", "add decimal prompt"),
    "date": ("date", "q date", "add date prompt"),
    "time": ("time",),
    "datetime": (
        "datetime", "date time", "q date time", "q datetime", "add date time prompt", "add datetime prompt",
    ),
    "note": ("note", "q note", "add note prompt"),
    "barcode": ("barcode", "q barcode", "add barcode prompt"),
    "geopoint": ("geopoint", "gps", "location", "q location", "q geopoint", "add location prompt"),
    "acknowledge": ("acknowledge", "q acknowledge", "add acknowledge prompt", "trigger"),
    "calculate": ("calculate", "q calculate", "add calculate prompt"),
    "evidence": ("file", "add file prompt"),
    "range": ("range",),
}  # fmt: skip
PLAIN: Final[Mapping[str, str]] = {name: ours for ours, names in _SAME.items() for name in names}

# Files of a kind: answered by attaching, whatever the kind.
FILES: Final = frozenset(
    {
        "image", "photo", "q image", "q picture", "add image prompt", "add photo prompt",
        "audio", "q audio", "add audio prompt", "video", "q video", "add video prompt", "osm",
    }
)  # fmt: skip

# What the device of the field's own programs fills in by itself. Ours knows the clock only.
CLOCK: Final[Mapping[str, str]] = {
    "start": "once(now())",
    "start time": "once(now())",
    "get start time": "once(now())",
    "end": "now()",
    "end time": "now()",
    "get end time": "now()",
    "today": "once(today())",
    "get today": "once(today())",
}
BLANK: Final = frozenset(
    {
        "deviceid", "device id", "get device id", "imei", "uri:deviceid",
        "subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid",
        "simserial", "sim id", "get sim id", "uri:simserial",
        "phonenumber", "get phone number", "uri:phonenumber",
        "username", "uri:username", "email", "uri:email",
        "audit", "xml-external", "csv-external", "hidden",
        "start-geopoint", "background-audio", "background-geopoint",
    }
)  # fmt: skip

SETTINGS_IN_SURVEY: Final = frozenset({"form_title", "set_form_title", "form_id", "set_form_id", "prefix"})


@dataclass(frozen=True, slots=True)
class Preset:
    """An old type that is one of ours with bounds of its own."""

    type: str
    least: Decimal | None = None
    most: Decimal | None = None
    constraint: str = ""


PRESETS: Final[Mapping[str, Preset]] = {
    "percentage": Preset("integer", Decimal(0), Decimal(100)),
    "number of days in last month": Preset("integer", Decimal(0), Decimal(31)),
    "number of days in last six months": Preset("integer", Decimal(0), Decimal(183)),
    "number of days in last year": Preset("integer", Decimal(0), Decimal(365)),
    "phone number": Preset("text", constraint="regex(., '^\\d*$')"),
}

_SELECTS: Final[Mapping[str, str]] = {
    "select_one": "select_one",
    "select one": "select_one",
    "select1": "select_one",
    "select one from": "select_one",
    "add select one prompt using": "select_one",
    "select_one_from_file": "select_one",
    "select one from file": "select_one",
    "select_one_external": "select_one",
    "select_multiple": "select_multiple",
    "select multiple": "select_multiple",
    "select all that apply": "select_multiple",
    "select all that apply from": "select_multiple",
    "add select multiple prompt using": "select_multiple",
    "select_multiple_from_file": "select_multiple",
    "select multiple from file": "select_multiple",
    "rank": "rank",
}
_SELECT: Final = re.compile(
    r"(?P<command>" + "|".join(sorted(_SELECTS, key=len, reverse=True)) + r") (?P<list>\S+)"
    r"(?P<other> (?:or specify other|or_other|or other))?"
)


@dataclass(frozen=True, slots=True)
class Select:
    """A question that offers a list: one of the choices sheet, of a file, or the rows of a repeat."""

    type: str
    list: str
    other: bool
    external: bool
    file: bool


def select_of(text: str) -> Select | None:
    """The select that a type is, if it is one."""
    match = _SELECT.fullmatch(text)
    if match is None:
        return None
    command = match["command"]
    return Select(
        _SELECTS[command],
        match["list"],
        match["other"] is not None,
        command == "select_one_external",
        "file" in command,
    )
