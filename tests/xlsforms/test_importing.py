"""Workbooks into form files: faithful, and nothing dropped in silence."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from evaluator.errors import DefinitionError, UsageError
from evaluator.form.filling import Environment, Filling
from evaluator.form.program import compile_program
from evaluator.xlsforms import reading
from evaluator.xlsforms.reading import import_file
from tests.xlsforms.conftest import Import, Write, instrument, questions, told

SURVEY = ["type", "name", "label"]
YES_NO = [["list_name", "name", "label"], ["yn", "ya", "Ya"], ["yn", "tidak", "Tidak"]]
MOMENT = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)


def test_types_names_and_labels_are_kept(imported: Import) -> None:
    types = {
        "text": "text", "integer": "integer", "decimal": "decimal", "date": "date", "time": "time",
        "dateTime": "datetime", "geopoint": "geopoint", "barcode": "barcode", "note": "note",
        "acknowledge": "acknowledge", "file": "evidence", "image": "evidence", "range": "range",
        "select_one yn": "select_one", "select_multiple yn": "select_multiple", "rank yn": "rank",
        "int": "integer", "percentage": "integer", "geotrace": "text", "start": "calculate", "hidden": "calculate",
    }  # fmt: skip
    rows = [[written, f"q{number}", f"Soal {number}"] for number, written in enumerate(types)]
    found = questions(imported(survey=[SURVEY, *rows], choices=YES_NO))
    assert [question.type for question in found.values()] == list(types.values())
    assert [question.label.text("default") for question in found.values()] == [row[2] for row in rows]
    assert found["q17"].max == Decimal(100)


def test_languages_become_codes_and_the_default_comes_first(imported: Import) -> None:
    headings = [
        "type",
        "name",
        "label::English (en)",
        "label::Bahasa Indonesia (id)",
        "label::Klingon",
        "hint",
    ]
    found = imported(
        survey=[headings, ["text", "q", "Name", "Nama", "pong", "Sesuai KTP"]],
        settings=[["default_language"], ["Bahasa Indonesia (id)"]],
    )
    form = instrument(found)
    assert form.languages == ("id", "en", "qaa")
    question = form.forms[0].sections[0].questions[0]
    assert question.label.texts == {"id": "Nama", "en": "Name", "qaa": "pong"}
    assert question.hint.texts == {"id": "Sesuai KTP", "en": "", "qaa": ""}
    assert told(found, "translation_missing") == ["survey:2:hint", "survey:2:hint"]
    assert form.forms[0].xlsform.languages["qaa"] == "Klingon"


def test_conditions_messages_groups_and_repeats(imported: Import) -> None:
    headings = [
        *SURVEY,
        "relevance",
        "required",
        "required_message",
        "bind::constraint",
        "constraint_message",
    ]
    found = questions(
        imported(
            survey=[
                [*headings, "readonly", "repeat_count", "calculation", "trigger", "parameters"],
                ["integer", "n", "N", "", "yes", "Isi", ". > 0", "Lebih dari nol"],
                ["begin group", "g", "G", "${n} > 1"],
                ["begin_repeat", "r", "R", "", "", "", "", "", "", "${n}"],
                ["text", "nama", "Nama", "", "${n} = 2", "", "", "", "yes"],
                ["end_repeat"],
                ["end group"],
                ["calculate", "c", "", "", "", "", "", "", "", "", "count(${r}) + ${n}"],
                ["dateTime", "t", "T", "", "", "", "", "", "", "", "now()", "${n}"],
                ["range", "s", "S", "", "", "", "", "", "", "", "", "", "start=2 end=8 step=2"],
            ]
        )
    )
    n, nama = found["n"], found["nama"]
    assert (n.required, n.required_message.text(""), n.constraints[0].expression) == (True, "Isi", ". > 0")
    assert n.constraints[0].message.text("") == "Lebih dari nol"
    assert found["g"].relevant == "${n} > 1"
    assert (found["r"].type, found["r"].repeat_count) == ("repeat", "${n}")
    assert (nama.path, nama.repeats, nama.required) == ("daftar.g.r.nama", ("daftar.g.r",), "${n} = 2")
    assert nama.read_only is True
    assert found["c"].calculation == "count(${r}) + ${n}"
    assert found["t"].trigger == ("n",)
    assert (found["s"].min, found["s"].max, found["s"].parameters["step"]) == (2, 8, "2")


def test_a_cascade_works_when_it_is_filled(imported: Import) -> None:
    found = imported(
        survey=[
            [*SURVEY, "choice_filter"],
            ["select_one prov", "p", "Provinsi"],
            ["select_one kab", "k", "Kabupaten", "prov = ${p}"],
        ],
        choices=[
            ["list_name", "name", "label", "prov"],
            ["prov", "64", "Kaltim"],
            ["prov", "35", "Jatim"],
            ["kab", "64.02", "Kutai Kartanegara", "64"],
            ["kab", "35.78", "Surabaya", "35"],
        ],
    )
    visit = Filling(compile_program(instrument(found)), environment=Environment(now=lambda: MOMENT))
    assert visit.choices(("daftar.k", "")) == ()
    visit.set(("daftar.p", ""), "64")
    assert [choice.value for choice in visit.choices(("daftar.k", ""))] == ["64.02"]


def test_what_has_no_counterpart_is_listed_by_name_and_place(imported: Import) -> None:
    headings = [*SURVEY, "media::image", "appearance", "relevant", "instance::x", "my note", "parameters"]
    found = imported(
        survey=[
            headings,
            ["text", "a", "A", "foto.png", "w4 multiline", "", "1", "ingat"],
            ["geotrace", "b", "B"],
            ["text", "c.d", "C", "", "", "/data/a = 1"],
            ["select_one yn", "e", "${c.d}?", "", "", "", "", "", "randomize=true"],
            ["", "", "", "", "", "", "", "", "hanya catatan"],
        ],
        choices=[[*YES_NO[0], "media::audio"], [*YES_NO[1], "ya.mp3"], YES_NO[2]],
        settings=[["form_title", "form_id", "style"], ["Judul", "Kode-1", "pages"]],
        entities=[["list_name", "label"], ["pohon", "${a}"]],
    )
    assert told(found, "column_kept") == [
        "survey:2:media::image",
        "survey:2:instance::x",
        "survey:2:my note",
        "choices:2:media::audio",
    ]
    assert told(found, "appearance_kept") == ["survey:2:appearance"]
    assert told(found, "type_kept") == ["survey:3:type"]
    assert told(found, "expression_kept") == ["survey:4:relevant:c_d"]
    assert told(found, "name_changed") == ["settings:form_id:Kode-1", "survey:4:name"]
    assert told(found, "parameter_kept") == ["survey:5:parameters"]
    assert told(found, "row_left_out") == ["survey:6"]
    assert told(found, "setting_kept") == ["settings:style"]
    assert told(found, "sheet_kept") == ["entities"]
    by_name = questions(found)
    assert by_name["a"].type == "longtext"
    assert by_name["a"].extra == {"media::image": "foto.png", "instance::x": "1", "my note": "ingat"}
    assert by_name["c_d"].extra == {"name": "c.d", "relevant": "/data/a = 1"}
    assert by_name["e"].label.text("") == "${c_d}?"
    form = instrument(found).forms[0]
    assert (form.id, form.title.text("")) == ("kode-1", "Judul")
    assert form.xlsform.sheets == {"entities": ({"list_name": "pohon", "label": "${a}"},)}
    assert form.xlsform.settings == {"style": "pages", "form_id": "Kode-1"}


def test_a_loop_is_written_out(imported: Import) -> None:
    found = questions(
        imported(
            survey=[
                SURVEY,
                ["begin loop over yn", "l", ""],
                ["integer", "berapa", "Berapa %(label)s?"],
                ["end loop"],
            ],
            choices=YES_NO,
        )
    )
    assert list(found) == ["l", "ya", "berapa", "tidak", "berapa"] or set(found) == {
        "l",
        "ya",
        "berapa",
        "tidak",
    }
    assert found["berapa"].label.text("") == "Berapa Tidak?"


@pytest.mark.parametrize(
    ("written", "default", "expected"),
    [
        ("integer", "5", "5"),
        ("date", "2026-11-21", "2026-11-21"),
        ("date", "today()", "today()"),
        ("integer", "1 + 2", "once(1 + 2)"),
        ("text", "a-b", "a-b"),
        ("text", "${lain}", "${lain}"),
    ],
)
def test_defaults(imported: Import, written: str, default: str, expected: str) -> None:
    found = questions(
        imported(survey=[[*SURVEY, "default"], ["text", "lain", "L"], [written, "q", "Q", default]])
    )
    assert found["q"].default == expected


def test_tables_beside_the_workbook_come_along(write: Write) -> None:
    path = write(
        survey=[
            [*SURVEY, "calculation"],
            ["select_one_from_file kota.csv", "k", "Kota"],
            ["select_one_from_file hilang.csv", "h", "Hilang"],
            ["calculate", "n", "", "pulldata('kota', 'label', 'name', ${k})"],
            ["select_one_from_file ../rahasia.csv", "x", "X"],
        ]
    )
    path.with_name("kota.csv").write_text("name,label\nsmd,Samarinda\n")
    path.parent.parent.joinpath("rahasia.csv").write_text("name,label\n1,rahasia\n")
    found = import_file(path)
    assert set(found.files) == {"instrument.toml", "daftar.toml", "kota.csv"}
    assert told(found, "table_missing") == ["survey:hilang.csv", "survey:../rahasia.csv"]
    visit = Filling(compile_program(instrument(found)), environment=Environment(now=lambda: MOMENT))
    visit.set(("daftar.k", ""), "smd")
    assert visit.state(("daftar.n", "")).value == "Samarinda"


def test_long_texts_and_strange_characters_survive(imported: Import) -> None:
    long = 'Kalimat "panjang" \\ dengan   spasi, ' * 200
    lines = 'satu\n  dua\n\ntiga """ empat \' ${q} \u00e9 \U0001f600'
    found = questions(
        imported(
            survey=[
                [*SURVEY, "hint"],
                ["text", "q", "Q"],
                ["note", "a", long.strip()],
                ["note", "b", lines, "=1+1"],
            ],
            settings=[["clean_text_values"], ["no"]],
        )
    )
    assert found["a"].label.text("") == long.strip()
    assert found["b"].label.text("") == lines
    assert found["b"].hint.text("") == "=1+1"


def test_what_the_converter_refuses_is_refused_with_its_place(imported: Import) -> None:
    with pytest.raises(DefinitionError, match=r"\[row : 3\] On the 'survey' sheet") as caught:
        imported(survey=[[*SURVEY, "relevant"], ["text", "a", "A"], ["text", "b", "B", "${nihil} = 1"]])
    assert caught.value.code == "workbook_invalid"


def test_without_the_extra_a_line_says_what_to_install(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(survey=[SURVEY, ["text", "a", "A"]])
    monkeypatch.setattr(reading.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"pip install 'evaluator\[xlsform\]'"):
        import_file(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "form.txt"
    path.write_text("type,name")
    with pytest.raises(UsageError, match=r"form\.txt"):
        import_file(path)
