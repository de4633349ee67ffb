"""Where things stand in a TOML file.

`tomllib` gives values without places. This scanner walks a file that `tomllib` has accepted and notes, for every
path such as `("section", 0, "question", 3, "label")`, where its key and its value begin. It runs only when
there is something to report, so loading a good form does not pay for it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

TomlPath = tuple[str | int, ...]

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_SPACE: Final = re.compile(r"[ \t]*")
_STRING: Final = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*"{3,5}|\'\'\'(?:[^\']|\'(?!\'\'))*\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.DOTALL,
)
_SCALAR: Final = re.compile(r"[^,\]}#\n]+")
_ESCAPES: Final = {"u": 6, "U": 10}
_CONTINUED: Final = re.compile(r"(?:\\[ \t]*\n\s*)*")


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Positions:
    """The places of everything in one file."""

    text: str
    keys: dict[TomlPath, int] = field(default_factory=dict)
    values: dict[TomlPath, int] = field(default_factory=dict)
    _lines: list[int] = field(default_factory=list)

    def key(self, path: TomlPath) -> Place:
        """Where the key of `path` stands, or that of the nearest table around it."""
        while path and path not in self.keys:
            path = path[:-1]
        return self.place(self.keys.get(path, 0))

    def value(self, path: TomlPath, index: int = 0) -> Place:
        """Where character `index` of the text at `path` stands, escapes counted as what they stand for."""
        start = self.values.get(path)
        if start is None:
            return self.key(path)
        return self.place(_inside(self.text, start, index))

    def place(self, offset: int) -> Place:
        """The line and column of a character of the file."""
        if not self._lines:
            self._lines = [0, *(match.end() for match in re.finditer("\n", self.text))]
        line = bisect_right(self._lines, offset)
        return Place(line, offset - self._lines[line - 1] + 1)


def scan(text: str) -> Positions:
    """The places in `text`; for a text that is not TOML, those up to the first fault."""
    scanner = _Scanner(Positions(text))
    with suppress(_NotTomlError):  # the parser says what is wrong; what was found so far still helps
        scanner.file()
    return scanner.found


def first_fault(text: str) -> Place:
    """Where a text stops being TOML, as far as this scanner can tell: the start of a string without end."""
    scanner = _Scanner(Positions(text))
    with suppress(_NotTomlError):
        scanner.file()
    return scanner.found.place(min(scanner.at, max(len(text) - 1, 0)))


def locate(files: Mapping[str, bytes], file: str, path: TomlPath) -> tuple[int, int]:
    """The line and column of the value at `path` of `file`."""
    place = scan(files[file].decode("utf-8", "replace")).value(path)
    return place.line, place.column


class _NotTomlError(Exception):
    """The scanner met something that is not TOML."""


class _Scanner:
    """One pass over the text; `at` is the next character."""

    def __init__(self, found: Positions) -> None:
        self.found = found
        self.text = found.text
        self.at = 0
        self.lengths: dict[TomlPath, int] = {}  # arrays of tables met so far

    def file(self) -> None:
        table: TomlPath = ()
        while self.skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return self.at

    def expect(self, character: str) -> None:
        self.skip(_SPACE)
        if not self.text.startswith(character, self.at):
            raise _NotTomlError
        self.at += len(character)

    def header(self) -> TomlPath:
        start = self.at
        array = self.text.startswith("[[", start)
        self.at += 2 if array else 1
        *parents, last = self.dotted_key()
        self.expect("]]" if array else "]")
        path: TomlPath = ()
        for part in parents:
            path = self.entered((*path, part))
        path = (*path, last)
        if array:
            number = self.lengths.get(path, 0)
            self.lengths[path] = number + 1
            self.found.keys.setdefault(path, start)
            path = (*path, number)
        self.found.keys.setdefault(path, start)
        return path

    def entered(self, path: TomlPath) -> TomlPath:
        """`path`, in its newest element where it is an array of tables."""
        length = self.lengths.get(path)
        return path if length is None else (*path, length - 1)

    def dotted_key(self) -> list[str]:
        parts = []
        while True:
            self.skip(_SPACE)
            quoted = self.text[self.at : self.at + 1] in ('"', "'")
            match = (_STRING if quoted else _BARE_KEY).match(self.text, self.at)
            if match is None:
                raise _NotTomlError
            parts.append(match[0][1:-1] if quoted else match[0])
            self.at = match.end()
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def pair(self, table: TomlPath) -> None:
        start = self.at
        path = table
        for part in self.dotted_key():
            path = (*path, part)
            self.found.keys.setdefault(path, start)
        self.expect("=")
        self.skip(_SPACE)
        self.value(path)

    def value(self, path: TomlPath) -> None:
        self.found.values[path] = self.at
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        else:
            match = (_STRING if opening in ('"', "'") else _SCALAR).match(self.text, self.at)
            if match is None:
                raise _NotTomlError
            self.at = match.end()

    def array(self, path: TomlPath) -> None:
        self.at += 1
        number = 0
        while True:
            self.skip(_BLANK)
            if self.text.startswith("]", self.at):
                self.at += 1
                return
            element = (*path, number)
            self.found.keys[element] = self.at
            self.value(element)
            number += 1
            self.comma("]")

    def inline_table(self, path: TomlPath) -> None:
        self.at += 1
        while True:
            self.skip(_BLANK)
            if self.text.startswith("}", self.at):
                self.at += 1
                return
            self.pair(path)
            self.comma("}")

    def comma(self, closing: str) -> None:
        self.skip(_BLANK)
        if self.text.startswith(",", self.at):
            self.at += 1
        elif not self.text.startswith(closing, self.at):
            raise _NotTomlError


def _inside(text: str, start: int, index: int) -> int:
    """The offset of character `index` of the value that begins at `start`."""
    quote = text[start : start + 1]
    if quote not in ('"', "'"):
        return start
    at = start + 1
    if text.startswith(quote * 3, start):
        at = start + 3
        if text.startswith("\n", at):
            at += 1
    for _step in range(index):
        if quote == '"':
            at = _CONTINUED.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if quote == '"' and text.startswith("\\", at):
            at += _ESCAPES.get(text[at + 1 : at + 2], 2)
        else:
            at += 1
    return min(at, len(text))
