"""Snapshots: whole copies of the database inside the workspace, made while it is open.

Thinning counts snapshots and never looks at a clock, so a wrong date cannot delete them. A copy made before a
migration is kept until it is removed by hand.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.errors import DiskFullError, StorageError
from evaluator.language import _
from evaluator.paths import disk_errors, free_bytes, fsync_file, make_directory, replace

if TYPE_CHECKING:
    from evaluator.store.database import Database

KEEP = 20
_SPARE_BYTES = 50 * 1024 * 1024
_NAME = re.compile(r"snapshot-(?P<number>[0-9]{6})(?:-(?P<label>[a-z0-9-]+))?\.db")
_COUNTED = ("visit", "answer", "event", "evidence", "bundle")


def snapshot(database: Database, folder: Path, *, label: str = "") -> Path:
    """Copy the database into `folder` as `snapshot-000001.db` and on, with `label` at the end of the name.

    The copy has its own integrity checked and is compared with the original before it gets its name. Raises
    DiskFullError before it begins, StorageError where the copy is not sound.
    """
    size = database.path.stat().st_size
    if free_bytes(folder) < size + _SPARE_BYTES:
        raise DiskFullError(
            "disk_full",
            _("A snapshot needs {megabytes} MB on the disk").format(megabytes=(size + _SPARE_BYTES) >> 20),
            _("Free some space and try again; everything saved before is kept"),
        )
    make_directory(folder)
    present = list_all(folder)
    number = max((_number(path) for path in present), default=0) + 1
    target = folder / f"snapshot-{number:06d}{'-' + label if label else ''}.db"
    part = folder / f".partial-{target.name}"
    with disk_errors(part):
        part.unlink(missing_ok=True)
        # The backup would make its file by the umask.
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with (
                database.backing_up() as source,
                closing(sqlite3.connect(part, isolation_level=None)) as copy,
            ):
                source.backup(copy)
                # A copy in WAL mode would need a log beside it.
                copy.execute("PRAGMA journal_mode = DELETE")
                _compare(source, copy, part)
            with part.open("rb+") as file:
                fsync_file(file.fileno())
            replace(part, target)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return target


def list_all(folder: Path) -> list[Path]:
    """The snapshots in `folder`, oldest first."""
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), key=_number)


def thin(folder: Path, keep: int = KEEP) -> list[Path]:
    """Remove all but the newest `keep` snapshots without a label; returns those removed."""
    plain = [path for path in list_all(folder) if not _match(path)["label"]]
    removed = plain[: max(0, len(plain) - max(keep, 1))]
    for path in removed:
        with disk_errors(path):
            path.unlink(missing_ok=True)
    return removed


def _compare(source: sqlite3.Connection, copy: sqlite3.Connection, path: Path) -> None:
    problem = str(copy.execute("PRAGMA integrity_check(1)").fetchone()[0])
    for query in ("PRAGMA user_version", *(f"SELECT count(*) FROM {table}" for table in _COUNTED)):
        if problem == "ok" and source.execute(query).fetchone() != copy.execute(query).fetchone():
            problem = query
    if problem != "ok":
        raise StorageError(
            "snapshot_unsound",
            _("The snapshot {path} is not sound: {reason}").format(path=path, reason=problem),
            _("Check the disk and run `evaluator doctor`"),
        )


def _match(path: Path) -> re.Match[str]:
    found = _NAME.fullmatch(path.name)
    if found is None:
        raise ValueError(path.name)
    return found


def _number(path: Path) -> int:
    return int(_match(path)["number"])
