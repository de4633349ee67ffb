"""The types of question that the shipped instrument has few or none of, on a small instrument of our own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import evaluator
from evaluator.paths import Workspace
from evaluator.tui.form.evidence import EvidenceDialog

from .conftest import Running
from .form_harness import open_form

INSTRUMENT = """
id = "kecil"
version = "1"
title = { id = "Kecil", en = "Small" }
notice = { id = "Uji", en = "Test" }
languages = ["id", "en"]
forms = ["f"]
na_reason = [{ value = "lain", label = { id = "Lain", en = "Other" } }]
evidence_type = [{ value = "dokumen", label = { id = "Dokumen", en = "Document" } }]
[[scale.level]]
value = 0
label = { id = "Tidak ada", en = "Absent" }
anchor = { id = "Nihil", en = "Nothing" }
[[scale.level]]
value = 1
label = { id = "Ada", en = "There" }
[regions]
table = "regions"
code = "kode"
name = "nama"
[settings]
default_stage = "tahap2"
[[weights]]
name = "biasa"
label = { id = "Biasa", en = "Usual" }
pillar = 100
[yesno]
yes = "ya"
no = "tidak"
[choices]
buah = [
  { value = "apel", label = { id = "Apel", en = "Apple" } },
  { value = "pir", label = { id = "Pir", en = "Pear" } },
  { value = "tidak", label = { id = "Tidak ada", en = "None" }, exclusive = true },
]
kota = [
KOTA
]
"""

FORM = """
[form]
id = "f"
kind = "visit"
title = { id = "Formulir", en = "Form" }
[[section]]
name = "A"
label = { id = "Bagian", en = "Section" }
QUESTIONS
"""

QUESTIONS = (
    ("N-1", "note", ""),
    ("T-1", "datetime", ""),
    ("T-2", "time", ""),
    ("G-1", "geopoint", ""),
    ("S-1", "select_multiple", 'choices = "buah"'),
    ("S-2", "rank", 'choices = "buah"'),
    ("S-3", "select_one", 'choices = "kota"'),
    ("S-4", "select_multiple", 'choices = "kota"'),
    ("C-1", "acknowledge", ""),
    ("E-1", "evidence", ""),
    ("R-1", "rubric", 'anchors = { 1 = { id = "Sesuatu", en = "Something" } }'),
    ("I-1", "item", 'of = ["question"]\nmultiple = true'),
    ("D-1", "decimal", 'unit = { id = "km", en = "km" }\nconstraint = ". < 10"\n'
     'constraint_message = { id = "Terlalu jauh", en = "Too far" }'),
    ("K-1", "calculate", 'calculation = "${D-1} * 2"'),
)  # fmt: skip


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """A folder with one form that has a question of each type."""
    folder = tmp_path / "kecil"
    folder.mkdir()
    towns = "\n".join(
        f'  {{ value = "k{number}", label = {{ id = "Kota {number}", en = "Town {number}" }} }},'
        for number in range(1, 15)
    )
    questions = "\n".join(
        f'[[section.question]]\nname = "{name}"\ntype = "{kind}"\n'
        f'label = {{ id = "Soal {name}", en = "Question {name}" }}\n{more}'
        for name, kind, more in QUESTIONS
    )
    (folder / "instrument.toml").write_text(INSTRUMENT.replace("KOTA", towns), encoding="utf-8")
    (folder / "f.toml").write_text(FORM.replace("QUESTIONS", questions), encoding="utf-8")
    shipped = Path(evaluator.__file__).parent.parent / "forms" / "smartcity" / "regions.csv"
    shutil.copy(shipped, folder / "regions.csv")
    return folder


async def test_every_type_has_its_way(running: Running, workspace: Workspace, forms: Path) -> None:
    async with open_form(running, workspace, "f", forms=forms) as form:
        assert form.here == "f.T-1"
        await form.press("enter")
        await form.type("25/2/2020 10.30 WITA")
        await form.press("enter")
        assert form.value("f.T-1") == "2020-02-25T10:30:00+08:00"
        await form.type("9.05")
        await form.press("enter")
        assert form.value("f.T-2") == "09:05"
        await form.type("-0.49 117.14")
        await form.press("enter")
        assert form.value("f.G-1") == "-0.49 117.14 0 0"

        assert form.here == "f.S-1"
        await form.press("1", "2")
        assert form.value("f.S-1") == ["apel", "pir"]
        await form.press("3")
        assert form.value("f.S-1") == ["tidak"]
        await form.press("1")
        assert form.value("f.S-1") == ["apel"]
        await form.press("1", "down")
        assert form.value("f.S-1") is None

        await form.press("2", "1")
        assert form.value("f.S-2") == ["pir", "apel"]
        assert "[2] Apple" in form.text
        assert "[1] Pear" in form.text
        await form.press("space", "space", "enter")
        assert form.value("f.S-2") == ["pir"]

        assert form.here == "f.S-3"
        await form.pilot.press("enter", *"town", "space", *"12", "enter")
        await form.settle()
        assert form.value("f.S-3") == "k12"
        assert form.here == "f.S-4"
        await form.press("enter", "enter", "down", "enter", "ctrl+s")
        assert form.value("f.S-4") == ["k1", "k2"]

        await form.go("f.C-1")
        await form.press("enter")
        assert form.value("f.C-1") == "OK"
        assert form.here == "f.E-1"
        await form.press("enter")
        assert isinstance(form.pilot.app.screen, EvidenceDialog)
        await form.press("escape", "down", "1")
        assert form.value("f.R-1") == 1
        await form.press("down", "enter", "enter", "ctrl+s")
        assert form.value("f.I-1")

        await form.go("f.D-1")
        await form.press("1", "2", "escape")
        assert form.value("f.D-1") == "12"
        assert "Too far" in form.questions
        assert "12 km" in form.text
        assert form.value("f.K-1") in ("24", 24)
        await form.press("down", "5")
        assert "filled in by the program" in form.text
