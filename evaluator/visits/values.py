"""The values that field work passes around: what is entered, what is answered back, what is listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

Key = tuple[str, str]
"""(question path, id of the row it stands in, or empty)"""


class Unset(Enum):
    """The absence of a key in an entry, which is not the same as clearing it with None."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET

DRAFT = "draft"
FINAL = "final"
REOPENABLE = frozenset({"final", "sent", "received", "returned", "rejected"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of an assessor. What is UNSET stays as it is; None or an empty text clears it.

    `question` is a path as people write it (`qwn.QWN-REC[2].nama`) or a key. `action` on a row path is delete,
    insert or move (then `value` is the new position). The same `token` again repeats the first reply.
    """

    question: str | Key
    value: Any = UNSET
    na: str | Unset | None = UNSET
    note: str | Unset | None = UNSET
    flag: bool | Unset | None = UNSET
    confidence: str | Unset | None = UNSET
    evidence_quality: int | str | Unset | None = UNSET
    respondents: str | Unset | None = UNSET
    data_year: int | str | Unset | None = UNSET
    source: str | Unset | None = UNSET
    data_quality: str | Unset | None = UNSET
    gate_reason: str | Unset | None = UNSET
    token: str = ""
    action: str = ""


COMPANIONS = (
    "note", "flag", "confidence", "evidence_quality", "respondents", "data_year", "source", "data_quality",
    "gate_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Saved:
    """What is durable now: `seq` of its event, constraints it breaks, the keys whose state changed, when."""

    seq: int
    invalid: tuple[str, ...] = ()
    changed: tuple[Key, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts over the questions that can be answered now; `done` includes N/A with a closing reason."""

    done: int = 0
    total: int = 0
    open: int = 0
    flagged: int = 0
    na: int = 0
    invalid: int = 0


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit in the list; `progress` holds (done, total) by form."""

    id: str
    region_code: str
    region_name: str
    round: str
    intake: str
    state: str
    revision: int
    answered: int
    open: int
    flagged: int
    failed: int
    updated_at: str
    progress: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that stops finalising; `reason` is unanswered, open_na, rows or invalid."""

    key: Key
    path: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """A failed check or an unmet evidence gate: K01 ... K15, G1 ... G5."""

    code: str
    severity: str
    message: str
    keys: tuple[Key, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceDetails:
    """What is known of a piece of evidence besides its bytes."""

    type: str = ""
    title: str = ""
    holder: str = ""
    date: str = ""
    page: str = ""
    caption: str = ""
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """What the region said of itself and what was found last year, for one question."""

    self_value: Any = None
    self_note: str = ""
    previous_value: Any = None
    previous_note: str = ""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step in the life of an answer."""

    at: str
    actor: str
    op: str
    old: Any
    new: Any
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finalised:
    """A sealed revision and the file in the outbox."""

    visit: str
    revision: int
    bundle_id: str
    file: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A copy of a sealed bundle."""

    file: str
    bundle_id: str
    visit: str
    revision: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A reviewer's comment; `key` is None where the visit has no such question (any more), `path` is to be shown."""

    id: str
    key: Key | None
    path: str
    row: str
    text: str
    author: str
    at: str
    answer: str
    answered_at: str
    revision: int


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review that counts; `decision` is approved, has_issues or rejected, `comments` their number."""

    id: str
    revision: int
    decision: str
    summary: str
    author: str
    at: str
    comments: int


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A sealed revision and where it is: `here`, `remote`, `received`."""

    bundle_id: str
    revision: int
    file: str
    sha256: str
    bytes: int
    state: str
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the files of a visit are; `evidence` is by id."""

    bundles: tuple[SealedFile, ...]
    evidence: Mapping[str, tuple[str, ...]]
