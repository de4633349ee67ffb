"""Evidence of a visit and the answers that it supports. The files themselves are the business of `files`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from evaluator.errors import NotFoundError
from evaluator.language import _
from evaluator.store import events
from evaluator.store.answers import Key
from evaluator.store.audit import Entry
from evaluator.store.events import Author, Counters
from evaluator.store.tables import EVIDENCE, EVIDENCE_LINK


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """One piece of evidence. `id` is `ev-0001` and on, within the visit; `extension` is without its dot."""

    id: str
    sha256: str
    bytes: int
    name: str
    extension: str
    type: str
    title: str = ""
    holder: str = ""
    date: str = ""
    page: str = ""
    caption: str = ""
    verified_by: str = ""
    verified_at: str = ""
    added_seq: int = 0


_COLUMNS = tuple(field.name for field in fields(StoredEvidence))
_DESCRIPTION = ("type", "title", "holder", "date", "page", "caption", "verified_by", "verified_at")
_LOAD = (
    select(*(EVIDENCE.c[name] for name in _COLUMNS))
    .where(EVIDENCE.c.visit == bindparam("visit"), EVIDENCE.c.removed_seq.is_(None))
    .order_by(EVIDENCE.c.id)
)
_GET = _LOAD.where(EVIDENCE.c.id == bindparam("id"))
_LINKS = (
    select(EVIDENCE_LINK.c.evidence, EVIDENCE_LINK.c.path, EVIDENCE_LINK.c.row)
    .where(EVIDENCE_LINK.c.visit == bindparam("visit"))
    .order_by(EVIDENCE_LINK.c.path, EVIDENCE_LINK.c.row, EVIDENCE_LINK.c.evidence)
)


def load(connection: Connection, visit: str) -> dict[str, StoredEvidence]:
    """The evidence of a visit by id, in order of id, without what was removed."""
    return {row.id: StoredEvidence(*row) for row in connection.execute(_LOAD, {"visit": visit})}


def links(connection: Connection, visit: str) -> dict[Key, tuple[str, ...]]:
    """Which evidence supports which answer."""
    found: dict[Key, list[str]] = {}
    for row in connection.execute(_LINKS, {"visit": visit}):
        found.setdefault((row.path, row.row), []).append(row.evidence)
    return {key: tuple(ids) for key, ids in found.items()}


def get(connection: Connection, visit: str, evidence: str) -> StoredEvidence:
    """One piece of evidence. Raises NotFoundError for an unknown or removed one."""
    found = connection.execute(_GET, {"visit": visit, "id": evidence}).first()
    if found is None:
        raise NotFoundError(
            "evidence_not_found", _("There is no evidence {evidence} in this visit").format(evidence=evidence)
        )
    return StoredEvidence(*found)


def next_id(connection: Connection, visit: str) -> str:
    """The id that the next piece gets; the id of a removed one is never given again."""
    count = connection.execute(select(func.count()).where(EVIDENCE.c.visit == visit)).scalar_one()
    return f"ev-{count + 1:04d}"


def attach(
    connection: Connection,
    visit: str,
    evidence: StoredEvidence,
    path: str,
    row: str,
    by: Author,
    *,
    reason: str = "",
    counters: Counters | None = None,
) -> StoredEvidence:
    """Store a new piece and link it to an answer. The file must lie in the store already (see `files.keep`)."""
    seq = events.append(
        connection, visit, by, "attach", path=path, row=row, new=evidence.id, reason=reason, counters=counters
    )
    stored = replace(evidence, added_seq=seq)
    connection.execute(EVIDENCE.insert(), {"visit": visit, **asdict(stored), "removed_seq": None})
    _insert_link(connection, visit, evidence.id, path, row)
    return stored


def link(
    connection: Connection,
    visit: str,
    evidence: str,
    path: str,
    row: str,
    by: Author,
    *,
    reason: str = "",
    counters: Counters | None = None,
) -> int:
    """Link an existing piece to another answer; returns the `seq`, 0 where it was linked already.

    A piece that was removed comes back, so that a detach can be undone.
    """
    known = connection.execute(
        select(EVIDENCE.c.removed_seq).where(EVIDENCE.c.visit == visit, EVIDENCE.c.id == evidence)
    ).first()
    if known is None:
        get(connection, visit, evidence)
    elif evidence in links(connection, visit).get((path, row), ()):
        return 0
    seq = events.append(
        connection, visit, by, "attach", path=path, row=row, new=evidence, reason=reason, counters=counters
    )
    _set_removed(connection, visit, evidence, None)
    _insert_link(connection, visit, evidence, path, row)
    return seq


def unlink(
    connection: Connection,
    visit: str,
    evidence: str,
    path: str,
    row: str,
    by: Author,
    *,
    reason: str = "",
    counters: Counters | None = None,
) -> int:
    """Take a piece from an answer; the piece itself goes with its last link. Raises NotFoundError."""
    present = links(connection, visit)
    if evidence not in present.get((path, row), ()):
        raise NotFoundError(
            "evidence_not_found",
            _("{evidence} is not attached to {question}").format(evidence=evidence, question=path),
        )
    seq = events.append(
        connection, visit, by, "detach", path=path, row=row, old=evidence, reason=reason, counters=counters
    )
    connection.execute(
        EVIDENCE_LINK.delete().where(
            EVIDENCE_LINK.c.visit == visit,
            EVIDENCE_LINK.c.evidence == evidence,
            EVIDENCE_LINK.c.path == path,
            EVIDENCE_LINK.c.row == row,
        )
    )
    if sum(evidence in ids for ids in present.values()) == 1:
        _set_removed(connection, visit, evidence, seq)
    return seq


def describe(
    connection: Connection,
    visit: str,
    evidence: StoredEvidence,
    path: str,
    row: str,
    by: Author,
    *,
    reason: str = "",
) -> int:
    """Change the description of a piece (not its file); returns the `seq`, 0 where nothing changed."""
    before = get(connection, visit, evidence.id)
    changed = [name for name in _DESCRIPTION if getattr(before, name) != getattr(evidence, name)]
    if not changed:
        return 0
    seq = events.append(
        connection,
        visit,
        by,
        "attach",
        path=path,
        row=row,
        old={"evidence": evidence.id, **{name: getattr(before, name) for name in changed}},
        new={"evidence": evidence.id, **{name: getattr(evidence, name) for name in changed}},
        reason=reason,
    )
    connection.execute(
        update(EVIDENCE).where(EVIDENCE.c.visit == visit, EVIDENCE.c.id == evidence.id),
        {name: getattr(evidence, name) for name in changed},
    )
    return seq


def hashes(connection: Connection) -> dict[str, int]:
    """Every file that any visit refers to, removed evidence too: SHA-256 and size."""
    found = connection.execute(select(EVIDENCE.c.sha256, EVIDENCE.c.bytes).distinct())
    return {row.sha256: row.bytes for row in found}


def apply(entries: Iterable[Entry]) -> dict[Key, tuple[str, ...]]:
    """The links at which the events of one visit arrive, in the order of `links`."""
    found: dict[Key, set[str]] = {}
    for entry in entries:
        key = (entry.path, entry.row)
        if entry.op == "attach" and isinstance(entry.new, str):
            found.setdefault(key, set()).add(entry.new)
        elif entry.op == "detach":
            found.get(key, set()).discard(entry.old)
    return {key: tuple(sorted(ids)) for key, ids in sorted(found.items()) if ids}


def _insert_link(connection: Connection, visit: str, evidence: str, path: str, row: str) -> None:
    values: dict[str, Any] = {"visit": visit, "evidence": evidence, "path": path, "row": row}
    connection.execute(EVIDENCE_LINK.insert(), values)


def _set_removed(connection: Connection, visit: str, evidence: str, seq: int | None) -> None:
    connection.execute(
        update(EVIDENCE).where(EVIDENCE.c.visit == visit, EVIDENCE.c.id == evidence), {"removed_seq": seq}
    )
