"""Scenarios: what a form does with answers, said in a file and played."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator import instruments, language
from evaluator.errors import DefinitionError, NotFoundError
from evaluator.scenarios import Outcome, find_scenarios, run_file

SMARTCITY = instruments.available()[0]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    before = language.current()
    language.use("en")
    yield
    language.use(before)


def play(tmp_path: Path, text: str) -> Outcome:
    path = tmp_path / "s.toml"
    path.write_text('[[scenario]]\nname = "s"\n' + text, encoding="utf-8")
    (outcome,) = run_file(path, instruments.default_instrument())
    return outcome


def test_the_shipped_scenarios_hold() -> None:
    folder, files = find_scenarios(SMARTCITY)
    outcomes = [outcome for file in files for outcome in run_file(file, instruments.load_folder(folder))]
    assert len(outcomes) >= 5
    assert [outcome for outcome in outcomes if outcome.misses] == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('answers = { "gov.GOV-Y1" = "mungkin" }', 3, "is not a choice"),
        ('answers = { "gov.TIDAK" = 1 }', 3, "no question gov.TIDAK"),
        ('na = { "gov.GOV-01" = "malas" }', 3, "malas"),
        ('expect.values = { "gov.GOV-01" = 4 }', 3, "expected 4, found blank"),
        ('answers = { "gov.GOV-01" = 4 }\nexpect.values = { "gov.GOV-01" = 3 }', 4, "expected 3, found 4"),
        ('expect.relevant = ["gov.GOV-01", "gov.GOV-Y1a"]', 3, "gov.GOV-Y1a: it is not relevant"),
        ('expect.not_missing = ["gov.GOV-01"]', 3, "it is not not_missing"),
        ('expect.checks = ["K01"]', 3, "K01 does not fail"),
        ('expect.score.state = "final"', 3, "expected final, found provisional"),
        ('expect.choices = { "gov.GOV-Y1" = ["ya"] }', 3, "expected ['ya'], found ['ya', 'tidak']"),
        ("jawaban = { }", 3, "no key “jawaban”"),
        ('expect.value = { "gov.GOV-01" = 4 }', 3, "Did you mean values"),
        ('[[scenario.step]]\ndelete = ["qwn.QWN-REC[1]"]', 4, "qwn.QWN-REC[1]"),
    ],
)
def test_what_comes_out_otherwise_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    outcome = play(tmp_path, text)
    assert [miss.line for miss in outcome.misses] == [line]
    assert message in outcome.misses[0].message
    assert not outcome.as_json()["ok"]


def test_rows_notes_self_assessment_and_the_clock(tmp_path: Path) -> None:
    outcome = play(
        tmp_path,
        'now = 2026-01-02T03:04:05+08:00\nzone = "Asia/Makassar"\n'
        'answers = { "qwn.QWN-REC[1].nama" = "A", "qwn.QWN-REC[2].nama" = "B" }\n'
        'notes = { "gov.GOV-01" = "catatan" }\nself = { "gov.GOV-01" = 5 }\nevidence = { "gov.GOV-01" = 2 }\n'
        'expect.rows = { "qwn.QWN-REC" = 2 }\n'
        '[[scenario.step]]\ndelete = ["qwn.QWN-REC[1]"]\nexpect.values = { "qwn.QWN-REC[1].nama" = "B" }\n',
    )
    assert outcome.misses == ()


def test_files_without_scenarios_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        find_scenarios(tmp_path)
    path = tmp_path / "kosong.toml"
    path.write_text("a = 1")
    with pytest.raises(DefinitionError, match=r"\[\[scenario\]\]"):
        run_file(path, instruments.default_instrument())
