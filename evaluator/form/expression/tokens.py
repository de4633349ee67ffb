"""Cuts the text of an expression into tokens.

`and or div mod` are operators only where an operator can stand, as XPath 1.0 rules; elsewhere they are names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from evaluator.errors import DefinitionError
from evaluator.language import _

Kind = Literal["text", "number", "reference", "name", "operator", "(", ")", ",", ".", "..", "end"]

_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)
_NAME = re.compile(r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?")
_WORD_OPERATOR = re.compile(r"(?:and|or|div|mod)(?![\w.:])")
_SYMBOL = re.compile(r"<=|>=|!=|[=<>+*-]")
_PARENT = re.compile(r"\.\.(?:\s*/\s*\.\.)*")
_REFERENCE_NAME = re.compile(r"[^\W\d][\w-]*(?:\.[\w-]+)*")

_MISTAKES_BEFORE = {"==": "=", "<>": "!="}
_MISTAKES = {
    "&&": "and",
    "||": "or",
    "&": "and",
    "!": "not(…)",
    "/": "div",
    "%": "mod",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `value` is the text without quotes, the name without `${}`, the operator."""

    kind: Kind
    value: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression and an `end`; DefinitionError with the column where none fits."""
    tokens: list[Token] = []
    position = _skip(text, 0)
    while position < len(text):
        token = _next(text, position, tokens[-1].kind if tokens else "(")
        tokens.append(token)
        position = _skip(text, token.end)
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _next(text: str, start: int, previous: Kind) -> Token:
    character = text[start]
    after_operand = previous not in ("operator", "(", ",")
    if character in "'\"":
        end = text.find(character, start + 1)
        if end < 0:
            raise fault("text_open", _("The text that starts here has no closing quotation mark"), start)
        return Token("text", text[start + 1 : end], start, end + 1)
    if text.startswith("${", start):
        return _reference(text, start)
    if character in "(),":
        return Token(character, character, start, start + 1)  # type: ignore[arg-type]
    if after_operand and (match := _WORD_OPERATOR.match(text, start)):
        return Token("operator", match.group(), start, match.end())
    if match := _NUMBER.match(text, start):
        return Token("number", match.group(), start, match.end())
    if match := _PARENT.match(text, start):
        return Token("..", match.group(), start, match.end())
    if character == ".":
        return Token(".", ".", start, start + 1)
    if match := _NAME.match(text, start):
        return Token("name", match.group(), start, match.end())
    _refuse(text, start, _MISTAKES_BEFORE)
    if match := _SYMBOL.match(text, start):
        return Token("operator", match.group(), start, match.end())
    if character == "/" and previous in (".", "..", "operator", "(", ","):
        raise path_fault(start)
    _refuse(text, start, _MISTAKES)
    raise fault("character_unknown", _("{found} has no meaning here").format(found=character), start)


def _refuse(text: str, start: int, mistakes: dict[str, str]) -> None:
    for mistake, instead in mistakes.items():
        if text.startswith(mistake, start):
            message = _("{found} is not an operator of this language").format(found=mistake)
            raise fault("operator_unknown", message, start, _("Write {instead}").format(instead=instead))


def path_fault(start: int) -> DefinitionError:
    """The error for a path such as `../a` or `/data/a`."""
    return fault(
        "path_unsupported", _("Paths are not part of this language"), start, _("Name the question as ${name}")
    )


def _reference(text: str, start: int) -> Token:
    end = text.find("}", start)
    if end < 0:
        raise fault("reference_open", _("The reference that starts here has no closing brace"), start)
    name = text[start + 2 : end].strip()
    if not _REFERENCE_NAME.fullmatch(name):
        raise fault(
            "reference_malformed",
            _("{name} cannot be the name of a question").format(name=text[start : end + 1]),
            start,
            _("Write ${name}, or ${form.name} for a question of another form"),
        )
    return Token("reference", name, start, end + 1)


def fault(code: str, message: str, start: int, hint: str = "") -> DefinitionError:
    """The error at a place of the expression; columns count from 1."""
    return DefinitionError(code, message, hint, column=start + 1)
