"""One run as a whole: which remote, the log, an office that publishes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluator.config import read_config
from evaluator.errors import RemoteError, UsageError
from evaluator.remotes import layout
from evaluator.remotes.folder import FolderRemote
from evaluator.store import outgoing
from evaluator.sync.exchange import open_known_remote
from evaluator.sync.log import Log, last_lines

from .workshop import Assessor, Faulty, Office, place


def test_a_remote_is_named_once_and_remembered(assessor: Assessor, remote: FolderRemote) -> None:
    with pytest.raises(UsageError) as caught:
        open_known_remote(assessor.opened)
    assert caught.value.code == "no_remote"
    open_known_remote(assessor.opened, str(remote.root))
    assert (remote.root / layout.MARKER).read_bytes() == layout.MARKER_BYTES
    assert read_config(assessor.workspace).remote == str(remote.root)
    assert open_known_remote(assessor.opened).identity == remote.identity
    with pytest.raises(RemoteError):
        open_known_remote(assessor.opened, str(remote.root / "nowhere"))
    assert read_config(assessor.workspace).remote == str(remote.root)


def test_a_share_that_is_suddenly_empty_is_not_filled_anew(
    assessor: Assessor, remote: FolderRemote, tmp_path: Path
) -> None:
    """What an unmounted share leaves behind."""
    assessor.seal(assessor.new_visit())
    assessor.sync(open_known_remote(assessor.opened, str(remote.root)))
    remote.root.rename(tmp_path / "unmounted")
    remote.root.mkdir()
    with pytest.raises(RemoteError) as caught:
        open_known_remote(assessor.opened)
    assert caught.value.code == "remote_empty"
    assert list(remote.root.iterdir()) == []
    open_known_remote(assessor.opened, str(remote.root))
    assert (remote.root / layout.MARKER).exists()


def test_the_log_tells_people_what_happened(assessor: Assessor, office: Office, remote: FolderRemote) -> None:
    bundle = assessor.seal(assessor.new_visit())
    assessor.sync(remote)
    place(remote, assessor.device, 1, office.receipt(bundle))
    place(remote, assessor.device, 2, office.receipt(bundle, bundle_id="0" * 64))
    assessor.sync(remote)
    with pytest.raises(RemoteError):
        assessor.sync(Faulty(remote, 1, "refused"))
    text = "\n".join(last_lines(assessor.workspace.sync_log, 100))
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  Sync with ", text)
    for wanted in ("Sent Kutai Kartanegara, revision 1", "Receipt for visit", "PROBLEM unknown_bundle",
                   "Done: 0 sent, 1 received, 1 problems", "STOPPED remote_refuses"):  # fmt: skip
        assert wanted in text
    assert assessor.workspace.sync_log.stat().st_mode & 0o077 == 0


def test_a_full_log_is_put_aside_once(tmp_path: Path) -> None:
    path = tmp_path / "sync.log"
    assert last_lines(path, 5) == []
    log = Log(path)
    for _number in range(3000):
        log.note("x\x1b[31m\n" + "y" * 490)
    assert path.stat().st_size <= 1 << 20
    assert (tmp_path / "sync.log.1").exists()
    (last,) = last_lines(path, 1)
    assert "\x1b" not in last


def test_an_office_publishes_in_order_and_once(
    assessor: Assessor, office: Office, remote: FolderRemote
) -> None:
    bundle = assessor.seal(assessor.new_visit())
    assessor.sync(remote)
    receipt, review = office.receipt(bundle), office.review(bundle)
    desk = Assessor.start(assessor.workspace.root.parent / "office", None)
    with desk.opened.transaction() as connection:
        for signed in (receipt, review):
            outgoing.queue(
                connection, assessor.device, signed.kind.name, bundle.bundle_id, signed.id, signed.data,
                signed.signature,
            )  # fmt: skip
        outgoing.queue(connection, "../evil", "receipt", bundle.bundle_id, "0" * 64, b"{}", b"sig")
    step = 0
    while True:
        step += 1
        faulty = Faulty(remote, step, "lost reply")
        try:
            result = desk.sync(faulty)
        except RemoteError:
            continue
        if faulty.used < step:
            break
    assert [problem.code for problem in result.problems] == ["bad_device"]
    assert not (remote.root.parent / "evil").exists()
    assert len(list((remote.root / "in" / assessor.device).glob("*.json"))) == 2
    found = assessor.sync(remote)
    assert [entry["kind"] for entry in found.received] == ["receipt", "review"]
    assert found.problems == []

    place(remote, assessor.device, 3, office.receipt(bundle, reason="forged?"))
    with desk.opened.transaction() as connection:
        late = office.receipt(bundle, reason="late")
        outgoing.queue(
            connection, assessor.device, "receipt", bundle.bundle_id, late.id, late.data, late.signature
        )
    codes = [problem.code for problem in desk.sync(remote).problems]
    assert codes == ["bad_device", "statement_conflict"]
    desk.opened.close()
