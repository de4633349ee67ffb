"""Writes form files as people would lay them out, within the limits that the reader sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_ARRAYS: Final = frozenset({"section", "question"})
_HEADS: Final = frozenset({"form", "choices"})
_LINE: Final = 1400  # bytes; the reader takes lines of 2048
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\t": "\\t"}

Table = Mapping[str, Any]


def write(table: Table) -> str:
    """The text of a TOML file; keys `section` and `question` become arrays of tables, lists one entry a line."""
    return "\n".join(_lines((), table)).strip("\n") + "\n"


def _lines(path: tuple[str, ...], table: Table) -> Iterator[str]:
    """The keys of a table, then the tables below it."""
    below: list[tuple[str, Any]] = []
    for key, value in table.items():
        if _stands_alone(path, key, value):
            below.append((key, value))
        else:
            yield from _pair(key, value)
    for key, value in below:
        name = ".".join(map(_key, (*path, key)))
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            yield ""
            if key == "section" and number:
                yield ""
            yield f"[[{name}]]" if isinstance(value, list) else f"[{name}]"
            yield from _lines((*path, key), item)


def _stands_alone(path: tuple[str, ...], key: str, value: Any) -> bool:
    """Whether a value has a heading of its own."""
    if key in _ARRAYS or (not path and key in _HEADS):
        return True
    if isinstance(value, dict):
        return bool(path) and _has_tables(value)
    return _is_list_of_tables(value) and _too_long(value)


def _has_tables(value: Table) -> bool:
    return any(isinstance(item, dict) or _is_list_of_tables(item) for item in value.values())


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _too_long(items: Sequence[Table]) -> bool:
    return any(len(line.encode()) > _LINE for item in items for line in _inline(item).split("\n"))


def _pair(key: str, value: Any) -> Iterator[str]:
    if _is_list_of_tables(value):
        yield f"{_key(key)} = ["
        yield from (f"  {_inline(item)}," for item in value)
        yield "]"
        return
    text = _inline(value)
    if isinstance(value, dict) and any(len(line.encode()) > _LINE for line in text.split("\n")):
        for name, item in value.items():
            yield f"{_key(key)}.{_key(name)} = {_inline(item)}"
    elif isinstance(value, list) and len(text.encode()) > _LINE:
        yield f"{_key(key)} = ["
        yield from (f"  {_inline(item)}," for item in value)
        yield "]"
    else:
        yield f"{_key(key)} = {text}"


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    pairs = ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items())
    return f"{{ {pairs} }}" if pairs else "{}"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else '"' + "".join(map(_escaped, key)) + '"'


def _text(text: str) -> str:
    if "\n" not in text and len(text.encode()) <= _LINE:
        return '"' + "".join(map(_escaped, text)) + '"'
    return '"""\n' + "\n".join(map(_broken, text.split("\n"))) + '"""'


def _broken(line: str) -> str:
    """A line of a long text, cut where it grows too long for the reader by a backslash at the end of the line."""
    pieces: list[str] = []
    size = 0
    for character in line:
        piece = _escaped(character)
        if size > _LINE:
            # A blank after the cut would be taken for indentation.
            piece = "\\\n" + (f"\\u{ord(character):04x}" if character.isspace() else piece)
            size = 0
        pieces.append(piece)
        size += len(piece.encode())
    return "".join(pieces)


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character < " " or character == "\x7f":
        return f"\\u{ord(character):04x}"
    return character
