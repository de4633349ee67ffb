"""Canonical JSON: one value, one byte sequence; anything ambiguous is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator import canonical

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_reads_back_as_the_same_bytes(value: object) -> None:
    data = canonical.dumps(value)
    assert canonical.loads(data) == value
    assert canonical.dumps(canonical.loads(data)) == data
    assert json.loads(data) == value


def test_keys_are_sorted_by_utf_16_code_units() -> None:
    # U+1F600 is written with surrogates from U+D83D, which sort before U+FB01.
    assert canonical.dumps({"\ufb01": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb01":1}'.encode()


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b"1.5",
        b"1e3",
        b"NaN",
        b"Infinity",
        b'"\\ud800"',
        b"9007199254740992",
        b"\xff",
        b"[" * 100_000,
        b'{"a":[9007199254740993]}',
        b"",
    ],
)
def test_what_is_ambiguous_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        canonical.loads(data)


@pytest.mark.parametrize("value", [1.5, 2**53, "\ud800", {1: 2}, {"a": object()}])
def test_what_cannot_be_canonical_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        canonical.dumps(value)
