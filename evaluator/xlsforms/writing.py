"""Form files and workbooks onto the disk."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

from evaluator.errors import DefinitionError, NotFoundError, UsageError
from evaluator.form.definition import Form, Instrument
from evaluator.form.xlsform.exporting import Exported, export_form
from evaluator.form.xlsform.importing import Imported
from evaluator.form.xlsform.workbook import Sheet, Workbook
from evaluator.language import _
from evaluator.paths import make_directory, read_input, write_atomically
from evaluator.xlsforms.reading import read_workbook, require_converter

_CELL_LIMIT: Final = 32_767  # what spreadsheets hold


def write_folder(imported: Imported, folder: Path) -> list[str]:
    """Write the files of an instrument into a folder that holds none of them; gives their paths.

    Raises UsageError where a file would be replaced by another one.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError("is_a_file", _("{path} is a file; name a folder").format(path=folder))
    for name, data in imported.files.items():
        path = folder / name
        if path.exists() and read_input(path) != data:
            raise UsageError(
                "file_exists",
                _("{path} is there already and is not replaced").format(path=path),
                _("Name a new folder"),
            )
    make_directory(folder)
    for name, data in imported.files.items():
        write_atomically(folder / name, data, 0o644)
    return [str(folder / name) for name in imported.files]


def chosen_form(instrument: Instrument, form_id: str) -> Form:
    """The form named, or the only one. Raises NotFoundError or UsageError."""
    known = ", ".join(form.id for form in instrument.forms)
    if not form_id and len(instrument.forms) > 1:
        raise UsageError(
            "form_not_named",
            _("The instrument has several forms"),
            _("Name one with --form: {names}").format(names=known),
        )
    for form in instrument.forms:
        if form.id == form_id or not form_id:
            return form
    raise NotFoundError(
        "form_not_found",
        _("There is no form “{name}”").format(name=form_id),
        _("Known: {names}").format(names=known),
    )


def export_file(instrument: Instrument, form: Form, path: Path) -> tuple[Exported, list[str]]:
    """Write the workbook of a form, and beside it the tables that it uses; gives the paths written.

    The converter reads the workbook before it is put in place. Raises UsageError where the extra is not installed
    or a table of another content is in the way, DefinitionError where the converter refuses the form.
    """
    require_converter()
    if path.suffix.lower() != ".xlsx":
        raise UsageError("not_a_workbook", _("{path} must end in .xlsx").format(path=path))
    exported = export_form(instrument, form)
    data = workbook_bytes(exported.workbook)
    read_workbook(data, ".xlsx", form.id)
    tables = {path.with_name(name): instrument.files[name] for name in exported.tables}
    for beside, table in tables.items():
        if beside.exists() and read_input(beside) != table:
            raise UsageError(
                "file_exists",
                _("{path} is there already and is not replaced").format(path=beside),
                _("Name a file in another folder"),
            )
    make_directory(path.parent)
    for beside, table in tables.items():
        write_atomically(beside, table, 0o644)
    write_atomically(path, data, 0o644)
    return exported, [str(path), *map(str, tables)]


def workbook_bytes(workbook: Workbook) -> bytes:
    """The workbook as a file. Every cell is text, so that no spreadsheet takes one for a formula."""
    from openpyxl import Workbook as File

    file = File(write_only=True)
    for name, sheet in workbook.sheets.items():
        _write_sheet(file.create_sheet(name), name, sheet)
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _write_sheet(target: Any, name: str, sheet: Sheet) -> None:
    from openpyxl.cell import WriteOnlyCell

    def cell(text: str, row: int, column: str) -> Any:
        if len(text) > _CELL_LIMIT:
            message = _("the text in {sheet}, row {row}, {column} is longer than a cell can hold")
            raise DefinitionError("cell_limit", message.format(sheet=name, row=row, column=column))
        written = WriteOnlyCell(target)
        written.value = text
        written.data_type = "s"
        return written

    target.append([cell(header, 1, header) for header in sheet.headers])
    for number, row in enumerate(sheet.rows, 2):
        target.append(
            [cell(row[header], number, header) if header in row else None for header in sheet.headers]
        )
