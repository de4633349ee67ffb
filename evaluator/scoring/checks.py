"""The consistency checks that are code, because no expression of a form can say them.

Each takes plain values with the keys they stand under and gives findings: the keys concerned, and the values
that a message may print. What is said about a finding stands in the instrument.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Final

from evaluator.scoring.plan import Key

KINDS: Final = frozenset({"near_equal_text", "straight_lining", "evidence_period", "row_references"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One case in which a check fails."""

    keys: tuple[Key, ...]
    values: Mapping[str, str] = field(default_factory=dict)


def near_equal_text(
    left: Mapping[Key, str], right: Mapping[Key, str], *, ratio: Decimal = Decimal("0.9"), shortest: int = 3
) -> tuple[Finding, ...]:
    """Pairs of texts that say the same, whatever their case, accents, marks and blanks.

    A text of fewer than `shortest` letters and digits says too little to be compared. Long texts are compared by
    their words, up to some hundred.
    """
    findings = []
    candidates = [(key, normalised(text)) for key, text in right.items()]
    for key, text in left.items():
        own = normalised(text)
        if len(own) < shortest:
            continue
        for other_key, other in candidates:
            if len(other) >= shortest and _alike(own, other, float(ratio)):
                findings.append(Finding((key, other_key)))
    return tuple(findings)


def straight_lining(
    levels: Mapping[Key, int], *, share: Decimal = Decimal("0.8"), minimum: int = 12
) -> tuple[Finding, ...]:
    """One finding if at least `share` of at least `minimum` levels are the same; its keys are those items."""
    if len(levels) < max(minimum, 1):
        return ()
    level, count = Counter(levels.values()).most_common(1)[0]
    if Decimal(count) < share * len(levels):
        return ()
    keys = tuple(key for key, found in levels.items() if found == level)
    return (Finding(keys, {"level": str(level), "count": str(count), "of": str(len(levels))}),)


def evidence_period(
    dates: Iterable[tuple[Key, str, str]], *, year: int, years_before: int = 0
) -> tuple[Finding, ...]:
    """Evidence dated outside the evaluation year and the `years_before` it.

    `dates` are (question, evidence, date): a date, a month or a year in ISO form; one that is empty or cannot be
    read is no finding. A question with several such pieces is one finding.
    """
    outside: dict[Key, list[str]] = {}
    for key, evidence, text in dates:
        found = _YEAR.match(text)
        if found and not year - years_before <= int(found[1]) <= year:
            outside.setdefault(key, []).append(evidence)
    return tuple(Finding((key,), {"evidence": ", ".join(names)}) for key, names in outside.items())


def row_references(targets: Sequence[Key], references: Mapping[Key, Sequence[Key]]) -> tuple[Finding, ...]:
    """Targets that nothing refers to, and references that lead to no target.

    For weaknesses and recommendations: `targets` are the rows of weaknesses, `references` the rows of
    recommendations with the rows that each of them names.
    """
    known = set(targets)
    named = {target for found in references.values() for target in found}
    return tuple(
        Finding((target,), {"case": "unreferenced"}) for target in targets if target not in named
    ) + tuple(
        Finding((source,), {"case": "dangling"})
        for source, found in references.items()
        if known.isdisjoint(found)
    )


def normalised(text: str) -> str:
    """The letters and digits of a text in one case, without accents, with single blanks between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_WORDS.findall("".join(c for c in plain if not unicodedata.combining(c))))


_WORDS = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(\d{4})(?!\d)")
_SHORT = 100
"""Characters up to which texts are compared letter by letter, so that a slip of the pen does not tell them apart."""
_WORDS_COMPARED = 300
"""Words of longer texts that are compared. By letters a pair of pages would cost minutes, so it costs some ms."""


def _alike(left: str, right: str, ratio: float) -> bool:
    if left == right:
        return True
    if max(len(left), len(right)) <= _SHORT:
        return _similar(left, right, ratio)
    return _similar(left.split()[:_WORDS_COMPARED], right.split()[:_WORDS_COMPARED], ratio)


def _similar(left: Sequence[str], right: Sequence[str], ratio: float) -> bool:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    # The two cheap upper bounds settle nearly all pairs.
    return matcher.real_quick_ratio() >= ratio and matcher.quick_ratio() >= ratio and matcher.ratio() >= ratio
