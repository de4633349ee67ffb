"""The first start, the list of visits, a new visit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evaluator import language
from evaluator.config import read_config
from evaluator.paths import Workspace
from evaluator.store.lock import hold
from evaluator.tui.dialogs.choose import Choose
from evaluator.tui.first_start import FirstStart
from evaluator.tui.visit.screen import VisitScreen
from evaluator.tui.visits.new import NewVisit
from evaluator.tui.visits.screen import VisitsScreen

from .conftest import SMALL, Running, new_visit, press, settle, text_of, type_text

ROOT = Path(__file__).parents[2]


async def test_somebody_new_is_asked_who_they_are(empty_workspace: Workspace, running: Running) -> None:
    async with running(empty_workspace) as pilot:
        assert isinstance(pilot.app.screen, Choose)
        assert "Bahasa Indonesia" in text_of(pilot)
        await press(pilot, "down", "up", "enter")
        assert language.current() == "id"
        await type_text(pilot, "Siti Aminah")
        await press(pilot, "enter")
        await type_text(pilot, "siti")
        await press(pilot, "enter")
        await type_text(pilot, "@example.id")
        await press(pilot, "enter")
        for typed in ("rahasia", "lain", "rahasia", "rahasia"):
            await type_text(pilot, typed)
            await press(pilot, "enter")
        assert isinstance(pilot.app.screen, FirstStart)
        assert "rahasia" not in text_of(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, VisitsScreen)
    config = read_config(empty_workspace)
    assert (config.name, config.email, config.language) == ("Siti Aminah", "siti@example.id", "id")
    assert b"aes256" in _private_key(empty_workspace) or b"ENCRYPTED" in _private_key(empty_workspace)


def _private_key(workspace: Workspace) -> bytes:
    import base64

    text = (workspace.keys / "id_ed25519").read_bytes()
    return text + base64.b64decode(b"".join(text.split(b"\n")[1:-2]))


async def test_begin_asks_for_what_is_missing(empty_workspace: Workspace, running: Running) -> None:
    async with running(empty_workspace) as pilot:
        await press(pilot, "escape", "ctrl+s")
        assert "Your name" in text_of(pilot)
        await press(pilot, "escape")
        assert not empty_workspace.exists()
        await press(pilot, "escape")
    assert pilot.app.return_code == 0


async def test_an_unprotected_key_must_be_confirmed(empty_workspace: Workspace, running: Running) -> None:
    async with running(empty_workspace) as pilot:
        await press(pilot, "escape", "down", "down", "down", "enter", "enter")
        assert "Without a passphrase?" in text_of(pilot)
        await press(pilot, "n")
        assert "Write it down" in text_of(pilot)
        await press(pilot, "enter", "y")
        assert "none" in text_of(pilot)


async def test_an_empty_list_says_how_to_begin(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        assert "No visit yet. Press n to start one." in text_of(pilot)
        assert "Budi Santoso" in text_of(pilot)
        await press(pilot, "enter", "i")
        assert isinstance(pilot.app.screen, VisitsScreen)


async def test_a_new_visit_is_made_with_four_keys_and_a_name(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "n")
        await type_text(pilot, "kutai kar")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, NewVisit)
        assert "64.02" in text_of(pilot)
        assert "Stage II" in text_of(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, VisitScreen)
        assert "Kabupaten Kutai Kartanegara 64.02" in text_of(pilot)
        await press(pilot, "escape")
        assert "Kab. Kutai Kartanegara" in text_of(pilot)


async def test_a_region_is_found_by_its_code_and_every_line_can_be_changed(
    workspace: Workspace, running: Running
) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "n")
        await type_text(pilot, "62.02")
        await press(pilot, "enter")
        assert "Kotawaringin Timur" in text_of(pilot)
        await press(pilot, "home", "down", "enter", "ctrl+u")
        await type_text(pilot, "20")
        await press(pilot, "enter")
        assert "A year has four digits" in text_of(pilot)
        await type_text(pilot, "25")
        await press(pilot, "enter", "down", "enter")
        await type_text(pilot, "field")
        await press(pilot, "enter", "down", "enter")
        await type_text(pilot, "2022")
        await press(pilot, "enter", "ctrl+s")
        await press(pilot, "escape")
        assert "2025 Field r" in text_of(pilot)


async def test_no_visit_without_a_region(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "n", "escape", "ctrl+s")
        assert "Choose the region first" in text_of(pilot)
        await press(pilot, "escape")
        assert "No visit yet" in text_of(pilot)


async def test_the_same_visit_twice_is_refused_in_words(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        for _time in range(2):
            await press(pilot, "n")
            await type_text(pilot, "64.02")
            await press(pilot, "enter", "ctrl+s")
            if isinstance(pilot.app.screen, VisitScreen):
                await press(pilot, "escape")
        assert isinstance(pilot.app.screen, NewVisit)
        assert "✗" in text_of(pilot)


async def test_a_bundle_that_is_none_is_refused_in_words(workspace: Workspace, running: Running) -> None:
    file = workspace.root / "x.zip"
    file.write_bytes(b"no bundle")
    async with running(workspace) as pilot:
        await press(pilot, "n")
        await type_text(pilot, "64.02")
        await press(pilot, "enter", "up", "enter")
        await type_text(pilot, f"'{file}'")
        await press(pilot, "enter", "ctrl+s")
        assert isinstance(pilot.app.screen, NewVisit)
        assert "✗" in text_of(pilot)


@pytest.fixture
def three(workspace: Workspace) -> Workspace:
    """A workspace with three visits."""
    new_visit(workspace, "64.02")
    new_visit(workspace, "64.08", gov__GOV_01=3)
    new_visit(workspace, "63.03")
    return workspace


async def test_the_list_shows_progress_and_is_filtered_as_one_types(
    three: Workspace, running: Running
) -> None:
    async with running(three) as pilot:
        assert text_of(pilot).index("Kab. Banjar") < text_of(pilot).index("Kab. Kutai Kartanegara")
        assert "╸──" in text_of(pilot)
        await press(pilot, "slash")
        await type_text(pilot, "kutai nowhere")
        assert "No visit matches" in text_of(pilot)
        await press(pilot, *["backspace"] * 8)
        assert "Banjar" not in text_of(pilot)
        assert "Kab. Kutai Timur" in text_of(pilot)
        await press(pilot, "enter", "down", "enter")
        assert isinstance(pilot.app.screen, VisitScreen)
        await press(pilot, "q", "escape")
        assert "Banjar" in text_of(pilot)


async def test_a_click_goes_to_a_visit_and_another_opens_it(three: Workspace, running: Running) -> None:
    async with running(three) as pilot:
        await pilot.click("Rows", offset=(4, 1))
        await pilot.click("Rows", offset=(4, 1))
        await settle(pilot)
        assert isinstance(pilot.app.screen, VisitScreen)


async def test_the_self_assessment_is_read(three: Workspace, running: Running) -> None:
    file = three.root / "mandiri.csv"
    file.write_text("question,value,note\ngov.GOV-01,5,baik\n", encoding="utf-8")
    async with running(three) as pilot:
        await press(pilot, "i")
        assert "Self-assessment of Kabupaten Banjar" in text_of(pilot)
        await type_text(pilot, str(file))
        await press(pilot, "enter")
        assert "✓ 1 answers of the self-assessment read" in text_of(pilot)
        await press(pilot, "i")
        await type_text(pilot, "/no/such.csv")
        await press(pilot, "enter")
        assert "✗ There is no file /no/such.csv" in text_of(pilot)


async def test_a_visit_can_be_asked_for_at_the_start(workspace: Workspace, running: Running) -> None:
    visit = new_visit(workspace, "64.02", SMALL)
    async with running(workspace, visit=visit[:13]) as pilot:
        assert isinstance(pilot.app.screen, VisitScreen)


async def test_an_unknown_visit_at_the_start_is_said(workspace: Workspace, running: Running) -> None:
    async with running(workspace, visit="nothing") as pilot:
        assert isinstance(pilot.app.screen, VisitsScreen)
        assert "There is no visit nothing" in text_of(pilot)


async def test_a_held_workspace_can_be_tried_again_or_left(workspace: Workspace, running: Running) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(workspace.lock)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert holder.stdin
    assert holder.stdout
    try:
        assert holder.stdout.readline() == b"held\n"
        async with running(workspace) as pilot:
            assert "The workspace is in use" in text_of(pilot)
            await press(pilot, "y")
            assert "The workspace is in use" in text_of(pilot)
            await press(pilot, "n")
        assert pilot.app.return_code == 3
        async with running(workspace) as pilot:
            holder.communicate(b"\n")
            await press(pilot, "y")
            assert "No visit yet" in text_of(pilot)
    finally:
        holder.kill()
        holder.wait()


_HOLD = """
import sys
from pathlib import Path
from evaluator.store.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


async def test_a_damaged_workspace_is_said_before_leaving(workspace: Workspace, running: Running) -> None:
    workspace.config.write_text("not toml at all", encoding="utf-8")
    async with running(workspace) as pilot:
        assert "Cannot open the workspace" in text_of(pilot)
        await press(pilot, "enter")
    assert pilot.app.return_code == 2


async def test_leaving_lets_go_of_the_workspace(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "q")
    with hold(workspace.lock):
        pass


async def test_the_colours_are_chosen_and_kept(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "ctrl+t")
        await type_text(pilot, "light")
        await press(pilot, "enter")
        assert pilot.app.theme == "evaluator-light"
    async with running(workspace) as pilot:
        assert pilot.app.theme == "evaluator-light"


async def test_the_palette_finds_a_command_by_its_words(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "ctrl+p")
        await type_text(pilot, "new visit")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, Choose)
        assert "Kabupaten Aceh Selatan" in text_of(pilot)


async def test_help_says_what_the_place_is_for(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "question_mark")
        assert "Your visits, the last touched first" in text_of(pilot)
        assert "Start a new visit" in text_of(pilot)


async def test_a_key_in_the_row_can_be_clicked(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        row = text_of(pilot).splitlines()[-1]
        await pilot.click("KeyBar", offset=(row.index("n New") + 1, 0))
        await settle(pilot)
        assert isinstance(pilot.app.screen, Choose)


async def test_ctrl_c_says_how_to_leave(workspace: Workspace, running: Running) -> None:
    async with running(workspace) as pilot:
        await press(pilot, "ctrl+c")
        assert "Ctrl+Q leaves the program" in text_of(pilot)


def test_nothing_heavy_is_imported_before_the_first_frame() -> None:
    program = (
        "import sys; import evaluator.tui.app, evaluator.tui.visits.screen;"
        "print([name for name in ('sqlalchemy', 'sqlmodel', 'cryptography', 'sqlite3') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert found.stdout.strip() == "[]"
