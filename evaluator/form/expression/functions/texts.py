"""Functions on text, on the choices of a select, and digests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
import uuid
from functools import lru_cache

from evaluator.errors import DefinitionError
from evaluator.form.expression.functions.function import (
    AnyScope,
    Argument,
    Function,
    Run,
    Table,
    scoped,
    table,
    values,
)
from evaluator.form.expression.functions.numbers import half_up
from evaluator.form.expression.values import Nodes, Value, nodes_of, to_boolean, to_number, to_text
from evaluator.language import _

_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_ENCODINGS = ("base64", "hex")
_SPACES = " \t\r\n"
_TOKEN_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LONGEST_TOKEN = 10_000


def _string(scope: AnyScope, *value: Value) -> str:
    return to_text(value[0] if value else scope.context())


def _concat(*arguments: Value) -> str:
    return "".join(to_text(node) for value in arguments for node in nodes_of(value))


def _join(separator: Value, *arguments: Value) -> str:
    return to_text(separator).join(to_text(node) for value in arguments for node in nodes_of(value))


def _starts_with(text: Value, start: Value) -> bool:
    return to_text(text).startswith(to_text(start))


def _ends_with(text: Value, end: Value) -> bool:
    return to_text(text).endswith(to_text(end))


def _contains(text: Value, part: Value) -> bool:
    return to_text(part) in to_text(text)


def _substring_before(text: Value, mark: Value) -> str:
    before, found, _after = _partition(text, mark)
    return before if found else ""


def _substring_after(text: Value, mark: Value) -> str:
    return _partition(text, mark)[2]


def _partition(text: Value, mark: Value) -> tuple[str, bool, str]:
    whole, sought = to_text(text), to_text(mark)
    position = whole.find(sought)
    if position < 0:
        return whole, False, ""
    return whole[:position], True, whole[position + len(sought) :]


def _substring(text: Value, start: Value, *length: Value) -> str:
    """The characters whose position from 1 lies in the rounded range, as XPath 1.0 has it."""
    whole = to_text(text)
    first = half_up(to_number(start))
    after = first + half_up(to_number(length[0])) if length else math.inf
    if math.isnan(first) or math.isnan(after):
        return ""
    return whole[_index(first, len(whole)) : _index(after, len(whole))]


def _index(position: float, length: int) -> int:
    return int(min(max(position - 1, 0), length))


def _substr(text: Value, start: Value, end: Value = math.inf) -> str:
    """From `start` up to but without `end`, from 0; a negative place counts from the end."""
    whole = to_text(text)
    return whole[_place(start, len(whole)) : _place(end, len(whole))]


def _place(value: Value, length: int) -> int:
    number = to_number(value)
    if math.isnan(number):
        return 0
    place = int(min(max(number, -length), length))
    return place + length if place < 0 else place


def _string_length(scope: AnyScope, *value: Value) -> float:
    return float(len(_string(scope, *value)))


def _normalize_space(scope: AnyScope, *value: Value) -> str:
    return " ".join(part for part in re.split(f"[{_SPACES}]+", _string(scope, *value)) if part)


def _translate(text: Value, old: Value, new: Value) -> str:
    replacement = to_text(new)
    mapping: dict[int, str | None] = {}
    for index, character in enumerate(to_text(old)):
        mapping.setdefault(ord(character), replacement[index] if index < len(replacement) else None)
    return to_text(text).translate(mapping)


@lru_cache(maxsize=256)
def pattern(text: str) -> re.Pattern[str]:
    """A compiled pattern; `\\d` and `\\w` are ASCII, as on the other engines. Raises what `re` raises."""
    return re.compile(text, re.ASCII)


def _regex(arguments: tuple[Argument, ...]) -> Run:
    text, expression = arguments[0].run, arguments[1].run
    if arguments[1].literal is not None:
        matches = pattern(arguments[1].literal).fullmatch

        def run_literal(scope: AnyScope) -> bool:
            return matches(to_text(text(scope))) is not None

        return run_literal

    def run(scope: AnyScope) -> bool:
        try:
            return pattern(to_text(expression(scope))).fullmatch(to_text(text(scope))) is not None
        except (re.error, OverflowError, RecursionError):
            return False

    return run


def _check_regex(literals: tuple[str | None, ...]) -> str:
    try:
        pattern(literals[1] or "")
    except (re.error, OverflowError, RecursionError) as error:
        return _("The pattern cannot be read: {reason}").format(reason=error)
    return ""


def choices_of(value: Value) -> list[str]:
    """The chosen values of a select_multiple: a text parted by spaces, or one node each."""
    return [part for node in nodes_of(value) for part in to_text(node).split()]


def _selected(value: Value, choice: Value) -> bool:
    return to_text(choice).strip() in choices_of(value)


def _selected_at(value: Value, position: Value) -> str:
    chosen, index = choices_of(value), to_number(position)
    return chosen[int(index)] if 0 <= index < len(chosen) else ""


def _count_selected(value: Value) -> float:
    return float(len(choices_of(value)))


def _uuid(scope: AnyScope, *length: Value) -> str:
    if not length:
        return str(uuid.UUID(int=scope.random.getrandbits(128), version=4))
    number = to_number(length[0])
    if not 0 <= number <= _LONGEST_TOKEN:
        raise DefinitionError(
            "uuid_length", _("uuid() needs a length from 0 to {most}").format(most=_LONGEST_TOKEN)
        )
    return "".join(scope.random.choices(_TOKEN_CHARACTERS, k=int(number)))


def _digest(text: Value, algorithm: Value, encoding: Value = "base64") -> str:
    name = _DIGESTS.get(to_text(algorithm).upper())
    if name is None or to_text(encoding) not in _ENCODINGS:
        return ""
    digest = hashlib.new(name, to_text(text).encode(errors="surrogatepass"), usedforsecurity=False)
    return digest.hexdigest() if to_text(encoding) == "hex" else base64.b64encode(digest.digest()).decode()


def _check_digest(literals: tuple[str | None, ...]) -> str:
    if literals[1] is not None and literals[1].upper() not in _DIGESTS:
        return _("digest() knows {names}").format(names=", ".join(_DIGESTS))
    if len(literals) > 2 and literals[2] is not None and literals[2] not in _ENCODINGS:
        return _("digest() writes {names}").format(names=", ".join(_ENCODINGS))
    return ""


def _base64_decode(text: Value) -> str:
    try:
        return base64.b64decode(to_text(text)).decode()
    except (binascii.Error, ValueError):
        return ""


def _coalesce(arguments: tuple[Argument, ...]) -> Run:
    runs = [argument.run for argument in arguments]

    def run(scope: AnyScope) -> Value:
        for candidate in runs:
            value = candidate(scope)
            if isinstance(value, Nodes):
                value = value[0] if value else ""
            if value != "" and value == value:  # a NaN is unequal to itself
                return value
        return ""

    return run


def _once(arguments: tuple[Argument, ...]) -> Run:
    operand = arguments[0].run

    def run(scope: AnyScope) -> Value:
        present = scope.context()
        return operand(scope) if present == "" else present

    return run


def _if(arguments: tuple[Argument, ...]) -> Run:
    condition, yes, no = (argument.run for argument in arguments)

    def run(scope: AnyScope) -> Value:
        value = condition(scope)
        return yes(scope) if (value if type(value) is bool else to_boolean(value)) else no(scope)

    return run


TEXTS: Table = table(
    {
        "base64-decode": values(_base64_decode, 1),
        "coalesce": Function(("value", "value"), 2, ("value",), build=_coalesce),
        "concat": values(_concat, 0, endless=True),
        "contains": values(_contains, 2),
        "count-selected": values(_count_selected, 1),
        "digest": values(_digest, 2, 3, check=_check_digest),
        "ends-with": values(_ends_with, 2),
        "if": Function(("value",) * 3, 3, build=_if, gives_nodes="branches"),
        "join": values(_join, 1, endless=True),
        "normalize-space": scoped(_normalize_space, 0, 1),
        "once": Function(("value",), 1, build=_once),
        "regex": Function(("value", "value"), 2, build=_regex, check=_check_regex),
        "selected": values(_selected, 2),
        "selected-at": values(_selected_at, 2),
        "starts-with": values(_starts_with, 2),
        "string": scoped(_string, 0, 1),
        "string-length": scoped(_string_length, 0, 1),
        "substr": values(_substr, 2, 3),
        "substring": values(_substring, 2, 3),
        "substring-after": values(_substring_after, 2),
        "substring-before": values(_substring_before, 2),
        "translate": values(_translate, 3),
        "uuid": scoped(_uuid, 0, 1, volatile=True),
    }
)
