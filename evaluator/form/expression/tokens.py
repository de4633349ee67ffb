"""Cuts the text of an expression into tokens.

`and or div mod` are operators only where an operator can stand, as XPath 1.0 rules; elsewhere they are names.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from evaluator.errors import DefinitionError
from evaluator.language import _

Kind = Literal["text", "number", "reference", "name", "operator", "(", ")", ",", ".", "..", "end"]

_NAME = r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<text>'[^']*'|"[^"]*")
    | (?P<reference>\$\{{\s*[^\W\d][\w-]*(?:\.[\w-]+)*\s*\}})
    | (?P<punctuation>[(),])
    | (?P<word>(?:and|or|div|mod)(?![\w.:]))
    | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    | (?P<parent>\.\.(?:\s*/\s*\.\.)*)
    | (?P<dot>\.)
    | (?P<name>{_NAME})
    | (?P<symbol><=|>=|!=|=(?!=)|<(?!>)|[>+*-])
    )""",
    re.VERBOSE,
)
_ONLY_NAME = re.compile(_NAME)
_BEFORE_OPERAND = frozenset({"operator", "(", ","})

_MISTAKES = {
    "==": "=",
    "<>": "!=",
    "&&": "and",
    "||": "or",
    "&": "and",
    "!": "not(…)",
    "/": "div",
    "%": "mod",
}
_CURLY = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'"}
_ENTITIES = {
    "&gt;=": ">=",
    "&lt;=": "<=",
    "&gt;": ">",
    "&lt;": "<",
    "&amp;": "and",
    "&quot;": '"',
    "&apos;": "'",
}


class Token(NamedTuple):
    """A token; `value` is the text without quotes, the name without `${}`, the operator."""

    kind: Kind
    value: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression and an `end`; DefinitionError with the column where none fits."""
    tokens: list[Token] = []
    previous: Kind = "("
    position, length = 0, len(text.rstrip())
    while position < length:
        match = _TOKEN.match(text, position)
        if match is None:
            blanks = len(text[position:]) - len(text[position:].lstrip())
            raise _refusal(text, position + blanks, previous)
        token = _token(match, previous)
        tokens.append(token)
        previous, position = token.kind, token.end
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _token(match: re.Match[str], previous: Kind) -> Token:
    group = match.lastgroup or ""
    value = match[group]
    start, end = match.span(group)
    if group == "text":
        return Token("text", value[1:-1], start, end)
    if group == "reference":
        return Token("reference", value[2:-1].strip(), start, end)
    if group == "word" and previous in _BEFORE_OPERAND:
        name = _ONLY_NAME.match(match.string, start) or match
        return Token("name", name.group().strip(), start, name.end())
    if group in ("word", "symbol"):
        return Token("operator", value, start, end)
    if group in ("number", "name"):
        return Token(group, value, start, end)  # type: ignore[arg-type]  # the groups are the kinds
    return Token(".." if group == "parent" else value, value, start, end)  # type: ignore[arg-type]  # a sign is its own kind


def _refusal(text: str, start: int, previous: Kind) -> DefinitionError:
    character = text[start]
    if character in "'\"":
        return fault("text_open", _("The text that starts here has no closing quotation mark"), start)
    if text.startswith("${", start):
        return _reference_fault(text, start)
    if character == "/" and (previous in _BEFORE_OPERAND or previous in (".", "..")):
        return path_fault(start)
    if character in _CURLY:
        message = _("{found} is a curly quotation mark, as word processors put it")
        hint = _("Write {instead}").format(instead=_CURLY[character])
        return fault("quote_curly", message.format(found=character), start, hint)
    for entity, instead in _ENTITIES.items():
        if text.startswith(entity, start):
            message = _("{found} is how XML writes a character; here it is written as it is")
            hint = _("Write {instead}").format(instead=instead)
            return fault("entity_xml", message.format(found=entity), start, hint)
    for mistake, instead in _MISTAKES.items():
        if text.startswith(mistake, start):
            message = _("{found} is not an operator of this language").format(found=mistake)
            return fault("operator_unknown", message, start, _("Write {instead}").format(instead=instead))
    return fault("character_unknown", _("{found} has no meaning here").format(found=character), start)


def _reference_fault(text: str, start: int) -> DefinitionError:
    end = text.find("}", start)
    if end < 0:
        return fault("reference_open", _("The reference that starts here has no closing brace"), start)
    return fault(
        "reference_malformed",
        _("{name} cannot be the name of a question").format(name=text[start : end + 1]),
        start,
        _("Write ${name}, or ${form.name} for a question of another form"),
    )


def path_fault(start: int) -> DefinitionError:
    """The error for a path such as `../a` or `/data/a`."""
    return fault(
        "path_unsupported", _("Paths are not part of this language"), start, _("Name the question as ${name}")
    )


def fault(code: str, message: str, start: int, hint: str = "") -> DefinitionError:
    """The error at a place of the expression; columns count from 1."""
    return DefinitionError(code, message, hint, column=start + 1)
