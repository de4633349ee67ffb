"""How the form screen looks, as text: in both sizes and both languages."""

from __future__ import annotations

import pytest

from evaluator import language
from evaluator.paths import Workspace
from evaluator.visits.values import Entry
from evaluator.visits.visit import Visit

from .conftest import Running, assert_snapshot
from .form_harness import answered, open_form

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
LANGUAGES = pytest.mark.parametrize("lang", ["id", "en"])


def _half_done(visit: Visit) -> None:
    answered(("gov.GOV-01", 4), ("gov.GOV-Q1", "62.5"), ("gov.GOV-Y1", "ya"))(visit)
    visit.answer(Entry("gov.GOV-02", na="taksempat", note="Datanya belum ada", flag=True))


@SIZES
@LANGUAGES
async def test_a_section(running: Running, workspace: Workspace, lang: str, size: tuple[int, int]) -> None:
    language.use(lang)
    async with open_form(running, workspace, "gov", size=size, prepare=_half_done) as form:
        assert_snapshot(form.pilot, f"form-section-{lang}-{size[0]}x{size[1]}")


@LANGUAGES
async def test_a_table(running: Running, workspace: Workspace, lang: str) -> None:
    language.use(lang)
    rows = answered(
        ("knj.KNJ-TIM[1].nama", "Ani"),
        ("knj.KNJ-TIM[1].konflik", "tidak"),
        ("knj.KNJ-TIM[2].nama", "Budi Santoso"),
    )
    async with open_form(running, workspace, "knj", focus="knj.KNJ-TIM[2]", prepare=rows) as form:
        assert_snapshot(form.pilot, f"form-table-{lang}-80x24")


@LANGUAGES
async def test_a_row(running: Running, workspace: Workspace, lang: str) -> None:
    language.use(lang)
    row = answered(("qwn.QWN-REC[1].nama", "SIMPEL"), ("qwn.QWN-REC[1].pilar", "gov"))
    async with open_form(running, workspace, "qwn", focus="qwn.QWN-REC[1].masalah", prepare=row) as form:
        assert_snapshot(form.pilot, f"form-row-{lang}-80x24")


async def test_nothing_is_told_by_colour_alone(
    running: Running, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    language.use("en")
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_form(running, workspace, "gov", prepare=_half_done) as form:
        assert_snapshot(form.pilot, "form-section-en-80x24")
