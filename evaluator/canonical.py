"""Canonical JSON: one value has exactly one byte sequence.

The subset of RFC 8785 (JSON Canonicalization Scheme) without floats: keys sorted by UTF-16 code units, no blanks,
shortest escapes, UTF-8. Decimals travel as strings, so that no reader has to agree with us on rounding.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

MAX_INTEGER = 2**53 - 1
_LONG_DIGITS = re.compile(rb"[0-9]{16}")


def dumps(value: Any) -> bytes:
    """The canonical bytes of `value`, without a line feed at the end.

    Raises ValueError for a float, an integer beyond 2**53 - 1, a lone surrogate or a key that is no text.
    """
    _check(value)
    ordered = _ordered(value)
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def loads(data: bytes) -> Any:
    """The value of JSON bytes, read strictly.

    Raises ValueError for text that is not UTF-8, a duplicate key, a float, NaN, a lone surrogate, or nesting
    deeper than the interpreter bears.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_constant=_refuse,
            parse_float=_refuse,
        )
        # The hooks refuse floats and duplicates, decoding refuses raw surrogates. Only an escape can still hide a
        # surrogate and only a long run of digits a number out of range: most documents have neither.
        if b"\\u" in data or _LONG_DIGITS.search(data):
            _check(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        # RFC 8785 sorts by UTF-16 code units, which differs from code points beyond the basic plane.
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value


def _check(value: Any) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        value.encode("utf-8")  # UnicodeEncodeError, a ValueError, for a lone surrogate
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError(f"integer beyond 2**53: {value}")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError(f"key is no text: {key!r}")
            _check(key)
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    else:
        raise ValueError(f"not representable: {type(value).__name__}")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    return result


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"not representable: {text}")
