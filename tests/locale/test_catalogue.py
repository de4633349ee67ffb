"""The Indonesian catalogue says everything the program says, and the compiled file is the one of the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import evaluator
from evaluator import language

PACKAGE = Path(evaluator.__file__).parent
MESSAGES = PACKAGE / "locale" / "id" / "LC_MESSAGES"
NAMES = re.compile(r"\{(\w*)\}")

# Where words marked with N_() at import are looked up when they are shown.
LOOKED_UP = {("tui/keys.py", "self.label"), ("tui/keys.py", "self.help"), ("tui/keys.py", "_NAMES[key]")}


@lru_cache
def extracted() -> Mapping[str, str]:
    """Every message of the code with one place where it stands."""
    keywords = {**DEFAULT_KEYWORDS, "N_": None}
    found = {}
    for file, line, message, _comments, _context in extract_from_dir(PACKAGE, keywords=keywords):
        assert isinstance(message, str), f"{file}:{line}: plural forms are not used"
        found[message] = f"{file}:{line}"
    return found


@lru_cache
def source() -> Catalog:
    """The catalogue that people edit."""
    with (MESSAGES / "evaluator.po").open("rb") as file:
        return read_po(file, locale="id", abort_invalid=True)


def translations() -> dict[str, Message]:
    """The entries of the catalogue without its header."""
    return {str(message.id): message for message in source() if message.id}


def pairs() -> list[tuple[str, str]]:
    """English and Indonesian of what is translated."""
    return [(message, str(entry.string)) for message, entry in translations().items() if entry.string]


class Anything(dict[str, Any]):
    """A value for every name."""

    def __missing__(self, key: str) -> int:
        return 0


def formatted(text: str) -> bool:
    """Whether `text` can be given to `str.format` with named values."""
    try:
        Formatter().vformat(text, (), Anything())
    except (ValueError, IndexError, AttributeError):
        return False
    return True


def test_every_message_is_translated() -> None:
    known = translations()
    missing = [f"{place}: {message!r}" for message, place in extracted().items() if message not in known]
    empty = [message for message, entry in known.items() if not entry.string]
    fuzzy = [message for message, entry in known.items() if entry.fuzzy]
    assert (missing, empty, fuzzy) == ([], [], [])


def test_no_translation_is_left_over() -> None:
    assert [message for message in translations() if message not in extracted()] == []
    assert list(source().obsolete) == []


def test_translations_keep_the_placeholders() -> None:
    for message, text in pairs():
        assert sorted(NAMES.findall(text)) == sorted(NAMES.findall(message)), message
        assert formatted(text) == formatted(message), message


def test_translations_keep_the_blanks_around_a_message() -> None:
    for message, text in pairs():
        edges = (message[:1].isspace(), message[-1:].isspace(), message.count("\n"))
        assert (text[:1].isspace(), text[-1:].isspace(), text.count("\n")) == edges, message


def test_translations_keep_what_is_typed_and_pressed() -> None:
    """Commands between backticks, options and names of environment variables are not translated."""
    typed = re.compile(r"`[^`]+`|(?<![\w-])--[a-z][a-z-]*|\bEVALUATOR_[A-Z]+\b")
    for message, text in pairs():
        assert set(typed.findall(text)) == set(typed.findall(message)), message


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    with (MESSAGES / "evaluator.mo").open("rb") as file:
        compiled = {str(message.id): message.string for message in read_mo(file) if message.id}
    assert compiled == dict(pairs())


def calls_of_gettext() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_"):
                yield path.relative_to(PACKAGE).as_posix(), node


def test_only_literals_are_translated() -> None:
    """Anything else would never be collected, and an f-string never found."""
    wrong = [
        f"{file}:{call.lineno}: {ast.unparse(call)}"
        for file, call in calls_of_gettext()
        if not (
            len(call.args) == 1
            and not call.keywords
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
        )
        and (file, ast.unparse(call.args[0])) not in LOOKED_UP
    ]
    assert wrong == []


def test_nothing_is_translated_while_modules_are_imported() -> None:
    """The language is chosen later; only N_() may stand outside a function."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for call in outside_functions(ast.parse(path.read_text(encoding="utf-8"))):
            named = call.func.id if isinstance(call.func, ast.Name) else ""
            assert named != "_", f"{path.name}:{call.lineno}: {ast.unparse(call)}"


def outside_functions(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from outside_functions(child)


@pytest.fixture
def indonesian() -> Iterator[None]:
    before = language.current()
    language.use("id")
    yield
    language.use(before)


@pytest.mark.usefixtures("indonesian")
def test_the_program_speaks_indonesian() -> None:
    assert language._("Saved") == "Tersimpan"
    assert language._("Saved {time}").format(time="10.42.07") == "Tersimpan 10.42.07"
    assert language._("a message that nobody wrote") == "a message that nobody wrote"


@pytest.mark.usefixtures("indonesian")
def test_labels_of_keys_fit_the_footer() -> None:
    """One short word each, and the keys of every place on a line of 80 columns, in Indonesian too."""
    from evaluator.tui.keys import EVERYWHERE, PLACES

    everywhere = [command for command in EVERYWHERE if command.shown]
    for place, commands in PLACES.items():
        shown = [command for command in commands if command.shown] + everywhere
        for command in shown:
            assert " " not in command.label_text, (place, command.label_text)
        footer = "  ".join(f"{command.key_text()} {command.label_text}" for command in shown)
        assert len(footer) <= 78, (place, len(footer), footer)
