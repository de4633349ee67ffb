"""The scanner that finds the line of a TOML path."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from evaluator.form.positions import TomlPath, locate, scan

TEXT = '''\
# a heading
title = "one" # after
"quoted key" = 'two'
a.b.c = 3

[table]
list = [
  1, # comment ]
  { x = "}", y = [2, 3] },
]
long = """
first
second"""

[[rows]]
name = "r0"
[[rows.cells]]
v = 1
[[rows.cells]]
v = 2
[[rows]]
name = "r1"
[rows.sub]
k = true
[[rows.cells]]
v = 3
'''


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("title",), 2, 9),
        (("quoted key",), 3, 16),
        (("a", "b", "c"), 4, 9),
        (("table", "list"), 7, 8),
        (("table", "list", 0), 8, 3),
        (("table", "list", 1, "x"), 9, 9),
        (("table", "list", 1, "y", 1), 9, 22),
        (("table", "long"), 12, 1),
        (("rows", 0, "name"), 16, 9),
        (("rows", 0, "cells", 1, "v"), 20, 5),
        (("rows", 1, "sub", "k"), 24, 5),
        (("rows", 1, "cells", 0, "v"), 26, 5),
    ],
)
def test_a_value_is_found(path: TomlPath, line: int, column: int) -> None:
    place = scan(TEXT).value(path)
    first = 1 if TEXT.split("\n")[line - 1][column - 1 :].startswith(('"', "'")) else 0
    assert (place.line, place.column) == (line, column + first)


def test_a_key_is_found_or_the_table_around_it() -> None:
    positions = scan(TEXT)
    assert positions.key(("rows", 1, "name")).line == 22
    assert positions.key(("rows", 1, "missing", "deeper")).line == 21
    assert positions.value(("rows", 1, "missing")).line == 21
    assert positions.key(("nothing",)).line == 1


def test_a_character_inside_a_text_is_found_past_escapes() -> None:
    text = 'a = "\\u0041\\tb"\n'
    assert tomllib.loads(text) == {"a": "A\tb"}
    assert locate({"f": text.encode()}, "f", ("a",)) == (1, 6)
    assert scan(text).value(("a",), 2).column == text.index("b") + 1


def every_path(value: Any, path: TomlPath = ()) -> list[TomlPath]:
    pairs: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    found = [(*path, key) for key, _ in pairs]
    for key, inner in pairs:
        found += every_path(inner, (*path, key))
    return found


def test_every_path_of_the_shipped_forms_is_found() -> None:
    for file in (Path(__file__).parents[2] / "forms" / "smartcity").glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        positions = scan(text)
        for path in every_path(tomllib.loads(text)):
            assert path in positions.keys, (file.name, path)
            line = text.split("\n")[positions.key(path).line - 1]
            if isinstance(path[-1], str):
                assert path[-1] in line, (file.name, path)


@pytest.mark.parametrize("text", ["a = [", "= 1", "[x", "a = {b", 'a = "', "[[x]\n", "a b = 1", "\x00"])
def test_what_is_not_toml_is_scanned_without_error(text: str) -> None:
    assert scan(text).key(("a",)).line == 1
