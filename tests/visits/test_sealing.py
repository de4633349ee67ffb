"""Sealing a visit: what a bundle holds, how revisions follow each other, what happens when it fails."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from evaluator import identity
from evaluator.bundle.verifying import verify_file
from evaluator.errors import (
    DiskFullError,
    FindingError,
    IncompleteError,
    PassphraseError,
    StorageError,
    UsageError,
)
from evaluator.paths import Workspace
from evaluator.store import bundles, files
from evaluator.store import visits as visit_table
from evaluator.store.audit import Entry as AuditEntry
from evaluator.store.audit import verify_chain
from evaluator.visits import sealing
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry, Finalised
from evaluator.visits.visit import Visit
from tests.journeys.program import complete_answers
from tests.visits.conftest import REGION, only_visit
from tests.visits.watching import DOCUMENT, assert_as_reopened, content, fill


def seal(visit: Visit) -> Finalised:
    return visit.finalise(identity.unlock(visit.desk.workspace, visit.desk.config))


def inside(file: str | Path, name: str) -> bytes:
    with zipfile.ZipFile(file) as archive:
        (found,) = [entry for entry in archive.namelist() if entry.endswith(f"/{name}")]
        return archive.read(found)


def statement(file: str | Path) -> dict[str, Any]:
    return json.loads(inside(file, "bundle.json"))  # type: ignore[no-any-return]


def answers(file: str | Path) -> dict[str, dict[str, Any]]:
    return {answer["path"]: answer for answer in json.loads(inside(file, "data/answers.json"))["answers"]}


def trail(file: str | Path) -> list[AuditEntry]:
    return [AuditEntry(**json.loads(line)) for line in inside(file, "data/audit.jsonl").splitlines()]


def outbox(desk: Desk) -> list[str]:
    return sorted(path.name for path in desk.workspace.outbox.iterdir())


# -- revisions


def test_revisions_follow_each_other(complete_desk: Desk, complete: Visit) -> None:
    first = seal(complete)
    assert (complete.line.state, complete.line.revision, complete.read_only) == ("final", 1, True)
    other = complete_desk.visit(complete_desk.new_visit("64.08", "2026-tahap2"))
    complete.reopen("Bukti baru ditemukan")
    assert (complete.line.state, complete.line.revision) == ("draft", 1)
    fill(complete, {"gov.GOV-01": 3})
    second = seal(complete)
    assert (first.revision, second.revision) == (1, 2)
    assert first.bundle_id != second.bundle_id
    one, two = statement(first.file), statement(second.file)
    assert (one["prev"], one["journal_prev"], one["device_seq"], one["reason"]) == (None, None, 1, "")
    assert (two["prev"], two["journal_prev"], two["device_seq"], two["reason"]) == (
        first.bundle_id, f"sha256:{first.bundle_id}", 2, "Bukti baru ditemukan",
    )  # fmt: skip
    assert (one["org"], one["roster"], one["visit"]) == (None, None, complete.id)
    assert all(verify_file(Path(sealed.file)).ok for sealed in (first, second))
    assert other.line.state == "draft"
    assert len(outbox(complete_desk)) == 2
    assert_as_reopened(complete_desk, complete)


def test_the_journal_of_the_device_runs_over_all_its_visits(made: Path, tmp_path: Path) -> None:
    with Desk.open(Workspace(Path(shutil.copytree(made / "complete", tmp_path / "w")))) as desk:
        visit = only_visit(desk)
        first = seal(visit)
        again = desk.visit(desk.new_visit(REGION, "2025-tahap2"))
        for entry in complete_answers([3, 2]):
            again.answer(Entry(**entry))
        second = seal(again)
        assert (second.revision, statement(second.file)["prev"]) == (1, None)
        assert statement(second.file)["device_seq"] == 2
        assert statement(second.file)["journal_prev"] == f"sha256:{first.bundle_id}"


def test_the_trail_in_a_bundle_is_whole_and_ends_with_its_sealing(complete: Visit) -> None:
    first = trail(seal(complete).file)
    assert verify_chain(first) == []
    assert (first[-1].op, first[-1].new) == ("finalise", 1)
    complete.reopen("Sekali lagi")
    second = trail(seal(complete).file)
    assert verify_chain(second) == []
    assert second[: len(first)] == first
    assert [(event.op, event.reason) for event in second[len(first) :]] == [
        ("reopen", "Sekali lagi"),
        ("finalise", "Sekali lagi"),
    ]


# -- what a bundle holds


def test_every_question_is_in_the_bundle_with_its_status(
    complete_desk: Desk, complete: Visit, tmp_path: Path
) -> None:
    picture = tmp_path / "Foto.JPG"
    picture.write_bytes(b"\xff\xd8 picture")
    complete.answer(
        Entry(
            "gov.GOV-01", value=3, note="Dilihat “langsung”", flag=True, confidence="sedang",
            evidence_quality=2, respondents="Kabid", gate_reason="",
        )
    )  # fmt: skip
    complete.answer(Entry("gov.GOV-02", na="kewenangan"))
    complete.answer(Entry("gov.SURVEI.rata_a", value=9))
    fill(complete, {"gov.GOV-Q1": "62.50", "pnt.PNT-03": "catatan", "pnt.PNT-04": "Rahasia"})
    fill(complete, {"pnt.PNT-03": "terima"})
    piece = complete.attach("gov.GOV-01", picture, DOCUMENT)
    row = complete.filling.rows("qwn.QWN-REC")[1]
    complete.move_row(row, 1)
    sealed = seal(complete)
    found = answers(sealed.file)
    assert list(found) == [complete.filling.path_of(key) for key in complete.filling.keys()]
    assert {answer["status"] for answer in found.values()} == {
        "answered", "unanswered", "na", "special", "not_relevant",
    }  # fmt: skip
    item = found["gov.GOV-01"]
    assert (item["value"], item["note"], item["flag"], item["first_score"]) == (
        3,
        "Dilihat “langsung”",
        True,
        2,
    )
    assert (item["confidence"], item["evidence"], item["row"], item["na"]) == ("sedang", [piece.id], None, "")
    assert item["seq"] == complete.stored(("gov.GOV-01", "")).seq > 0
    assert (found["gov.GOV-02"]["status"], found["gov.GOV-02"]["na"], found["gov.GOV-02"]["value"]) == (
        "na", "kewenangan", None,
    )  # fmt: skip
    assert found["gov.GOV-02"]["first_score"] == 3
    assert found["gov.GOV-Q1"]["value"] == "62.5"
    assert (found["gov.SURVEI.rata_a"]["status"], found["gov.SURVEI.rata_a"]["value"]) == ("special", "9")
    assert (found["gov.GOV-Q2"]["status"], found["gov.GOV-Q2"]["value"]) == ("unanswered", None)
    hidden = found["pnt.PNT-04"]
    assert (hidden["status"], hidden["value"]) == ("not_relevant", None)
    assert (found["qwn.QWN-REC[1].nama"]["row"], found["qwn.QWN-REC[1].nama"]["value"]) == (
        row, "Percepatan 2",
    )  # fmt: skip
    document = json.loads(inside(sealed.file, "data/answers.json"))
    assert document["assessor"] == {"principal": "sari@contoh.example", "name": "Sari Wulandari"}
    assert (document["region"]["code"], document["round"], document["intake"], document["revision"]) == (
        "64.02", "2026-tahap2", "k2021", 1,
    )  # fmt: skip
    assert document["score"]["total"]
    (evidence,) = document["evidence"]
    assert (evidence["id"], evidence["file"], evidence["name"], evidence["type"]) == (
        piece.id, f"data/evidence/{piece.id}.jpg", "Foto.JPG", "dokumen",
    )  # fmt: skip
    assert inside(sealed.file, evidence["file"]) == picture.read_bytes()
    for name, data in complete.instrument.files.items():
        assert inside(sealed.file, f"data/instrument/{name}") == data
    assert inside(sealed.file, "data/report.html").startswith(b"<!DOCTYPE html>")
    verdict = verify_file(Path(sealed.file))
    assert (verdict.ok, verdict.problems) == (True, ())
    assert complete_desk.visit(complete.id).value(("pnt.PNT-04", "")) is None


def test_a_recommendation_names_the_lasting_row_of_its_weakness(complete: Visit) -> None:
    fill(complete, {"pnt.PNT-LEMAH[2].uraian": "Tidak ada cadangan listrik"})
    first, second = complete.filling.rows("pnt.PNT-LEMAH")
    fill(complete, {"pnt.PNT-REKOM[1].dasar": ["pnt.PNT-LEMAH[2]", "pnt.PNT-LEMAH[1]"]})
    complete.move_row(second, 1)
    found = answers(seal(complete).file)
    assert sorted(found["pnt.PNT-REKOM[1].dasar"]["value"]) == sorted(
        [f"pnt.PNT-LEMAH[{first}]", f"pnt.PNT-LEMAH[{second}]"]
    )
    assert found["pnt.PNT-LEMAH[1].uraian"]["row"] == second


# -- what stops it


def test_what_is_missing_stops_it_and_is_listed(visit: Visit) -> None:
    fill(visit, {"knj.KNJ-05": "2026-11-19", "knj.KNJ-06": "2026-11-17"})
    visit.answer(Entry("gov.GOV-01", na="taksempat"))
    with pytest.raises(IncompleteError) as caught:
        seal(visit)
    reasons = {found["path"]: found["reason"] for found in caught.value.missing}  # type: ignore[index]
    assert reasons["gov.GOV-01"] == "open_na"
    assert reasons["gov.GOV-02"] == "unanswered"
    assert reasons["knj.KNJ-06"] == "invalid"
    assert reasons["knj.KNJ-TIM"] == "rows"
    assert "knj.KNJ-01" not in reasons
    assert "gov.GOV-Q1" not in reasons
    assert outbox(visit.desk) == []
    assert visit.line.state == "draft"


def test_a_sealed_visit_refuses_every_change(complete_desk: Desk, complete: Visit, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("a")
    piece = complete.attach("gov.GOV-01", file, DOCUMENT)
    complete.answer(Entry("gov.GOV-01", value=3, token="before"))
    seal(complete)
    before = content(complete)
    row = complete.filling.rows("qwn.QWN-REC")[0]
    table = tmp_path / "self.csv"
    table.write_text("question,value\ngov.GOV-01,4\n")
    for change in (
        lambda: complete.answer(Entry("gov.GOV-01", value=4)),
        lambda: complete.answer(Entry("gov.GOV-01", note="x")),
        lambda: complete.answer(Entry("qwn.QWN-REC[1]", action="delete")),
        lambda: complete.insert_row("qwn.QWN-REC"),
        lambda: complete.delete_row(row),
        lambda: complete.move_row(row, 2),
        lambda: complete.duplicate_row(row),
        lambda: complete.attach("gov.GOV-02", file, DOCUMENT),
        lambda: complete.link("gov.GOV-02", piece.id),
        lambda: complete.detach("gov.GOV-01", piece.id),
        lambda: complete.describe(piece.id, DOCUMENT),
        lambda: complete.import_self(table),
        lambda: complete.undo(),
        lambda: seal(complete),
    ):
        with pytest.raises(UsageError) as caught:
            change()
        assert caught.value.code == "visit_sealed"
    assert content(complete_desk.visit(complete.id)) == before
    # A reply that was given stands.
    assert complete.answer(Entry("gov.GOV-01", value=3, token="before")).seq


@pytest.mark.parametrize("state", ["final", "sent", "received", "returned", "rejected"])
def test_a_sealed_visit_is_opened_again_with_a_reason(
    complete_desk: Desk, complete: Visit, state: str
) -> None:
    seal(complete)
    set_state(complete, state)
    for empty in ("", "  ", "\x07"):
        with pytest.raises(UsageError) as caught:
            complete.reopen(empty)
        assert caught.value.code == "no_reason"
    complete.reopen("Diminta kantor")
    assert complete_desk.visit(complete.id).line.state == "draft"
    fill(complete, {"gov.GOV-01": 3})
    assert seal(complete).revision == 2


def set_state(visit: Visit, state: str) -> None:
    with visit.desk.transaction() as connection:
        visit_table.set_state(connection, visit.id, state)
    visit.refresh()


def test_a_draft_and_an_approved_visit_are_not_opened_again(complete: Visit) -> None:
    with pytest.raises(UsageError) as caught:
        complete.reopen("Lupa")
    assert caught.value.code == "not_sealed"
    seal(complete)
    set_state(complete, "approved")
    with pytest.raises(UsageError) as caught:
        complete.reopen("Lupa")
    assert caught.value.code == "approved"


# -- failures


@pytest.mark.parametrize("broken", [DiskFullError("disk_full", "full"), KeyboardInterrupt()])
def test_a_crash_between_bundle_and_database_leaves_a_draft(
    complete_desk: Desk, complete: Visit, monkeypatch: pytest.MonkeyPatch, broken: BaseException
) -> None:
    def crash(*_given: object) -> None:
        raise broken

    before = content(complete)
    with monkeypatch.context() as patch:
        patch.setattr(bundles, "add", crash)
        with pytest.raises(type(broken)):
            seal(complete)
    assert len(outbox(complete_desk)) == 1
    assert (complete.line.state, complete.line.revision, complete.read_only) == ("draft", 0, False)
    assert content(complete) == before
    with pytest.raises(FindingError):
        complete.export(complete_desk.workspace.root)
    again = complete_desk.visit(complete.id)
    fill(again, {"gov.GOV-01": 3})
    sealed = seal(again)
    assert (sealed.revision, statement(sealed.file)["device_seq"]) == (1, 1)
    assert [event.op for event in trail(sealed.file)].count("finalise") == 1
    assert verify_file(Path(sealed.file)).ok
    assert outbox(complete_desk) == [Path(sealed.file).name]
    assert answers(sealed.file)["gov.GOV-01"]["value"] == 3


def test_a_bundle_that_cannot_be_written_leaves_a_draft(
    complete_desk: Desk, complete: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise DiskFullError("disk_full", "full")

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "write_bundle", full)
        with pytest.raises(DiskFullError):
            seal(complete)
    assert outbox(complete_desk) == []
    assert complete_desk.visit(complete.id).line.state == "draft"
    assert seal(complete).revision == 1


def test_evidence_whose_file_is_gone_or_changed_stops_it(
    complete_desk: Desk, complete: Visit, tmp_path: Path
) -> None:
    source = tmp_path / "a.txt"
    source.write_text("asli")
    piece = complete.attach("gov.GOV-01", source, DOCUMENT)
    kept = files.path_of(complete_desk.workspace.evidence, piece.sha256)
    kept.chmod(0o600)
    kept.write_text("ubah")
    with pytest.raises((StorageError, FindingError)):
        seal(complete)
    kept.unlink()
    with pytest.raises(StorageError) as caught:
        seal(complete)
    assert caught.value.code == "evidence_lost"
    assert piece.id in caught.value.message
    assert complete.line.state == "draft"
    assert outbox(complete_desk) == []
    # Attached again, the same bytes mend it.
    complete.attach("gov.GOV-02", source, DOCUMENT)
    assert seal(complete).revision == 1


def test_a_wrong_passphrase_seals_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(identity.PASSPHRASE_VARIABLE, raising=False)
    monkeypatch.setattr("evaluator.bundle.keys.KDF_ROUNDS", 1)
    workspace = Workspace(tmp_path / "locked")
    identity.init(workspace, name="Sari", email="sari@contoh.example", passphrase="sungai mahakam")
    with Desk.open(workspace) as desk:
        assert identity.needs_passphrase(workspace, desk.config)
        with pytest.raises(PassphraseError):
            identity.unlock(workspace, desk.config, "sungai musi")
        with pytest.raises(PassphraseError):
            identity.unlock(workspace, desk.config)
        assert identity.unlock(workspace, desk.config, "sungai mahakam").fingerprint
        monkeypatch.setenv(identity.PASSPHRASE_VARIABLE, "sungai mahakam")
        assert identity.unlock(workspace, desk.config).fingerprint


# -- export


def test_a_copy_of_the_bundle_goes_where_it_is_wanted(
    complete_desk: Desk, complete: Visit, tmp_path: Path
) -> None:
    with pytest.raises(FindingError) as caught:
        complete.export(tmp_path)
    assert caught.value.code == "not_sealed"
    sealed = seal(complete)
    exported = complete.export(tmp_path)
    assert (exported.bundle_id, exported.visit, exported.revision) == (sealed.bundle_id, complete.id, 1)
    assert Path(exported.file) == tmp_path / Path(sealed.file).name
    assert Path(exported.file).read_bytes() == Path(sealed.file).read_bytes()
    # Again: the same. Under another name: too.
    assert complete.export(tmp_path) == exported
    named = complete.export(tmp_path / "kirim.zip")
    assert Path(named.file).read_bytes() == Path(sealed.file).read_bytes()
    assert complete.export(complete_desk.workspace.outbox).bundle_id == sealed.bundle_id
    # While it is being corrected, the sealed revision is what there is.
    complete.reopen("Koreksi")
    fill(complete, {"gov.GOV-01": 3})
    assert complete.export(tmp_path) == exported


def test_another_file_is_never_replaced(complete: Visit, tmp_path: Path) -> None:
    sealed = seal(complete)
    taken = tmp_path / Path(sealed.file).name
    taken.write_text("my own")
    (tmp_path / "folder.zip").mkdir()
    for target in (tmp_path, taken):
        with pytest.raises(UsageError) as caught:
            complete.export(target)
        assert caught.value.code == "file_exists"
    assert taken.read_text() == "my own"
    with pytest.raises(UsageError) as caught:
        complete.export(tmp_path / "no" / "where.zip")
    assert caught.value.code == "no_such_folder"
    assert Path(complete.export(tmp_path / "folder.zip").file).parent == tmp_path / "folder.zip"


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_damaged_bundle_is_not_given_out(complete: Visit, tmp_path: Path, harm: str) -> None:
    sealed = Path(seal(complete).file)
    if harm == "gone":
        sealed.unlink()
    else:
        sealed.write_bytes(sealed.read_bytes()[:-1] + b"x")
    with pytest.raises(StorageError) as caught:
        complete.export(tmp_path)
    assert caught.value.code == "bundle_damaged"
    assert list(tmp_path.glob("*.zip")) == []
