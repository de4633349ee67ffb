"""What a sync tells: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: `step` is receive, publish or send, `label` what it is about.

    `done` and `total` count bytes, of statements received their number; `file_done` and `file_total` the bytes of the
    file that is being sent.
    """

    step: str
    label: str
    done: int = 0
    total: int = 0
    file_done: int = 0
    file_total: int = 0


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person should know; nothing else stopped because of it. `name` is the file or bundle."""

    code: str
    message: str
    name: str = ""

    def as_json(self) -> dict[str, str]:
        """The problem in `sync --json`."""
        return {"code": self.code, "message": self.message, "name": self.name}


@dataclass(slots=True)
class SyncResult:
    """What one sync did. Each list holds objects for `--json`; nothing that was known before is listed again."""

    remote: str
    sent: list[dict[str, Any]] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sent_bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        """`sync --json`."""
        return {
            "remote": self.remote,
            "sent": self.sent,
            "received": self.received,
            "reviews": self.reviews,
            "receipts": self.receipts,
            "problems": [problem.as_json() for problem in self.problems],
            "bytes": self.sent_bytes,
        }
