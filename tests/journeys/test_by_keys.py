"""The main path through the real program in a real terminal, by keys alone, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evaluator.language import _
from tests.journeys.person import Person, at_the_keyboard, speaking
from tests.journeys.program import Program, rubrics

PASSPHRASE = "rahasia sekali"
PASSPHRASE_WORDS = (
    "It protects the key that signs for you. Write it down: nobody can recover it. Leave it empty only on a computer "
    "that nobody else uses."
)
NAME = "Dr. Sari Wulandari"
EMAIL = "sari@contoh.example"
NOTE = "Dilihat di dua kecamatan [b]hulu[/b]"
REASON = "Ditunjukkan langsung oleh operator"
LIMITS = "Dua lokasi tidak terjangkau karena banjir"


@dataclass(frozen=True)
class Words:
    """What the forms say in one language; the program's own sentences come from the catalogue."""

    language: str
    observation: str
    data: str
    governance: str
    pillar: str
    sub: str
    agency: str
    action: str
    weakness_addressed: str
    priority: str
    strength: str
    weakness: str
    problem: str
    programme: str
    assessor: str
    conflict: str
    position: str
    unit: str
    start_year: str


INDONESIAN = Words(
    language="id",
    observation="Observasi",
    data="Data",
    governance="Tata Kelola",
    pillar="Pilar",
    sub="Subdimensi",
    agency="OPD penanggung",
    action="Tindakan",
    weakness_addressed="Kelemahan yang",
    priority="Prioritas",
    strength="Uraian kekuatan",
    weakness="Uraian kelemahan",
    problem="Masalah strategis",
    programme="Nama program",
    assessor="Nama asesor",
    conflict="Pernah menjadi",
    position="Jabatan",
    unit="Satuan target",
    start_year="Tahun mulai",
)
ENGLISH = Words(
    language="en",
    observation="observation",
    data="Data",
    governance="Governance",
    pillar="Pillar",
    sub="Sub-dimension",
    agency="Responsible agency",
    action="Recommended action",
    weakness_addressed="Weakness addressed",
    priority="Priority",
    strength="Strength",
    weakness="Weakness",
    problem="Strategic plan",
    programme="Programme name",
    assessor="Assessor name",
    conflict="Mentor",
    position="Position",
    unit="Unit of target",
    start_year="Start year",
)


@pytest.fixture(params=[INDONESIAN, ENGLISH], ids=lambda words: words.language)
def words(request: pytest.FixtureRequest) -> Iterator[Words]:
    with speaking(request.param.language):
        yield request.param


def test_from_the_first_start_to_a_verified_bundle(tmp_path: Path, words: Words) -> None:
    (tmp_path / "foto.jpg").write_bytes(b"\xff\xd8" * 500)
    (tmp_path / "rekap data.csv").write_bytes(b"bulan,aduan\n1,20\n")
    home = tmp_path / "home"
    with at_the_keyboard(home) as person:
        start(person, words)
        new_visit(person)
        answer_a_pillar(person, words, tmp_path)
        answer_the_other_pillars(person)
        readiness_and_masterplan(person, words)
        quick_win(person, words)
        limits_until_the_window_is_closed(person)
    with at_the_keyboard(home) as person:
        closing(person, words)
        team(person, words)
        finalise(person)
    check_bundle(tmp_path)


def start(person: Person, words: Words) -> None:
    """Who is here: the language first, and everything after it in that language."""
    person.choose("Bahasa / Language", {"id": "Indonesia", "en": "English"}[words.language])
    person.fill("As it shall stand in the minutes.", NAME)
    person.fill("It names your signature.", EMAIL)
    person.fill(PASSPHRASE_WORDS, PASSPHRASE)
    person.fill("Once more.", PASSPHRASE)
    person.read(rf"^ ›{_('Begin')}$")
    person.press("enter")
    person.see("No visit yet. Press n to start one.")


def new_visit(person: Person) -> None:
    """Region by its code, another stage than the usual one, the intake."""
    person.press("n")
    person.choose("Region", "64.02")
    person.read(rf"^ ›{_('Create the visit')}$")
    person.press("up", "up", "enter")
    person.choose("Programme intake", "2021")
    person.read(rf"^ › {_('Programme intake')} +\S+/IKN 2021")
    person.press("up", "enter")
    person.asked("Stage")
    person.press("up", "enter")
    person.read(rf"^ › {_('Stage')} +\S+ I$")
    person.press("up", "enter")
    person.refill("Year of evaluation", "2026")
    person.press("ctrl+s")
    person.read(r"^ 1  Smart Governance .* 0/6 ")


def answer_a_pillar(person: Person, words: Words, folder: Path) -> None:
    """Levels by a digit; a note; evidence by a typed and a pasted path, verified, and linked; a reason without it."""
    person.press("1")
    person.stands("○", "GOV-01")
    person.press("3")
    person.stands("✓", "GOV-01")
    person.press("n")
    person.see("Esc leaves the field; what is typed is kept")
    person.press(NOTE, "escape")
    person.read(rf"^▌ +{_('Note')}: Dilihat")

    person.press("e")
    person.asked("Nothing attached yet. Drop files here or press a.")
    person.press("a")
    person.fill("Attach which file?", str(folder / "foto.jpg"))
    person.choose("What kind of evidence?", words.observation)
    person.asked("Saved: {names}. Enter describes the piece.", names="foto.jpg")
    person.press("v")
    person.asked("verified by {name}", name=NAME)
    person.close()

    person.level("GOV-02", 2)
    person.terminal.paste(str(folder / "rekap data.csv"))
    person.choose("What kind of evidence?", words.data)
    person.asked("Saved: {names}. Enter describes the piece.", names="rekap data.csv")
    person.close()

    person.level("GOV-03", 3)
    person.press("e")
    person.asked("Nothing attached yet. Drop files here or press a.")
    person.press("l")
    person.choose("Link which evidence?", "foto")
    person.read(r"│ ›✓ foto\.jpg")
    person.close()

    person.level("GOV-04", 4)
    person.press("o")
    person.fill("Why does the level of {question} stand?", REASON, question="GOV-04")
    person.read(rf"^▌.*{REASON}")
    person.level("GOV-05", 1)
    person.level("GOV-06", 2)

    person.press("r")
    person.see("Recommendation added; Esc goes back to {question}", question="GOV-06")
    person.write(words.action, "Buka data perizinan")
    person.press("escape")
    person.stands("✓", "GOV-06")


def answer_the_other_pillars(person: Person) -> None:
    """Two keys a rubric, in windows of several sizes."""
    for pillar in ("BRA", "ECO", "LIV", "SOC", "ENV"):
        if pillar == "ECO":
            person.terminal.resize(60, 20)
            person.stands("✓", "BRA-06")
        if pillar == "LIV":
            person.terminal.resize(120, 36)
            person.read("▌✓ ECO-06")
        for number in range(1, 7):
            if pillar == "LIV":
                person.press("m", str(number % 2 + 1))
                person.read(rf"▌✓ LIV-0{number}")
            else:
                person.level(f"{pillar}-0{number}", number % 2 + 1)
        if pillar == "LIV":
            person.terminal.resize(80, 24)
            person.stands("✓", "LIV-06")


def readiness_and_masterplan(person: Person, words: Words) -> None:
    """Six programmes: one filled, five copied from it."""
    for number in range(1, 11):
        person.level(f"KSP-{number:02d}", number % 2 + 1)
    for number in range(1, 5):
        person.level(f"MPL-0{number}", number % 2 + 1)
    person.go_on_to_rows()
    person.press("P-01", "enter")
    person.stands("○", words.programme)
    person.press("Program pertama", "enter")
    person.pick_here(words.pillar, words.governance)
    person.pick_here(words.sub, "A")
    person.pick(words.agency, "DISKOMINFO")
    person.leave_field(words.unit)
    person.press("escape")
    person.read("^▌1 ")
    for number in range(2, 7):
        person.press("D")
        person.read(f"^▌{number} ")
    person.press("enter", "down")
    person.stands("✓", words.programme)
    person.press("enter", " terakhir", "ctrl+s")
    person.read(r"^▌ +Program pertama terakhir")
    person.press("escape")
    person.read("^▌6 ")
    person.level("MPL-05", 2)


def quick_win(person: Person, words: Words) -> None:
    """One with its eight rubrics."""
    person.go_on_to_rows()
    person.press("Antar Obat", "enter")
    person.pick_here(words.pillar, words.governance)
    person.pick(words.agency, "DISKOMINFO")
    person.leave_field(words.start_year)
    person.write(words.problem, "Jarak layanan kesehatan")
    for number in range(1, 9):
        person.level(f"QWN-0{number}", number % 2 + 1)


def limits_until_the_window_is_closed(person: Person) -> None:
    """The window is closed in the middle of a sentence, before a pause in which it would be saved."""
    person.go_on("PNT-02")
    person.press("enter")
    person.see("Esc leaves the field; what is typed is kept")
    person.press(LIMITS)
    person.read(LIMITS)
    person.terminal.hang_up()


def closing(person: Person, words: Words) -> None:
    """What was being written is there; strength, weakness, the rest of the recommendation, the minutes."""
    person.read("^›Kab. Kutai Kartanegara")
    person.press("enter")
    person.read(r"^ 1  Smart Governance .* 6/6 ")
    person.press("r")
    person.read(rf"✓ PNT-02.*\s+{LIMITS}")
    for name, text in (
        (words.strength, "Layanan menjangkau desa hulu"),
        (words.weakness, "Data sampah perkiraan"),
    ):
        person.go_on_to_rows()
        person.write(name, text)
        person.press("escape")
        person.read("^▌1 ")
    person.go_on(words.weakness_addressed)
    person.press("enter")
    person.read(r"› \[ \] ")
    person.press("enter")
    person.read(r"› \[x\] ")
    person.press("ctrl+s")
    person.stands("✓", words.weakness_addressed)
    person.go_on(words.priority)
    person.press("1")
    person.stands("✓", words.priority)
    person.go_on("PNT-03")
    person.press("1")
    person.stands("✓", "PNT-03")
    person.go_on("PNT-07")
    person.press("19/11/2026", "enter")
    person.answered("PNT-07")
    person.stands("○", "PNT-08")
    person.press("y")
    person.stands("✓", "PNT-08")


def team(person: Person, words: Words) -> None:
    """Dates and choices of the visit, two assessors, a participant; one question is left open."""
    person.go_on("KNJ-05")
    person.press("17/11/2026", "enter")
    person.answered("KNJ-05")
    person.press("19-11-2026", "enter")
    person.answered("KNJ-06")
    person.stands("○", "KNJ-07")
    person.press("1")
    person.stands("✓", "KNJ-07")
    person.go_on("KNJ-08")
    person.go_on("KNJ-10")
    person.press("y")
    person.stands("✓", "KNJ-10")
    person.go_on_to_rows()
    for row, name in ((1, "Sari"), (2, "Bagus")):
        if row > 1:
            person.press("a")
            person.stands("○", words.assessor)
        person.press(name, "enter")
        person.answered(words.assessor)
        person.go_on(words.conflict)
        person.press("t")
        person.stands("✓", words.conflict)
        person.press("escape")
        person.read(f"^▌{row} ")
    person.go_on_to_rows()
    person.press("Rahmawati", "enter")
    person.stands("○", words.position)
    person.press("Kepala Bidang", "enter")
    person.answered(words.position)
    person.press("escape")
    person.read("^▌1 ")
    person.press("escape")


def finalise(person: Person) -> None:
    """What is missing and a jump to it; the signature; the bundle beside the workspace."""
    person.read(r"^ 1  Smart Governance ")
    person.press("f")
    person.see("Not ready: {missing} missing, {errors} checks failed as errors", missing=1, errors=0)
    person.press("enter")
    person.stands("○", "KNJ-08")
    person.press("y")
    person.stands("✓", "KNJ-08")
    person.press("escape")
    person.see("Ready to be signed")
    person.press("s")
    person.fill("Sign revision {revision}", "salah", revision=1)
    person.asked("Type it again; capital letters count")
    person.press(PASSPHRASE, "enter")
    person.see("Revision {revision} is sealed", revision=1)
    person.press("e")
    person.refill("Export the bundle", "hasil.zip")
    person.read(r"✓ .*hasil\.zip|^ hasil.zip")
    person.press("ctrl+q")
    assert person.terminal.exit_code() == 0


def check_bundle(folder: Path) -> None:
    """The bundle is genuine and holds what was typed."""
    program = Program(folder / "home", folder)
    signers = folder / "signers"
    signers.write_text(program.ok("key", "show")["allowed_signers"] + "\n")
    verdict = program.ok("verify", "hasil.zip", "--signers", signers)
    assert (verdict["ok"], verdict["trust"], verdict["revision"]) == (True, "trusted", 1)

    shown = program.ok("show", "hasil.zip")
    answers: dict[str, dict[str, Any]] = {answer["path"]: answer for answer in shown["answers"]}
    for path, value in typed().items():
        assert answers[path]["value"] == value, path
    assert [path for path in rubrics() if answers[path]["value"] is None] == []
    first, linked = answers["gov.GOV-01"], answers["gov.GOV-03"]
    assert first["note"] == NOTE
    assert first["evidence"] == linked["evidence"] != []
    assert len(answers["gov.GOV-02"]["evidence"]) == 1
    assert answers["gov.GOV-04"]["gate_reason"] == REASON
    weakness = answers["pnt.PNT-LEMAH[1].uraian"]["row"]
    assert answers["pnt.PNT-REKOM[1].dasar"]["value"] == [f"pnt.PNT-LEMAH[{weakness}]"]


def typed() -> dict[str, Any]:
    """Every answer that was typed or chosen by hand, by its path."""
    programme = {"kode": "P-01", "nama": "Program pertama", "pilar": "gov", "sub": "A", "opd": "DISKOMINFO"}
    levels = [path for path in rubrics() if not path.startswith("gov")]
    return {
        "knj.KNJ-01": "64.02",
        "knj.KNJ-02": 2026,
        "knj.KNJ-03": "tahap1",
        "knj.KNJ-04": "k2021",
        "knj.KNJ-05": "2026-11-17",
        "knj.KNJ-06": "2026-11-19",
        "knj.KNJ-07": "luring",
        "knj.KNJ-08": "ya",
        "knj.KNJ-10": "ya",
        "knj.KNJ-TIM[1].nama": "Sari",
        "knj.KNJ-TIM[2].nama": "Bagus",
        "knj.KNJ-TIM[2].konflik": "tidak",
        "knj.KNJ-PST[1].nama": "Rahmawati",
        "knj.KNJ-PST[1].jabatan": "Kepala Bidang",
        **{f"gov.GOV-0{number}": level for number, level in enumerate((3, 2, 3, 4, 1, 2), 1)},
        **{path: int(path[-2:]) % 2 + 1 for path in levels},
        **{f"mpl.MPL-PRG[{row}].{name}": value for row in range(1, 6) for name, value in programme.items()},
        "mpl.MPL-PRG[6].nama": "Program pertama terakhir",
        "qwn.QWN-REC[1].nama": "Antar Obat",
        "qwn.QWN-REC[1].masalah": "Jarak layanan kesehatan",
        **{f"qwn.QWN-REC[1].QWN-0{number}": number % 2 + 1 for number in range(1, 9)},
        "pnt.PNT-02": LIMITS,
        "pnt.PNT-KUAT[1].uraian": "Layanan menjangkau desa hulu",
        "pnt.PNT-LEMAH[1].uraian": "Data sampah perkiraan",
        "pnt.PNT-REKOM[1].uraian": "Buka data perizinan",
        "pnt.PNT-REKOM[1].pilar": "gov",
        "pnt.PNT-REKOM[1].prioritas": "tinggi",
        "pnt.PNT-03": "terima",
        "pnt.PNT-07": "2026-11-19",
        "pnt.PNT-08": "ya",
    }
