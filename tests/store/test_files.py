from __future__ import annotations

import hashlib
import os
import stat
from collections import namedtuple
from pathlib import Path

import pytest

from evaluator.errors import DiskFullError, NotFoundError, StorageError, UsageError
from evaluator.store import files

CONTENT = b"Peraturan Bupati No. 12 tahun 2025\n" * 1000
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "perbup.pdf"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "evidence"


@pytest.fixture
def tmp(tmp_path: Path) -> Path:
    return tmp_path / "home" / "tmp"


def _left(tmp: Path) -> list[Path]:
    return list(tmp.iterdir()) if tmp.exists() else []


def test_a_file_lies_under_its_hash(source: Path, folder: Path, tmp: Path) -> None:
    kept = files.keep(source, folder, tmp)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert kept == files.KeptFile(sha256, len(CONTENT), folder / sha256[:2] / sha256, known=False)
    assert kept.path.read_bytes() == CONTENT
    assert files.verify(folder, sha256)
    assert _left(tmp) == []
    if os.name == "posix":
        assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
        assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, kept.path.parent, tmp)} == {0o700}


def test_the_same_content_is_stored_once(source: Path, folder: Path, tmp: Path, tmp_path: Path) -> None:
    first = files.keep(source, folder, tmp)
    before = first.path.stat()
    again = tmp_path / "salinan (2).pdf"
    again.write_bytes(CONTENT)
    second = files.keep(again, folder, tmp)
    assert (second.path, second.known) == (first.path, True)
    assert second.path.stat().st_mtime_ns == before.st_mtime_ns
    assert sum(path.is_file() for path in folder.rglob("*")) == 1


def test_attaching_again_heals_a_damaged_file(source: Path, folder: Path, tmp: Path) -> None:
    kept = files.keep(source, folder, tmp)
    kept.path.write_bytes(b"\0" * len(CONTENT))
    assert not files.verify(folder, kept.sha256)
    assert not files.keep(source, folder, tmp).known
    assert files.verify(folder, kept.sha256)


def test_what_is_no_evidence_is_refused_by_name(tmp_path: Path, folder: Path, tmp: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    cases = [
        (tmp_path / "missing.pdf", NotFoundError, "file_not_found"),
        (empty / "inside a file", NotFoundError, "file_not_found"),
        (tmp_path, UsageError, "is_a_folder"),
        (empty, UsageError, "file_empty"),
        (Path("\0"), UsageError, "file_unreadable"),
    ]
    for path, kind, code in cases:
        with pytest.raises(kind) as raised:
            files.keep(path, folder, tmp)
        assert raised.value.code == code
        assert raised.value.exit_code == 2
        assert "\0" not in str(raised.value)
    assert not folder.exists()


@posix
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_pipes_and_devices_are_refused_without_waiting(
    tmp_path: Path, folder: Path, tmp: Path, kind: str
) -> None:
    path = Path("/dev/zero")
    if kind == "pipe":
        path = tmp_path / "pipe"
        os.mkfifo(path)
    with pytest.raises(UsageError) as raised:
        files.keep(path, folder, tmp)
    assert raised.value.code == "not_a_file"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(source: Path, folder: Path, tmp: Path) -> None:
    source.chmod(0)
    with pytest.raises(UsageError) as raised:
        files.keep(source, folder, tmp)
    assert raised.value.code == "file_unreadable"


def test_a_file_beyond_the_limit_is_refused(source: Path, folder: Path, tmp: Path) -> None:
    assert files.keep(source, folder, tmp, limit=len(CONTENT)).bytes == len(CONTENT)
    with pytest.raises(UsageError) as raised:
        files.keep(source, folder, tmp, limit=len(CONTENT) - 1)
    assert raised.value.code == "file_too_large"


@pytest.mark.parametrize("change", ["grows", "is cut", "is rewritten"])
def test_a_file_that_changes_while_it_is_copied_is_refused(
    source: Path, folder: Path, tmp: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    flush = files.fsync_file

    def meddle(descriptor: int) -> None:
        flush(descriptor)
        if change == "grows":
            with source.open("ab") as file:
                file.write(b"more")
        elif change == "is cut":
            os.truncate(source, 10)
        else:
            os.utime(source, ns=(1, 1))

    monkeypatch.setattr(files, "fsync_file", meddle)
    with pytest.raises(UsageError) as raised:
        files.keep(source, folder, tmp)
    assert raised.value.code == "file_changed"
    assert _left(tmp) == []


def test_a_full_disk_is_told_before_copying(
    source: Path, folder: Path, tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage(10**9, 10**9, 20 << 20))
    with pytest.raises(DiskFullError) as raised:
        files.keep(source, folder, tmp)
    assert "20 MB" in raised.value.message
    assert not tmp.exists()


def test_a_disk_that_fails_while_copying_leaves_nothing_behind(
    source: Path, folder: Path, tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(files, "fsync_file", fail)
    with pytest.raises(StorageError) as raised:
        files.keep(source, folder, tmp)
    assert raised.value.code == "disk_error"
    assert _left(tmp) == []
    assert not list(folder.rglob("*"))


def test_what_interrupted_copies_left_is_cleared(tmp: Path) -> None:
    assert files.clear_parts(tmp) == 0
    tmp.mkdir(parents=True)
    (tmp / "12-ab.part").write_bytes(b"half")
    assert files.clear_parts(tmp) == 1
    assert _left(tmp) == []


def test_files_that_nothing_refers_to_are_found(source: Path, folder: Path, tmp: Path) -> None:
    assert list(files.orphans(folder, set())) == []
    kept = files.keep(source, folder, tmp)
    assert list(files.orphans(folder, {kept.sha256})) == []
    assert list(files.orphans(folder, set())) == [kept.path]
