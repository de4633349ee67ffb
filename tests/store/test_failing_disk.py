"""What happens to answers when the disk fills, fails, or the process dies. Real files, real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from evaluator.errors import DiskFullError, StorageError
from evaluator.store import answers, audit, events, failures, visits
from evaluator.store.answers import StoredAnswer
from evaluator.store.database import Database, open_database
from evaluator.store.events import Author

from .conftest import VISIT, new_visit

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX processes and mounts")

# Saves answers and says each number only after its transaction is over.
SAVE_LOOP = """
import sys
from pathlib import Path
from evaluator.store import answers
from evaluator.store.answers import StoredAnswer
from evaluator.store.database import open_database
from evaluator.store.events import Author
path, visit, start, end = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with open_database(path) as database:
    for number in range(start + 1, end + 1):
        with database.transaction() as connection:
            before = answers.find(connection, visit, f"gov.GOV-{number % 50:02d}")
            after = StoredAnswer(f"gov.GOV-{number % 50:02d}", value=number)
            answers.save(connection, visit, before, after, Author("sari", "lt-014"))
        print(number, flush=True)
"""


def test_no_acknowledged_answer_is_lost_by_kill_9(home: Path, database: Database, visit: str) -> None:
    path = database.path
    database.close()
    acknowledged = 0
    for round_number in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVE_LOOP, str(path), visit, str(acknowledged), "1000000"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(5 + round_number * 7):
            acknowledged = int(process.stdout.readline())
        process.kill()
        # What it said before it died counts as well.
        said = [int(line) for line in process.stdout.read().split("\n")[:-1]]
        acknowledged = max([acknowledged, *said])
        process.stdout.close()
        process.wait()
        with open_database(path) as reopened, reopened.reading() as connection:
            stored = answers.load(connection, visit)
            highest = max(answer.value for answer in stored.values())
            # The last one may have been stored without being told any more.
            assert acknowledged <= highest <= acknowledged + 1
            trail = events.load(connection, visit)
            assert [entry.new for entry in trail] == list(range(1, highest + 1))
            assert audit.verify_chain(trail, head=visits.get(connection, visit).audit_head) == []
            assert answers.apply(trail) == stored
            acknowledged = highest
    assert not list(home.glob("*.part"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("mounting needs root")
    found = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True
    )
    if found.returncode != 0:
        pytest.skip(f"mounting is not permitted: {found.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    hog = folder / "hog"
    with hog.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    return hog


def _save(database: Database, visit: str, path: str, value: object, by: Author) -> None:
    with database.transaction() as connection:
        before = answers.find(connection, visit, path)
        answers.save(connection, visit, before, StoredAnswer(path, value=value), by)


def test_a_full_disk_loses_nothing_and_the_reserve_lets_the_work_go_on(
    small_disk: Path, by: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "ROOM_FOR_RESERVE", 0)
    with open_database(small_disk / "home" / "evaluator.db", create=True) as database:
        assert database.reserve.stat().st_size == failures.RESERVE_BYTES
        assert database.reserve.stat().st_blocks * 512 >= failures.RESERVE_BYTES
        with database.transaction() as connection:
            visits.add(connection, new_visit(VISIT))
        _save(database, VISIT, "gov.GOV-01", 1, by)
        hog = _fill(small_disk)

        saved, error = 1, None
        while error is None:
            try:
                _save(database, VISIT, "gov.GOV-01", saved + 1, by)
            except DiskFullError as raised:
                error = raised
            else:
                saved += 1
        assert (error.code, error.exit_code) == ("disk_full", 3)
        assert not database.reserve.exists()
        with database.reading() as connection:
            assert answers.load(connection, VISIT)["gov.GOV-01", ""].value == saved

        # The reserve is given up: the same answer goes in on the same connection, without a restart.
        _save(database, VISIT, "gov.GOV-01", "again", by)
        hog.unlink()
        _save(database, VISIT, "gov.GOV-01", "later", by)
        with database.reading() as connection:
            trail = events.load(connection, VISIT)
            assert trail[-1].new == "later"
            assert audit.verify_chain(trail, head=visits.get(connection, VISIT).audit_head) == []
    with open_database(small_disk / "home" / "evaluator.db"):
        assert (small_disk / "home" / "reserve.bin").exists()


def test_a_full_disk_can_still_be_opened_and_read(small_disk: Path, by: Author) -> None:
    path = small_disk / "home" / "evaluator.db"
    with open_database(path, create=True) as database:
        with database.transaction() as connection:
            visits.add(connection, new_visit(VISIT))
        _save(database, VISIT, "gov.GOV-01", 3, by)
    _fill(small_disk)
    with open_database(path) as database, database.reading() as connection:
        assert answers.load(connection, VISIT)["gov.GOV-01", ""].value == 3


LIMITED = """
import json, resource, sys
from pathlib import Path
from evaluator.errors import StorageError
from evaluator.store import answers
from evaluator.store.answers import StoredAnswer
from evaluator.store.database import open_database
from evaluator.store.events import Author
path, visit = Path(sys.argv[1]), sys.argv[2]
saved, failures = 0, []
def save(database, number):
    with database.transaction() as connection:
        answers.save(connection, visit, None, StoredAnswer(f"gov.GOV-{number:04d}", value="x" * 500), Author("a", "b"))
with open_database(path) as database:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limit[1]))
    try:
        for number in range(1000):
            save(database, number)
            saved += 1
    except StorageError as error:
        failures.append([error.code, error.exit_code])
    try:
        save(database, 9998)
    except StorageError as error:
        failures.append([error.code, error.exit_code])
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    save(database, 9999)
    print(json.dumps({"saved": saved, "failures": failures}))
"""


def test_a_write_that_fails_is_named_and_the_connection_made_anew(database: Database, visit: str) -> None:
    path = database.path
    database.close()
    found = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), visit],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    told = json.loads(found.stdout)
    assert told["failures"][0] == ["disk_error", 3]
    with open_database(path) as reopened, reopened.reading() as connection:
        stored = answers.load(connection, visit)
        assert len(stored) == told["saved"] + 1 + (2 - len(told["failures"]))
        assert ("gov.GOV-9999", "") in stored
        trail = events.load(connection, visit)
        assert audit.verify_chain(trail, head=visits.get(connection, visit).audit_head) == []


def test_one_answer_costs_one_sync(database: Database, visit: str, tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    path = database.path
    database.close()
    log = tmp_path / "trace"
    traced = subprocess.run(
        [
            *(strace, "-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-o", str(log)),
            *(sys.executable, "-c", SAVE_LOOP, str(path), visit, "0", "30"),
        ],
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    if traced.stdout.split() != [str(number) for number in range(1, 31)]:
        pytest.skip("strace may not trace here")
    calls = log.read_text()
    told = [match.start() for match in re.finditer(r'write\(1, "[0-9]', calls)]
    between = [len(re.findall("f(?:data)?sync", calls[a:b])) for a, b in pairwise(told)]
    assert between == [1] * 29


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_FULL, "disk_full"),
        (sqlite3.SQLITE_CORRUPT, "database_damaged"),
        (sqlite3.SQLITE_NOTADB, "database_damaged"),
        (sqlite3.SQLITE_BUSY, "workspace_held"),
        (sqlite3.SQLITE_LOCKED, "workspace_held"),
        (sqlite3.SQLITE_READONLY, "not_writable"),
        (sqlite3.SQLITE_CANTOPEN, "database_unopenable"),
        (sqlite3.SQLITE_IOERR | 4 << 8, "disk_error"),
    ],
)
def test_each_failure_has_its_sentence(tmp_path: Path, code: int, expected: str) -> None:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    told = failures.storage_error(error, tmp_path / "evaluator.db")
    assert told.code == expected
    assert told.exit_code == 3
    assert told.message
    assert told.hint
    assert "\n" not in str(told)


def test_a_failed_sync_is_followed_by_a_check(database: Database, visit: str, by: Author) -> None:
    """After an I/O error the connection is another one, which has read the file anew."""
    _save(database, visit, "gov.GOV-01", 1, by)
    before = database.raw
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR | 5 << 8

    def fail() -> None:
        with database.transaction() as connection:
            answers.save(connection, visit, None, StoredAnswer("gov.GOV-02", value=2), by)
            raise error

    with pytest.raises(StorageError):
        fail()
    _save(database, visit, "gov.GOV-03", 3, by)
    assert database.raw is not before
    with database.reading() as connection:
        assert [path for path, _row in answers.load(connection, visit)] == ["gov.GOV-01", "gov.GOV-03"]
    assert database.raw.execute("PRAGMA synchronous").fetchone()[0] == 2
