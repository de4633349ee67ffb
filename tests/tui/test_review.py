"""Reviewing on the screen: the banner, the forms read only, comments, differences, the decision."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from evaluator import language
from evaluator.config import read_config, write_config
from evaluator.identity import init
from evaluator.paths import Workspace
from evaluator.reviews.opening import draft_comments, open_review
from evaluator.store import outgoing
from evaluator.tui.app import EvaluatorApp
from evaluator.tui.dialogs.ask_text import AskText
from evaluator.tui.dialogs.choose import Choose
from evaluator.tui.dialogs.message import Message
from evaluator.tui.review.form import ReviewForm
from evaluator.tui.review.screen import ReviewScreen
from evaluator.tui.visits.screen import VisitsScreen
from tests.cli.inside import inside
from tests.office.conftest import built, homes
from tests.office.homes import Homes

from .conftest import Running, assert_snapshot, press, settle, text_of, type_text

__all__ = ["built", "homes"]


def comments(homes: Homes, revision: int = 1) -> dict[str, str]:
    """The comments of the office that wait for a decision."""
    with homes.opened(homes.office) as opened:
        review = open_review(homes.bundle(revision), opened)
        return {draft.path: draft.text for draft in draft_comments(opened, review)}


async def write(pilot: Pilot[int], text: str) -> None:
    """Into the open dialog, and keep it."""
    assert isinstance(pilot.app.screen, AskText)
    await type_text(pilot, text)
    await press(pilot, "ctrl+s")


@pytest.fixture
def office(homes: Homes) -> Workspace:
    """An office that has received the sealed visit."""
    homes.ingest(homes.bundle())
    return Workspace(homes.office)


async def test_the_office_lists_what_it_received_and_opens_it_for_review(
    office: Workspace, running: Running
) -> None:
    async with running(office) as pilot:
        text = text_of(pilot)
        assert "Received visits" in text
        assert "Kab. Kutai Kartanegara" in text
        assert "↓ received" in text
        assert "n New" not in text
        await press(pilot, "enter")
        text = text_of(pilot)
        assert "review of revision 1" in text
        banner, _form, rest = text.partition(" Form ")
        assert "✓ Signed by sari.wulandari@contoh.example" in banner
        assert "✓ The signer is enrolled here" in banner
        assert "✓ Received by the office on" in banner
        assert "1  Smart Governance     ━━━━━ 6/6" in rest
        assert "d Changes" not in text, "there is no revision before"


async def test_a_line_of_the_banner_is_shown_whole(office: Workspace, running: Running) -> None:
    async with running(office) as pilot:
        await press(pilot, "enter", "enter")
        assert isinstance(pilot.app.screen, Message)
        assert "Nothing was changed since it was sealed" in text_of(pilot)


async def test_a_form_is_read_only(office: Workspace, running: Running) -> None:
    async with running(office) as pilot:
        await press(pilot, "enter", "1")
        screen = pilot.app.screen
        assert isinstance(screen, ReviewForm)
        before = text_of(pilot)
        assert "3 (x) Defined" in before
        await press(pilot, "5", "x", "delete", "u", "r", "y")
        assert isinstance(pilot.app.screen, ReviewForm)
        assert text_of(pilot) == before
        await press(pilot, "right_square_bracket")
        assert "B Bureaucracy (2 of 3)" in text_of(pilot)
        await press(pilot, "h")
        assert "History of" in text_of(pilot)
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_a_comment_is_kept_at_once_changed_and_taken_back(
    homes: Homes, office: Workspace, running: Running
) -> None:
    async with running(office) as pilot:
        await press(pilot, "enter", "1", "n")
        await write(pilot, "Bukti [b]mana?")
        assert "✎ Your comment: Bukti [b]mana?" in text_of(pilot)
        await press(pilot, "escape")
        assert "»1" in next(line for line in text_of(pilot).splitlines() if "Smart Governance" in line)
        await press(pilot, "v", "n")
        await write(pilot, " Ulangi")
    assert comments(homes) == {"gov.GOV-01": "Bukti [b]mana? Ulangi"}
    async with running(office) as pilot:
        await press(pilot, "enter", "v", "n")
        pilot.app.screen.query_one("TextArea").clear()  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        assert "Your comment" not in text_of(pilot)
    assert comments(homes) == {}


async def test_a_comment_is_thrown_away_only_by_a_second_escape(
    homes: Homes, office: Workspace, running: Running
) -> None:
    async with running(office) as pilot:
        await press(pilot, "enter", "1", "n")
        await type_text(pilot, "Setengah")
        await press(pilot, "escape")
        assert "Esc once more throws it away" in text_of(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ReviewForm)
    assert comments(homes) == {}


async def test_a_comment_that_is_being_written_is_kept_when_the_program_ends(
    homes: Homes, office: Workspace, running: Running
) -> None:
    async with running(office) as pilot:
        await press(pilot, "enter", "1", "n")
        await type_text(pilot, "Setengah")
        assert isinstance(pilot.app, EvaluatorApp)
        await pilot.app.leave(ask=False)
    assert comments(homes) == {"gov.GOV-01": "Setengah"}


async def test_a_decision_is_signed_queued_and_says_where_it_is(
    homes: Homes, office: Workspace, running: Running
) -> None:
    async with running(office) as pilot:
        await press(pilot, "enter", "1", "n")
        await write(pilot, "Mana?")
        await press(pilot, "f")
        assert "Comments signed with it: 1." in text_of(pilot)
        await press(pilot, "down", "enter")
        assert "Summary: returned with issues" in text_of(pilot)
        await write(pilot, "Satu hal")
        assert "cannot be taken back" in " ".join(text_of(pilot).split())
        await press(pilot, "enter")
        text = " ".join(text_of(pilot).replace("│", " ").split())
        assert "Revision 1: returned with issues, 1 comments. File:" in text
        assert "It waits to be sent: s on the list" in text
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert "Satu hal" in text_of(pilot)
        await press(pilot, "escape")
        assert "↩ returned" in text_of(pilot)
    (file,) = homes.office.glob("outbox/review-*.json")
    assert file.with_name(f"{file.name}.sig").exists()
    with homes.opened(homes.office) as opened, opened.transaction() as connection:
        assert [entry.kind for entry in outgoing.pending(connection)][-1] == "review"
    assert comments(homes) == {}


async def test_keys_typed_ahead_of_the_decision_wait_for_it(
    homes: Homes, office: Workspace, running: Running
) -> None:
    async with running(office) as pilot:
        await press(pilot, "enter")
        await pilot.press("f", "d", "down")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Choose)
        await press(pilot, "escape", "1")
        await pilot.press("f", "n")
        await settle(pilot)
        assert isinstance(pilot.app.screen, Choose)
    assert comments(homes) == {}


async def test_a_decision_can_be_left_at_every_step_and_keeps_the_summary(
    homes: Homes, office: Workspace, running: Running
) -> None:
    async with running(office) as pilot:
        await press(pilot, "enter", "f", "escape")
        assert isinstance(pilot.app.screen, ReviewScreen)
        await press(pilot, "f", "down", "enter", "escape", "f", "down", "enter")
        await write(pilot, "Satu hal")
        await press(pilot, "escape", "f", "down", "enter")
        assert "Satu hal" in text_of(pilot)
        await press(pilot, "escape")
    assert not list(homes.office.glob("outbox/review-*"))


async def test_the_passphrase_is_asked_until_it_fits(
    homes: Homes, office: Workspace, running: Running
) -> None:
    protect(homes.office)
    async with running(office) as pilot:
        await press(pilot, "enter", "f", "enter", "ctrl+s")
        assert "Passphrase of your key" in text_of(pilot)
        await type_text(pilot, "salah")
        await press(pilot, "enter")
        assert "passphrase" in text_of(pilot)
        assert not list(homes.office.glob("outbox/review-*"))
        await type_text(pilot, "rahasia")
        await press(pilot, "enter")
        assert "The review is signed" in text_of(pilot)


def protect(home: Path) -> None:
    """Put the passphrase `rahasia` on the key of a home."""
    from evaluator.bundle import keys

    path = home / "keys" / "id_ed25519"
    signer = keys.load(path)
    path.unlink()
    keys.public_path(path).unlink(missing_ok=True)
    keys.save(signer, path, "rahasia", comment="")


async def test_a_stranger_is_told_and_cannot_be_approved(
    homes: Homes, office: Workspace, running: Running
) -> None:
    (homes.office / "keys" / "allowed_signers").write_text("")
    async with running(office) as pilot:
        await press(pilot, "enter")
        assert "✗ The signer is not enrolled here" in text_of(pilot).splitlines()[1]
        await press(pilot, "f")
        assert isinstance(pilot.app.screen, Choose)
        text = " ".join(text_of(pilot).replace("│", " ").split())
        assert "cannot be approved" in text
        assert "› returned with issues" in text


async def test_one_s_own_visit_is_looked_at_and_not_decided_on(homes: Homes) -> None:
    app = EvaluatorApp(Workspace(homes.assessor_1), bundle=homes.bundle())
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert "! This is your own visit" in text_of(pilot)
            await press(pilot, "f")
            assert "An assessor cannot review their own visit" in " ".join(text_of(pilot).split())
            await press(pilot, "1", "f", "down")
            assert isinstance(app.screen, ReviewForm), "the keyboard is not deaf"
            assert "GOV-01" not in next(line for line in text_of(pilot).splitlines() if line.startswith("▌"))
            await press(pilot, "escape")
            assert isinstance(app.screen, ReviewScreen)
            await press(pilot, "escape")
            assert isinstance(app.screen, VisitsScreen)
    finally:
        app.close()


async def test_a_damaged_bundle_shows_what_is_wrong_and_nothing_else(homes: Homes, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    data = bytearray(homes.bundle().read_bytes())
    data[len(data) // 2] ^= 1
    bad.write_bytes(data)
    app = EvaluatorApp(Workspace(homes.office), bundle=bad)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert text_of(pilot).splitlines()[1].startswith("›✗ ")
            assert "ask for it again" in " ".join(text_of(pilot).split())
            assert "Smart Governance" not in text_of(pilot)
            await press(pilot, "f", "d", "v", "1", "t")
            assert isinstance(app.screen, ReviewScreen)
            assert app.verdict == 1
    finally:
        app.close()


async def test_a_bundle_is_read_without_any_workspace(homes: Homes, tmp_path: Path) -> None:
    app = EvaluatorApp(Workspace(tmp_path / "nowhere"), bundle=homes.bundle())
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert "! The signer was not checked" in text_of(pilot)
            assert "f Decide" not in text_of(pilot)
            await press(pilot, "1", "n")
            assert isinstance(app.screen, ReviewForm)
            assert "n Comment" not in text_of(pilot)
    finally:
        app.close()
    assert not (tmp_path / "nowhere").exists()


async def test_somebody_else_s_workspace_opens_a_bundle_that_was_carried(
    homes: Homes, tmp_path: Path
) -> None:
    other = Workspace(tmp_path / "other")
    init(other, name="Rina", email="rina@example.id", passphrase=None)
    write_config(other, replace(read_config(other), language="en"))
    app = EvaluatorApp(other, bundle=homes.bundle())
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert "The signer was not checked" in text_of(pilot)
            await press(pilot, "f")
            assert "This workspace belongs to no office" in " ".join(text_of(pilot).split())
    finally:
        app.close()


class TestRevisionTwo:
    """Differences to the revision before."""

    @pytest.fixture
    def second(self, homes: Homes) -> Workspace:
        homes.ingest(homes.bundle())
        homes.ok(
            homes.office, "review", homes.bundle(), "--decision", "has_issues", "--summary", "Periksa",
            "--comment", "gov.GOV-01=Mengapa tiga?",
        )  # fmt: skip
        homes.ok(homes.office, "sync")
        homes.ok(homes.assessor_1, "sync")
        homes.ingest(correct(homes))
        return Workspace(homes.office)

    async def test_they_are_counted_marked_and_stepped_through(
        self, second: Workspace, running: Running
    ) -> None:
        async with running(second) as pilot:
            await press(pilot, "enter")
            text = text_of(pilot)
            assert "Opened again because: Diminta penilai" in text
            assert "Δ3" in next(line for line in text.splitlines() if "Smart Governance" in line)
            await press(pilot, "d")
            screen = pilot.app.screen
            assert isinstance(screen, ReviewForm)
            text = text_of(pilot)
            assert "Δ In revision 1: 3 Defined" in text
            assert "Δ Note: — → Dilihat lagi" in text
            assert "» Review of revision 1: Mengapa tiga?" in text
            assert "Reply: Dilihat langsung" in text
            stops = [here(screen)]
            for _step in range(len(screen.pages.changed) - 1):
                await press(pilot, "d")
                stops.append(here(pilot.app.screen))
            assert stops[:3] == ["gov.GOV-01", "gov.GOV-02", "gov.GOV-Q3"]
            assert any(stop.startswith("pnt.PNT-KUAT") for stop in stops)
            await press(pilot, "d")
            assert here(pilot.app.screen) == "gov.GOV-01"
            await press(pilot, "D")
            assert here(pilot.app.screen) == stops[-1]
            assert "new row" in text_of(pilot)

    @pytest.mark.parametrize(("lang", "size"), [("id", (80, 24)), ("en", (120, 36))])
    async def test_they_look_right(
        self, second: Workspace, running: Running, lang: str, size: tuple[int, int]
    ) -> None:
        language.use(lang)
        async with running(second, size=size) as pilot:
            await press(pilot, "enter", "d")
            assert_snapshot(pilot, f"review_form_{lang}_{size[0]}")


def here(screen: object) -> str:
    """The path of the question or row under the keyboard."""
    assert isinstance(screen, ReviewForm)
    assert screen.item is not None
    return screen.visit.filling.path_of(screen.item.key)


def correct(homes: Homes) -> Path:
    """Revision 2: a level with its note, a number, evidence, a new finding, and the comment answered."""
    home, visit = homes.assessor_1, homes.sealed_visit()
    homes.ok(home, "visit", "reopen", visit, "--reason", "Diminta penilai")
    (comment,) = homes.ok(home, "visit", "show", visit)["comments"]
    homes.ok(home, "visit", "reply", visit, comment["id"], "Dilihat langsung")
    photo = homes.root / "foto.jpg"
    photo.write_bytes(b"foto" * 500)
    homes.ok(home, "attach", visit, "gov.GOV-02", photo, "--type", "observasi")
    lines = [
        {"question": "gov.GOV-01", "value": 4, "note": "Dilihat lagi"},
        {"question": "gov.GOV-Q3", "value": 40},
        {"question": "pnt.PNT-KUAT[1]", "action": "insert"},
        {"question": "pnt.PNT-KUAT[1].uraian", "value": "Warga dilibatkan"},
    ]
    given = "".join(json.dumps(line) + "\n" for line in lines).encode()
    assert all(line["ok"] for line in inside(home, "answer", visit, "--stdin", given=given).lines)
    return Path(homes.ok(home, "visit", "finalise", visit)["file"])


async def test_a_pasted_comment_keeps_its_lines(homes: Homes, office: Workspace, running: Running) -> None:
    async with running(office) as pilot:
        await press(pilot, "enter", "1", "n")
        pilot.app.post_message(Paste("Satu\r\nDua\x1b[31m tiga"))
        await settle(pilot)
        await pilot.press("x", "ctrl+s")
        await settle(pilot)
        assert "Your comment: Satu" in text_of(pilot)
    assert comments(homes) == {"gov.GOV-01": "Satu\nDua[31m tigax"}
