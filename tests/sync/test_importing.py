"""Files that were carried or mailed: the same checks, the same result, in whatever way they come."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evaluator.bundle.keys import generate
from evaluator.bundle.statement import SignedStatement
from evaluator.errors import NotFoundError
from evaluator.remotes.folder import FolderRemote
from evaluator.sync.importing import import_file
from evaluator.sync.log import last_lines

from .workshop import Assessor, Office, place


def carried(folder: Path, signed: SignedStatement, name: str = "review.json") -> Path:
    path = folder / name
    path.write_bytes(signed.data)
    Path(f"{path}.sig").write_bytes(signed.signature)
    return path


def test_a_carried_review_counts_once_however_often_and_however_it_comes(
    assessor: Assessor, office: Office, remote: FolderRemote, tmp_path: Path
) -> None:
    visit = assessor.new_visit()
    bundle = assessor.seal(visit)
    review = office.review(bundle)
    found = import_file(assessor.opened, carried(tmp_path, review))
    assert (found.ok, found.kind, found.state, found.fresh) == (True, "review", "applied", True)
    assert found.as_json()["decision"] == "has_issues"
    assert assessor.state(visit) == "returned"
    again = import_file(assessor.opened, carried(tmp_path, review, "copy of review.json"))
    assert (again.ok, again.state, again.fresh) == (True, "applied", False)
    place(remote, assessor.device, 1, review)
    result = assessor.sync(remote)
    assert (result.received, result.problems) == ([], [])


def test_a_review_that_comes_too_early_waits(assessor: Assessor, office: Office, tmp_path: Path) -> None:
    visit = assessor.new_visit()
    bundle = assessor.seal(visit)
    first = office.review(bundle)
    second = office.review(bundle, decision="approved", comments=[], prev=first.id)
    early = import_file(assessor.opened, carried(tmp_path, second, "second.json"))
    assert (early.ok, early.state) == (True, "held")
    assert early.problem is not None
    found = import_file(assessor.opened, carried(tmp_path, first, "first.json"))
    assert [later.statement.id for later in found.also] == [second.id]
    assert assessor.state(visit) == "approved"


def test_what_is_wrong_is_told_and_kept(assessor: Assessor, office: Office, tmp_path: Path) -> None:
    bundle = assessor.seal(assessor.new_visit())
    forged = import_file(assessor.opened, carried(tmp_path, office.review(bundle, by=generate())))
    assert (forged.ok, forged.state) == (False, "quarantined")
    assert forged.problem is not None
    assert forged.problem.code == "key_unknown"
    unsigned = tmp_path / "unsigned.json"
    unsigned.write_bytes(office.review(bundle).data)
    found = import_file(assessor.opened, unsigned)
    assert found.problem is not None
    assert (found.ok, found.problem.code) == (False, "signature_missing")
    with pytest.raises(NotFoundError):
        import_file(assessor.opened, tmp_path / "nothing.json")
    assert len(list(assessor.workspace.quarantine.glob("*.json"))) == 1
    log = last_lines(assessor.workspace.sync_log, 10)
    assert [line for line in log if "key_unknown" in line]
    assert [line for line in log if "signature_missing" in line]


def test_a_bundle_is_verified_and_kept_for_reviewing(
    assessor: Assessor, tmp_path: Path, office: Office
) -> None:
    bundle = assessor.seal(assessor.new_visit())
    mailed = tmp_path / "mail (1).zip"
    shutil.copy(assessor.workspace.outbox / bundle.file, mailed)
    reviewer = Assessor.start(tmp_path / "reviewer", office.pub)
    found = import_file(reviewer.opened, mailed)
    assert (found.ok, found.kind, found.state, found.fresh) == (True, "bundle", "kept", True)
    kept = Path(found.as_json()["kept"])
    assert kept == reviewer.workspace.inbox / bundle.file
    assert kept.read_bytes() == mailed.read_bytes()
    assert import_file(reviewer.opened, mailed).fresh is False

    cut = tmp_path / "cut.zip"
    cut.write_bytes(mailed.read_bytes()[:-100])
    damaged = import_file(reviewer.opened, cut)
    assert (damaged.ok, damaged.state) == (False, "damaged")
    assert damaged.problem is not None
    reviewer.opened.close()


def test_another_bundle_of_the_same_revision_is_kept_beside_it(
    assessor: Assessor, tmp_path: Path, office: Office
) -> None:
    visit = assessor.new_visit()
    bundle = assessor.seal(visit)
    reviewer = Assessor.start(tmp_path / "reviewer", office.pub)
    import_file(reviewer.opened, assessor.workspace.outbox / bundle.file)
    copied = Assessor.start(tmp_path / "copy", office.pub)
    with copied.opened.transaction() as connection:
        from evaluator.store import visits

        visits.add(
            connection, visits.StoredVisit(visit, "64.02", "x", "r", "i", "s", "7", "a" * 64, "s@x.id", "S")
        )
    other = copied.seal(visit, b"something else")
    found = import_file(reviewer.opened, copied.workspace.outbox / other.file)
    assert (found.ok, found.state) == (False, "conflict")
    assert found.problem is not None
    assert found.problem.code == "bundle_conflict"
    assert len(list(reviewer.workspace.inbox.glob("*.zip"))) == 2
    copied.opened.close()
    reviewer.opened.close()
