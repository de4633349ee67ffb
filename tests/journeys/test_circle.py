"""The whole circle by commands, with the four homes of the demo: out, in, reviewed, back, corrected, approved."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from tests.journeys.program import Program, stock


def hashes(folder: Path, pattern: str) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob(pattern))
        if path.is_file()
    }


def evidence(home: Path) -> set[str]:
    """The evidence of a home, whose names are their hashes."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in home.glob("evidence/??/*")}
    assert all(name == sha256 for name, sha256 in found.items())
    return set(found)


def state(assessor: Program, visit: str) -> tuple[str, int]:
    shown = assessor.ok("visit", "show", visit)
    return shown["state"], shown["revision"]


def lines(office: Program) -> list[dict[str, Any]]:
    ran = office.run("office", "ingest")
    assert ran.code == 0, ran
    return ran.lines


def demo(folder: Path) -> dict[str, Program]:
    """The homes that `evaluator demo` makes."""
    program = Program(folder / "demo", folder)
    made = program.ok("demo", folder / "demo", "--no-tui")
    return {
        name: Program(Path(made[name]), folder) for name in ("office", "assessor_1", "assessor_2", "remote")
    }


def test_the_circle_by_commands(tmp_path: Path) -> None:
    homes = demo(tmp_path)
    office, assessor, remote = homes["office"], homes["assessor_1"], homes["remote"].home
    (sealed,) = [line for line in assessor.ok("visit", "list") if line["revision"] == 1]
    visit = sealed["visit"]

    # Out, and in.
    exported = assessor.ok("export", visit, "-o", tmp_path)
    assert [sent["bundle_id"] for sent in assessor.ok("sync")["sent"]] == [exported["bundle_id"]]
    assert state(assessor, visit) == ("sent", 1)
    (line,) = lines(office)
    assert (line["verdict"], line["bundle_id"]) == ("stored", exported["bundle_id"])
    assert [found["verdict"] for found in assessor.ok("sync")["receipts"]] == ["stored"]
    assert state(assessor, visit) == ("received", 1)

    # Reviewed with two comments, and back.
    banner = office.ok("open", visit)
    assert (banner["trust"], banner["receipt"]) == ("trusted", "stored")
    review = office.ok(
        "review", visit, "--decision", "has_issues", "--summary", "Dua hal belum jelas",
        "--comment", "gov.GOV-Q3=Berapa jumlah sebenarnya?", "--comment", "pnt.PNT-KUAT[1].uraian=Sebut contohnya",
    )  # fmt: skip
    assert office.ok("sync")["sent"][0]["kind"] == "review"
    (told,) = assessor.ok("sync")["reviews"]
    assert (told["decision"], told["comments"], told["id"]) == ("has_issues", 2, review["id"])
    assert state(assessor, visit) == ("returned", 1)

    # Corrected, each comment answered, and out again.
    shown = assessor.ok("visit", "show", visit)
    comments = {comment["path"]: comment for comment in shown["comments"]}
    assert set(comments) == {"gov.GOV-Q3", "pnt.PNT-KUAT[1].uraian"}
    assert assessor.answer(visit, [{"question": "gov.GOV-Q3", "value": 40}]).code == 1, (
        "sealed until reopened"
    )
    assessor.ok("visit", "reopen", visit, "--reason", "Dua hal belum jelas")
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(b"foto" * 9000)
    assessor.ok("attach", visit, "gov.GOV-03", photo, "--type", "observasi")
    corrected = [
        {"question": "gov.GOV-Q3", "value": 40},
        {"question": "pnt.PNT-KUAT[1].uraian", "value": "Layanan menjangkau tiga desa hulu"},
    ]
    assert assessor.answer(visit, corrected).code == 0
    for path, answer in (("gov.GOV-Q3", "Empat puluh"), ("pnt.PNT-KUAT[1].uraian", "Sudah disebut")):
        assessor.ok("visit", "reply", visit, comments[path]["id"], answer)
    second = assessor.ok("visit", "finalise", visit)
    assert second["revision"] == 2
    assert [sent["bundle_id"] for sent in assessor.ok("sync")["sent"]] == [second["bundle_id"]]
    (line,) = lines(office)
    assert (line["verdict"], line["revision"]) == ("stored", 2)

    # The reviewer sees what changed, and approves.
    banner = office.ok("open", visit)
    changed = {change["path"]: change for change in banner["differences"]["answers"]}
    assert (changed["gov.GOV-Q3"]["new"], changed["gov.GOV-03"]["evidence_added"]) == (40, ["ev-0001"])
    assert set(changed) == {"gov.GOV-Q3", "pnt.PNT-KUAT[1].uraian", "gov.GOV-03"}
    assert {found["answer"] for found in banner["answers"]} == {"Empat puluh", "Sudah disebut"}
    approved = office.ok("review", visit, "--decision", "approved", "--summary", "Terima kasih")
    office.ok("sync")
    result = assessor.ok("sync")
    assert [found["decision"] for found in result["reviews"]] == ["approved"]
    assert state(assessor, visit) == ("approved", 2)
    refused = assessor.run("visit", "reopen", visit, "--reason", "Satu lagi")
    assert (refused.code, refused.json["error"]["code"]) == (2, "approved")

    # Everybody agrees on every hash.
    outbox, inbox = hashes(assessor.home / "outbox", "*.zip"), hashes(office.home / "inbox", "*.zip")
    assert len(outbox) == 2
    assert outbox == inbox
    assert (
        evidence(assessor.home) >= evidence(office.home) == {hashlib.sha256(photo.read_bytes()).hexdigest()}
    )
    shown = assessor.ok("visit", "show", visit)
    assert {bundle["sha256"] for bundle in shown["bundles"]} == set(inbox.values())
    assert shown["where"] == ["here", "remote", "received"]
    ours, theirs = (program.ok("open", visit) for program in (assessor, office))
    assert [found["id"] for found in ours["reviews"]] == [review["id"], approved["id"]]
    assert ours["reviews"] == theirs["reviews"]
    assert assessor.ok("verify", *(office.home / "inbox" / name for name in list(inbox)[:1]))["ok"]
    check_with_ssh_keygen(remote, assessor.home / "keys" / "office.pub")
    for program in (office, assessor, homes["assessor_2"]):
        assert program.ok("doctor")["ok"] is True

    # Nothing is repeated.
    again = assessor.ok("sync")
    assert (again["sent"], again["received"], again["problems"]) == ([], [], [])
    assert lines(office) == []
    assert office.ok("sync")["sent"] == []


def check_with_ssh_keygen(remote: Path, office: Path) -> None:
    """What the office published holds for anybody with its file and OpenSSH."""
    if not shutil.which("ssh-keygen"):
        return
    found = list(remote.glob("in/*/*.json"))
    assert len(found) == 4, "two receipts and two reviews"
    for path in found:
        kind = json.loads(path.read_bytes())["schema"].partition("/")[0]
        checked = stock(
            "ssh-keygen", "-Y", "verify", "-f", office, "-I", "sekretariat@contoh.example", "-n", kind,
            "-s", f"{path}.sig", given=path.read_bytes(),
        )  # fmt: skip
        assert checked.returncode == 0, checked.stderr
