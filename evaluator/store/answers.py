"""Answers: the present one of each question in each row, and the way every change is recorded.

`save` is the hot path of the program: one upsert, one event for what changed, one update of the visit.
`apply` is its inverse: it follows the audit trail and arrives at the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from evaluator.store import events
from evaluator.store.audit import Entry
from evaluator.store.events import Author, Counters, decoded, encoded
from evaluator.store.statements import Statement
from evaluator.store.tables import ANSWER

Key = tuple[str, str]
"""Question path and row id ("" outside repeats)."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One answer as it is kept. `value` and `respondents` are JSON values; a value and `na` exclude each other.

    `first_score` is the first level ever stored for a rubric and `first_seq` its event; `revealed_seq` is the first
    event that changed the value after that, when the self-assessment was already to be seen. The three `_seq`
    fields and `seq`, the last event, are filled in by `save`.
    """

    path: str
    row: str = ""
    value: Any = None
    na: str = ""
    note: str = ""
    flag: bool = False
    confidence: str = ""
    evidence_quality: int | None = None
    respondents: Any = None
    data_year: int | None = None
    source: str = ""
    data_quality: str = ""
    gate_reason: str = ""
    first_score: int | None = None
    first_seq: int | None = None
    revealed_seq: int | None = None
    seq: int = 0

    @property
    def key(self) -> Key:
        return (self.path, self.row)


_COLUMNS = tuple(field.name for field in fields(StoredAnswer))
_COMPANIONS = (
    "note", "confidence", "evidence_quality", "respondents", "data_year", "source", "data_quality", "gate_reason",
)  # fmt: skip
_KEPT = tuple(name for name in _COLUMNS if name not in ("path", "row"))


def _quoted(name: str) -> str:
    return f'"{name}"'


_LOAD = select(ANSWER).where(ANSWER.c.visit == bindparam("visit"))
_FIND = _LOAD.where(ANSWER.c.path == bindparam("path"), ANSWER.c.row == bindparam("row"))
_UPSERT = Statement(
    f"INSERT INTO answer (visit, {', '.join(_quoted(name) for name in _COLUMNS)})"
    f" VALUES (:visit, {', '.join(f':{name}' for name in _COLUMNS)})"
    f' ON CONFLICT (visit, path, "row") DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _KEPT)}'
)


def load(connection: Connection, visit: str) -> dict[Key, StoredAnswer]:
    """Every answer of a visit, those in deleted rows too."""
    found = connection.execute(_LOAD, {"visit": visit})
    return {(row.path, row.row): _stored(row) for row in found}


def find(connection: Connection, visit: str, path: str, row: str = "") -> StoredAnswer | None:
    """One answer, None while there is none."""
    found = connection.execute(_FIND, {"visit": visit, "path": path, "row": row}).first()
    return None if found is None else _stored(found)


def put(connection: Connection, visit: str, answer: StoredAnswer) -> None:
    """Store `answer` as it is, without an event: for import and repair; people's answers go through `save`."""
    values: dict[str, Any] = {name: getattr(answer, name) for name in _COLUMNS}
    values["visit"] = visit
    values["value"] = encoded(answer.value)
    values["respondents"] = encoded(answer.respondents)
    values["flag"] = int(answer.flag)
    _UPSERT(connection, values)


def save(
    connection: Connection,
    visit: str,
    before: StoredAnswer | None,
    after: StoredAnswer,
    by: Author,
    *,
    reason: str = "",
    counters: Counters | None = None,
    revealed: bool = True,
) -> StoredAnswer:
    """Store `after` in place of `before` with its events; returns it with its sequence numbers filled in.

    The `seq` to acknowledge is that of the result. Where nothing changed, nothing is written and `before` comes back.
    `revealed` says that there is something to be seen after the first score, so that a change after it is marked.
    Raises ValueError for a value beside a reason for not applicable.
    """
    if after.value is not None and after.na:
        raise ValueError(f"{after.path}: a value and not applicable at once")
    known = before or StoredAnswer(after.path, after.row)
    seq = 0
    first_seq, revealed_seq = known.first_seq, known.revealed_seq
    pending = list(changes(known, after))
    for position, (op, old, new) in enumerate(pending, start=1):
        seq = events.append(
            connection,
            visit,
            by,
            op,
            path=after.path,
            row=after.row,
            old=old,
            new=new,
            reason=reason,
            counters=counters if position == len(pending) else None,
        )
        if op in ("set", "clear", "na") and not isinstance(new, dict):
            if first_seq is not None:
                revealed_seq = revealed_seq or (seq if revealed else None)
            elif after.first_score is not None:
                first_seq = seq
    if not pending:
        return known
    stored = replace(
        after,
        first_score=after.first_score if known.first_score is None else known.first_score,
        first_seq=first_seq,
        revealed_seq=revealed_seq,
        seq=seq,
    )
    put(connection, visit, stored)
    return stored


def changes(before: StoredAnswer, after: StoredAnswer) -> Iterator[tuple[str, Any, Any]]:
    """The events (op, old, new) that lead from `before` to `after`; see `audit.Entry` for their meaning."""
    if after.na != before.na and after.na:
        yield "na", before.na or before.value, after.na
    elif after.value != before.value or after.na != before.na:
        yield ("clear" if after.value is None else "set"), before.na or before.value, after.value
    other = [name for name in _COMPANIONS if getattr(before, name) != getattr(after, name)]
    if other:
        yield (
            "set",
            {name: getattr(before, name) for name in other},
            {name: getattr(after, name) for name in other},
        )
    if after.flag != before.flag:
        yield "flag", before.flag, after.flag


def apply(entries: Iterable[Entry]) -> dict[Key, StoredAnswer]:
    """The answers at which the events of one visit arrive, without their first scores (which need the form)."""
    found: dict[Key, StoredAnswer] = {}
    for entry in entries:
        if entry.op not in ("set", "clear", "na", "flag"):
            continue
        key = (entry.path, entry.row)
        answer = found.get(key) or StoredAnswer(entry.path, entry.row)
        if entry.op == "flag":
            answer = replace(answer, flag=entry.new, seq=entry.seq)
        elif entry.op == "na":
            answer = replace(answer, value=None, na=entry.new, seq=entry.seq)
        elif entry.op == "set" and isinstance(entry.new, dict):
            known = {name: value for name, value in entry.new.items() if name in _COMPANIONS}
            answer = replace(answer, **known, seq=entry.seq)
        else:
            answer = replace(answer, value=entry.new, na="", seq=entry.seq)
        found[key] = answer
    return found


def _stored(row: Row[Any]) -> StoredAnswer:
    return StoredAnswer(
        path=row.path,
        row=row.row,
        value=decoded(row.value),
        na=row.na,
        note=row.note,
        flag=bool(row.flag),
        confidence=row.confidence,
        evidence_quality=row.evidence_quality,
        respondents=decoded(row.respondents),
        data_year=row.data_year,
        source=row.source,
        data_quality=row.data_quality,
        gate_reason=row.gate_reason,
        first_score=row.first_score,
        first_seq=row.first_seq,
        revealed_seq=row.revealed_seq,
        seq=row.seq,
    )
