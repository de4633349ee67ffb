"""Files that are not TOML, or that are made to hurt."""

from __future__ import annotations

import time

import pytest

from evaluator.errors import DefinitionError
from evaluator.form.reading import check_instrument
from evaluator.form.source import MAX_BYTES, MAX_DEPTH, MAX_DOTS, MAX_LINE, parse_toml


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\nb = 'x\nc = 3\n", 2),
        ('a = "x\n', 1),
        ("a = 1\na = 2\n", 2),
        ("[t]\nx = 1\n[t]\n", 3),
        ("a = [1, 2\n\nb = 3\n", 3),
        ('a = """\nx\n', 1),
        ("a = 1\nb = 2020-13-01\n", 2),
        ("\n\nnonsense\n", 3),
        ('a = "\x07"\n', 1),
        ("a = 1\r\nb = \r\n", 2),
    ],
)
def test_a_syntax_error_names_its_line(text: str, line: int) -> None:
    with pytest.raises(DefinitionError) as raised:
        parse_toml("f.toml", text.encode())
    assert raised.value.code == "toml_syntax"
    assert raised.value.line == line
    assert raised.value.column >= 1


def test_what_is_not_utf8_names_the_byte() -> None:
    with pytest.raises(DefinitionError) as raised:
        parse_toml("f.toml", b'a = 1\nb = "\xe9"\n')
    assert (raised.value.code, raised.value.line, raised.value.column) == ("not_utf8", 2, 6)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), 2),
        ("a = " + "[\n" * (MAX_DEPTH + 1) + "]\n" * (MAX_DEPTH + 1), MAX_DEPTH + 1),
        ("a = " + "{b=" * 5000 + "1" + "}" * 5000, 1),
        ("a = [" * 100_000, 1),
        ("\n" + "a." * (MAX_DOTS + 1) + "b = 1", 2),
        ("[" + "a." * (MAX_DOTS + 1) + "b]", 1),
        ("x = 1\ny = '" + "z" * MAX_LINE + "'", 2),
        ("x = '" + "é" * (MAX_LINE // 2) + "'", 1),
    ],
)
def test_a_limit_names_its_line(text: str, line: int) -> None:
    with pytest.raises(DefinitionError) as raised:
        parse_toml("f.toml", text.encode())
    assert (raised.value.code, raised.value.line) == ("toml_limit", line)


def test_a_file_over_a_megabyte_is_not_parsed() -> None:
    with pytest.raises(DefinitionError) as raised:
        parse_toml("f.toml", b"#" * (MAX_BYTES + 1))
    assert raised.value.code == "toml_limit"


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * MAX_DEPTH + "]" * MAX_DEPTH,
        "a = '" + "[" * 200 + "'  # " + "[" * 200,
        'a = """\n' + "[[[[[[[[\n" * 50 + '"""',
        "a." * MAX_DOTS + "b = 1",
        "a = [" + "1.5, " * 200 + "]",
        "a = '" + "." * 200 + "'",
        'a = "x \\" [[" # don\'t\nb = 1',
    ],
)
def test_what_only_looks_deep_is_read(text: str) -> None:
    assert parse_toml("f.toml", text.encode())[1]


@pytest.mark.parametrize(
    "text",
    [
        '"""' + '\\"""' * 200_000,
        "a = '''" + "''" * 300_000,
        '"' * 600_000,
        "[a]\n" * 150_000,
        ("a = [\n" + "[],\n" * 150_000),
        ".\n" * 300_000,
    ],
    ids=["escaped", "single", "quotes", "tables", "array", "dots"],
)
def test_no_file_within_the_limit_takes_long(text: str) -> None:
    started = time.process_time()
    assert check_instrument({"f.toml": text.encode()})
    # Honest files of this size take well under a second; a quadratic step would take minutes.
    assert time.process_time() - started < 20


def test_huge_numbers_do_not_raise_anything_else() -> None:
    for number in ("9" * 2000, "1e999999", "inf", "nan", "-0.0"):
        found = check_instrument({"f.toml": f"[form]\nid = {number}\n".encode()})
        assert all(problem.code for problem in found)
