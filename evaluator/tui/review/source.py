"""A sealed revision as the form screen reads a visit: everything to look at, nothing to change."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from evaluator import plans
from evaluator.scoring.result import Score
from evaluator.visits import checking
from evaluator.visits.checking import Checker
from evaluator.visits.tally import Tally
from evaluator.visits.values import CheckFinding, HistoryLine, Key, Progress, VisitLine

if TYPE_CHECKING:
    from evaluator.sealed.reading import Sealed
    from evaluator.store.answers import StoredAnswer
    from evaluator.store.evidence import StoredEvidence
    from evaluator.visits.visit import Visit


class SealedVisit:
    """Answers what painting, the counts and the checks ask of a visit, from a bundle."""

    read_only = True

    def __init__(self, sealed: Sealed) -> None:
        self.sealed = sealed
        self.id = sealed.visit
        self.instrument = sealed.instrument
        self.filling = sealed.filling
        self.links = sealed.links
        self.gates = plans.gate_plans(self.instrument)
        self._open_reasons = frozenset(reason.value for reason in self.instrument.na_reasons if reason.open)
        self.rubric_paths = frozenset(
            question.path for question in self.instrument.walk() if question.type == "rubric"
        )
        self.rubrics = tuple(key for key in self.filling.keys() if key[0] in self.rubric_paths)
        self._tally = Tally(as_visit(self))
        self._checker = Checker(as_visit(self))

    @cached_property
    def line(self) -> VisitLine:
        """The visit as a list would show it."""
        document, total = self.sealed.document, self._tally.total()
        return VisitLine(
            id=self.id,
            region_code=document["region"]["code"],
            region_name=document["region"]["name"],
            round=document["round"] or "",
            intake=document["intake"] or "",
            state="received",
            revision=self.sealed.revision,
            answered=self._tally.answered(),
            open=total.open,
            flagged=total.flagged,
            failed=self._checker.count(),
            updated_at="",
        )

    def stored(self, key: Key) -> StoredAnswer:
        """See `Visit.stored`."""
        return self.sealed.stored(key)

    def value(self, key: Key) -> Any:
        """See `Visit.value`."""
        state = self.filling.state(key)
        return state.value if state.relevant else None

    def na_is_open(self, reason: str) -> bool:
        """See `Visit.na_is_open`."""
        return reason in self._open_reasons

    def keys_of(self, path: str) -> tuple[Key, ...]:
        """See `Visit.keys_of`."""
        return tuple(key for key in self.filling.keys(path.partition(".")[0]) if key[0] == path)

    def history(self, key: Key) -> tuple[HistoryLine, ...]:
        """What happened to an answer, from the trail in the bundle."""
        return tuple(
            HistoryLine(entry.at, entry.actor, entry.op, entry.old, entry.new, entry.reason)
            for entry in self.sealed.trail
            if (entry.path, entry.row) == key
        )

    def evidence(self) -> tuple[StoredEvidence, ...]:
        """See `Visit.evidence`."""
        return tuple(self.sealed.evidence.values())

    def evidence_of(self, key: Key) -> tuple[StoredEvidence, ...]:
        """See `Visit.evidence_of`."""
        return self.sealed.evidence_of(key)

    def questions_of(self, evidence_id: str) -> tuple[Key, ...]:
        """See `Visit.questions_of`."""
        return tuple(
            key for key, pieces in self.links.items() if evidence_id in pieces and self.filling.has(key)
        )

    def reference(self, _key: Key) -> None:
        """A bundle carries neither the region's own nor last year's answers."""
        return

    def reference_hidden(self, _key: Key) -> bool:
        """See `reference`."""
        return False

    def changed_after_reveal(self, key: Key) -> bool:
        """See `Visit.changed_after_reveal`."""
        return self.stored(key).revealed_seq is not None

    def progress(self, form: str, section: str | None = None) -> Progress:
        """See `Visit.progress`."""
        return self._tally.progress(form, section)

    def score(self) -> Score:
        """The scores, worked out here."""
        return self.sealed.score()

    def checks(self) -> tuple[CheckFinding, ...]:
        """The failed checks, judged here."""
        return self._checker.findings()

    def gate_gaps(self, key: Key) -> tuple[str, ...]:
        """See `Visit.gate_gaps`."""
        return checking.gate_gaps(as_visit(self), key)


def as_visit(source: SealedVisit) -> Visit:
    """`source` for what reads visits. Whatever would change one asks for `read_only` first, and stops there."""
    return cast("Visit", source)
