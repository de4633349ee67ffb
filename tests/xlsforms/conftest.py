"""Workbooks made of plain tables, through the converter and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

pytest.importorskip("pyxform", reason="needs the extra xlsform")

from evaluator import language
from evaluator.form.definition import Instrument, Question
from evaluator.form.reading import read_instrument
from evaluator.form.xlsform.importing import Imported, import_workbook
from evaluator.form.xlsform.workbook import Sheet, Workbook
from evaluator.xlsforms import child
from evaluator.xlsforms.reading import as_workbook
from evaluator.xlsforms.writing import workbook_bytes

Table = Sequence[Sequence[str]]


class Write(Protocol):
    """Writes a workbook; each sheet is a table whose first row is the headings."""

    def __call__(self, name: str = "daftar.xlsx", /, **sheets: Table) -> Path: ...


class Import(Protocol):
    """Imports a workbook made of tables."""

    def __call__(self, **sheets: Table) -> Imported: ...


def sheet(table: Table) -> Sheet:
    headers, *rows = table
    return Sheet(
        tuple(headers),
        tuple({header: text for header, text in zip(headers, row, strict=False) if text} for row in rows),
    )


def books(tables: Mapping[str, Table]) -> Workbook:
    return Workbook("daftar", {name: sheet(table) for name, table in tables.items()})


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    before = language.current()
    language.use("en")
    yield
    language.use(before)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str = "daftar.xlsx", /, **sheets: Table) -> Path:
        path = tmp_path / name
        path.write_bytes(workbook_bytes(books(sheets)))
        return path

    return written


@pytest.fixture
def imported() -> Import:
    def found(**sheets: Table) -> Imported:
        return import_bytes(workbook_bytes(books(sheets)))

    return found


def import_bytes(data: bytes, suffix: str = ".xlsx", name: str = "daftar") -> Imported:
    """What `import_file` does, in this process: the limits of the other one cost half a second each."""
    workbook, warnings = as_workbook(child.read(data, suffix, name, 20_000, 200), name)
    return import_workbook(workbook, {}, warnings)


def questions(found: Imported) -> dict[str, Question]:
    """The questions of what was imported, by name."""
    return {question.name: question for question in instrument(found).walk()}


def instrument(found: Imported) -> Instrument:
    return read_instrument(found.files)


def told(found: Any, code: str) -> list[str]:
    """The places of what was listed under a code."""
    return [loss.place() for loss in found.losses if loss.code == code]
