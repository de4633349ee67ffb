"""Real workbooks, and the small forms of the converter's own tests; run with `--xlsforms DIR` and `--vectors DIR`."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import DefinitionError
from evaluator.form.examining import examine
from evaluator.form.xlsform.exporting import export_form
from evaluator.form.xlsform.importing import Imported, import_workbook
from evaluator.form.xlsform.workbook import FIRST_ROW, Sheet, Workbook
from evaluator.xlsforms import child
from evaluator.xlsforms.reading import as_workbook, import_file
from evaluator.xlsforms.writing import workbook_bytes
from tests.xlsforms.conftest import import_bytes, instrument

# What openpyxl says of workbooks that other programs wrote.
pytestmark = pytest.mark.filterwarnings("ignore:Unknown extension:UserWarning")

# What decides about these stands in no table: the caller of the converter gave the name of the form.
NOT_IN_THE_TABLE = {"tests.test_settings.TestSettings.test_name__from_file__invalid_characters__error"}
STRUCTURE = re.compile(r"(begin|end)[ _](group|repeat|lgroup|loop|looped group)( over \S+| \S+)?")
TRUTHS = {"yes", "no", "true", "false", "true()", "false()"}
QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each workbook and each table; none without the folders."""
    for fixture, option, file in (("book", "--xlsforms", "manifest.json"), ("table", "--vectors", "")):
        if fixture not in metafunc.fixturenames:
            continue
        folder = metafunc.config.getoption(option)
        if folder is None:
            skip = pytest.mark.skip(reason=f"needs {option} DIR")
            metafunc.parametrize(fixture, [pytest.param({}, marks=skip, id="none")])
        elif file:
            entries = json.loads((Path(folder) / file).read_text(encoding="utf-8"))
            found = [Path(folder) / entry["file"] for entry in entries]
            outcomes = [entry.get("pyxform_convert") == "ok" for entry in entries]
            metafunc.parametrize(
                (fixture, "valid"), list(zip(found, outcomes, strict=True)), ids=[path.name for path in found]
            )
        else:
            with gzip.open(Path(folder) / "xlsform_tables.json.gz") as stream:
                tables = json.load(stream)
            metafunc.parametrize(
                fixture,
                [pytest.param(entry, id=f"{n}-{entry['test'][-60:]}") for n, entry in enumerate(tables)],
            )


def test_workbooks_of_the_field(book: Path, valid: bool) -> None:
    if not valid:
        with pytest.raises(DefinitionError) as caught:
            import_file(book)
        assert "\n" not in str(caught.value)
        return
    found = import_file(book)
    judge(found)
    data = child.read(book.read_bytes(), book.suffix, book.stem, 20_000, 200)
    assert unaccounted(as_workbook(data, book.stem)[0], found) == []


def test_tables_of_the_converter(table: dict[str, Any]) -> None:
    data, suffix = (table["md"].encode(), ".md") if table["md"] else (sheets(table["ss"]), ".xlsx")
    if table["test"] in NOT_IN_THE_TABLE:
        pytest.skip("refused for what its caller says, which the table does not hold")
    if not table["valid"]:
        with pytest.raises(DefinitionError) as caught:
            import_bytes(data, suffix, "tabel")
        for part in table["error__contains"] or []:
            assert " ".join(part.split()) in " ".join(caught.value.message.split())
        return
    workbook, warnings = as_workbook(child.read(data, suffix, "tabel", 20_000, 200), "tabel")
    found = import_workbook(workbook, {}, warnings)
    judge(found)
    assert unaccounted(workbook, found) == []


def judge(found: Imported) -> None:
    """The form is sound, and comes back the same from a workbook."""
    assert [problem for problem in examine(found.files) if problem.severity == "error"] == []
    form = instrument(found)
    again = workbook_bytes(export_form(form, form.forms[0]).workbook)
    back = import_bytes(again, name="balik")
    kept = {name: data for name, data in found.files.items() if name.endswith(".toml")}
    assert {name: data for name, data in back.files.items() if name.endswith(".toml")} == kept


def sheets(tables: dict[str, Any]) -> bytes:
    """Tables as dictionaries into the bytes of a workbook."""
    found = {}
    for name, rows in tables.items():
        if name in child.SHEETS:
            headers = dict.fromkeys(key for row in rows for key in row)
            found[name] = Sheet(
                tuple(headers), tuple({k: str(v) for k, v in row.items() if v} for row in rows)
            )
    return workbook_bytes(Workbook("tabel", found))


def unaccounted(workbook: Workbook, found: Imported) -> list[str]:
    """Every cell that is neither in the form files nor in the list of what has no counterpart."""
    texts = list(
        strings([tomllib.loads(data.decode()) for name, data in found.files.items() if name[-4:] == "toml"])
    )
    corpus = "\n".join(map(plain, texts))
    rows = {(loss.sheet, loss.row) for loss in found.losses}
    whole = {loss.sheet for loss in found.losses if not loss.row and not loss.column}
    columns = {(loss.sheet, loss.column) for loss in found.losses}
    missing = []
    for name, sheet in workbook.sheets.items():
        if name in whole:
            continue
        for number, row in enumerate(sheet.rows, FIRST_ROW):
            for header, cell in row.items():
                text = plain(cell)
                if (
                    (name, number) in rows
                    or (name, header) in columns
                    or text in corpus
                    or text.lower() in TRUTHS
                ):
                    continue
                if all(part in corpus for part in re.findall(r"[^\s=,;${}]+", text)):
                    continue  # parameters and triggers are taken apart
                if "%(" in text:
                    continue  # written out once for each choice of a loop
                if STRUCTURE.fullmatch(text) or header.lower() in ("type", "command"):
                    continue  # the kind of a question, judged by the round trip
                missing.append(f"{name}:{number}:{header}: {cell}")
    return missing


def plain(text: str) -> str:
    return " ".join(text.translate(QUOTES).split())


def strings(value: Any) -> Iterator[str]:
    """Every text and key of a TOML document."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    else:
        yield str(value)
