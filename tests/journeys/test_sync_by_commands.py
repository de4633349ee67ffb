"""A visit goes to the office over a shared folder, comes back with comments, is corrected and approved."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from evaluator.remotes.folder import FolderRemote
from evaluator.store.bundles import StoredBundle
from tests.cli.inside import inside
from tests.journeys.program import COMMAND, Program, Ran, complete_answers, environment
from tests.journeys.terminal import Terminal
from tests.sync.workshop import REVIEWER, Office, delivered, place


class Near(Program):
    """Starts a process for `sync` and `import` only: the rest is proved elsewhere and costs a second each."""

    def run(self, *arguments: str | Path, given: str = "", lang: str = "en") -> Ran:
        if arguments[0] in ("sync", "import"):
            return super().run(*arguments, given=given, lang=lang)
        return inside(self.home, *arguments, given=given.encode())


class Desk:
    """An assessor who trusts `office`, with one complete visit that has evidence."""

    def __init__(self, folder: Path, office: Office) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "office.pub").write_bytes(office.pub)
        self.folder = folder
        self.program = Near(folder / "home", folder)
        self.program.ok(
            "init", "--name", "Sari", "--email", "sari@contoh.example", "--no-passphrase",
            "--office", folder / "office.pub",
        )  # fmt: skip
        self.visit = self.program.ok("visit", "new", "64.02", "--round", "2026-tahap2", "--intake", "k2021")[
            "visit"
        ]
        assert self.program.answer(self.visit, complete_answers([3, 4, 2, 5])).code == 0
        photo = folder / "foto.jpg"
        photo.write_bytes(bytes(range(256)) * 2000)
        self.program.ok("attach", self.visit, "gov.GOV-01", photo, "--type", "dokumen")

    def show(self) -> Any:
        return self.program.ok("visit", "show", self.visit)

    def listed(self) -> Any:
        return self.program.ok("visit", "list")[0]

    def bundle(self, sealed: Any) -> StoredBundle:
        """What an office reads of a bundle: its statement."""
        with zipfile.ZipFile(sealed["file"]) as archive:
            (name,) = [name for name in archive.namelist() if name.endswith("/bundle.json")]
            said = json.loads(archive.read(name))
        return StoredBundle(
            sealed["bundle_id"], said["visit"], said["revision"], "", "", 0, "", said["prev"], said["device"],
            said["device_seq"],
        )  # fmt: skip


def test_a_visit_comes_back_with_comments_and_is_corrected(tmp_path: Path) -> None:
    office = Office()
    desk = Desk(tmp_path / "assessor", office)
    program, visit = desk.program, desk.visit
    (tmp_path / "remote").mkdir()
    remote = FolderRemote(tmp_path / "remote")

    assert program.run("sync").code == 2, "no remote is known yet"
    away = program.run("sync", tmp_path / "elsewhere")
    assert (away.code, away.json["error"]["code"]) == (3, "remote_away")
    assert program.run("sync", "sftp://office.example/x").code == 2
    assert desk.listed()["where"] == ["here"]

    first = desk.bundle(program.ok("visit", "finalise", visit))
    ran = program.run("sync", remote.root)
    assert ran.code == 0
    assert "100 %" in ran.err, "progress goes to standard error"
    assert [sent["bundle_id"] for sent in ran.json["sent"]] == [first.bundle_id]
    assert (desk.listed()["state"], desk.listed()["where"]) == ("sent", ["here", "remote"])
    assert delivered(remote.root, first.device, tmp_path) == [first.bundle_id]
    again = program.ok("sync")
    assert {name: again[name] for name in ("sent", "received", "reviews", "receipts", "problems")} == {
        "sent": [], "received": [], "reviews": [], "receipts": [], "problems": [],
    }  # fmt: skip

    row = desk.show()["answers"]["qwn.QWN-REC[2].nama"]["row"]
    comments = [
        {"path": "gov.GOV-01", "row": None, "text": "Foto tidak terbaca"},
        {"path": "qwn.QWN-REC[2].nama", "row": row, "text": "Nama program keliru"},
        {"path": "", "row": None, "text": "Terima kasih"},
    ]
    review = office.review(first, comments=comments)
    place(remote, first.device, 1, office.receipt(first))
    place(remote, first.device, 2, office.receipt(first, by=office.reviewer, reason="forged"))
    place(remote, first.device, 3, review)
    result = program.ok("sync")
    assert [problem["code"] for problem in result["problems"]] == ["wrong_role"]
    assert [receipt["verdict"] for receipt in result["receipts"]] == ["stored"]
    assert [(found["decision"], found["comments"]) for found in result["reviews"]] == [("has_issues", 3)]
    assert any("wrong_role" in line for line in program.ok("sync", "--log"))

    shown = desk.show()
    assert (shown["state"], shown["where"]) == ("returned", ["here", "remote", "received"])
    assert shown["evidence"][0]["where"] == ["here", "remote", "received"]
    assert [(bundle["revision"], bundle["state"]) for bundle in shown["bundles"]] == [(1, "received")]
    assert [(found["path"], found["row"], found["text"]) for found in shown["comments"]] == [
        (comment["path"], comment["row"], comment["text"]) for comment in comments
    ]
    assert {(found["author"], found["revision"], found["answer"]) for found in shown["comments"]} == {
        (REVIEWER, 1, "")
    }
    assert [(found["decision"], found["summary"]) for found in shown["reviews"]] == [
        ("has_issues", "Dua butir perlu dibetulkan")
    ]

    correct(desk)
    second = desk.bundle(program.ok("visit", "finalise", visit))
    assert second.prev == first.bundle_id
    program.ok("sync")
    assert delivered(remote.root, first.device, tmp_path) == [first.bundle_id, second.bundle_id]
    assert [(bundle["revision"], bundle["where"]) for bundle in desk.show()["bundles"]] == [
        (1, ["here", "remote", "received"]), (2, ["here", "remote"]),
    ]  # fmt: skip

    approval = office.review(second, decision="approved", summary="Baik", comments=[], prev=review.id)
    carried = tmp_path / "approval.json"
    carried.write_bytes(approval.data)
    Path(f"{carried}.sig").write_bytes(approval.signature)
    found = program.run("import", carried, Path(f"{carried}.sig"))
    assert (found.code, found.json["state"]) == (0, "applied")
    assert desk.listed()["state"] == "approved"
    assert program.run("visit", "reopen", visit, "--reason", "x").code == 2
    place(remote, first.device, 4, approval)
    assert program.ok("sync")["received"] == [], "it came by another way already"


def correct(desk: Desk) -> None:
    """Reopen, put a row before the one that was commented on, answer the comment, change the answer."""
    program, visit = desk.program, desk.visit
    (general, about_row) = (desk.show()["comments"][0]["id"], desk.show()["comments"][1]["id"])
    sealed = program.run("visit", "reply", visit, about_row, "Sudah dibetulkan")
    assert (sealed.code, sealed.json["error"]["code"]) == (2, "visit_sealed")
    program.ok("visit", "reopen", visit, "--reason", "Komentar peninjau")
    moved = [
        {"question": "qwn.QWN-REC[2]", "action": "insert"},
        {"question": "qwn.QWN-REC[2]", "action": "delete"},
    ]
    assert program.answer(visit, moved[:1]).code == 0
    assert desk.show()["comments"][1]["path"] == "qwn.QWN-REC[3].nama", "a comment stays with its row"
    assert program.answer(visit, moved[1:]).code == 0
    assert program.answer(visit, [{"question": "qwn.QWN-REC[2].nama", "value": "Percepatan kedua"}]).code == 0
    assert program.ok("visit", "reply", visit, about_row, "Sudah dibetulkan")["answer"] == "Sudah dibetulkan"
    assert program.run("visit", "reply", visit, "nothing", "x").code == 2
    program.ok("visit", "reply", visit, general, "Foto diganti")
    assert [found["answer"] for found in desk.show()["comments"]] == ["Foto diganti", "Sudah dibetulkan", ""]


def test_what_was_written_back_travels_with_the_next_revision(tmp_path: Path) -> None:
    office = Office()
    desk = Desk(tmp_path / "assessor", office)
    first = desk.bundle(desk.program.ok("visit", "finalise", desk.visit))
    (tmp_path / "remote").mkdir()
    desk.program.ok("sync", tmp_path / "remote")
    place(FolderRemote(tmp_path / "remote"), first.device, 1, office.review(first))
    desk.program.ok("sync")
    desk.program.ok("visit", "reopen", desk.visit, "--reason", "Komentar peninjau")
    (comment, _other) = desk.show()["comments"]
    desk.program.ok("visit", "reply", desk.visit, comment["id"], "Foto diganti")
    second = desk.program.ok("visit", "finalise", desk.visit)
    assert desk.program.ok("verify", second["file"])["ok"] is True
    answers = desk.program.ok("show", second["file"])
    by_path = {answer["path"]: answer for answer in (answers.get("answers") or [])}
    (told,) = by_path["gov.GOV-01"]["comments"]
    assert (told["text"], told["answer"], told["revision"]) == ("Foto tidak terbaca", "Foto diganti", 1)
    assert "comments" not in by_path["gov.GOV-03"]


def test_the_passphrase_is_needed_only_to_send(tmp_path: Path) -> None:
    office = Office()
    (tmp_path / "office.pub").write_bytes(office.pub)
    (tmp_path / "remote").mkdir()
    home = tmp_path / "home"
    program = Near(home, tmp_path)
    env = environment(tmp_path, EVALUATOR_PASSPHRASE="rahasia sekali")
    words = [*COMMAND, "--home", str(home), "--lang", "en"]
    made = subprocess.run(
        [*words, "init", "--name", "Sari", "--email", "sari@contoh.example"],
        env=env, cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert program.ok("sync", tmp_path / "remote")["problems"] == []
    visit = program.ok("visit", "new", "64.02", "--round", "2026-tahap2", "--intake", "k2021")["visit"]
    assert program.answer(visit, complete_answers([3, 4])).code == 0
    sealed = subprocess.run(
        [*words, "visit", "finalise", visit], env=env, cwd=tmp_path, capture_output=True, check=False
    )
    assert sealed.returncode == 0, sealed.stderr
    refused = program.run("sync")
    assert (refused.code, refused.json["error"]["code"]) == (2, "passphrase_missing")
    with Terminal([*words, "sync"], environment(tmp_path), cwd=tmp_path) as terminal:
        terminal.wait("Passphrase")
        terminal.press("rahasia sekali", "enter")
        terminal.wait("Sent visit-")
        assert terminal.exit_code() == 0
        assert terminal.text.count("Passphrase") == 1
    assert program.ok("visit", "list")[0]["state"] == "sent"
