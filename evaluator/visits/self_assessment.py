"""The region's self-assessment: a CSV with the columns question, value and note."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.errors import EvaluatorError, UsageError
from evaluator.language import _
from evaluator.paths import read_input
from evaluator.store import references
from evaluator.store.references import StoredReference
from evaluator.text import clean, uncell

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

SELF = "self"
_LIMIT = 8 * 1024 * 1024
_COLUMNS = ("question", "value", "note")


def import_csv(visit: Visit, file: Path) -> int:
    """Read `file` completely or not at all; the number of answers. A question left empty counts as not answered.

    Comma, semicolon or tab, UTF-8 with or without its mark. Raises UsageError with the line of the first problem.
    """
    visit.require_draft()
    answers: dict[tuple[str, str], StoredReference] = {}
    for number, cells in _rows(file):
        path, value, note = (uncell(cells.get(name, "").strip()) for name in _COLUMNS)
        if not path and not value:
            continue
        try:
            key = visit.filling.locate(path)
            read = visit.filling.read(key, value)
            note = clean(note)
        except ValueError as error:
            raise _bad(file, number, _("control character {where}").format(where=error)) from None
        except EvaluatorError as error:
            raise _bad(file, number, error.message) from None
        if key in answers:
            raise _bad(file, number, _("{path} stands twice").format(path=path))
        answers[key] = StoredReference(SELF, key[0], key[1], read, note)
    answered = [answer for answer in answers.values() if answer.value is not None or answer.note]
    with visit.desk.transaction() as connection:
        return references.put_all(connection, visit.id, SELF, answered)


def _rows(file: Path) -> list[tuple[int, dict[str, str]]]:
    data = read_input(file, _LIMIT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            "not_utf8", _("{file} is not UTF-8 text").format(file=file.name), _("Save it as CSV UTF-8")
        ) from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise _bad(file, reader.line_num, str(error)) from None
    names = [name.strip().lower() for name in rows[0][1]] if rows else []
    if not {"question", "value"} <= set(names):
        raise UsageError(
            "no_columns",
            _("{file} has no columns question and value").format(file=file.name),
            _("The first line must name them: question,value,note"),
        )
    return [(number, dict(zip(names, row, strict=False))) for number, row in rows[1:]]


def _bad(file: Path, number: int, reason: str) -> UsageError:
    return UsageError(
        "bad_line",
        _("{file}, line {line}: {reason}").format(file=file.name, line=number, reason=reason),
        _("Correct the line; nothing was read"),
    )
