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
_RANKS = {ERROR: 0, "warning": 1, "notice": 2}
_YEAR = re.compile(r"\d{4}")


class Checker:
    """Judges the checks of the instrument and the gates of its rubrics."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._by_code: dict[int, tuple[CheckFinding, ...]] = {}
        self._by_gate: dict[Key, CheckFinding] = {}
        self._severities = {gate.level: (gate.severity, gate.message) for gate in visit.instrument.gates}
        self.update(None)

    def update(self, keys: Iterable[Key] | None) -> None:
        """Judge again what the questions `keys` can have changed; everything if None."""
        visit = self._visit
        touched = None if keys is None else set(keys)
        paths = None if touched is None else {path for path, _row in touched}
        for number, check in enumerate(visit.instrument.checks):
            kind = _KINDS.get(check.kind)
            if kind is not None and (paths is None or not paths.isdisjoint(self._watched(check))):
                failed = kind(visit, check)
                self._by_code[number] = tuple(_told(visit, check, found) for found in failed)
        if touched is None:
            self._by_gate = {}
        for key in visit.rubrics if touched is None else touched.intersection(visit.rubrics):
            found = self._gate(key)
            if found is None:
                self._by_gate.pop(key, None)
            else:
                self._by_gate[key] = found

    def _watched(self, check: Check) -> Iterable[str]:
        """The paths that a check that is code looks at."""
        named = [path for path in check.parameters.values() if "." in path]
        if check.kind in ("straight_lining", "evidence_period"):
            return (*named, *self._visit.rubric_paths)
        return named

    def findings(self) -> tuple[CheckFinding, ...]:
        """All failed checks and unmet gates, errors first, then in the order of the instrument and the forms."""
        visit = self._visit
        found = [
            CheckFinding(
                failed.check.code,
                failed.check.severity,
                failed.message,
                failed.questions,
                tuple(visit.filling.path_of(key) for key in failed.questions),
            )
            for failed in visit.filling.failed_checks()
        ]
        for number in sorted(self._by_code):
            found.extend(self._by_code[number])
        found.extend(self._by_gate[key] for key in visit.rubrics if key in self._by_gate)
        return tuple(sorted(found, key=lambda finding: _RANKS.get(finding.severity, len(_RANKS))))

    def count(self) -> int:
        """How many there are."""
        return (
            len(self._visit.filling.failed_checks())
            + sum(map(len, self._by_code.values()))
            + len(self._by_gate)
        )

    def _gate(self, key: Key) -> CheckFinding | None:
        visit = self._visit
        level = visit.value(key)
        if not isinstance(level, int) or visit.stored(key).gate_reason:
            return None
        gate = gate_for(visit.gates, level)
        if gate is None or not unmet(visit.gates, level, _facts(visit, key)):
            return None
        severity, message = self._severities[gate.level]
        text = message.text(current()) or "; ".join(gate_gaps(visit, key))
        path = visit.filling.path_of(key)
        return CheckFinding(f"G{gate.level}", severity, text, (key,), (path,))


def _told(visit: Visit, check: Check, found: Finding) -> CheckFinding:
    message = check.message.text(current())
    if "evidence" in found.values:
        message = f"{message} ({found.values['evidence']})"
    paths = tuple(visit.filling.path_of(key) for key in found.keys)
    return CheckFinding(check.code, check.severity, message, found.keys, paths)


def gate_gaps(visit: Visit, key: Key) -> tuple[str, ...]:
    """What evidence the level given still wants, as sentences."""
    level = visit.value(key)
    if not isinstance(level, int) or visit.filling.question(key).type != "rubric":
        return ()
    names = {choice.value: choice.label.text(current()) for choice in visit.instrument.evidence_types}
    return tuple(demand_text(demand, names) for demand in unmet(visit.gates, level, _facts(visit, key)))


def _facts(visit: Visit, key: Key) -> EvidenceFacts:
    """The evidence of a rubric, counted; a note or a named respondent is a statement, the least of all evidence."""
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
        years |= {int(year) for year in _YEAR.findall(f"{piece.date[:4]} {piece.page} {piece.title}")}
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
    "straight_lining": _straight_lining,
    "evidence_period": _evidence_period,
    "row_references": _row_references,
}
