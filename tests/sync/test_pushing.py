"""Sending: complete, once, in order, whatever fails on the way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evaluator.errors import RemoteError
from evaluator.remotes import layout
from evaluator.remotes.folder import FolderRemote
from evaluator.store import deliveries
from evaluator.sync.exchange import must_sign
from evaluator.sync.values import Progress

from .workshop import Assessor, Faulty, Killed, Office, delivered, place


def test_a_sealed_visit_is_sent_whole_and_once(
    assessor: Assessor, remote: FolderRemote, tmp_path: Path
) -> None:
    visit = assessor.new_visit()
    bundle = assessor.seal(visit)
    assert must_sign(assessor.opened)
    result = assessor.sync(remote)
    assert [sent["bundle_id"] for sent in result.sent] == [bundle.bundle_id]
    assert result.problems == []
    assert (assessor.state(visit), assessor.bundle_state(bundle)) == ("sent", "sent")
    assert delivered(remote.root, assessor.device, tmp_path) == [bundle.bundle_id]
    before = {path: path.stat().st_mtime_ns for path in remote.root.rglob("*")}

    assert not must_sign(assessor.opened)
    again = assessor.sync(remote)
    assert again.sent == again.problems == []
    assert again.sent_bytes == 0
    assert {path: path.stat().st_mtime_ns for path in remote.root.rglob("*")} == before
    assert assessor.signed == 1, "the key is asked for once, and only when there is something to sign"


def test_revisions_are_sent_in_order_and_share_their_pieces(
    assessor: Assessor, remote: FolderRemote, tmp_path: Path
) -> None:
    visit = assessor.new_visit()
    first = assessor.seal(visit)
    assessor.reopen(visit)
    second = assessor.seal(visit)
    other = assessor.seal(assessor.new_visit())
    result = assessor.sync(remote)
    assert assessor.signed == 1
    wanted = [first.bundle_id, second.bundle_id, other.bundle_id]
    assert delivered(remote.root, assessor.device, tmp_path) == wanted
    evidence = 256 * 40
    assert result.sent_bytes < sum(bundle.bytes for bundle in (first, second, other)) - 2 * evidence
    assert assessor.bundle_state(first) == assessor.bundle_state(second) == "sent"


def test_a_visit_that_is_being_corrected_is_left_alone(assessor: Assessor, remote: FolderRemote) -> None:
    visit = assessor.new_visit()
    bundle = assessor.seal(visit)
    assessor.reopen(visit)
    assessor.sync(remote)
    assert (assessor.state(visit), assessor.bundle_state(bundle)) == ("draft", "sent")


FAULTS = ("refused", "lost reply", "torn", "killed before", "killed after")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_operation_loses_and_repeats_nothing(
    fault: str, office: Office, tmp_path: Path
) -> None:
    """Fail at the first operation, at the second, … until a run gets through; then run once more."""
    for step in range(1, 200):
        home = tmp_path / f"{step}"
        (home / "remote").mkdir(parents=True)
        assessor = Assessor.start(home / "assessor", office.pub)
        wanted = [
            assessor.seal(assessor.new_visit()).bundle_id,
            assessor.seal(assessor.new_visit()).bundle_id,
        ]
        folder = FolderRemote(home / "remote", "tests")
        faulty = Faulty(folder, step, fault)
        try:
            assessor.sync(faulty)
            finished = faulty.used < step
        except (RemoteError, Killed):
            finished = False
        assessor.restart()
        result = assessor.sync(folder)
        assert delivered(folder.root, assessor.device, home) == wanted, faulty.done
        assert result.problems == []
        assessor.opened.close()
        shutil.rmtree(home)
        if finished:
            assert step > 10
            return
    raise AssertionError("it never got through")


def test_a_piece_that_vanished_or_was_cut_is_sent_again(
    assessor: Assessor, remote: FolderRemote, tmp_path: Path
) -> None:
    bundle = assessor.seal(assessor.new_visit())
    assessor.sync(remote)
    blobs = sorted(path for path in (remote.root / layout.BLOBS).rglob("*") if path.is_file())
    blobs[0].unlink()
    blobs[1].write_bytes(b"cut")
    result = assessor.sync(remote)
    assert [sent["bundle_id"] for sent in result.sent] == [bundle.bundle_id]
    assert delivered(remote.root, assessor.device, tmp_path) == [bundle.bundle_id]
    assert assessor.signed == 1


def test_a_poisoned_piece_is_replaced_once_the_office_refuses_the_bundle(
    assessor: Assessor, remote: FolderRemote, office: Office, tmp_path: Path
) -> None:
    bundle = assessor.seal(assessor.new_visit())
    assessor.sync(remote)
    poisoned = max((path for path in (remote.root / layout.BLOBS).rglob("*") if path.is_file()), key=_size)
    poisoned.write_bytes(b"x" * poisoned.stat().st_size)
    assert assessor.sync(remote).sent == []
    receipt = office.receipt(bundle, verdict="quarantined", reason="piece damaged")
    place(remote, assessor.device, 1, receipt)
    result = assessor.sync(remote)
    assert [found["verdict"] for found in result.receipts] == ["quarantined"]
    assert delivered(remote.root, assessor.device, tmp_path) == [bundle.bundle_id]
    assert assessor.bundle_state(bundle) == "quarantined"


def _size(path: Path) -> int:
    return path.stat().st_size


def test_a_bundle_damaged_here_does_not_stop_the_others(
    assessor: Assessor, remote: FolderRemote, tmp_path: Path
) -> None:
    bad, gone, good = (assessor.seal(assessor.new_visit()) for _number in range(3))
    file = assessor.workspace.outbox / bad.file
    data = bytearray(file.read_bytes())
    data[-3000] ^= 1
    file.write_bytes(data)
    (assessor.workspace.outbox / gone.file).unlink()
    result = assessor.sync(remote)
    assert [problem.code for problem in result.problems] == ["bundle_damaged", "bundle_damaged"]
    assert {problem.name for problem in result.problems} == {bad.bundle_id, gone.bundle_id}
    assert delivered(remote.root, assessor.device, tmp_path) == [good.bundle_id]
    assert assessor.bundle_state(bad) == "sealed"


def test_another_body_under_the_name_of_a_record_is_a_conflict_that_stays(
    assessor: Assessor, remote: FolderRemote
) -> None:
    bundle = assessor.seal(assessor.new_visit())
    assessor.sync(remote)
    (record,) = (remote.root / "out").rglob("*.json")
    other = record.read_bytes().replace(b'"seq":1', b'"seq":7')
    record.write_bytes(other)
    for _time in range(2):
        result = assessor.sync(remote)
        assert [(problem.code, problem.name) for problem in result.problems] == [
            ("remote_conflict", bundle.bundle_id)
        ]
        assert record.read_bytes() == other


def test_another_remote_gets_the_same_record(
    assessor: Assessor, remote: FolderRemote, tmp_path: Path
) -> None:
    bundle = assessor.seal(assessor.new_visit())
    assessor.sync(remote)
    (tmp_path / "other").mkdir()
    other = FolderRemote(tmp_path / "other")
    assessor.sync(other)
    assert delivered(other.root, assessor.device, tmp_path) == [bundle.bundle_id]
    assert assessor.signed == 1
    names = [
        sorted(path.name for path in (root / "out").rglob("*.json")) for root in (remote.root, other.root)
    ]
    assert names[0] == names[1]


def test_a_record_of_this_device_from_elsewhere_is_told(
    assessor: Assessor, remote: FolderRemote, tmp_path: Path
) -> None:
    """A copied workspace: both deliver as the same device; both sides see it, nothing is overwritten."""
    first = assessor.seal(assessor.new_visit())
    assessor.sync(remote)
    assessor.opened.close()
    shutil.copytree(assessor.workspace.root, tmp_path / "copy")
    assessor.restart()
    copied = Assessor(type(assessor.workspace)(tmp_path / "copy"), assessor.opened)
    copied.opened = type(assessor.opened).open(copied.workspace)
    theirs = copied.seal(copied.new_visit())
    assert copied.sync(remote).problems == []
    ours = assessor.seal(assessor.new_visit())
    result = assessor.sync(remote)
    assert [problem.code for problem in result.problems] == ["delivery_conflict"]
    assert [sent["bundle_id"] for sent in result.sent] == [ours.bundle_id]
    assert [problem.code for problem in copied.sync(remote).problems] == ["delivery_conflict"]
    copied.opened.close()
    records = [layout.parse_record(path.name) for path in (remote.root / "out").rglob("*.json")]
    assert sorted(record.seq for record in records if record) == [1, 2, 2]
    with assessor.opened.transaction() as connection:
        last = deliveries.last_of_device(connection, assessor.device)
    assert last is not None
    assert (last.seq, last.bundle_id) == (2, ours.bundle_id)
    assert theirs.bundle_id != ours.bundle_id != first.bundle_id


def test_progress_counts_every_byte_up_to_the_total(assessor: Assessor, remote: FolderRemote) -> None:
    from evaluator.sync.exchange import synchronise

    assessor.seal(assessor.new_visit(), b"x" * 700_000)
    heard: list[Progress] = []
    result = synchronise(assessor.opened, remote, assessor.signer, heard.append)
    sent = [progress for progress in heard if progress.step == "send"]
    assert [progress.done for progress in sent] == sorted(progress.done for progress in sent)
    assert sent[-1].done == sent[-1].total == result.sent_bytes
    assert len({progress.total for progress in sent}) == 1
    assert len(sent) > 6, "a large file is told in steps"
