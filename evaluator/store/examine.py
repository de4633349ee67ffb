"""What `doctor` looks at in the store: the file, the audit trail against the answers, the evidence files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from evaluator.errors import StorageError
from evaluator.language import _
from evaluator.store import answers, audit, events, evidence, files, rows, visits
from evaluator.store.answers import Key, StoredAnswer
from evaluator.store.database import Database
from evaluator.store.visits import StoredVisit


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, and what to do about it."""

    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    fix: str


def examine(database: Database, evidence_folder: Path) -> list[Finding]:
    """Everything that is wrong with the store; empty if it is sound. Reads all of it, changes nothing."""
    try:
        findings = list(_profile(database))
        file_findings = list(_file(database))
        findings += file_findings
        if any(finding.code == "database_damaged" for finding in file_findings):
            # What is read from a damaged file says nothing about trail and evidence.
            return findings
        with database.reading() as connection:
            for visit in visits.list_all(connection):
                findings += _visit(connection, visit)
            findings += _evidence(connection, evidence_folder)
    except StorageError as error:
        return [Finding(error.code, "error", error.message, error.hint)]
    return findings


def _profile(database: Database) -> Iterator[Finding]:
    if database.journal_mode != "wal":
        yield Finding(
            "journal_fallback",
            "warning",
            _("This disk does not take a write-ahead log; saving is slower, and as safe"),
            _("Move the workspace to a local disk"),
        )


def _file(database: Database) -> Iterator[Finding]:
    with database.backing_up() as raw:
        try:
            problems = [row[0] for row in raw.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        except sqlite3.DatabaseError as error:
            problems = [str(error)]
        for problem in problems:
            yield Finding(
                "database_damaged",
                "error",
                _("The database is damaged: {reason}").format(reason=problem),
                _("Keep the file and restore the newest snapshot with `evaluator restore`"),
            )
        if not problems:
            for table, _rowid, parent, _index in raw.execute("PRAGMA foreign_key_check"):
                yield Finding(
                    "reference_broken",
                    "error",
                    _("A row of {table} refers to a row of {parent} that is not there").format(
                        table=table, parent=parent
                    ),
                    _("Keep the file and restore the newest snapshot with `evaluator restore`"),
                )


def _visit(connection: Connection, visit: StoredVisit) -> Iterator[Finding]:
    trail = events.load(connection, visit.id)
    for seq in audit.verify_chain(trail, head=visit.audit_head):
        if seq:
            message = _("The audit trail of visit {visit} was changed at entry {seq}").format(
                visit=visit.id, seq=seq
            )
        else:
            message = _("Entries are missing at the end of the audit trail of visit {visit}").format(
                visit=visit.id
            )
        yield Finding(
            "audit_broken",
            "error",
            message,
            _("Export what there is and tell the office; a bundle with this trail shows the break"),
        )
    stored = answers.load(connection, visit.id)
    for key in _differences(stored, answers.apply(trail)):
        yield Finding(
            "answer_differs",
            "error",
            _("{question} of visit {visit} is not what the audit trail says").format(
                question=" ".join(part for part in key if part), visit=visit.id
            ),
            _("Open the question and save the right answer again"),
        )
    by_seq = {entry.seq: entry for entry in trail}
    for answer in stored.values():
        first = by_seq.get(answer.first_seq or 0)
        if answer.first_seq and (first is None or first.new != answer.first_score):
            yield Finding(
                "first_score_differs",
                "error",
                _("The first score of {question} in visit {visit} is not what the audit trail says").format(
                    question=answer.path, visit=visit.id
                ),
                _("Tell the office: the first score was changed outside this program"),
            )
    if rows.load(connection, visit.id) != rows.apply(trail):
        yield Finding(
            "rows_differ",
            "error",
            _("The rows of visit {visit} are not what the audit trail says").format(visit=visit.id),
            _("Compare the tables of the visit with the newest snapshot"),
        )
    if evidence.links(connection, visit.id) != evidence.apply(trail):
        yield Finding(
            "evidence_differs",
            "error",
            _("The evidence of visit {visit} is not attached as the audit trail says").format(visit=visit.id),
            _("Open the visit and attach it again where it is missing"),
        )


def _differences(stored: Mapping[Key, StoredAnswer], replayed: Mapping[Key, StoredAnswer]) -> list[Key]:
    return [
        key
        for key in sorted(stored.keys() | replayed.keys())
        if _plain(stored.get(key), key) != _plain(replayed.get(key), key)
    ]


def _plain(answer: StoredAnswer | None, key: Key) -> Any:
    known = answer or StoredAnswer(*key)
    return replace(known, first_score=None, first_seq=None, revealed_seq=None, seq=0)


def _evidence(connection: Connection, folder: Path) -> Iterator[Finding]:
    referred = evidence.hashes(connection)
    for sha256 in sorted(referred):
        path = files.path_of(folder, sha256)
        found = files.hash_of(path)
        if not found:
            yield Finding(
                "evidence_missing",
                "error",
                _("An evidence file is missing: {path}").format(path=path),
                _("Attach the original file again; it is recognised by its content"),
            )
        elif found != sha256:
            yield Finding(
                "evidence_damaged",
                "error",
                _("An evidence file is not what was attached: {path}").format(path=path),
                _("Attach the original file again; it is recognised by its content"),
            )
    loose = list(files.orphans(folder, set(referred)))
    if loose:
        yield Finding(
            "evidence_unused",
            "info",
            _("{count} evidence files belong to no visit").format(count=len(loose)),
            _("They do no harm"),
        )
