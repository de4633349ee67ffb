"""Names of languages as workbooks write them, and the codes that form files use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

UNNAMED: Final = "default"

_CODE: Final = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{2,8})?)")
_IN_BRACKETS: Final = re.compile(r".*\(\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\s*\)")
_NAMES: Final[Mapping[str, str]] = {
    "id": "Bahasa Indonesia",
    "en": "English",
    "ar": "العربية",
    "bn": "বাংলা",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "hi": "हिन्दी",
    "jv": "Basa Jawa",
    "km": "ខ្មែរ",
    "ms": "Bahasa Melayu",
    "my": "မြန်မာ",
    "nl": "Nederlands",
    "pt": "Português",
    "ru": "Русский",
    "su": "Basa Sunda",
    "sw": "Kiswahili",
    "th": "ไทย",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "indonesian": "id",
    "indonesia": "id",
    "arabic": "ar",
    "bengali": "bn",
    "german": "de",
    "spanish": "es",
    "espanol": "es",
    "french": "fr",
    "francais": "fr",
    "hindi": "hi",
    "javanese": "jv",
    "khmer": "km",
    "malay": "ms",
    "burmese": "my",
    "dutch": "nl",
    "portuguese": "pt",
    "portugues": "pt",
    "russian": "ru",
    "swahili": "sw",
    "thai": "th",
    "vietnamese": "vi",
    "chinese": "zh",
}


def codes(names: Iterable[str]) -> dict[str, str]:
    """A code for each name of a language, each another; `""` is the language that has no name.

    The code in brackets counts first, `English (en)`, then a name that is known. What is left gets one of the
    codes that ISO 639-2 reserves for local use, `qaa` and on.
    """
    found: dict[str, str] = {}
    for name in names:
        code = UNNAMED if not name else _code(name)
        if not code or code in found.values():
            code = next(local for local in _local() if local not in found.values())
        found[name] = code
    return found


def name_of(code: str) -> str:
    """How a workbook calls the language of a code: `English (en)`; nothing for the one without a name."""
    if code == UNNAMED:
        return ""
    return f"{_NAMES[code]} ({code})" if code in _NAMES else f"{code} ({code})"


def _code(name: str) -> str:
    match = _IN_BRACKETS.fullmatch(name) or _CODE.fullmatch(name)
    if match:
        parts = _CODE.fullmatch(match[1] if match.re is _IN_BRACKETS else name)
        return parts[1].lower() + parts[2] if parts else ""
    spelt = name.strip().casefold()
    known = {own.casefold(): code for code, own in _NAMES.items()}
    return known.get(spelt) or _OTHER_NAMES.get(spelt, "")


def _local() -> Iterable[str]:
    for second in "abcdefghijklmnopqrst":
        for third in "abcdefghijklmnopqrstuvwxyz":
            yield f"q{second}{third}"
