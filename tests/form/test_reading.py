"""What is refused in a form file, and the line that the message names."""

from __future__ import annotations

import pytest

from evaluator.errors import DefinitionError
from evaluator.form.checking import Problem
from evaluator.form.definition import Instrument
from evaluator.form.examining import examine
from evaluator.form.reading import check_instrument, read, read_instrument

INSTRUMENT = """\
id = "tiny"
version = "1"
title = { id = "Kecil", en = "Tiny" }
languages = ["id", "en"]
forms = ["one"]
agency = [{ code = "DLH", name = { id = "Dinas", en = "Office" } }]

[scale]
level = [
  { value = 0, label = { id = "Nol", en = "Nil" }, anchor = { id = "Tidak ada", en = "Nothing" } },
  { value = 1, label = { id = "Satu", en = "One" } },
]
"""
FORM = """\
[form]
id = "one"
kind = "pillar"
title = { id = "Satu", en = "One" }

[[section]]
name = "A"
label = { id = "Bagian", en = "Section" }

[[section.question]]
name = "R1"
type = "rubric"
label = { id = "Sejauh mana?", en = "How far?" }
[section.question.anchors]
1 = { id = "Ada", en = "Some" }

[[section.question]]
name = "Q1"
type = "integer"
label = { id = "Berapa?", en = "How many?" }
min = 0
max = 10

[[section.question]]
name = "REC"
type = "repeat"
label = { id = "Baris", en = "Rows" }
[[section.question.question]]
name = "nama"
type = "text"
label = { id = "Nama", en = "Name" }
[[section.question.question]]
name = "pilih"
type = "select_one"
label = { id = "Pilih", en = "Choose" }
choices = "warna"

[choices]
warna = [
  { value = "merah", label = { id = "Merah", en = "Red" } },
  { value = "biru", label = { id = "Biru", en = "Blue" } },
]
"""


def files(form: str = FORM, instrument: str = INSTRUMENT) -> dict[str, bytes]:
    return {"instrument.toml": instrument.encode(), "one.toml": form.encode()}


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def only_problem(found: list[Problem]) -> Problem:
    assert len(found) == 1, found
    return found[0]


def test_a_small_instrument_is_read() -> None:
    instrument = read_instrument(files())
    assert [question.path for question in instrument.walk()] == [
        "one.R1", "one.Q1", "one.REC", "one.REC.nama", "one.REC.pilih",
    ]  # fmt: skip
    form = instrument.form("one")
    rubric, number, repeat = form.sections[0].questions
    assert rubric.anchors[1].text("en") == "Some"
    assert (number.min, number.max) == (0, 10)
    assert repeat.questions[0].repeats == ("one.REC",)
    assert instrument.files == files()
    with pytest.raises(KeyError):
        instrument.form("two")


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("min = 0", "minn = 0", "unknown_key", "minn"),
        ('type = "integer"', 'type = "number"', "unknown_type", '"number"'),
        ("max = 10", 'max = "10"', "wrong_type", '"10"'),
        ("max = 10", "max = -1", "bad_value", "-1"),
        ('name = "Q1"', 'name = "R1"', "duplicate_name", '"R1"\ntype = "integer"'),
        ('name = "Q1"', 'name = "1Q"', "bad_name", '"1Q"'),
        ('name = "Q1"', 'name = "Q.1"', "bad_name", '"Q.1"'),
        ('name = "Q1"\n', "", "missing_key", '[[section.question]]\ntype = "integer"'),
        ('choices = "warna"', 'choices = "warnna"', "unknown_choices", '"warnna"'),
        ('choices = "warna"', "", "no_choices", '[[section.question.question]]\nname = "pilih"'),
        ('en = "How many?"', 'fr = "Combien?"', "missing_translation", '{ id = "Berapa?"'),
        ('{ id = "Berapa?", en = "How many?" }', '"Berapa?"', "missing_translation", '"Berapa?"'),
        ('1 = { id = "Ada", en = "Some" }', "", "missing_anchor", "[section.question.anchors]"),
        ('1 = { id = "Ada"', '2 = { id = "Dua", en = "Two" }\n1 = { id = "Ada"', "bad_value", "2 = {"),
        ('kind = "pillar"', 'kind = "pilar"', "bad_value", '"pilar"'),
        ('id = "one"', 'id = "two"', "bad_name", '"two"'),
        ('value = "biru"', 'value = "merah"', "duplicate_name", '"merah", label = { id = "Biru"'),
        ("max = 10", 'max = 10\nagencies = ["DLHK"]', "unknown_agency", '"DLHK"'),
        ("max = 10", "max = 10\nweight = -1", "bad_weights", "-1"),
        ("max = 10", 'max = 10\nhint = { id = "a\\u0007", en = "a" }', "control_character", '"a\\u0007"'),
        ("max = 10", 'max = 10\nconstraint_message = { id = "a", en = "a" }', "missing_key", "{ id = \"a\""),
        ("max = 10", 'max = 10\nconstraints = [{ severity = "error" }]', "missing_key", "{ severity"),
        ('kind = "p', 'scoring = { method = "rows", rows = "R1" }\nkind = "p', "unknown_reference", '"R1" }'),
    ],
)  # fmt: skip
def test_a_fault_is_reported_at_its_line(old: str, new: str, code: str, at: str) -> None:
    form = FORM.replace(old, new, 1)
    assert form != FORM
    found = check_instrument(files(form))
    assert (code, "one.toml", line_of(form, at)) in [(p.code, p.file, p.line) for p in found]
    with pytest.raises(DefinitionError) as raised:
        read_instrument(files(form))
    assert raised.value.file == "one.toml"
    assert raised.value.exit_code == 1


def test_a_wrong_value_is_named_with_its_column_and_the_nearest_word() -> None:
    form = FORM.replace('type = "integer"', 'type = "interger"')
    problem = only_problem(check_instrument(files(form)))
    assert problem.column == len('type = "') + 1
    assert "integer" in problem.fix


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ('version = "1"\n', "", "missing_key", 'id = "tiny"'),
        ('id = "tiny"', 'id = "Tiny"', "bad_name", '"Tiny"'),
        ('languages = ["id", "en"]', 'languages = ["id", "en"]\ncolour = 1', "unknown_key", "colour"),
        ("value = 1,", "value = 0,", "bad_value", '0, label = { id = "Satu"'),
        ('forms = ["one"]', 'forms = ["one", "two"]', "missing_file", '"two"'),
        (
            "[scale]",
            '[[weights]]\nname = "w"\npillar = 0\n\n[scale]',
            "bad_weights",
            '"w"',
        ),
        (
            "[scale]",
            '[[check]]\ncode = "K01"\nseverity = "error"\nfail_when = "1 = 1"\nquestions = ["one.Q9"]\n'
            'message = { id = "a", en = "a" }\n\n[scale]',
            "unknown_reference",
            '"one.Q9"',
        ),
        (
            "[scale]",
            '[[check]]\ncode = "K01"\nseverity = "error"\nmessage = { id = "a", en = "a" }\n\n[scale]',
            "missing_key",
            "[[check]]",
        ),
        (
            "[scale]",
            '[[dimension]]\nname = "d"\nlabel = { id = "a", en = "a" }\nitems = ["one.R1", "two.R1"]\n\n[scale]',
            "unknown_reference",
            '"two.R1"',
        ),
        (
            "[scale]",
            '[settings]\nregion = "one.R9"\n\n[scale]',
            "unknown_reference",
            '"one.R9"',
        ),
        ("[scale]", "[[gate]]\nlevel = 7\n\n[scale]", "bad_value", "7"),
        ("[scale]", '[regions]\ntable = "r"\ncode = "c"\nname = "n"\n\n[scale]', "missing_file", '"r"'),
    ],
)
def test_a_fault_of_the_instrument_is_reported_at_its_line(old: str, new: str, code: str, at: str) -> None:
    instrument = INSTRUMENT.replace(old, new, 1)
    assert instrument != INSTRUMENT
    found = check_instrument(files(instrument=instrument))
    place = (code, "instrument.toml", line_of(instrument, at))
    assert place in [(p.code, p.file, p.line) for p in found]


def test_every_problem_is_reported_at_once_from_top_to_bottom() -> None:
    form = (
        FORM.replace("min = 0", "minn = 0").replace('"warna"', '"hitam"', 1).replace('"rubric"', '"rubrik"')
    )
    found = check_instrument(files(form))
    assert [p.line for p in found] == sorted(p.line for p in found)
    assert {"unknown_key", "unknown_choices", "unknown_type"} <= {p.code for p in found}


def test_a_broken_form_does_not_hide_the_faults_of_another() -> None:
    instrument = INSTRUMENT.replace('["one"]', '["one", "two"]')
    two = FORM.replace('"one"', '"two"').replace("min = 0", "minn = 0").split("[choices]")[0]
    found = check_instrument(
        {"instrument.toml": instrument.encode(), "one.toml": b"[form\n", "two.toml": two.encode()}
    )
    assert ("one.toml", "toml_syntax", 1) in [(p.file, p.code, p.line) for p in found]
    assert ("two.toml", "unknown_key") in [(p.file, p.code) for p in found]


def test_a_choice_list_is_named_once_in_all_files() -> None:
    instrument = INSTRUMENT + '\n[choices]\nwarna = [{ value = "x", label = { id = "X", en = "X" } }]\n'
    problem = only_problem(check_instrument(files(instrument=instrument)))
    assert (problem.code, problem.file) == ("duplicate_name", "one.toml")
    assert problem.line == line_of(FORM, "warna = [")


def test_a_block_is_added_to_every_form_of_its_kind_and_its_faults_are_told_once() -> None:
    block = (
        '\n[[block]]\nname = "SURVEI"\non_kind = "pillar"\nlabel = { id = "Survei", en = "Survey" }\n'
        '[[block.question]]\nname = "n"\ntype = "integer"\nlabel = { id = "Jumlah", en = "Number" }\n'
    )
    instrument = read_instrument(files(instrument=INSTRUMENT + block))
    assert [question.path for question in instrument.walk()][-2:] == ["one.SURVEI", "one.SURVEI.n"]
    forms = INSTRUMENT.replace('["one"]', '["one", "two"]')
    two = FORM.replace('"one"', '"two"').split("[choices]")[0]
    wrong = {
        **files(instrument=forms + block.replace('"integer"', '"number"')),
        "two.toml": two.encode(),
    }
    problem = only_problem(check_instrument(wrong))
    assert (problem.code, problem.file) == ("unknown_type", "instrument.toml")


def test_a_reference_to_a_repeat_of_the_own_form_gets_its_path() -> None:
    form = FORM.replace("min = 0\nmax = 10", 'of = ["question", "REC"]').replace('"integer"', '"item"')
    question = next(q for q in read_instrument(files(form)).walk() if q.name == "Q1")
    assert question.of == ("question", "one.REC")


def test_a_form_alone_is_an_instrument_of_one_form() -> None:
    instrument = read_instrument({"one.toml": FORM.encode()})
    assert instrument.id == "one"
    assert instrument.languages == ("id", "en")
    assert [level.value for level in instrument.scale] == [0, 1]
    problem = only_problem(check_instrument({"one.toml": FORM.replace("min = 0", "minn = 0").encode()}))
    assert problem.code == "unknown_key"


def test_a_form_of_one_language_may_use_plain_texts() -> None:
    form = (
        '[form]\nid = "f"\nkind = "visit"\ntitle = { en = "F" }\n[[section]]\nname = "A"\nlabel = "Section"\n'
        '[[section.question]]\nname = "q"\ntype = "text"\nlabel = "Name?"\n'
    )
    instrument = read_instrument({"f.toml": form.encode()})
    assert next(instrument.walk()).label.text("en") == "Name?"


def test_no_files_at_all_is_an_error_too() -> None:
    with pytest.raises(DefinitionError):
        read_instrument({})


def test_a_file_that_no_form_claims_is_reported() -> None:
    found = check_instrument({**files(), "stray.toml": b""})
    assert [(p.file, p.code, p.line) for p in found] == [("stray.toml", "unlisted_file", 0)]


@pytest.mark.parametrize(
    "name", ["../one.toml", "One.toml", "a/b.toml", "one.txt", ".toml", "x" * 80 + ".toml"]
)
def test_a_file_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    found = check_instrument({**files(), name: b""})
    assert ("bad_name", name) in [(p.code, p.file) for p in found]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a,b\n1,2\n3\n", 3),
        (b"a,a\n1,2\n", 1),
        (b"", 1),
        (b'a,b\n"1,2\n', 2),
        (b"a,b\n1,\x07\n", 2),
        (b"a,b\n\xff,1\n", 2),
    ],
)
def test_a_table_that_is_not_one_is_refused_at_its_line(data: bytes, line: int) -> None:
    problem = only_problem(check_instrument({**files(), "t.csv": data}))
    assert (problem.file, problem.line) == ("t.csv", line)


def test_an_expression_is_found_in_its_file() -> None:
    form = FORM.replace("max = 10", 'max = 10\nrelevant = "\\u0024{R1} > 2"')
    reading = read(files(form))
    assert isinstance(reading.instrument, Instrument)
    file, place = reading.place("one.Q1", "relevant", 6)
    assert file == "one.toml"
    text = form.split("\n")[place.line - 1]
    assert text[place.column - 1 :] == '> 2"'
    assert reading.place("one.Q9", "relevant")[1].line == 0
    assert reading.place("one.Q1", "calculation")[1].line == line_of(
        form, '[[section.question]]\nname = "Q1"'
    )


def test_expressions_are_examined_where_they_stand() -> None:
    form = FORM.replace(
        "max = 10",
        'max = 10\nconstraint = ". > ${R9}"\nconstraints = [\n  { expression = ". > 1" },\n'
        '  { expression = "1 +" },\n]\n'
        "relevant = \"date('yesterday') < today()\"",
    )
    found = {problem.code: problem for problem in examine(files(form))}
    unknown = found["reference_unknown"]
    assert (unknown.line, unknown.file) == (line_of(form, "R9"), "one.toml")
    assert form.split("\n")[unknown.line - 1][unknown.column - 1 :].startswith("${R9}")
    assert line_of(form, '"1 +"') in [problem.line for problem in found.values()]
    literal = found["date_literal"]
    assert form.split("\n")[literal.line - 1][literal.column - 1 :].startswith("'yesterday'")
    assert literal.as_json()["severity"] == "error"


def test_what_is_only_doubtful_is_a_warning() -> None:
    form = FORM.replace("max = 10", 'max = 10\nrelevant = "int(decimal-date-time(today())) > 1"')
    problem = only_problem(examine(files(form)))
    assert (problem.severity, problem.line) == ("warning", line_of(form, "int(dec"))


def test_a_circle_is_reported_in_the_form() -> None:
    form = FORM.replace("max = 10", 'max = 10\nrelevant = "${R1} > 1"').replace(
        'type = "rubric"', 'type = "rubric"\nrelevant = "${Q1} > 1"'
    )
    problem = only_problem(examine(files(form)))
    assert "one.R1" in problem.message
    assert "one.Q1" in problem.message
    assert problem.line in (line_of(form, '"${Q1} > 1"'), line_of(form, '"${R1} > 1"'))


def test_only_one_file_of_an_instrument_may_be_asked_for() -> None:
    form = FORM.replace("min = 0", "minn = 0")
    instrument = INSTRUMENT.replace('id = "tiny"', 'id = "Tiny"')
    assert {problem.file for problem in examine(files(form, instrument))} == {"instrument.toml", "one.toml"}
    assert {problem.file for problem in examine(files(form, instrument), "one.toml")} == {"one.toml"}
