"""Foreign text made harmless: one function for each place that it may go.

Answers, file names, regions, bundles and errors of the system are data. `shown` makes them fit for a screen or a
terminal line, `file_name` for a name on any disk, `cell` for a spreadsheet; there is no other way out. `clean`
keeps such text from coming in.
"""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\ufffd"
SHOWN_LIMIT = 2000

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")  # needed to write Persian, Malayalam and many emoji
_FORMULA = frozenset("=+-@\t\r\n|\uff1d\uff0b\uff0d\uff20")
_BLANK = " \u00a0\u200b\u200c\u200d\u2060\ufeff"
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def shown(text: object, limit: int = SHOWN_LIMIT) -> str:
    """`text` with everything invisible or active made visible, cut at `limit` characters.

    Keeps line feeds; a tab becomes an arrow; control characters, bidirectional overrides, surrogates and
    unassigned code points become U+FFFD. The result is still data: never parse it as markup.
    """
    raw = str(text)
    if len(raw) > limit:
        raw = raw[: limit - 1] + "…"
    if raw.isascii() and raw.isprintable():
        return raw
    return "".join(_shown_character(character) for character in raw)


def line(text: object, limit: int = 200) -> str:
    """`shown` on one line: line feeds become blanks."""
    return " ".join(shown(text, limit).split())


def _shown_character(character: str) -> str:
    if character == "\n" or character.isprintable() or character in _JOINERS:
        return character if character not in _BIDI else REPLACEMENT
    if character == "\t":
        return "→"
    if unicodedata.category(character) == "Zs":
        return " "
    return REPLACEMENT


def clean(text: str) -> str:
    """`text` unchanged, with its line ends made `\\n`.

    Raises ValueError for control characters (but line feed and tab) and lone surrogates: they are refused at
    every door, so that what is stored is clean.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isprintable():
        return text
    for position, character in enumerate(text):
        if character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs"):
            raise ValueError(f"U+{ord(character):04X} at {position + 1}")
    return text


def file_name(text: str, limit: int = 100) -> str:
    """A name that every file system takes: `[A-Za-z0-9._-]`, at most `limit` bytes, no device name, never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-. ")[:limit].rstrip("-. ")
    if not name:
        return "file"
    return f"_{name}"[:limit] if _RESERVED.fullmatch(name) else name


def cell(text: str) -> str:
    """`text` as a spreadsheet cell that no program takes for a formula: prefixed with `'` where it could be one."""
    safe = shown(text, 32_000)
    first = safe.lstrip(_BLANK)[:1] or text.lstrip(_BLANK)[:1]
    return f"'{safe}" if first in _FORMULA and first else safe


def uncell(text: str) -> str:
    """What `cell` was given, read back from a spreadsheet."""
    if text.startswith("'") and text[1:].lstrip(_BLANK)[:1] in _FORMULA:
        return text[1:]
    return text
