"""Hostile text at the keyboard and a killed program: nothing reaches the terminal raw, nothing saved is lost."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.person import Person, at_the_keyboard, speaking
from tests.journeys.program import Program

MARKUP = "A[/]B [@click=app.bell]klik[/] [bold red]"
HOSTILE = f"{MARKUP} \x07\x9b5;31m\x9d0;judul\x9c \u202ekanan\u2066"
ESCAPES = "\x1b]0;judul\x07 \x1b[5;31m \x1bP1;1|17/ab\x1b\\ "
OWN = re.compile(
    r"\x1b\[[0-9:;<=>?]*[ -/]*[@-~]"  # moves, colours and modes
    r"|\x1b\]22;\w+\x07"  # the shape of the pointer
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A workspace with one visit."""
    found = Program(tmp_path / "home", tmp_path)
    found.ok("init", "--name", "Sari", "--email", "sari@contoh.example", "--no-passphrase", "--lang", "en")
    return found


def open_pillar(person: Person, key: str, first: str) -> None:
    person.read("^›Kab. Kutai Kartanegara")
    person.press("enter")
    person.read(r"^ 1  Smart Governance ")
    person.press(key)
    person.read(f"^▌. {first}")


def test_hostile_text_is_only_text(program: Program, tmp_path: Path) -> None:
    visit = program.ok("visit", "new", "64.02", "--round", "2026-tahap2")["visit"]
    evil, marked = (
        tmp_path / f"{ESCAPES.replace('/', '-')}{HOSTILE[-9:]}.txt",
        tmp_path / "A[ ]B [@click=app.bell].txt",
    )
    for file in (evil, marked):
        file.write_text(file.name)
    program.ok("attach", visit, "gov.GOV-01", evil, "--type", "data")
    long = "Sungai Mahakam meluap. " * 4300

    with at_the_keyboard(program.home) as person:
        person.read("^›Kab. Kutai Kartanegara")
        person.press("/")
        person.see("Region, code, round or state")
        person.terminal.paste(HOSTILE)
        person.see("No visit matches")
        person.read(re.escape(MARKUP))
        person.press("escape")
        person.read("^›Kab. Kutai Kartanegara")
        person.press("n")
        person.asked("Region")
        person.terminal.paste(HOSTILE)
        person.asked(MARKUP)
        person.press("escape")
        person.read("^ › Region +–")
        person.press("escape")
        open_pillar(person, "1", "GOV-01")

        person.press("n")
        person.see("Esc leaves the field; what is typed is kept")
        person.terminal.paste(ESCAPES + HOSTILE)
        person.read(re.escape("A[/]B [@click=app.bell]"))
        person.press(" diketik [/]", "escape")
        person.read(r"^▌ +Note: .*")
        person.press("e")
        person.asked("Data/analysis")
        person.press("a")
        person.asked("Attach which file?")
        person.terminal.paste(str(marked))
        person.press("enter")
        person.choose("What kind of evidence?", "Document")
        person.asked("Saved: {names}. Enter describes the piece.", names=marked.name)
        person.close()

        person.press("m")
        person.stands("○", "GOV-02")
        person.press("n")
        person.see("Esc leaves the field; what is typed is kept")
        person.terminal.paste(long)
        person.saved()
        person.terminal.paste(long[:2000])
        person.see("at most {count} characters", count=100_000)
        person.press("escape")
        person.see("The text was not taken and is gone")
        person.press("ctrl+q")
        assert person.terminal.exit_code() == 0
        raw = person.terminal.raw.decode("utf-8", "replace")

    painted = OWN.sub("", raw)
    assert not re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", painted)
    assert "5;31m" not in "".join(OWN.findall(raw))
    answers = program.ok("visit", "show", visit)["answers"]
    assert MARKUP in answers["gov.GOV-01"]["note"]
    assert answers["gov.GOV-01"]["note"].endswith(" diketik [/]")
    assert len(answers["gov.GOV-01"]["evidence"]) == 2
    assert answers["gov.GOV-02"]["note"] == long.strip()
    assert not list((program.home / "reports").glob("*"))


def test_what_was_acknowledged_survives_kill_minus_nine(program: Program) -> None:
    visit = program.ok("visit", "new", "64.02", "--round", "2026-tahap2")["visit"]
    notes: dict[str, str] = {}
    for key, pillar in (("1", "GOV"), ("2", "BRA"), ("3", "ECO")):
        with at_the_keyboard(program.home) as person:
            open_pillar(person, key, f"{pillar}-01")
            person.press("2")
            person.stands("✓", f"{pillar}-01")
            for number in range(2, 6):
                person.level(f"{pillar}-0{number}", number % 3)
            person.press("n")
            person.see("Esc leaves the field; what is typed is kept")
            person.press(f"Catatan tentang {pillar}")
            person.saved()
            person.press(" dan yang belum tersimpan")
            person.terminal.signal(signal.SIGKILL)
            person.terminal.exit_code()
        notes[f"{pillar.lower()}.{pillar}-05"] = f"Catatan tentang {pillar}"

    answers = program.ok("visit", "show", visit)["answers"]
    for pillar in ("GOV", "BRA", "ECO"):
        levels = [answers[f"{pillar.lower()}.{pillar}-0{number}"]["value"] for number in range(1, 6)]
        assert levels == [2, 2, 0, 1, 2]
    for path, note in notes.items():
        assert answers[path]["note"].startswith(note)
    assert program.ok("doctor")["ok"] is True
