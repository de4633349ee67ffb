"""What the screens look like, as text: a changed file is looked at before it is kept."""

from __future__ import annotations

import pytest

from evaluator import language
from evaluator.paths import Workspace

from .conftest import Running, assert_snapshot, new_visit, press, type_text

SIZES = {"80x24": (80, 24), "120x36": (120, 36)}
LEVELS = {
    "gov__GOV_01": 3, "gov__GOV_02": 4, "gov__GOV_03": 2, "gov__GOV_04": 3, "bra__BRA_01": 1, "bra__BRA_02": 2,
    "bra__BRA_03": 5, "ksp__KSP_01": 3, "ksp__KSP_02": 0,
}  # fmt: skip


@pytest.fixture
def visit(workspace: Workspace) -> str:
    """A visit to Kutai Kartanegara with some levels, and one to Banjar with none; the id of the first."""
    new_visit(workspace, "63.03")
    return new_visit(workspace, "64.02", **LEVELS)


@pytest.mark.parametrize("lang", ["id", "en"])
async def test_visits(workspace: Workspace, visit: str, running: Running, lang: str) -> None:
    language.use(lang)
    assert visit
    async with running(workspace) as pilot:
        assert_snapshot(pilot, f"visits-80x24-{lang}")


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_visit(workspace: Workspace, visit: str, running: Running, lang: str, size: str) -> None:
    language.use(lang)
    async with running(workspace, visit=visit, size=SIZES[size]) as pilot:
        await press(pilot, "down", "c")
        assert_snapshot(pilot, f"visit-{size}-{lang}")


@pytest.mark.parametrize("lang", ["id", "en"])
async def test_finalise(workspace: Workspace, visit: str, running: Running, lang: str) -> None:
    language.use(lang)
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "f", "down")
        assert_snapshot(pilot, f"finalise-80x24-{lang}")


@pytest.mark.parametrize("lang", ["id", "en"])
async def test_choosing_a_region(workspace: Workspace, running: Running, lang: str) -> None:
    language.use(lang)
    async with running(workspace) as pilot:
        await press(pilot, "n")
        await type_text(pilot, "kutai")
        assert_snapshot(pilot, f"region-80x24-{lang}")


async def test_help(workspace: Workspace, running: Running) -> None:
    language.use("id")
    async with running(workspace) as pilot:
        await press(pilot, "f1")
        assert_snapshot(pilot, "help-80x24-id")


async def test_without_colour_everything_says_the_same(
    workspace: Workspace, visit: str, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    language.use("id")
    async with running(workspace, visit=visit) as pilot:
        await press(pilot, "down", "c")
        assert pilot.app.no_color
        assert_snapshot(pilot, "visit-80x24-id")
