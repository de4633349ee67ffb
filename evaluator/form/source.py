"""From bytes to TOML tables and CSV rows, within limits that no honest form file comes near.

A form may come from somebody else's disk. The limits keep a file of a megabyte from costing more than a file of
a megabyte: `tomllib` recurses for every bracket and is quadratic in the dots of a key.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from decimal import Decimal
from typing import Any, Final

from evaluator.errors import DefinitionError
from evaluator.form.definition import Table
from evaluator.form.positions import first_fault
from evaluator.language import _
from evaluator.text import clean

MAX_BYTES: Final = 1024 * 1024
MAX_LINE: Final = 2048
MAX_DEPTH: Final = 32
MAX_DOTS: Final = 32
MAX_TABLE_BYTES: Final = 8 * 1024 * 1024

# Unterminated triple quotes run to the end of the text, so that no text makes the pattern start over and over.
_LONG_TEXT: Final = r'"""(?:[^\\"]|\\.|"(?!""))*(?:"{3,5}|\Z)|\'\'\'(?:[^\']|\'(?!\'\'))*(?:\'{3,5}|\Z)|'
_TEXT_OR_COMMENT: Final = r"\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"|'[^'\n]*'|\#[^\n]*"
_SHORT: Final = re.compile(_TEXT_OR_COMMENT)
_LONG: Final = re.compile(_LONG_TEXT + _TEXT_OR_COMMENT, re.DOTALL)
_BRACKET: Final = re.compile(r"[\[\]{}\n]")
_DOTTED: Final = re.compile(rf"(?:\.[^=.,\n\[\]{{}}]*){{{MAX_DOTS + 1}}}")
_TOML_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def parse_toml(file: str, data: bytes) -> tuple[str, dict[str, Any]]:
    """The text and the table of a TOML file. Raises DefinitionError with the place of the first fault."""
    text = _decode(file, data, MAX_BYTES)
    _check_limits(file, text)
    try:
        return text, tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(file, text, str(error)) from None
    except RecursionError:
        raise _limit(file, 0, _("the brackets are nested too deeply")) from None
    except ValueError as error:  # numbers too long to convert, dates that do not exist
        raise _syntax_error(file, text, str(error)) from None


def parse_csv(file: str, data: bytes) -> Table:
    """The table of a CSV file with a heading line. Raises DefinitionError."""
    text = _decode(file, data, MAX_TABLE_BYTES).removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[str, ...]] = []
    columns: tuple[str, ...] = ()
    try:
        for cells in reader:
            if not cells:
                continue
            row = tuple(clean(cell) for cell in cells)
            if not columns:
                columns = row
            elif len(row) != len(columns):
                raise DefinitionError(
                    "csv_malformed",
                    _("this row has {found} cells, the heading has {wanted}").format(
                        found=len(row), wanted=len(columns)
                    ),
                    _("Put text that holds a comma between double quotes"),
                    file=file,
                    line=reader.line_num,
                    column=1,
                )
            else:
                rows.append(row)
    except (csv.Error, ValueError) as error:
        raise DefinitionError(
            "csv_malformed",
            _("this row cannot be read: {reason}").format(reason=error),
            _("Save the table again as CSV in UTF-8"),
            file=file,
            line=reader.line_num,
            column=1,
        ) from None
    if not columns or len(set(columns)) != len(columns) or not all(columns):
        raise DefinitionError(
            "csv_malformed",
            _("the first line must name every column once"),
            _("Write the heading, such as code,name"),
            file=file,
            line=1,
            column=1,
        )
    return Table(columns, tuple(rows))


def _decode(file: str, data: bytes, limit: int) -> str:
    if len(data) > limit:
        raise _limit(file, 0, _("the file is larger than {size} bytes").format(size=limit))
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DefinitionError(
            "not_utf8",
            _("the file is not UTF-8 text"),
            _("Save it again as UTF-8"),
            file=file,
            line=data.count(b"\n", 0, error.start) + 1,
            column=error.start - data.rfind(b"\n", 0, error.start),
        ) from None


def _check_limits(file: str, text: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE or (len(line) * 4 > MAX_LINE and len(line.encode()) > MAX_LINE):
            raise _limit(file, number, _("the line is longer than {size} bytes").format(size=MAX_LINE))
    bare = _without_texts(text)
    depth = 0
    line_number = 1
    for bracket in _BRACKET.findall(bare):
        if bracket == "\n":
            line_number += 1
        elif bracket in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _limit(file, line_number, _("the brackets are nested too deeply"))
        else:
            depth -= 1
    dotted = _DOTTED.search(bare)
    if dotted:
        number = bare.count("\n", 0, dotted.start()) + 1
        raise _limit(file, number, _("the key has too many parts"))


def _without_texts(text: str) -> str:
    """`text` with its strings and comments taken out, line for line."""
    if '"""' not in text and "'''" not in text:
        return _SHORT.sub("_", text)
    return _LONG.sub(_line_feeds, text)


def _line_feeds(match: re.Match[str]) -> str:
    found = match[0]
    return "\n" * found.count("\n") if "\n" in found else "_"


def _limit(file: str, line: int, message: str) -> DefinitionError:
    return DefinitionError(
        "toml_limit",
        message,
        _("Split it: a form file stays far below this"),
        file=file,
        line=line,
        column=1 if line else 0,
    )


def _syntax_error(file: str, text: str, message: str) -> DefinitionError:
    place = _TOML_PLACE.search(message)
    if place:
        message = message[: place.start()]
    if place and place[1]:
        line, column = int(place[1]), int(place[2])
    else:  # the parser only noticed at the end of the file
        fault = first_fault(text)
        line, column = fault.line, fault.column
    return DefinitionError(
        "toml_syntax",
        _("this is not TOML: {reason}").format(reason=message),
        _("Look for a missing quote, bracket or equals sign here or just before"),
        file=file,
        line=line,
        column=column,
    )
