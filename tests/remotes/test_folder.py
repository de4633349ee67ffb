"""A folder as a remote: written once, whole or not at all, and never believed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator.errors import (
    BundleError,
    RemoteConflictError,
    RemoteError,
    RemoteMissingError,
    UsageError,
)
from evaluator.remotes import layout
from evaluator.remotes.folder import FolderRemote
from evaluator.remotes.opening import full_name, open_remote
from evaluator.remotes.remote import Content, content_of, read_all

NAME = "blobs/ab/one"


@pytest.fixture
def remote(tmp_path: Path) -> FolderRemote:
    (tmp_path / "share").mkdir()
    return FolderRemote(tmp_path / "share", "lt-014")


def test_a_name_is_written_once(remote: FolderRemote) -> None:
    assert remote.size(NAME) is None
    assert read_all(remote, NAME, 10) is None
    with pytest.raises(RemoteMissingError):
        list(remote.read(NAME))
    assert remote.write_new(NAME, content_of(b"first")) is True
    assert remote.write_new(NAME, content_of(b"first")) is False
    for other in (b"other", b"longer than it", b""):
        with pytest.raises(RemoteConflictError):
            remote.write_new(NAME, content_of(other))
    assert (remote.size(NAME), read_all(remote, NAME, 5)) == (5, b"first")
    with pytest.raises(RemoteError) as caught:
        read_all(remote, NAME, 4)
    assert caught.value.code == "remote_too_large"
    assert (remote.list("blobs/ab"), remote.list("blobs"), remote.list("nowhere")) == (["one"], [], [])
    remote.remove(NAME)
    remote.remove(NAME)
    assert remote.size(NAME) is None
    assert remote.write_new(NAME, content_of(b"")) is True
    assert read_all(remote, NAME, 5) == b""


def test_what_is_cut_off_is_not_there_and_what_changed_is_refused(remote: FolderRemote) -> None:
    def stops() -> Iterator[bytes]:
        yield b"fi"
        raise KeyboardInterrupt

    sound = content_of(b"first")
    with pytest.raises(KeyboardInterrupt):
        remote.write_new(NAME, Content(sound.sha256, sound.size, stops))
    with pytest.raises(BundleError) as caught:
        remote.write_new(NAME, Content(sound.sha256, sound.size, lambda: iter((b"worst",))))
    assert caught.value.code == "hash_mismatch"
    assert list((remote.root / "blobs/ab").iterdir()) == []
    (remote.root / "blobs/ab/.part-lt-014").write_bytes(b"of a killed run")
    assert remote.list("blobs/ab") == []
    remote.write_new(NAME, sound)
    assert [path.name for path in (remote.root / "blobs/ab").iterdir()] == ["one"]


def test_a_folder_that_is_away_is_told_and_never_made(remote: FolderRemote, tmp_path: Path) -> None:
    remote.root.rename(tmp_path / "elsewhere")
    for act in (
        lambda: remote.list("in"),
        lambda: remote.size(NAME),
        lambda: list(remote.read(NAME)),
        lambda: remote.write_new(NAME, content_of(b"x")),
        lambda: FolderRemote(remote.root),
    ):
        with pytest.raises(RemoteError) as caught:
            act()
        assert (caught.value.code, caught.value.exit_code) == ("remote_away", 3)
    assert not remote.root.exists()


@pytest.mark.skipif(os.name != "posix", reason="needs modes and links")
def test_others_may_read_what_they_may_read_of_the_share(remote: FolderRemote) -> None:
    remote.root.chmod(0o770)
    before = os.umask(0o077)
    try:
        remote.write_new(NAME, content_of(b"first"))
    finally:
        os.umask(before)
    assert (remote.root / NAME).stat().st_mode & 0o777 == 0o660
    assert (remote.root / "blobs").stat().st_mode & 0o777 == 0o770


@pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")
def test_links_and_pipes_at_the_remote_are_not_followed(remote: FolderRemote, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"private")
    (remote.root / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(remote.root / "pipe")
    (remote.root / "folder").mkdir()
    assert remote.list("in") == []
    for name in ("link", "pipe", "folder"):
        assert remote.size(name) is None
        with pytest.raises(RemoteError):
            list(remote.read(name))
        with pytest.raises(RemoteConflictError):
            remote.write_new(name, content_of(b"private"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_share_without_rights_refuses(remote: FolderRemote) -> None:
    remote.root.chmod(0o500)
    with pytest.raises(RemoteError) as caught:
        remote.write_new(NAME, content_of(b"x"))
    assert caught.value.code == "remote_refuses"


def test_a_name_never_leaves_the_folder(remote: FolderRemote) -> None:
    for name in ("../x", "a/../../x", "/etc/passwd", "a//b", ""):
        with pytest.raises(ValueError, match=name.replace(".", r"\.") or "^$"):
            remote.size(name)
    for device in ("", "..", "a/b", "a\\b", ".hidden", "x" * 65, "dot."):
        assert not layout.is_device(device)
        with pytest.raises(UsageError):
            layout.device_folder(layout.IN, device)


def test_names_of_records_say_number_and_id() -> None:
    name = layout.record(layout.OUT, "lt-014", 7, "ab" * 32)
    assert name == "out/lt-014/00000007-abababababababab.json"
    found = layout.parse_record(name.rpartition("/")[2])
    assert found is not None
    assert (found.seq, found.id16) == (7, "ab" * 8)
    for other in (
        "7-abababababababab.json",
        "00000007-abababababababab.json.sig",
        "readme.txt",
        "00000007-AB.json",
    ):
        assert layout.parse_record(other) is None


def test_an_address_is_a_path_or_a_file_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my share").mkdir()
    monkeypatch.chdir(tmp_path)
    wanted = str(tmp_path / "my share")
    for text in ("my share", wanted, (tmp_path / "my share").as_uri()):
        assert full_name(text) == wanted
        assert open_remote(text).identity == str(Path(wanted).resolve())
    for text in ("sftp://office.example/visits", "https://x.example", "s3://bucket", "file://server/share"):
        with pytest.raises(UsageError) as caught:
            open_remote(text)
        assert caught.value.code == "remote_not_supported"
