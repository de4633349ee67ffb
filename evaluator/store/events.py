"""The audit trail in the database: append, read, export.

Appending moves the head of the visit with it, so an event and what it speaks of are one transaction or nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text

from evaluator import canonical, clock
from evaluator.errors import NotFoundError
from evaluator.language import _
from evaluator.store import audit
from evaluator.store.statements import Statement
from evaluator.store.tables import EVENT


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, on which device."""

    actor: str
    device: str


@dataclass(frozen=True, slots=True)
class Counters:
    """What the list of visits shows of one visit; `progress` is JSON, done and total by form."""

    answered: int
    open: int
    flagged: int
    failed: int
    progress: str = "{}"


_HEAD = Statement("SELECT visit_rev, audit_head, (SELECT max(seq) FROM event) FROM visit WHERE id = :visit")
_INSERT = Statement(
    'INSERT INTO event (visit, visit_rev, seq, at, mono_ns, boot, actor, device, path, "row", op, old, new, reason,'
    " prev, hash) VALUES (:visit, :visit_rev, :seq, :at, :mono_ns, :boot, :actor, :device, :path, :row, :op, :old,"
    " :new, :reason, :prev, :hash)"
)
_MOVE_HEAD = Statement(
    "UPDATE visit SET visit_rev = :visit_rev, audit_head = :hash, last_seq = :seq, updated_at = :at WHERE id = :visit"
)
_MOVE_HEAD_AND_COUNT = Statement(
    "UPDATE visit SET visit_rev = :visit_rev, audit_head = :hash, last_seq = :seq, updated_at = :at,"
    " answered = :answered, open = :open, flagged = :flagged, failed = :failed, progress = :progress WHERE id = :visit"
)


def append(
    connection: Connection,
    visit: str,
    by: Author,
    op: str,
    *,
    path: str = "",
    row: str = "",
    old: Any = None,
    new: Any = None,
    reason: str = "",
    counters: Counters | None = None,
) -> int:
    """Append one event and move the visit's head (and counters, if given) along; returns its `seq`.

    `old` and `new` are JSON values, see `audit.Entry`. Raises NotFoundError for an unknown visit.
    """
    head = _HEAD(connection, {"visit": visit}).fetchall()
    if not head:
        raise NotFoundError("visit_not_found", _("There is no visit {visit}").format(visit=visit))
    visit_rev, audit_head, last = head[0]
    moment = clock.now()
    line: dict[str, Any] = {
        "seq": (last or 0) + 1,
        "at": moment.wall,
        # Canonical JSON ends at 2**53, which is 104 days of uptime.
        "mono_ns": moment.mono_ns & canonical.MAX_INTEGER,
        "boot": moment.boot,
        "actor": by.actor,
        "device": by.device,
        "path": path,
        "row": row,
        "op": op,
        "old": old,
        "new": new,
        "reason": reason,
        "prev": audit_head,
    }
    line["hash"] = audit.entry_hash(line)
    line |= {
        "visit": visit,
        "visit_rev": visit_rev + 1,
        "old": encoded(old),
        "new": encoded(new),
    }
    _INSERT(connection, line)
    if counters is None:
        _MOVE_HEAD(connection, line)
    else:
        line |= {
            "answered": counters.answered,
            "open": counters.open,
            "flagged": counters.flagged,
            "failed": counters.failed,
            "progress": counters.progress,
        }
        _MOVE_HEAD_AND_COUNT(connection, line)
    return int(line["seq"])


_OF_VISIT = select(EVENT).where(EVENT.c.visit == bindparam("visit")).order_by(EVENT.c.visit_rev)
_OF_QUESTION = _OF_VISIT.where(EVENT.c.path == bindparam("path"), EVENT.c.row == bindparam("row"))


def load(connection: Connection, visit: str) -> list[audit.Entry]:
    """The whole trail of a visit, oldest first."""
    return [entry(row) for row in connection.execute(_OF_VISIT, {"visit": visit})]


def of_question(connection: Connection, visit: str, path: str, row: str = "") -> list[audit.Entry]:
    """What happened to one answer, oldest first."""
    found = connection.execute(_OF_QUESTION, {"visit": visit, "path": path, "row": row})
    return [entry(item) for item in found]


def last_seq(connection: Connection) -> int:
    """The highest sequence number given in this workspace, 0 before the first."""
    return int(connection.execute(text("SELECT max(seq) FROM event")).scalar() or 0)


def as_jsonl(connection: Connection, visit: str) -> bytes:
    """`audit.jsonl` of a visit."""
    return audit.as_jsonl(load(connection, visit))


_LAST = select(EVENT).order_by(EVENT.c.seq.desc()).limit(bindparam("count"))


def broken_links(connection: Connection, count: int) -> list[int]:
    """The `seq` of each of the last `count` events whose hash or link is wrong, newest visit first."""
    trails: dict[str, list[audit.Entry]] = {}
    for row in connection.execute(_LAST, {"count": count}):
        trails.setdefault(row.visit, []).append(entry(row))
    return [seq for trail in trails.values() for seq in audit.verify_chain(reversed(trail), partial=True)]


def entry(row: Row[Any]) -> audit.Entry:
    """The audit entry of a row of `event`."""
    return audit.Entry(
        seq=row.seq,
        at=row.at,
        mono_ns=row.mono_ns,
        boot=row.boot,
        actor=row.actor,
        device=row.device,
        path=row.path,
        row=row.row,
        op=row.op,
        old=decoded(row.old),
        new=decoded(row.new),
        reason=row.reason,
        prev=row.prev,
        hash=row.hash,
    )


def encoded(value: Any) -> str | None:
    """A JSON value as the database keeps it: canonical text, null as NULL."""
    return None if value is None else canonical.dumps(value).decode()


def decoded(stored: str | None) -> Any:
    """The JSON value of a column written by `encoded`."""
    return None if stored is None else json.loads(stored)
