from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evaluator.store import answers, evidence, files, rows
from evaluator.store.answers import StoredAnswer
from evaluator.store.database import Database, open_database
from evaluator.store.events import Author
from evaluator.store.evidence import StoredEvidence
from evaluator.store.examine import examine
from evaluator.store.rows import StoredRow

from .conftest import damage, fill

QUESTION = "gov.GOV-01"


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "evidence"


@pytest.fixture
def worked(database: Database, visit: str, by: Author, home: Path, folder: Path, tmp_path: Path) -> Database:
    """A visit in which everything happened once."""
    source = tmp_path / "foto.jpg"
    source.write_bytes(b"\xff\xd8foto" * 100)
    kept = files.keep(source, folder, home / "tmp")
    with database.transaction() as connection:
        first = answers.save(connection, visit, None, StoredAnswer(QUESTION, value=2, first_score=2), by)
        second = answers.save(
            connection, visit, first, StoredAnswer(QUESTION, value=3, note="x", flag=True), by
        )
        answers.save(connection, visit, second, replace(second, value=None, na="geografis"), by)
        for position, name in enumerate("abc", start=1):
            rows.insert(connection, visit, StoredRow(name, "qwn.QWN-REC", "", position), by)
        answers.save(connection, visit, None, StoredAnswer("qwn.QWN-REC.nama", "b", value="SIAP"), by)
        rows.move(connection, visit, "c", 1, by)
        rows.delete(connection, visit, "a", by)
        piece = StoredEvidence("ev-0001", kept.sha256, kept.bytes, "foto.jpg", "jpg", "observasi")
        evidence.attach(connection, visit, piece, QUESTION, "", by)
        evidence.link(connection, visit, "ev-0001", "qwn.QWN-REC.nama", "b", by)
        evidence.unlink(connection, visit, "ev-0001", QUESTION, "", by)
    return database


def _codes(database: Database, folder: Path) -> list[str]:
    findings = examine(database, folder)
    assert all(finding.message and finding.fix for finding in findings)
    return [finding.code for finding in findings]


def test_a_sound_store_has_no_findings(worked: Database, folder: Path) -> None:
    assert _codes(worked, folder) == []


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE answer SET note = 'lain' WHERE path = 'gov.GOV-01'", ["answer_differs"]),
        ("DELETE FROM answer WHERE path = 'qwn.QWN-REC.nama'", ["answer_differs"]),
        ("UPDATE answer SET first_score = 5 WHERE path = 'gov.GOV-01'", ["first_score_differs"]),
        ('UPDATE "row" SET deleted_seq = NULL', ["rows_differ"]),
        ("DELETE FROM evidence_link", ["evidence_differs"]),
        ("UPDATE visit SET audit_head = 'x'", ["audit_broken"]),
        ("INSERT INTO reply VALUES ('nowhere', 't', '{}')", ["reference_broken"]),
    ],
)
def test_what_was_changed_behind_the_trail_is_found(
    worked: Database, folder: Path, statement: str, codes: list[str]
) -> None:
    worked.raw.execute("PRAGMA foreign_keys = OFF")
    worked.raw.execute(statement)
    assert _codes(worked, folder) == codes


def test_a_changed_trail_is_found(worked: Database, folder: Path) -> None:
    worked.raw.execute("DROP TRIGGER event_no_update")
    worked.raw.execute("UPDATE event SET new = '5' WHERE seq = 1")
    assert _codes(worked, folder) == ["audit_broken", "first_score_differs"]


def test_missing_damaged_and_loose_evidence_is_found(worked: Database, folder: Path) -> None:
    (kept,) = (path for path in folder.rglob("*") if path.is_file())
    (kept.parent / ("0" * 64)).write_bytes(b"loose")
    assert _codes(worked, folder) == ["evidence_unused"]
    kept.write_bytes(b"other")
    assert _codes(worked, folder) == ["evidence_damaged", "evidence_unused"]
    kept.unlink()
    assert _codes(worked, folder) == ["evidence_missing", "evidence_unused"]


def test_a_damaged_file_is_named_and_read_no_further(
    worked: Database, visit: str, by: Author, folder: Path
) -> None:
    fill(worked, visit, by)
    worked.close()
    damage(worked.path)
    with open_database(worked.path, check=False) as database:
        assert set(_codes(database, folder)) == {"database_damaged"}
