"""A workbook from somebody's disk into values: within limits, by the field's converter, in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from evaluator.errors import DefinitionError, NotFoundError, UsageError
from evaluator.form.source import MAX_TABLE_BYTES
from evaluator.form.xlsform.importing import Imported, import_workbook, referenced_tables
from evaluator.form.xlsform.workbook import Sheet, Workbook
from evaluator.language import _
from evaluator.paths import read_input
from evaluator.text import line
from evaluator.xlsforms.archive import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, check_archive

SUFFIXES: Final = (".xlsx", ".xlsm", ".xls", ".md", ".csv")
_ZIPPED: Final = (".xlsx", ".xlsm")
_SECONDS: Final = 20
_MEGABYTES: Final = 512
_CHILD: Final = Path(__file__).with_name("child.py")


def require_converter() -> None:
    """Raise UsageError where the extra that reads and writes workbooks is not installed."""
    if importlib.util.find_spec("pyxform") is None:
        raise UsageError(
            "extra_missing",
            _("Workbooks need pyxform, which is not installed"),
            _("Install it with: {command}").format(command="pip install 'evaluator[xlsform]'"),
        )


def import_file(path: Path) -> Imported:
    """The form files of a workbook, with the tables that lie beside it.

    Raises UsageError where the converter is not installed or the file is no workbook by its name, DefinitionError
    for a workbook that the converter refuses or that costs too much.
    """
    require_converter()
    if path.suffix.lower() not in SUFFIXES:
        read_input(path, MAX_BYTES)
        raise UsageError(
            "not_a_workbook",
            _("{path} is not a workbook").format(path=path),
            _("Name a file that ends in {suffixes}").format(suffixes=", ".join(SUFFIXES)),
        )
    data = read_input(path, MAX_BYTES)
    workbook, warnings = read_workbook(data, path.suffix.lower(), path.stem)
    return import_workbook(workbook, _beside(path, referenced_tables(workbook)), warnings)


def read_workbook(data: bytes, suffix: str, name: str) -> tuple[Workbook, tuple[str, ...]]:
    """The sheets of a workbook that converts, and the converter's warnings. Raises DefinitionError."""
    if suffix in _ZIPPED:
        check_archive(data)
    return as_workbook(_converted(data, suffix, name), name)


def as_workbook(found: Mapping[str, Any], name: str) -> tuple[Workbook, tuple[str, ...]]:
    """What the process of the converter answered, as a workbook and the warnings. Raises DefinitionError."""
    if "error" in found:
        message = _("the converter refuses this workbook: {reason}").format(reason=line(found["error"], 2000))
        raise DefinitionError("workbook_invalid", message)
    if "limit" in found:
        message = _("the sheet {name} has more than {rows} rows or {columns} columns")
        raise DefinitionError(
            "workbook_limit", message.format(name=found["limit"], rows=MAX_ROWS, columns=MAX_COLUMNS)
        )
    sheets = {
        key: Sheet(tuple(sheet["headers"]), tuple(_texts(row) for row in sheet["rows"]))
        for key, sheet in found["sheets"].items()
    }
    others = tuple(key for key in found["names"] if key.lower() not in sheets and not _only(found["names"]))
    return Workbook(name, sheets, others), tuple(found["warnings"])


def _only(names: list[str]) -> bool:
    """A single sheet is the survey, whatever it is called."""
    return len(names) == 1


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in row.items() if value is not None}


def _converted(data: bytes, suffix: str, name: str) -> dict[str, Any]:
    # -P keeps the folder of the script off the path, where its neighbours would stand for modules of other names.
    command = [sys.executable, "-P", str(_CHILD), suffix, name]
    command += [str(number) for number in (_MEGABYTES, _SECONDS, MAX_ROWS, MAX_COLUMNS)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise _too_much() from None
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise _too_much()
    if done.returncode:
        reason = line(done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1], 300)
        message = _("the converter cannot read this workbook: {reason}").format(reason=reason)
        raise DefinitionError("workbook_invalid", message)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _too_much() -> DefinitionError:
    return DefinitionError(
        "workbook_limit",
        _("this workbook takes more than {seconds} s or {size} MB to read").format(
            seconds=_SECONDS, size=_MEGABYTES
        ),
        _("Copy the sheets of the form into a new workbook"),
    )


def _beside(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    found = {}
    for name in names:
        if Path(name).name != name or name.startswith("."):
            continue  # a form may not read what lies elsewhere
        try:
            found[name] = read_input(path.with_name(name), MAX_TABLE_BYTES)
        except NotFoundError:
            continue
    return found
