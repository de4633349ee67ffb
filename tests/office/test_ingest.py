"""Taking in bundles: each once, by whatever way it comes, and nothing wrong with one stops another."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from evaluator.bundle.statement import RECEIPT, read_statement
from evaluator.identity import pinned_office
from evaluator.paths import Workspace
from evaluator.store import answers, bundles, evidence, files, rows, visits

from .forging import answers as change_answers
from .forging import entry, reseal
from .homes import Homes


def test_a_synced_bundle_is_stored_and_receipted(homes: Homes) -> None:
    visit, bundle = homes.sealed_visit(), homes.bundle()
    homes.ok(homes.assessor_1, "sync")
    (line,) = homes.ingest()
    assert (line["verdict"], line["visit"], line["revision"]) == ("stored", visit, 1)
    assert homes.ingest() == [], "what is known is silent"

    kept = homes.office / "inbox" / bundle.name
    assert kept.read_bytes() == bundle.read_bytes(), "byte for byte"
    (receipt,) = homes.receipts()
    office = pinned_office(Workspace(homes.assessor_1))
    assert office is not None
    assert (receipt["verdict"], receipt["bundle_id"], receipt["org"]) == (
        "stored",
        line["bundle_id"],
        office.org,
    )
    assert receipt["device_seq"] == 1
    (path,) = (homes.remote / "in" / homes.device).glob("*.json")
    assert read_statement(path, RECEIPT).signer in {entry.key for entry in office.signers.entries}

    status = homes.status()
    assert (status["bundles"], status["visits"], status["quarantined"]) == (1, {"received": 1}, [])
    assert (status["unpublished"], status["gaps"]) == (0, [])
    homes.sound()


def test_the_office_has_what_the_assessor_has(homes: Homes) -> None:
    """Every answer, row, piece of evidence and event, and the counts that the list shows."""
    visit = homes.ok(homes.assessor_1, "visit", "list")[0]["visit"]
    attach_something(homes, homes.sealed_visit())
    visit = homes.sealed_visit()
    homes.ok(homes.assessor_1, "sync")
    assert {line["verdict"] for line in homes.ingest()} == {"stored"}
    assert tables(homes, homes.office, visit) == tables(homes, homes.assessor_1, visit)
    with homes.opened(homes.office) as opened, opened.transaction() as connection:
        kept = visits.get(connection, visit)
        for sha256 in evidence.hashes(connection):
            assert files.verify(opened.workspace.evidence, sha256)
    with homes.opened(homes.assessor_1) as opened, opened.transaction() as connection:
        own = visits.get(connection, visit)
    same = ("region_code", "round", "intake", "principal", "assessor_name", "revision", "answered", "open",
            "flagged", "visit_rev", "audit_head", "last_seq", "instrument_sha")  # fmt: skip
    assert {name: getattr(kept, name) for name in same} == {name: getattr(own, name) for name in same}


def attach_something(homes: Homes, visit: str) -> Path:
    """Evidence for the next revision, which is sealed."""
    homes.ok(homes.assessor_1, "visit", "reopen", visit, "--reason", "Bukti kurang")
    photo = homes.root / "foto.jpg"
    photo.write_bytes(b"foto" * 5000)
    homes.ok(homes.assessor_1, "attach", visit, "gov.GOV-01", photo, "--type", "observasi")
    return Path(homes.ok(homes.assessor_1, "visit", "finalise", visit)["file"])


def tables(homes: Homes, home: Path, visit: str) -> dict[str, Any]:
    with homes.opened(home) as opened, opened.transaction() as connection:
        return {
            "answers": answers.load(connection, visit),
            "rows": rows.load(connection, visit),
            "evidence": evidence.load(connection, visit),
            "links": evidence.links(connection, visit),
            "bundles": [(found.bundle_id, found.sha256) for found in bundles.of_visit(connection, visit)],
        }


WAYS = ("remote", "stick", "mail")


@pytest.mark.parametrize("order", list(itertools.permutations(WAYS)), ids="-".join)
def test_the_same_bundle_by_any_way_is_one_bundle(
    homes: Homes, tmp_path: Path, order: tuple[str, ...]
) -> None:
    bundle = homes.bundle()
    homes.ok(homes.assessor_1, "sync")
    mailed = tmp_path / "lampiran (1).zip"
    shutil.copy(bundle, mailed)
    (tmp_path / "stick").mkdir()
    carried = Path(
        homes.ok(homes.assessor_1, "export", homes.sealed_visit(), "-o", tmp_path / "stick")["file"]
    )
    ways: dict[str, list[str | Path]] = {"remote": [], "stick": [carried], "mail": [mailed]}
    lines = [homes.ingest(*ways[way])[0] for way in order]
    assert [line["verdict"] for line in lines] == ["stored"] * 3
    assert [line["new"] for line in lines] == [True, False, False]
    assert len({line["bundle_id"] for line in lines}) == 1
    homes.ingest()
    assert len(homes.receipts()) == 1, "one receipt, however often it came"
    assert [path.name for path in (homes.office / "inbox").glob("*.zip")] == [bundle.name]
    assert homes.status()["bundles"] == 1
    homes.sound()


def test_an_unknown_signer_waits_until_enrolled(homes: Homes) -> None:
    line = homes.ok(homes.assessor_1, "key", "show")["allowed_signers"]
    signers = homes.office / "keys" / "allowed_signers"
    signers.write_text(
        "".join(other for other in signers.read_text().splitlines(True) if "sari" not in other)
    )
    homes.ok(homes.assessor_1, "sync")
    (found,) = homes.ingest()
    assert (found["verdict"], found["code"]) == ("quarantined", "signer_unknown")
    assert "not enrolled" in found["reason"]
    (waiting,) = (homes.office / "inbox" / "quarantine").glob("*.zip")
    assert waiting.read_bytes() == homes.bundle().read_bytes()
    assert [receipt["verdict"] for receipt in homes.receipts()] == ["quarantined"]
    assert homes.status()["quarantined"][0]["reason"] == found["reason"]
    assert homes.ingest() == [], "nothing new to say"
    told = homes.ok(homes.assessor_1, "sync")["receipts"]
    assert [receipt["verdict"] for receipt in told] == ["quarantined"]

    homes.ok(homes.office, "office", "enrol", line)
    (found,) = homes.ingest()
    assert (found["verdict"], found["new"]) == ("stored", True)
    assert [receipt["verdict"] for receipt in homes.receipts()] == ["quarantined", "stored"]
    assert not list((homes.office / "inbox" / "quarantine").glob("*.zip"))
    assert homes.ok(homes.assessor_1, "sync")["problems"] == []
    assert homes.ok(homes.assessor_1, "visit", "show", homes.sealed_visit())["state"] == "received"
    homes.sound()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ('namespaces="evaluator-bundle",valid-before="20200101000000Z"', "signer_expired"),
        ('namespaces="evaluator-dispatch"', "signer_wrong_role"),
    ],
)
def test_a_key_that_may_not_seal_is_quarantined(homes: Homes, options: str, code: str) -> None:
    name, _options, *key = homes.ok(homes.assessor_1, "key", "show")["allowed_signers"].split(" ")
    (homes.office / "keys" / "allowed_signers").write_text(" ".join([name, options, *key]) + "\n")
    (found,) = homes.ingest(homes.bundle())
    assert (found["verdict"], found["code"]) == ("quarantined", code)


def test_a_revoked_key_is_quarantined(homes: Homes) -> None:
    shutil.copy(homes.assessor_1 / "keys" / "id_ed25519.pub", homes.office / "keys" / "revoked_keys")
    (found,) = homes.ingest(homes.bundle())
    assert (found["verdict"], found["code"]) == ("quarantined", "signer_revoked")


def test_another_organisation_is_quarantined(homes: Homes, tmp_path: Path) -> None:
    forged = reseal(
        homes.bundle(), tmp_path / "a.zip", homes.signer(homes.assessor_1), org="org-0123456789abcdef"
    )
    (found,) = homes.ingest(forged)
    assert (found["verdict"], found["code"]) == ("quarantined", "other_org")


def test_an_assessor_before_the_office_was_known_is_taken(homes: Homes, tmp_path: Path) -> None:
    early = reseal(homes.bundle(), tmp_path / "a.zip", homes.signer(homes.assessor_1), org=None)
    (found,) = homes.ingest(early)
    assert found["verdict"] == "stored"


def test_damage_is_refused_and_the_rest_goes_on(homes: Homes, tmp_path: Path) -> None:
    bad = tmp_path / "cut.zip"
    bad.write_bytes(homes.bundle().read_bytes()[:-500])
    (tmp_path / "letter.zip").write_text("not a bundle")
    lines = homes.ingest(bad, tmp_path / "letter.zip", homes.bundle())
    assert [line["verdict"] for line in lines] == ["refused", "refused", "stored"]
    assert all(line["reason"] for line in lines[:2])
    assert list((homes.office / "tmp").glob("*")) == []


def test_hostile_content_under_a_good_signature_is_put_aside(homes: Homes, tmp_path: Path) -> None:
    """The assessor is told why, the tables hold nothing of it, and the next bundle is taken."""

    def boast(content: dict[str, bytes]) -> None:
        change_answers(content, lambda document: entry(document, "gov.GOV-01").update(value=5))

    signer = homes.signer(homes.assessor_1)
    forged = reseal(homes.bundle(), tmp_path / "a.zip", signer, boast)
    lines = homes.ingest(forged, homes.bundle())
    assert [(line["verdict"], line["code"]) for line in lines] == [
        ("quarantined", "statement_mismatch"),
        ("stored", ""),
    ]
    assert "gov.GOV-01" in lines[0]["reason"]
    homes.ingest()
    assert [(receipt["verdict"], receipt["reason"]) for receipt in homes.receipts()] == [
        ("quarantined", lines[0]["reason"]),
        ("stored", ""),
    ]
    homes.sound()


def piece_of(homes: Homes, ending: str) -> Path:
    """The piece at the remote that holds a file of the bundle."""
    record = next((homes.remote / "out" / homes.device).glob("*.json"))
    found = [file for file in json.loads(record.read_bytes())["files"] if file["name"].endswith(ending)]
    sha256 = found[0]["pieces"][0][0]
    return homes.remote / "blobs" / sha256[:2] / sha256


def test_a_delivery_without_its_pieces_waits(homes: Homes) -> None:
    homes.ok(homes.assessor_1, "sync")
    shutil.move(homes.remote / "blobs", homes.root / "elsewhere")
    (found,) = homes.ingest()
    assert (found["verdict"], found["code"]) == ("incomplete", "delivery_incomplete")
    assert homes.receipts() == [], "it may be on its way"
    shutil.move(homes.root / "elsewhere", homes.remote / "blobs")
    assert [line["verdict"] for line in homes.ingest()] == ["stored"]


def test_a_truncated_piece_waits_for_the_rest(homes: Homes) -> None:
    homes.ok(homes.assessor_1, "sync")
    piece = piece_of(homes, "answers.json")
    whole = piece.read_bytes()
    piece.write_bytes(whole[:100])
    (found,) = homes.ingest()
    assert found["verdict"] == "incomplete"
    assert "answers.json" in found["reason"]
    piece.write_bytes(whole)
    assert [line["verdict"] for line in homes.ingest()] == ["stored"]


def test_a_poisoned_piece_is_told_to_the_assessor(homes: Homes) -> None:
    homes.ok(homes.assessor_1, "sync")
    piece = piece_of(homes, "audit.jsonl")
    whole = piece.read_bytes()
    for poison in (whole[:-1] + b"!", whole + b"more"):
        piece.write_bytes(poison)
        (found,) = homes.ingest()
        assert (found["verdict"], found["code"]) == ("quarantined", "piece_damaged")
    (receipt,) = homes.receipts()
    assert (receipt["verdict"], "audit.jsonl" in receipt["reason"]) == ("quarantined", True)
    assert [line["verdict"] for line in homes.ingest(homes.bundle())] == ["stored"], (
        "on a stick it comes whole"
    )
    assert [line["verdict"] for line in homes.ingest()] == ["stored"]
    assert [receipt["verdict"] for receipt in homes.receipts()] == ["quarantined", "stored"]


def test_a_mended_remote_delivers(homes: Homes) -> None:
    """The assessor's next sync puts back what was poisoned or lost."""
    homes.ok(homes.assessor_1, "sync")
    piece_of(homes, "audit.jsonl").unlink()
    assert homes.ingest()[0]["verdict"] == "incomplete"
    homes.ok(homes.assessor_1, "sync")
    assert homes.ingest()[0]["verdict"] == "stored"


def record(homes: Homes) -> Path:
    return next((homes.remote / "out" / homes.device).glob("*.json"))


def test_a_record_changed_afterwards_is_a_conflict(homes: Homes) -> None:
    homes.ok(homes.assessor_1, "sync")
    homes.ingest()
    path = record(homes)
    good = path.read_bytes()
    path.write_bytes(good.replace(b'"seq":1', b'"seq":2'))
    (found,) = homes.ingest()
    assert found["verdict"] == "conflict"
    path.write_bytes(good)
    assert homes.ingest() == []
    homes.sound()


@pytest.mark.parametrize("damage", ["byte", "signature", "no_signature", "name", "device", "foreign_key"])
def test_a_forged_record_is_refused(homes: Homes, damage: str) -> None:
    homes.ok(homes.assessor_1, "sync")
    path = record(homes)
    beside = Path(f"{path}.sig")
    if damage == "byte":
        path.write_bytes(path.read_bytes().replace(b'"seq":1', b'"seq":9'))
    elif damage == "signature":
        beside.write_bytes(homes.signer(homes.assessor_1).sign("evaluator-bundle", path.read_bytes()))
    elif damage == "no_signature":
        beside.unlink()
    elif damage == "name":
        for old in (path, beside):
            old.rename(old.with_name(old.name.replace("00000001-", "00000007-")))
    elif damage == "device":
        shutil.move(path.parent, path.parent.with_name("dev-other"))
    else:
        beside.write_bytes(homes.signer(homes.assessor_2).sign("evaluator-dispatch", path.read_bytes()))
    (found,) = homes.ingest()
    assert found["verdict"] == ("incomplete" if damage == "no_signature" else "refused"), found
    assert found["reason"]
    assert homes.status()["bundles"] == 0
    assert homes.receipts() == []
    assert [line["verdict"] for line in homes.ingest(homes.bundle())] == ["stored"], "nothing else stopped"


def test_a_device_that_is_no_folder_is_told(homes: Homes) -> None:
    (homes.remote / "out" / "a device").mkdir(parents=True)
    (homes.remote / "out" / "a device" / f"00000001-{'0' * 16}.json").write_text("{}")
    assert [line["code"] for line in homes.ingest()] == ["bad_device"]


def test_revisions_arrive_in_any_order(homes: Homes) -> None:
    visit, first = homes.sealed_visit(), homes.bundle()
    second = homes.correct(visit)
    assert [line["verdict"] for line in homes.ingest(second)] == ["stored"]
    assert [line["verdict"] for line in homes.ingest(first)] == ["stored"]
    with homes.opened(homes.office) as opened, opened.transaction() as connection:
        assert visits.get(connection, visit).revision == 2, (
            "an older revision does not take the place of a newer"
        )
        assert [found.revision for found in bundles.of_visit(connection, visit)] == [1, 2]
    assert tables(homes, homes.office, visit) == tables(homes, homes.assessor_1, visit)
    homes.sound()


def test_a_second_bundle_of_one_revision_is_kept_aside(homes: Homes, tmp_path: Path) -> None:
    """A copied laptop or a restored backup: both are kept, and nobody picks."""
    signer = homes.signer(homes.assessor_1)
    fork = reseal(homes.bundle(), tmp_path / "fork.zip", signer, created="2026-01-01T00:00:00Z")
    assert [line["verdict"] for line in homes.ingest(homes.bundle(), fork)] == ["stored", "quarantined"]
    (waiting,) = (homes.office / "inbox" / "quarantine").glob("*.zip")
    assert waiting.read_bytes() == fork.read_bytes()
    assert (homes.office / "inbox" / homes.bundle().name).read_bytes() == homes.bundle().read_bytes()


def test_a_revision_that_rewrites_history_is_kept_aside(homes: Homes, tmp_path: Path) -> None:
    """Revision 2 names revision 1, and its trail does not begin with that of revision 1."""
    visit, first = homes.sealed_visit(), homes.bundle()
    second = homes.correct(visit)
    other = reseal(
        first, tmp_path / "other.zip", homes.signer(homes.assessor_1), created="2026-01-01T00:00:00Z"
    )
    assert [line["verdict"] for line in homes.ingest(other)] == ["stored"]
    (found,) = homes.ingest(second)
    assert (found["verdict"], found["code"]) == ("quarantined", "statement_mismatch")


def test_nobody_can_take_over_the_visit_of_another(homes: Homes, tmp_path: Path) -> None:
    thief = homes.ok(homes.assessor_2, "key", "show")["principal"]
    homes.ingest(homes.bundle())
    before = tables(homes, homes.office, homes.sealed_visit())

    def rename(content: dict[str, bytes]) -> None:
        change_answers(content, lambda document: document["assessor"].update(principal=thief))

    taken = reseal(
        homes.bundle(),
        tmp_path / "a.zip",
        homes.signer(homes.assessor_2),
        rename,
        principal=thief,
        device="dev-x",
    )
    (found,) = homes.ingest(taken)
    assert found["verdict"] == "quarantined"
    assert "another assessor" in found["reason"]
    assert tables(homes, homes.office, homes.sealed_visit()) == before


def test_a_commit_without_its_receipt_gets_it_at_the_next_start(homes: Homes) -> None:
    homes.ok(homes.assessor_1, "sync")
    homes.ingest()
    with homes.opened(homes.office) as opened, opened.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM outgoing")  # as if the machine had stopped after the commit
    shutil.rmtree(homes.remote / "in")
    assert homes.ingest() == []
    assert [receipt["verdict"] for receipt in homes.receipts()] == ["stored"]


def test_what_the_inbox_has_under_the_name_is_not_overwritten(homes: Homes) -> None:
    (homes.office / "inbox" / homes.bundle().name).write_text("a letter")
    assert [line["verdict"] for line in homes.ingest(homes.bundle())] == ["stored"]
    assert (homes.office / "inbox" / homes.bundle().name).read_text() == "a letter"
    kept = [path for path in (homes.office / "inbox").glob("*.zip") if path.name != homes.bundle().name]
    assert (
        hashlib.sha256(kept[0].read_bytes()).digest() == hashlib.sha256(homes.bundle().read_bytes()).digest()
    )


def test_gaps_in_the_numbers_of_a_device_are_shown(homes: Homes) -> None:
    visit = homes.sealed_visit()
    homes.correct(visit, 40)
    third = homes.correct(visit, 41)
    homes.ingest(homes.bundle(1), third)
    assert homes.status()["gaps"] == [{"device": homes.device, "missing": [2], "twice": []}]


@pytest.mark.parametrize("source", ["missing.zip", "/nowhere"])
def test_a_source_that_is_not_there(homes: Homes, source: str) -> None:
    ran = homes.run(homes.office, "office", "ingest", source)
    assert ran.code == 2
    assert ran.json["error"]["code"] == "file_not_found"


def test_a_remote_that_is_away(homes: Homes) -> None:
    homes.ok(homes.assessor_1, "sync")
    homes.ingest()
    shutil.rmtree(homes.remote)
    assert homes.run(homes.office, "office", "ingest").code == 3


def test_nobody_in_the_office_corrects_what_an_assessor_sealed(homes: Homes) -> None:
    homes.ingest(homes.bundle())
    ran = homes.run(homes.office, "visit", "reopen", homes.sealed_visit(), "--reason", "Saya betulkan")
    assert (ran.code, ran.json["error"]["code"]) == (2, "not_your_visit")
    ran = homes.run(homes.office, "answer", homes.sealed_visit(), "gov.GOV-01", "5")
    assert ran.json["error"]["code"] == "visit_sealed"
