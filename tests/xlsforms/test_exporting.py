"""Forms into workbooks, and workbooks through everything and back."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from evaluator import instruments
from evaluator.errors import NotFoundError, UsageError
from evaluator.form.reading import read_instrument
from evaluator.form.xlsform.exporting import export_form
from evaluator.xlsforms.reading import import_file
from evaluator.xlsforms.writing import chosen_form, export_file, workbook_bytes, write_folder
from tests.xlsforms.conftest import Import, import_bytes, instrument, told

SMARTCITY = instruments.default_instrument()


@pytest.mark.parametrize("name", ["knj", "gov", "mpl", "qwn", "pnt"])
def test_shipped_forms_convert_and_come_back_the_same(name: str) -> None:
    form = chosen_form(SMARTCITY, name)
    once = import_bytes(workbook_bytes(export_form(SMARTCITY, form).workbook))
    back = instrument(once)
    # Sections become groups; every question has a row of its own name.
    assert {question.name for question in form.walk()} <= {question.name for question in back.walk()}
    again = workbook_bytes(export_form(back, back.forms[0]).workbook)
    assert import_bytes(again, name="lain").files == once.files


def test_what_is_written_to_disk_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "baru" / "gov.xlsx"
    _exported, written = export_file(SMARTCITY, chosen_form(SMARTCITY, "gov"), path)
    assert written == [str(path)]
    assert import_file(path).form == "gov"


def test_a_workbook_comes_back_the_same(imported: Import) -> None:
    headings = [
        "type",
        "name",
        "label::English (en)",
        "label",
        "hint",
        "media::image::English (en)",
        "appearance",
    ]
    more = [
        "constraint",
        "constraint_message::English (en)",
        "default",
        "parameters",
        "trigger",
        "calculation",
    ]
    found = imported(
        survey=[
            [*headings, *more, "relevant", "choice_filter", "repeat_count"],
            ["start", "mulai"],
            [
                "text",
                "a.b",
                "Name",
                "Nama",
                "KTP",
                "a.png",
                "multiline w2",
                "string-length(.) > 2",
                "Longer",
                "x",
            ],
            ["begin repeat", "r", "Rows", "Baris", *[""] * 11, "3"],
            ["select_one kab or_other", "k", "City", "Kota"],
            ["integer", "n", "N", "N", "", "", "", "../k = 1", "", "${a.b} + 1", "", "${a.b}", "1 + 1"],
            ["end repeat"],
            ["range", "s", "S", "S", *[""] * 6, "start=1 end=5 step=1"],
            ["phone number", "tel", "Phone", "Telepon"],
            ["hidden", "h", "", "", "", "", "", "", "", "isi"],
            ["calculate", "c", *[""] * 7, "today()"],
            ["select_one_external prov", "e", "E", "E", *[""] * 10, "x = 1"],
            ["begin loop over kab", "l", "L", "L"],
            ["note", "m", "%(name)s", "%(label)s"],
            ["end loop"],
        ],
        choices=[
            ["list_name", "name", "label::English (en)", "label", "exclusive", "media::audio"],
            ["kab", "smd", "Samarinda", "Samarinda", "ya", "s.mp3"],
            ["sisa", "1", "Left over", "Sisa"],
        ],
        external_choices=[["list_name", "name", "label", "x"], ["prov", "64", "Kaltim", "1"]],
        settings=[["form_id", "version", "allow_choice_duplicates", "style"], ["F 1", "7", "yes", "pages"]],
        entities=[["list_name", "label"], ["pohon", "${a.b}"]],
    )
    form = instrument(found)
    again = workbook_bytes(export_form(form, form.forms[0]).workbook)
    assert import_bytes(again, name="lain").files == found.files


def test_cells_are_text_and_never_formulas() -> None:
    files = {
        "f.toml": b'[form]\nid = "f"\nkind = "visit"\ntitle = "=1+1"\n[[section]]\nname = "A"\nlabel = "A"\n'
        b'[[section.question]]\nname = "q"\ntype = "text"\nlabel = "=HYPERLINK(1)"\nhint = "+cmd|x"\n'
    }
    files["f.toml"] = files["f.toml"].replace(b'title = "=1+1"', b'title = { id = "=1+1" }')
    found = read_instrument(files)
    data = workbook_bytes(export_form(found, found.forms[0]).workbook)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = {
        cell.value: cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value
    }
    assert {cells["=1+1"], cells["=HYPERLINK(1)"], cells["+cmd|x"]} == {"s"}


def test_names_and_references_are_changed_by_rule_and_listed() -> None:
    question = '[[section.question{depth}]]\nname = "{name}"\ntype = "{type}"\nlabel = "{name}"\n{more}'

    def lines(depth: int, name: str, kind: str, more: str = "") -> str:
        return question.format(depth=".question" * depth, name=name, type=kind, more=more)

    head = '[form]\nid = "{id}"\nkind = "visit"\ntitle = "F"\n[[section]]\nname = "A"\nlabel = "A"\n'
    own = (
        head.format(id="own")
        + lines(0, "R", "repeat")
        + lines(1, "nama", "text")
        + lines(0, "T", "repeat")
        + lines(1, "nama", "text")
        + lines(0, "x", "integer", 'relevant = "count(${T.nama}) > ${other.n}"\n')
        + lines(0, "y", "integer", 'relevant = "na(${x})"\nconstraint = ". > 1"\nmin = 0\n')
    )
    found = read_instrument(
        {
            "instrument.toml": b'id = "i"\nversion = "1"\ntitle = "I"\nlanguages = ["id"]\nforms = ["own", "other"]\n',
            "own.toml": own.encode(),
            "other.toml": (head.format(id="other") + lines(0, "n", "integer")).encode(),
        }
    )
    exported = export_form(found, found.form("own"))
    rows = {row.get("name"): row for row in exported.workbook.sheet("survey").rows}
    assert rows["x"]["relevant"] == "count(${T_nama}) > ${other_n}"
    assert rows["other_n"]["type"] == "hidden"
    assert "T_nama" in rows
    assert rows["y"]["constraint"] == "(. >= 0) and (. > 1)"
    assert "relevant" not in rows["y"]
    assert told(exported, "name_changed") == ["name:own.T.nama", "name:other.n"]
    assert told(exported, "expression_left_out") == ["relevant:own.y"]


def test_a_form_must_be_named_where_there_are_several() -> None:
    with pytest.raises(UsageError, match="knj"):
        chosen_form(SMARTCITY, "")
    with pytest.raises(NotFoundError, match="tidakada"):
        chosen_form(SMARTCITY, "tidakada")


def test_files_that_are_there_are_not_replaced(imported: Import, tmp_path: Path) -> None:
    found = imported(survey=[["type", "name", "label"], ["text", "a", "A"]])
    folder = tmp_path / "baru"
    write_folder(found, folder)
    write_folder(found, folder)  # the same again changes nothing
    (folder / "daftar.toml").write_text("# mine")
    with pytest.raises(UsageError, match=r"daftar\.toml"):
        write_folder(found, folder)
    assert (folder / "daftar.toml").read_text() == "# mine"
