"""Workbooks made to do harm: refused with one line, soon, and within the limits of the process that reads them."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from evaluator.errors import DefinitionError, UsageError
from evaluator.form.xlsform.workbook import Workbook
from evaluator.xlsforms import archive, reading
from evaluator.xlsforms.archive import check_archive
from evaluator.xlsforms.reading import import_file, read_workbook
from evaluator.xlsforms.writing import workbook_bytes
from tests.xlsforms.conftest import sheet

HEAD = b'<?xml version="1.0"?>'
GOOD = workbook_bytes(
    Workbook("f", {"survey": sheet([["type", "name", "label"], ["text", "a", "A"], ["note", "b", "B"]])})
)
SHEET = "xl/worksheets/sheet1.xml"


def changed(name: str, data: bytes) -> bytes:
    """A good workbook with one part replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, data)
    return buffer.getvalue()


def worksheet(rows: bytes) -> bytes:
    return (
        HEAD
        + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + (rows + b"</sheetData></worksheet>")
    )


def text_cell(place: str, text: str) -> bytes:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


LAUGHS = HEAD + b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'
OUTSIDE = HEAD + b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(changed("xl/sharedStrings.xml", LAUGHS), "entities", id="billion-laughs"),
        pytest.param(changed(SHEET, OUTSIDE), "entities", id="external-entity"),
        pytest.param(changed(SHEET, HEAD + b"<!--" + b"-" * 4_000_000), "comment", id="comment-of-4-MB"),
        pytest.param(changed(SHEET, HEAD + b"<?a " + b"x" * 400_000), "comment", id="instruction"),
        pytest.param(changed("xl/x.bin", b"\0" * 15_000_000), "times its size", id="ratio"),
        pytest.param(changed("xl/x.bin", random.Random(1).randbytes(21_000_000)), "MB", id="large-part"),
        pytest.param(changed(SHEET, worksheet(b'<row r="1"/>' * 20_001)), "rows", id="rows"),
        pytest.param(changed(SHEET, worksheet(b"<x:row>" * 20_001)), "rows", id="rows-with-prefix"),
        pytest.param(GOOD[: len(GOOD) // 2], "damaged", id="cut"),
        pytest.param(b"PK\x03\x04" + b"x" * 500, "damaged", id="no-zip"),
        pytest.param(b"", "damaged", id="empty"),
    ],
)
def test_costly_archives_are_refused_unread(data: bytes, reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason) as caught:
        check_archive(data)
    assert caught.value.code == "workbook_limit"


def test_many_parts_and_many_bytes_in_all_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for number in range(archive.MAX_MEMBERS + 1):
            file.writestr(f"{number}", b"")
    with pytest.raises(DefinitionError, match="1000"):
        check_archive(buffer.getvalue())
    buffer = io.BytesIO()
    noise = random.Random(2).randbytes(1_000_000)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(4):
            file.writestr(f"{number}.xml", b"\n" + noise.hex().encode() * 7)
    with pytest.raises(DefinitionError, match="MB"):
        check_archive(buffer.getvalue())


def test_a_comment_is_measured_across_the_pieces_that_are_read() -> None:
    inside = HEAD + b"<a>" + b" " * 262_100 + b"<!--" + b"x" * 100 + b"--></a>"
    check_archive(changed("xl/comments1.xml", inside))


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    rows = b'<row r="1">' + text_cell("A1", "type") + text_cell("B1", "name") + text_cell("C1", "label")
    rows += text_cell("XFD1", "far") + b'</row><row r="2">' + text_cell("A2", "text") + text_cell("B2", "a")
    rows += text_cell("C2", "A")
    rows += b'</row><row r="1048576">' + text_cell("XFD1048576", "x") + b"</row>"
    workbook, _warnings = read_workbook(changed(SHEET, worksheet(rows)), ".xlsx", "f")
    assert [dict(row) for row in workbook.sheet("survey").rows] == [
        {"type": "text", "name": "a", "label": "A"}
    ]


def test_too_many_columns_are_refused() -> None:
    headings = ["type", "name", *(f"k{number}" for number in range(400))]
    data = workbook_bytes(Workbook("f", {"survey": sheet([headings, ["note", "a"]])}))
    with pytest.raises(DefinitionError, match="200"):
        read_workbook(data, ".xlsx", "f")


def test_a_reader_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.subprocess, "run", _never_ends)
    with pytest.raises(DefinitionError, match="20 s"):
        read_workbook(GOOD, ".xlsx", "f")


def _never_ends(command: list[str], **_settings: object) -> None:
    raise reading.subprocess.TimeoutExpired(command, 20)


def test_a_reader_that_wants_too_much_memory_is_stopped(tmp_path: Path) -> None:
    # Markdown is not measured beforehand: hundreds of thousands of cells reach the limit of the process.
    path = tmp_path / "besar.md"
    row = "| | " + " | ".join(["x"] * 60) + " |\n"
    path.write_text("| survey |\n" + row * 110_000)
    with pytest.raises((DefinitionError, UsageError)):
        import_file(path)


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".md", ".csv"])
def test_rubbish_is_refused_with_one_line(suffix: str) -> None:
    for data in (b"", b"\0" * 100, random.Random(3).randbytes(2000)):
        with pytest.raises(DefinitionError) as caught:
            read_workbook(data, suffix, "f")
        assert "\n" not in str(caught.value)


def test_a_workbook_with_a_byte_changed_is_read_or_refused() -> None:
    source = random.Random(4)
    for _round in range(6):
        data = bytearray(GOOD)
        for _change in range(3):
            data[source.randrange(len(data))] = source.randrange(256)
        with suppress(DefinitionError):
            read_workbook(bytes(data), ".xlsx", "f")
