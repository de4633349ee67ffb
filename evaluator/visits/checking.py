"""The failed checks and unmet evidence gates of a visit, kept up to date change by change.

An answer is saved in a millisecond or two, so only what it can have changed is judged again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from evaluator import plans
from evaluator.errors import NotFoundError
from evaluator.form.definition import Check
from evaluator.language import current
from evaluator.scoring import checks as check_kinds
from evaluator.scoring.checks import Finding
from evaluator.scoring.gates import EvidenceFacts, demand_text, gate_for, unmet
from evaluator.visits.values import CheckFinding, Key

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

ERROR = "error"
STRAIGHT_LINING = "straight_lining"
EVIDENCE_PERIOD = "evidence_period"
_RANKS = {ERROR: 0, "warning": 1, "notice": 2}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


class Checker:
    """Judges the checks of the instrument and the gates of its rubrics."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._failed: dict[int, tuple[Finding, ...]] = {}
        self._unmet: set[Key] = set()
        self._order = {check.code: number for number, check in enumerate(visit.instrument.checks)}
        self.update(None)

    def update(self, keys: Iterable[Key] | None, *, evidence: bool = False) -> None:
        """Judge again what a change of the questions `keys` can have changed; everything if None.

        `evidence` says that their evidence may be what changed.
        """
        visit = self._visit
        touched = None if keys is None else set(keys)
        paths = None if touched is None else {path for path, _row in touched}
        for number, check in enumerate(visit.instrument.checks):
            kind = _KINDS.get(check.kind)
            if kind is None:
                continue
            if (
                paths is None
                or (evidence and check.kind == EVIDENCE_PERIOD)
                or not paths.isdisjoint(self._watched(check))
            ):
                self._failed[number] = kind(visit, check)
        if touched is None:
            self._unmet = set()
        for key in visit.rubrics if touched is None else self._gated(touched):
            if _gate_holds(visit, key):
                self._unmet.discard(key)
            else:
                self._unmet.add(key)

    def _gated(self, touched: set[Key]) -> Iterable[Key]:
        """The rubrics whose gate may look at `touched`: themselves, and an agency named in the same row."""
        rows = {row for _path, row in touched if row}
        return [key for key in self._visit.rubrics if key in touched or key[1] in rows]

    def _watched(self, check: Check) -> Iterable[str]:
        """The paths that a check that is code looks at."""
        named = [path for path in check.parameters.values() if "." in path]
        return (*named, *self._visit.rubric_paths) if check.kind == STRAIGHT_LINING else named

    def findings(self) -> tuple[CheckFinding, ...]:
        """All failed checks and unmet gates, errors first, then in the order of the instrument and the forms."""
        visit = self._visit
        found = [
            self._told(failed.check, failed.questions, failed.message)
            for failed in visit.filling.failed_checks()
        ]
        for number, failures in self._failed.items():
            check = visit.instrument.checks[number]
            found += [self._told(check, failed.keys, _message(check, failed)) for failed in failures]
        found.sort(key=lambda finding: self._order[finding.code])
        found += [self._gate(key) for key in visit.rubrics if key in self._unmet]
        return tuple(sorted(found, key=lambda finding: _RANKS.get(finding.severity, len(_RANKS))))

    def count(self) -> int:
        """How many there are."""
        return (
            len(self._visit.filling.failed_checks()) + sum(map(len, self._failed.values())) + len(self._unmet)
        )

    def _told(self, check: Check, keys: tuple[Key, ...], message: str) -> CheckFinding:
        paths = tuple(self._visit.filling.path_of(key) for key in keys)
        return CheckFinding(check.code, check.severity, message, keys, paths)

    def _gate(self, key: Key) -> CheckFinding:
        visit = self._visit
        level = gate_for(visit.gates, visit.value(key))
        gate = next(found for found in visit.instrument.gates if level and found.level == level.level)
        text = gate.message.text(current()) or "; ".join(gate_gaps(visit, key))
        return CheckFinding(f"G{gate.level}", gate.severity, text, (key,), (visit.filling.path_of(key),))


def _message(check: Check, found: Finding) -> str:
    message = check.message.text(current())
    return f"{message} ({found.values['evidence']})" if "evidence" in found.values else message


def _gate_holds(visit: Visit, key: Key) -> bool:
    """Whether the evidence for a rubric bears out its level, or the assessor said why not."""
    level = visit.value(key)
    if not isinstance(level, int) or visit.stored(key).gate_reason:
        return True
    return not unmet(visit.gates, level, _facts(visit, key))


def gate_gaps(visit: Visit, key: Key) -> tuple[str, ...]:
    """What evidence the level given still wants, as sentences."""
    level = visit.value(key)
    if not isinstance(level, int) or visit.filling.question(key).type != "rubric":
        return ()
    names = {choice.value: choice.label.text(current()) for choice in visit.instrument.evidence_types}
    return tuple(demand_text(demand, names) for demand in unmet(visit.gates, level, _facts(visit, key)))


def _facts(visit: Visit, key: Key) -> EvidenceFacts:
    """The evidence of a rubric, counted; a note or a named respondent is a statement, the least of all evidence.

    Years are those that the date and the title name, of the kinds of evidence that a gate wants for several years.
    """
    dated = {kind for gate in visit.gates if gate.years for kind in gate.types}
    types: dict[str, int] = {}
    verified: dict[str, int] = {}
    years: set[int] = set()
    outside = 0
    pieces = visit.evidence_of(key)
    own = _agency_names(visit, key) if pieces else frozenset()
    for piece in pieces:
        types[piece.type] = types.get(piece.type, 0) + 1
        if piece.verified_by:
            verified[piece.type] = verified.get(piece.type, 0) + 1
        if not dated or piece.type in dated:
            years |= {int(year) for year in _YEAR.findall(f"{piece.date[:4]} {piece.title}")}
        outside += bool(piece.holder) and piece.holder.casefold() not in own
    stored = visit.stored(key)
    if not types and (stored.note or stored.respondents):
        types[plans.STATEMENT] = 1
    return EvidenceFacts(types, verified, frozenset(years), outside)


def _agency_names(visit: Visit, key: Key) -> frozenset[str]:
    """The codes and names, case-folded, of the agencies responsible for a question."""
    codes = set(visit.filling.agencies(key))
    names = set()
    for agency in visit.instrument.agencies:
        if agency.code in codes:
            names |= {agency.code.casefold(), *(text.casefold() for text in agency.name.texts.values())}
    return frozenset(names)


# -- the checks that are code


def _near_equal(visit: Visit, check: Check) -> tuple[Finding, ...]:
    settings = check.parameters
    left, right = (_texts(visit, settings[side]) for side in ("left", "right"))
    return check_kinds.near_equal_text(left, right, ratio=Decimal(settings.get("ratio", "0.9")))


def _texts(visit: Visit, path: str) -> Mapping[Key, str]:
    return {key: str(value) for key in visit.keys_of(path) if (value := visit.value(key)) is not None}


def _straight_lining(visit: Visit, check: Check) -> tuple[Finding, ...]:
    levels = {key: level for key in visit.rubrics if isinstance(level := visit.value(key), int)}
    return check_kinds.straight_lining(
        levels,
        share=Decimal(check.parameters.get("share", "0.8")),
        minimum=int(check.parameters.get("minimum", "12")),
    )


def _evidence_period(visit: Visit, check: Check) -> tuple[Finding, ...]:
    year = visit.value((check.parameters["year"], ""))
    if not isinstance(year, int):
        return ()
    dated = [
        (key, piece.id, piece.date)
        for piece in visit.evidence()
        if piece.date
        for key in visit.questions_of(piece.id)[:1]
    ]
    before = int(check.parameters.get("years_before", "0"))
    return check_kinds.evidence_period(dated, year=year, years_before=before)


def _row_references(visit: Visit, check: Check) -> tuple[Finding, ...]:
    repeat = check.parameters["targets"]
    targets = [(repeat, row) for row in visit.filling.rows(repeat)]
    references = {}
    for key in visit.keys_of(check.parameters["references"]):
        value = visit.value(key)
        named = value if isinstance(value, list) else [value] if value else []
        references[key] = [found for item in named if (found := _located(visit, item))]
    return check_kinds.row_references(targets, references)


def _located(visit: Visit, path: str) -> Key | None:
    try:
        return visit.filling.locate(path)
    except NotFoundError:
        return None  # the row was deleted after it had been named


_KINDS: Mapping[str, Callable[[Visit, Check], tuple[Finding, ...]]] = {
    "near_equal_text": _near_equal,
    STRAIGHT_LINING: _straight_lining,
    EVIDENCE_PERIOD: _evidence_period,
    "row_references": _row_references,
}
