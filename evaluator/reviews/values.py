"""The values of reviewing: what the banner says, what changed, what a decision becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

Key = tuple[str, str]
Severity: TypeAlias = Literal["ok", "note", "warning", "bad"]

APPROVED: Final = "approved"
HAS_ISSUES: Final = "has_issues"
REJECTED: Final = "rejected"
DECISIONS: Final = (APPROVED, HAS_ISSUES, REJECTED)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the banner: what is so, and what that means for somebody who has to decide."""

    code: str
    severity: Severity
    text: str
    meaning: str = ""

    def as_json(self) -> dict[str, str]:
        """The fact in `open --json`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """What is different about one question. `old` and `new` are the answers as people read them.

    `first_score` is the first level ever given to a rubric; `companions` are the names of note, flag, confidence and
    so on that changed; evidence is listed by id.
    """

    key: Key
    path: str
    label: str
    old: str
    new: str
    old_value: Any
    new_value: Any
    first_score: int | None = None
    companions: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    evidence_added: tuple[str, ...] = ()
    evidence_removed: tuple[str, ...] = ()

    @property
    def answer_changed(self) -> bool:
        """Whether the answer itself is another one."""
        return bool(self.old_value != self.new_value)

    def as_json(self) -> dict[str, Any]:
        """The change in `open --json`."""
        return {
            "path": self.path,
            "row": self.key[1] or None,
            "label": self.label,
            "old": self.old_value,
            "new": self.new_value,
            "old_text": self.old,
            "new_text": self.new,
            "first_score": self.first_score,
            "companions": {name: list(pair) for name, pair in self.companions.items()},
            "evidence_added": list(self.evidence_added),
            "evidence_removed": list(self.evidence_removed),
        }


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came or went; `finding` names the list of findings it stands in: strengths, weaknesses or
    recommendations."""

    repeat: str
    row: str
    path: str
    text: str
    added: bool
    finding: str = ""

    def as_json(self) -> dict[str, Any]:
        """The row in `open --json`."""
        return {
            "path": self.path,
            "row": self.row,
            "text": self.text,
            "change": "added" if self.added else "removed",
            "finding": self.finding,
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences to the revision before. `answers` is in form order, by key; rows that went are in `rows` only."""

    revision: int
    answers: Mapping[Key, AnswerChange]
    rows: tuple[RowChange, ...]
    evidence_added: tuple[str, ...]
    evidence_removed: tuple[str, ...]
    old_total: str | None
    new_total: str | None

    @property
    def count(self) -> int:
        """How many things are different."""
        return len(self.answers) + len(self.rows)

    def as_json(self) -> dict[str, Any]:
        """`differences` of `open --json`."""
        return {
            "revision": self.revision,
            "answers": [change.as_json() for change in self.answers.values()],
            "rows": [change.as_json() for change in self.rows],
            "findings": [change.as_json() for change in self.rows if change.finding],
            "evidence_added": list(self.evidence_added),
            "evidence_removed": list(self.evidence_removed),
            "total": [self.old_total, self.new_total],
        }


@dataclass(frozen=True, slots=True)
class EarlierReview:
    """A decision that was signed before about this visit, in the order of signing."""

    id: str
    bundle_id: str
    revision: int
    decision: str
    summary: str
    at: str
    comments: tuple[Mapping[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """The review in `open --json`."""
        return {**asdict(self), "comments": [dict(comment) for comment in self.comments]}


@dataclass(frozen=True, slots=True)
class Decided:
    """A signed decision and the file that carries it; `queued` where `sync` will publish it."""

    file: Path
    decision: str
    bundle_id: str
    visit: str
    revision: int
    id: str
    comments: int
    queued: bool

    def as_json(self) -> dict[str, Any]:
        """`review --json`."""
        return {**asdict(self), "file": str(self.file)}
