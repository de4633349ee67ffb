"""Foreign text: shown, named, put into cells, kept out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator import text


@given(st.text())
def test_what_is_shown_can_be_printed_and_does_nothing(raw: str) -> None:
    shown = text.shown(raw)
    assert len(shown) <= text.SHOWN_LIMIT
    for character in shown:
        assert character == "\n" or character in "\u200c\u200d" or character.isprintable()
        assert unicodedata.bidirectional(character) not in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        )
    shown.encode("utf-8")


def test_a_long_text_is_cut_with_a_sign() -> None:
    assert text.shown("a" * 3000) == "a" * 1999 + "…"
    assert text.line("a\nb\t c", 20) == "a b→ c"


@given(st.text())
def test_a_file_name_fits_every_disk(raw: str) -> None:
    name = text.file_name(raw)
    assert 0 < len(name.encode()) <= 100
    assert name.strip(". ") == name
    assert not set(name) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert name.partition(".")[0].lower() not in ("con", "prn", "aux", "nul", "com1", "lpt1")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_cell_is_never_a_formula(raw: str) -> None:
    cell = text.cell(raw)
    assert not cell.lstrip(" \u00a0\u200b\u200c\u200d\u2060\ufeff").startswith(
        ("=", "+", "-", "@", "|", "\t", "＝")
    )


@pytest.mark.parametrize("raw", ["=1+1", " =1", "@SUM(A1)", "-3", "|cmd", "plain", "'quoted"])
def test_a_cell_reads_back(raw: str) -> None:
    assert text.uncell(text.cell(raw)) == raw


@pytest.mark.parametrize("raw", ["\x1b[2J", "a\x00", "\x9b", "\ud800"])
def test_control_characters_are_refused_at_the_door(raw: str) -> None:
    with pytest.raises(ValueError, match=r"U\+"):
        text.clean(raw)


def test_line_ends_become_one_kind() -> None:
    assert text.clean("a\r\nb\rc\td") == "a\nb\nc\td"
