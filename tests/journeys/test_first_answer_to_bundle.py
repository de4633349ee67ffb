"""A visit from the first answer to a signed bundle that strangers can check, all by commands."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import bagit
import pytest

from tests.journeys.program import Program, complete_answers, rubrics, stock


def needs(tool: str) -> None:
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not on this machine")


def new_home(folder: Path, name: str) -> Program:
    folder.mkdir(exist_ok=True)
    program = Program(folder / name, folder)
    program.ok("init", "--name", "Dr. Sari Wulandari", "--email", "sari@contoh.example", "--no-passphrase")
    return program


def last_year(folder: Path) -> Path:
    """A bundle of last year, made as it was made then."""
    program = new_home(folder, "last-year")
    visit = program.ok("visit", "new", "64.02", "--round", "2025-tahap2", "--intake", "k2021")["visit"]
    assert program.answer(visit, complete_answers([2, 3, 1])).code == 0
    program.ok("visit", "finalise", visit)
    return Path(program.ok("export", visit, "-o", folder / "last-year.zip")["file"])


def verify_with_stock_tools(bundle: Path, folder: Path, allowed_signers: str) -> None:
    """What an office without our program can do."""
    for tool in ("ssh-keygen", "sha256sum", "unzip"):
        needs(tool)
    assert stock("unzip", "-tq", bundle).returncode == 0
    unpacked = folder / f"unpacked-{bundle.stem}"
    assert stock("unzip", "-q", bundle, "-d", unpacked).returncode == 0
    (root,) = unpacked.iterdir()
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        assert stock("sha256sum", "-c", "--strict", "--quiet", manifest, cwd=root).returncode == 0
    signers = folder / "allowed_signers"
    signers.write_text(allowed_signers + "\n")
    checked = stock(
        "ssh-keygen", "-Y", "verify", "-f", signers, "-I", "sari@contoh.example", "-n", "evaluator-bundle",
        "-s", root / "tagmanifest-sha256.txt.sig", given=(root / "tagmanifest-sha256.txt").read_bytes(),
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert bagit.Bag(str(root)).validate()


def content(bundle: Path, name: str) -> bytes:
    with zipfile.ZipFile(bundle) as archive:
        (found,) = [entry for entry in archive.namelist() if entry.endswith(f"/{name}")]
        return archive.read(found)


def test_from_the_first_answer_to_revision_two(tmp_path: Path) -> None:
    previous = last_year(tmp_path / "before")
    program = new_home(tmp_path / "now", "home")
    visit = program.ok(
        "visit",
        "new",
        "Kutai Kartanegara",
        "--round",
        "2026-tahap2",
        "--intake",
        "k2021",
        "--previous",
        previous,
    )["visit"]

    listed = program.ok("visit", "list")[0]
    assert (listed["visit"], listed["state"], listed["revision"]) == (visit, "draft", 0)
    assert listed["region"] == "64.02"

    own = tmp_path / "self.csv"
    own.write_text("question,value,note\n" + "".join(f"{path},4,\n" for path in rubrics()), "utf-8")
    assert program.ok("visit", "import-self", visit, own)["imported"] == 51
    before_scoring = program.ok("visit", "show", visit)["answers"]["gov.GOV-01"]
    assert before_scoring["self"] is None, "the self-assessment shows only after the first own score"
    assert before_scoring["previous"] is None

    refused = program.run("visit", "finalise", visit)
    assert refused.code == 1
    missing = {entry["path"] for entry in refused.json["missing"]}
    assert set(rubrics()) <= missing
    assert {"knj.KNJ-05", "knj.KNJ-TIM", "pnt.PNT-02", "qwn.QWN-REC"} <= missing

    ran = program.answer(visit, complete_answers([3, 4, 2, 5]))
    assert ran.code == 0, ran.out
    replies = ran.lines
    assert all(reply["ok"] for reply in replies)
    sequence = [reply["seq"] for reply in replies]
    assert sequence == sorted(sequence)

    shown = program.ok("visit", "show", visit)["answers"]
    assert (shown["gov.GOV-01"]["value"], shown["gov.GOV-01"]["self"], shown["gov.GOV-01"]["previous"]) == (
        3,
        4,
        2,
    )

    attach_three_pieces(program, visit, tmp_path)

    conflict = program.answer(visit, [{"question": "mpl.MPL-Y1a", "value": None}])
    assert conflict.code == 0
    refused = program.run("visit", "finalise", visit)
    assert refused.code == 1
    assert "K05" in {check["code"] for check in refused.json["checks"] if check["severity"] == "error"}
    program.answer(visit, [{"question": "mpl.MPL-Y1a", "value": "Perbup 41/2022"}])

    first = program.ok("visit", "finalise", visit)
    assert first["revision"] == 1
    exported = program.ok("export", visit, "-o", tmp_path)
    bundle = Path(exported["file"])
    assert exported["bundle_id"] == first["bundle_id"]
    assert bundle.read_bytes() == Path(first["file"]).read_bytes()

    signers = tmp_path / "signers"
    line = program.ok("key", "show")["allowed_signers"]
    signers.write_text(line + "\n")
    verdict = program.ok("verify", bundle, "--signers", signers)
    assert verdict["ok"] is True
    assert verdict["trust"] == "trusted"
    assert (verdict["visit"], verdict["revision"]) == (visit, 1)
    verify_with_stock_tools(bundle, tmp_path, line)
    check_documents(program, bundle, visit)

    sealed = program.answer(visit, [{"question": "gov.GOV-01", "value": 1}])
    assert sealed.code == 1
    assert sealed.lines[0]["error"]["code"] == "visit_sealed"

    program.ok("visit", "reopen", visit, "--reason", "Nilai GOV-01 terbalik")
    assert program.answer(visit, [{"question": "gov.GOV-01", "value": 4}]).code == 0
    second = program.ok("visit", "finalise", visit)
    assert second["revision"] == 2
    later = Path(program.ok("export", visit, "-o", tmp_path)["file"])
    assert program.ok("verify", later)["ok"] is True
    statement = json.loads(content(later, "bundle.json"))
    assert statement["prev"] == first["bundle_id"]
    assert statement["reason"] == "Nilai GOV-01 terbalik"
    assert program.ok("doctor")["ok"] is True


def attach_three_pieces(program: Program, visit: str, folder: Path) -> None:
    """One on two questions, one verified; nothing, and nowhere, are refused."""
    for name in ("rekap.csv", "foto.jpg", "notulen.txt"):
        (folder / name).write_bytes(name.encode() * 100)
    first = program.ok("attach", visit, "gov.GOV-01", folder / "rekap.csv", "--type", "data")[0]
    linked = program.ok("attach", visit, "gov.GOV-02", "--evidence", first["evidence"])[0]
    assert linked["sha256"] == first["sha256"]
    verified = program.ok(
        "attach", visit, "gov.GOV-01", folder / "foto.jpg", "--type", "observasi", "--verified-by", "Sari"
    )[0]
    program.ok("attach", visit, "qwn.QWN-REC[1].QWN-01", folder / "notulen.txt", "--type", "wawancara")
    (folder / "empty.pdf").write_bytes(b"")
    for bad in ("empty.pdf", "missing.pdf"):
        refused = program.run("attach", visit, "gov.GOV-01", folder / bad, "--type", "dokumen")
        assert refused.code == 2
        assert bad in refused.json["error"]["message"]
    shown = program.ok("visit", "show", visit)
    assert shown["answers"]["gov.GOV-01"]["evidence"] == [first["evidence"], verified["evidence"]]
    assert shown["answers"]["gov.GOV-02"]["evidence"] == [first["evidence"]]
    assert len(shown["evidence"]) == 3


def check_documents(program: Program, bundle: Path, visit: str) -> None:
    """The documents inside say what the program says."""
    answers: dict[str, Any] = json.loads(content(bundle, "answers.json"))
    assert answers["schema"] == "evaluator-answers/1"
    assert answers["score"] == program.ok("score", visit)
    by_path = {answer["path"]: answer for answer in answers["answers"]}
    assert by_path["gov.GOV-01"]["first_score"] == 3
    assert by_path["gov.GOV-Y1a"]["status"] == "not_relevant"
    assert by_path["gov.GOV-Q1"]["status"] == "unanswered"
    events = [json.loads(line) for line in content(bundle, "audit.jsonl").splitlines()]
    assert events[-1]["op"] == "finalise"
    report = content(bundle, "report.html").decode()
    assert "Kutai Kartanegara" in report
    assert "<script" not in report
