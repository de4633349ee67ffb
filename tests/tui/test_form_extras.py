"""Keys for what hangs on an answer: note, details, evidence, history, recommendation."""

from __future__ import annotations

from pathlib import Path

from textual import events

from evaluator.paths import Workspace
from evaluator.store import comments
from evaluator.store.comments import StoredComment
from evaluator.tui.form.evidence import EvidenceDialog, paths_in, size_text
from evaluator.tui.form.screen import FormScreen
from evaluator.visits.visit import Visit

from .conftest import Running
from .form_harness import Form, answered, open_form


async def test_a_note_is_written_under_the_question(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("n")
        await form.type("Perlu dilihat lagi")
        await form.press("escape")
        assert form.visit.stored(form.visit.key("gov.GOV-01")).note == "Perlu dilihat lagi"
        assert "Note: Perlu dilihat lagi" in form.questions
        await form.press("down")
        assert "note" in form.text


async def test_details_of_a_level(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("c", "2", "down", "3", "down")
        await form.type("Kepala dinas")
        await form.press("enter")
        stored = form.visit.stored(form.visit.key("gov.GOV-01"))
        assert (stored.evidence_quality, stored.confidence, stored.respondents) == (
            2,
            "tinggi",
            "Kepala dinas",
        )
        assert "Confidence: " in form.questions


async def test_details_of_a_number(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-Q1") as form:
        await form.press("c")
        await form.type("25")
        await form.press("ctrl+s")
        assert "four digits" in form.text
        await form.press("backspace", "backspace")
        await form.type("2025")
        await form.press("down")
        await form.type("BPS")
        await form.press("ctrl+s")
        stored = form.visit.stored(form.visit.key("gov.GOV-Q1"))
        assert (stored.data_year, stored.source) == (2025, "BPS")


async def test_a_text_has_no_details(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "knj", focus="knj.KNJ-09") as form:
        await form.press("c")
        assert "this question has none" in form.text


async def test_missing_evidence_is_named_until_there_is_a_reason(
    running: Running, workspace: Workspace
) -> None:
    async with open_form(running, workspace, "gov", prepare=answered(("gov.GOV-01", 4))) as form:
        assert "Evidence missing: " in form.questions
        await form.press("o")
        await form.type("sistem padam")
        await form.press("enter")
        assert form.visit.stored(form.visit.key("gov.GOV-01")).gate_reason == "sistem padam"
        assert "Evidence missing" not in form.questions
        assert "despite missing evidence: sistem padam" in form.questions


async def test_history_shows_every_step(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("h")
        assert "Nothing happened to this answer yet" in form.text
        await form.press("3", "4", "h")
        assert "answered: 3 " in form.text
        assert "→ 4 " in form.text
        await form.press("escape")
        assert isinstance(form.pilot.app.screen, FormScreen)


async def test_a_recommendation_is_filled_from_the_question(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov", focus="gov.GOV-02") as form:
        await form.press("r")
        assert form.value("pnt.PNT-REKOM[1].pilar") == "gov"
        assert form.screen.page.form == "pnt"
        await form.press("escape")
        assert form.here == "gov.GOV-02"


async def test_a_file_is_attached_described_verified_linked_and_detached(
    running: Running, workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "daftar-layanan.pdf"
    file.write_bytes(b"isi")
    async with open_form(running, workspace, "gov") as form:
        await form.press("e")
        assert "Nothing attached yet" in form.text
        await form.press("a")
        await _paste(form, str(file))
        await form.press("enter", "enter")
        assert "daftar-layanan.pdf" in form.text
        assert "SHA-256" in form.text
        assert "3 B" in form.text
        await form.press("enter")
        await form.type("SK 12/2026")
        await form.press("down")
        await form.type("Diskominfo")
        await form.press("down")
        await form.type("25/2/2026")
        await form.press("ctrl+s")
        piece = form.visit.evidence()[0]
        assert (piece.title, piece.holder, piece.date) == ("SK 12/2026", "Diskominfo", "2026-02-25")
        await form.press("v")
        assert form.visit.evidence()[0].verified_by == "Budi Santoso"
        await form.press("escape")
        assert "evidence 1" in form.questions
        await form.press("down", "e", "l", "enter")
        assert form.visit.evidence_of(form.visit.key("gov.GOV-02"))
        await form.press("d")
        assert not form.visit.evidence_of(form.visit.key("gov.GOV-02"))


async def test_files_dropped_on_the_form_are_attached_to_the_question(
    running: Running, workspace: Workspace, tmp_path: Path
) -> None:
    files = [tmp_path / "satu.pdf", tmp_path / "dua dua.csv"]
    for file in files:
        file.write_bytes(file.name.encode())
    async with open_form(running, workspace, "gov") as form:
        await _paste(form, "\n".join(map(str, files)))
        await form.press("down", "enter")
        assert len(form.visit.evidence_of(form.visit.key("gov.GOV-01"))) == 2
        assert isinstance(form.pilot.app.screen, EvidenceDialog)


async def test_a_path_that_is_no_file_is_refused(running: Running, workspace: Workspace) -> None:
    async with open_form(running, workspace, "gov") as form:
        await form.press("e", "a")
        await form.type("/nowhere/at.all")
        await form.press("enter")
        assert "There is no such file" in form.text


async def _paste(form: Form, text: str) -> None:
    form.pilot.app.post_message(events.Paste(text))
    await form.settle()


def test_paths_as_terminals_write_them(tmp_path: Path) -> None:
    one, two = tmp_path / "a b.pdf", tmp_path / "c.pdf"
    one.touch()
    two.touch()
    assert paths_in(str(one)) == (one,)
    assert paths_in(f"'{one}' {two}") == (one, two)
    assert paths_in(str(one).replace(" ", "\\ ")) == (one,)
    assert paths_in(f"file://{str(one).replace(' ', '%20')}") == (one,)
    assert paths_in(f"{one}\n{two}\n") == (one, two)
    assert paths_in(f"{two} /nowhere") == ()
    assert paths_in("'unbalanced") == ()
    assert paths_in("") == ()


def test_sizes_for_people() -> None:
    assert [size_text(count) for count in (3, 999, 1500, 2_500_000)] == ["3 B", "999 B", "1.5 KB", "2.5 MB"]


async def test_what_a_reviewer_said_stands_at_the_question_and_is_answered(
    running: Running, workspace: Workspace
) -> None:
    def reviewed(visit: Visit) -> None:
        said = StoredComment(
            "c1", visit.id, "b1", "gov.GOV-02", "", "Lampirkan [red]SK", "Rina", "2026-11-21T10:00:00Z"
        )
        with visit.desk.transaction() as connection:
            comments.add(connection, said)

    async with open_form(running, workspace, "gov", prepare=reviewed) as form:
        assert "review 1" in form.text
        await form.press("b")
        assert "No reviewer said anything" in form.text
        await form.press("down")
        assert "Rina: Lampirkan [red]SK (b replies)" in form.questions
        await form.press("b")
        await form.type("Sudah")
        await form.press("ctrl+s")
        assert "Reply: Sudah" in form.questions
