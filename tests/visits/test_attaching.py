"""Evidence: one piece for the same bytes, what is known of it, and what it supports."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import AnswerError, NotFoundError, StorageError, UsageError
from evaluator.visits import showing
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry, EvidenceDetails
from evaluator.visits.visit import Visit
from tests.visits.test_answering import failing_once
from tests.visits.watching import DATA, DOCUMENT, assert_as_reopened, codes, fill, judged


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Foto Pelabuhan.JPG"
    path.write_bytes(b"\xff\xd8 not much of a picture")
    return path


def stored_files(visit: Visit) -> list[str]:
    folder = visit.desk.workspace.evidence
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_becomes_a_piece_with_what_is_known_of_it(desk: Desk, visit: Visit, file: Path) -> None:
    details = EvidenceDetails(
        type="observasi", title=" Dermaga ", holder="DISHUB", date="25/2/2026", page="Dermaga 2",
        caption="Sisi barat", verified_by="Sari",
    )  # fmt: skip
    piece = visit.attach("gov.GOV-01", file, details)
    assert (piece.id, piece.bytes, piece.name, piece.extension) == (
        "ev-0001",
        24,
        "Foto Pelabuhan.JPG",
        "jpg",
    )
    assert (piece.title, piece.date, piece.caption) == ("Dermaga", "2026-02-25", "Sisi barat")
    assert piece.verified_at
    assert stored_files(visit) == [piece.sha256]
    shown = showing.evidence_json(visit, piece.id)
    assert shown["questions"] == ["gov.GOV-01"]
    assert desk.visit(visit.id).evidence() == (piece,)
    assert_as_reopened(desk, visit)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("2026", "2026"),
        ("2026-02", "2026-02"),
        ("2026-02-25", "2026-02-25"),
        ("25-2-2026", "2026-02-25"),
        ("25 Februari 2026", "2026-02-25"),
        ("25 feb 2026", "2026-02-25"),
        ("1 Mei 2026", "2026-05-01"),
        ("17 August 2026", "2026-08-17"),
    ],
)
def test_dates_are_written_as_people_here_write_them(visit: Visit, file: Path, given: str, kept: str) -> None:
    assert visit.attach("gov.GOV-01", file, EvidenceDetails(type="data", date=given)).date == kept


@pytest.mark.parametrize(
    "given",
    [
        "kemarin", "31/2/2026", "2026-13", "2026-00", "13/13/2026", "20262", "２０２６", "0000",
        "25 Februari 26", "25 Februari 99999999999999999999", "99999999999999999999 Februari 2026",
        "2026-02-30", "-2026",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(visit: Visit, file: Path, given: str) -> None:
    with pytest.raises(UsageError) as caught:
        visit.attach("gov.GOV-01", file, EvidenceDetails(type="data", date=given))
    assert caught.value.code == "bad_date"
    assert visit.evidence() == ()


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"type": "foto"}, "evidence_type"),
        ({}, "evidence_type"),
        ({"type": "data", "title": "a\x1b[31m"}, "control_character"),
        ({"type": "data", "holder": "\ud800"}, "control_character"),
        ({"type": "data", "caption": "x" * 2_001}, "too_long"),
    ],
)
def test_what_cannot_describe_evidence_is_refused(
    visit: Visit, file: Path, details: dict[str, Any], code: str
) -> None:
    with pytest.raises(UsageError) as caught:
        visit.attach("gov.GOV-01", file, EvidenceDetails(**details))
    assert caught.value.code == code
    piece = visit.attach("gov.GOV-01", file, DOCUMENT)
    with pytest.raises(UsageError) as caught:
        visit.describe(piece.id, EvidenceDetails(**details))
    assert caught.value.code == code
    assert visit.evidence() == (piece,)


def test_the_same_bytes_are_one_piece(desk: Desk, visit: Visit, file: Path, tmp_path: Path) -> None:
    first = visit.attach("gov.GOV-01", file, DOCUMENT)
    assert visit.attach("gov.GOV-01", file, DATA) == first
    copy = tmp_path / "salinan.pdf"
    copy.write_bytes(file.read_bytes())
    assert visit.attach("gov.GOV-02", copy, DATA) == first
    assert visit.evidence() == (first,)
    assert visit.questions_of(first.id) == (("gov.GOV-01", ""), ("gov.GOV-02", ""))
    assert len(stored_files(visit)) == 1
    assert len(visit.history("gov.GOV-01")) == 1
    assert_as_reopened(desk, visit)


def test_a_piece_goes_with_its_last_question_and_comes_again(desk: Desk, visit: Visit, file: Path) -> None:
    first = visit.attach("gov.GOV-01", file, DOCUMENT)
    visit.link("gov.GOV-02", first.id)
    visit.detach("gov.GOV-01", first.id)
    assert visit.evidence() == (first,)
    visit.detach("gov.GOV-02", first.id)
    assert visit.evidence() == ()
    assert visit.evidence_of(("gov.GOV-02", "")) == ()
    with pytest.raises(NotFoundError):
        visit.link("gov.GOV-02", first.id)
    with pytest.raises(NotFoundError):
        visit.describe(first.id, DATA)
    with pytest.raises(NotFoundError):
        visit.detach("gov.GOV-02", first.id)
    assert len(stored_files(visit)) == 1
    second = visit.attach("gov.GOV-03", file, DATA)
    assert (second.sha256, second.type) == (first.sha256, "data")
    assert second.id != first.id
    assert_as_reopened(desk, visit)


def test_names_are_shown_without_what_a_terminal_would_obey(visit: Visit, tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("such names cannot exist here")
    names = [b"a\x1b[2Jb\n.txt", b"\xff\xfe.pd\x07f", "\u202egpj.exe".encode(), b"tar.gz.", b".profile"]
    for number, name in enumerate(names, start=1):
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
        path.write_text(str(number))
        piece = visit.attach("gov.GOV-01", path, DOCUMENT)
        assert piece.name.isprintable()
        assert "\u202e" not in piece.name
        assert piece.extension in ("txt", "bin", "exe")


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ("gov.GOV-99", NotFoundError),
        ("gov.SURVEI", AnswerError),
        ("qwn.QWN-REC", AnswerError),
        ("qwn.QWN-REC[1].nama", NotFoundError),
    ],
)
def test_evidence_wants_a_question(visit: Visit, file: Path, question: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        visit.attach(question, file, DOCUMENT)
    assert visit.evidence() == ()


def test_files_that_cannot_be_evidence(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for path in (tmp_path / "empty", tmp_path, tmp_path / "nowhere", Path("/dev/null")):
        with pytest.raises(UsageError):
            visit.attach("gov.GOV-01", path, DOCUMENT)
    assert visit.evidence() == ()


def test_evidence_in_a_row_goes_and_comes_with_it(desk: Desk, visit: Visit, file: Path) -> None:
    fill(visit, {"qwn.QWN-REC[1].QWN-01": 3, "qwn.QWN-REC[2].QWN-01": 3})
    piece = visit.attach("qwn.QWN-REC[1].QWN-01", file, DOCUMENT)
    first, second = visit.filling.rows("qwn.QWN-REC")
    assert codes(visit).count("G3") == 1
    visit.move_row(first, 2)
    assert visit.questions_of(piece.id) == (("qwn.QWN-REC.QWN-01", first),)
    assert next(found.paths for found in visit.checks() if found.code == "G3") == ("qwn.QWN-REC[1].QWN-01",)
    visit.delete_row(first)
    assert visit.questions_of(piece.id) == ()
    assert showing.evidence_json(visit, piece.id)["questions"] == []
    visit.describe(piece.id, EvidenceDetails(type="data", date="2019"))
    assert "K09" not in codes(visit)
    assert_as_reopened(desk, visit)
    visit.link(("qwn.QWN-REC.QWN-01", second), piece.id)
    visit.undo()
    visit.undo()
    visit.undo()
    assert visit.questions_of(piece.id) == (("qwn.QWN-REC.QWN-01", first),)
    assert_as_reopened(desk, visit)


def test_an_answer_that_names_evidence_is_judged_when_the_evidence_goes(
    desk: Desk, visit: Visit, file: Path
) -> None:
    piece = visit.attach("gov.GOV-01", file, DOCUMENT)
    saved = visit.answer(Entry("pnt.PNT-KUAT[1].butir", value=["gov.GOV-01", piece.id]))
    assert saved.invalid == ()
    key = visit.key("pnt.PNT-KUAT[1].butir")
    visit.detach("gov.GOV-01", piece.id)
    assert visit.filling.state(key).invalid
    assert visit.progress("pnt").invalid == 1
    assert_as_reopened(desk, visit)
    visit.undo()
    assert not visit.filling.state(key).invalid
    assert_as_reopened(desk, visit)


def test_verification_keeps_its_time_until_somebody_else_verifies(visit: Visit, file: Path) -> None:
    piece = visit.attach("gov.GOV-01", file, DOCUMENT)
    again = visit.describe(piece.id, EvidenceDetails(type="data", verified_by="Sari"))
    assert again.verified_at == piece.verified_at
    nobody = visit.describe(piece.id, EvidenceDetails(type="data"))
    assert (nobody.verified_by, nobody.verified_at) == ("", "")


@pytest.mark.parametrize("step", ["attach", "link", "detach", "describe", "undo"])
def test_what_could_not_be_stored_is_not_in_memory_either(
    desk: Desk, visit: Visit, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    fill(visit, {"gov.GOV-01": 3, "gov.GOV-02": 3})
    visit.attach("gov.GOV-01", file, DOCUMENT)
    other = tmp_path / "other.txt"
    other.write_text("other")
    steps = {
        "attach": lambda: visit.attach("gov.GOV-02", other, DOCUMENT),
        "link": lambda: visit.link("gov.GOV-02", "ev-0001"),
        "detach": lambda: visit.detach("gov.GOV-01", "ev-0001"),
        "describe": lambda: visit.describe("ev-0001", EvidenceDetails(type="data")),
        "undo": visit.undo,
    }
    before = judged(visit)
    with failing_once(monkeypatch), pytest.raises(StorageError):
        steps[step]()
    assert judged(visit) == before
    assert_as_reopened(desk, visit)
    steps[step]()
    assert judged(visit) != before
    assert_as_reopened(desk, visit)
