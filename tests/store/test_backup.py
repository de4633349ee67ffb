from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from evaluator.errors import DiskFullError, StorageError
from evaluator.store import answers, backup
from evaluator.store.answers import StoredAnswer
from evaluator.store.database import Database, open_database
from evaluator.store.events import Author

from .conftest import damage, fill


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "snapshots"


def test_a_snapshot_is_a_whole_database_of_its_own(
    database: Database, visit: str, by: Author, folder: Path, tmp_path: Path
) -> None:
    with database.transaction() as connection:
        answers.save(connection, visit, None, StoredAnswer("gov.GOV-01", value=3), by)
    first = backup.snapshot(database, folder)
    with database.transaction() as connection:
        answers.save(connection, visit, None, StoredAnswer("gov.GOV-02", value=4), by)
    second = backup.snapshot(database, folder, label="finalise")
    assert backup.list_all(folder) == [first, second]
    assert [path.name for path in folder.iterdir() if path not in (first, second)] == []
    if os.name == "posix":
        assert stat.S_IMODE(first.stat().st_mode) == 0o600
    restored = tmp_path / "restored" / "evaluator.db"
    restored.parent.mkdir()
    shutil.copyfile(first, restored)
    with open_database(restored) as copy, copy.reading() as connection:
        assert answers.load(connection, visit).keys() == {("gov.GOV-01", "")}


def test_thinning_counts_and_leaves_labelled_ones(database: Database, folder: Path) -> None:
    assert backup.thin(folder) == []
    made = [backup.snapshot(database, folder, label="schema-1" if n == 0 else "") for n in range(5)]
    for path in made:
        os.utime(path, (2**31, 2**31))
    assert backup.thin(folder, keep=2) == made[1:3]
    assert backup.list_all(folder) == [made[0], *made[3:]]
    assert backup.snapshot(database, folder).name == "snapshot-000006.db"
    assert len(backup.thin(folder, keep=0)) == 2


def test_a_snapshot_without_room_does_not_begin(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "free_bytes", lambda _path: 1000)
    with pytest.raises(DiskFullError):
        backup.snapshot(database, folder)
    assert not folder.exists()


def test_a_copy_that_is_not_sound_gets_no_name(
    database: Database, visit: str, by: Author, folder: Path
) -> None:
    fill(database, visit, by)
    database.close()
    damage(database.path)
    with open_database(database.path, check=False) as damaged, pytest.raises(StorageError) as raised:
        backup.snapshot(damaged, folder)
    assert raised.value.code in ("snapshot_unsound", "database_damaged")
    assert list(folder.iterdir()) == []
