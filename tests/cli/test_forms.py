"""`forms check|show|test|import|export` through the door that scripts use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluator import instruments
from tests.cli.inside import inside

SMARTCITY = instruments.available()[0]
FORM = """\
[form]
id = "f"
kind = "visit"
title = { id = "F" }

[[section]]
name = "A"
label = "A"

[[section.question]]
name = "q"
type = "integer"
label = "Q"
relevant = "${tidak} > 3"
"""


def test_a_problem_is_shown_with_a_caret_under_its_place(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_text(FORM)
    ran = inside(tmp_path / "home", "forms", "check", path, plain=True)
    lines = ran.out.splitlines()
    assert ran.code == 1
    assert lines[0].startswith("f.toml:14:13: ")
    assert lines[1] == '    relevant = "${tidak} > 3"'
    assert lines[2].index("^") == 4 + 12
    found = json.loads(inside(tmp_path / "home", "forms", "check", path).out)
    assert {"file", "line", "column", "code", "message", "fix"} <= set(found[0])


def test_a_long_line_is_shown_around_the_place(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_text(FORM.replace("${tidak} > 3", "1 + " * 200 + "${tidak} > 3"))
    lines = inside(tmp_path / "home", "forms", "check", path, plain=True).out.splitlines()
    assert lines[1][lines[2].index("^") :].startswith("${tidak}")
    assert len(lines[1]) < 120


def test_scenarios_are_played(tmp_path: Path) -> None:
    assert inside(tmp_path, "forms", "test", SMARTCITY).code == 0
    folder = tmp_path / "mine"
    folder.mkdir()
    for file in SMARTCITY.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "x.toml").write_text(
        '[[scenario]]\nname = "x"\nexpect.values = { "gov.GOV-01" = 1 }\n'
    )
    ran = inside(tmp_path, "forms", "test", folder)
    assert ran.code == 1
    assert json.loads(ran.out)[0]["problems"][0]["line"] == 3
    assert inside(tmp_path, "forms", "test", tmp_path / "none").code == 2


def test_a_form_is_printed(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert inside(tmp_path, "forms", "show", SMARTCITY / "gov.toml", "--html", page).code == 0
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert "GOV-01  [rubric]" in inside(tmp_path, "forms", "show", SMARTCITY / "gov.toml", plain=True).out
    assert json.loads(inside(tmp_path, "forms", "show", SMARTCITY / "gov.toml").out)[0]["id"] == "gov"


def test_a_form_goes_out_and_comes_in(tmp_path: Path) -> None:
    pytest.importorskip("pyxform", reason="needs the extra xlsform")
    book, folder = tmp_path / "gov.xlsx", tmp_path / "baru"
    ran = inside(tmp_path, "forms", "export", SMARTCITY, "--form", "gov", "-o", book)
    assert (ran.code, json.loads(ran.out)["file"]) == (0, str(book))
    assert ("type_changed", "gov.GOV-Q1") in {
        (loss["code"], loss["name"]) for loss in json.loads(ran.out)["report"]
    }
    ran = inside(tmp_path, "forms", "import", book, "-o", folder)
    assert (ran.code, json.loads(ran.out)["form"]) == (0, "gov")
    assert inside(tmp_path, "forms", "check", folder).code == 0
    told = inside(tmp_path, "forms", "export", SMARTCITY, "--form", "gov", "-o", book, plain=True).out
    assert "Without a counterpart" in told
    assert "gov.GOV-01" in told


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("import", "none.xlsx", "-o", "x"), 2),
        (("import", str(SMARTCITY / "gov.toml"), "-o", "x"), 2),
        (("export", str(SMARTCITY), "-o", "x.xlsx"), 2),
        (("export", str(SMARTCITY), "--form", "none", "-o", "x.xlsx"), 2),
        (("export", str(SMARTCITY), "--form", "gov", "-o", "x.doc"), 2),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    pytest.importorskip("pyxform", reason="needs the extra xlsform")
    ran = inside(tmp_path, "forms", *arguments)
    assert ran.code == code
    assert len(ran.err.splitlines()) == 1


def test_a_broken_workbook_is_a_finding(tmp_path: Path) -> None:
    pytest.importorskip("pyxform", reason="needs the extra xlsform")
    book = tmp_path / "rusak.xlsx"
    book.write_bytes(b"PK\x03\x04")
    assert inside(tmp_path, "forms", "import", book, "-o", tmp_path / "x").code == 1
    assert not (tmp_path / "x").exists()
