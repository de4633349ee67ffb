"""`forms check`: every problem at once, where it stands, and what to do."""

from __future__ import annotations

import pytest

from evaluator.form.checking import Problem
from evaluator.form.examining import examine

HEAD = """\
[form]
id = "f"
kind = "visit"
title = { id = "F" }

[choices]
yn = [{ value = "ya", label = "Ya" }, { value = "tidak", label = "Tidak" }]

[[section]]
name = "A"
label = "A"

[[section.question]]
name = "pilih"
type = "select_one"
label = "Pilih"
choices = "yn"

[[section.question]]
name = "banyak"
type = "select_multiple"
label = "Banyak"
choices = "yn"

[[section.question]]
name = "tanggal"
type = "date"
label = "Tanggal"

[[section.question]]
name = "angka"
type = "integer"
label = "Angka"
"""
LINES = HEAD.count("\n") + 1


def check(key: str, expression: str) -> list[Problem]:
    question = f'[[section.question]]\nname = "x"\ntype = "text"\nlabel = "X"\n{key} = {expression!r}\n'
    return examine({"f.toml": (HEAD + question.replace("'''", '"')).encode()})


@pytest.mark.parametrize(
    ("key", "expression", "code", "at", "fix"),
    [
        ("relevant", "${angka} = “3”", "quote_curly", 11, '"'),
        ("relevant", "${angka} &gt; 3", "entity_xml", 9, ">"),
        ("relevant", "${angka} &lt;= 3", "entity_xml", 9, "<="),
        ("relevant", "${pilih}", "truth_of_choice", 0, "${pilih}"),
        ("relevant", "${angka} > 3 and not(${banyak})", "truth_of_choice", 21, "${banyak}"),
        ("calculation", "if(${pilih}, 1, 2)", "truth_of_choice", 3, "${pilih}"),
        ("relevant", '${pilih} = "yes"', "choice_unknown", 11, "ya, tidak"),
        ("relevant", 'selected(${banyak}, "no")', "choice_unknown", 20, "ya, tidak"),
        ("relevant", '${tanggal} > "21/11/2026"', "date_as_text", 13, "YYYY-MM-DD"),
        ("relevant", '"1-2-2026" < today()', "date_as_text", 0, "YYYY-MM-DD"),
        ("relevant", 'format-date(${tanggal}, "%d/%m/%Y") > "01/01/2026"', "date_as_text", 0, "format-date"),
        ("calculation", "int(decimal-date-time(${tanggal}))", "day_short", 0, "days"),
    ],
)
def test_what_is_found_and_where(key: str, expression: str, code: str, at: int, fix: str) -> None:
    problem = next(found for found in check(key, expression) if found.code == code)
    assert (problem.file, problem.line) == ("f.toml", LINES + 4)
    assert problem.column == len(f"{key} = '") + at + 1
    assert fix in problem.fix
    assert problem.message


@pytest.mark.parametrize(
    ("key", "expression"),
    [
        ("relevant", '${pilih} = "ya"'),
        ("relevant", '${pilih} != ""'),
        ("relevant", 'selected(${banyak}, "ya")'),
        ("relevant", "${angka}"),
        ("calculation", "${pilih}"),
        ("relevant", '${tanggal} > "2026-11-21"'),
        ("relevant", 'format-date(${tanggal}, "%Y%m%d") > 20260101'),
        ("calculation", '"1/2/2026"'),
        ("constraint", "string-length(.) < 10"),
    ],
)
def test_nothing_is_said_of_what_works(key: str, expression: str) -> None:
    assert check(key, expression) == []


def test_a_warning_does_not_make_a_form_bad() -> None:
    (problem,) = check("relevant", "${pilih}")
    assert problem.severity == "warning"


def test_a_long_text_cut_over_lines_keeps_its_places() -> None:
    question = '[[section.question]]\nname = "x"\ntype = "text"\nlabel = "X"\n'
    text = HEAD + question + 'relevant = """\n${angka} > \\\n  1 and ${nothing} = 2"""\n'
    (problem,) = examine({"f.toml": text.encode()})
    assert (problem.line, problem.column) == (LINES + 6, 9)
