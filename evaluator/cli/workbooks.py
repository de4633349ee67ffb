"""`forms import` and `forms export`: XLSForm workbooks in and out."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from evaluator import instruments
from evaluator.cli.output import emit, say
from evaluator.form.xlsform.workbook import Loss
from evaluator.language import _
from evaluator.text import line
from evaluator.xlsforms.reading import import_file
from evaluator.xlsforms.writing import chosen_form, export_file, write_folder


def import_form(options: Namespace) -> int:
    """Turn a workbook into the files of an instrument."""
    imported = import_file(Path(options.file))
    written = write_folder(imported, Path(options.output))
    if options.json:
        emit(
            {"form": imported.form, "files": written, "report": [loss.as_json() for loss in imported.losses]}
        )
    else:
        for name in written:
            say(name)
        _tell(imported.losses)
    return 0


def export_form(options: Namespace) -> int:
    """Write a form as a workbook."""
    instrument = instruments.load_folder(Path(options.folder))
    form = chosen_form(instrument, options.form or "")
    exported, written = export_file(instrument, form, Path(options.output))
    if options.json:
        emit(
            {
                "form": form.id,
                "file": written[0],
                "files": written,
                "report": [loss.as_json() for loss in exported.losses],
            }
        )
    else:
        for name in written:
            say(name)
        _tell(exported.losses)
    return 0


def _tell(losses: Sequence[Loss]) -> None:
    """What has no counterpart on the other side, line by line."""
    if not losses:
        return
    say("\n" + _("Without a counterpart:"))
    for loss in losses:
        place = loss.place()
        say(f"  {line(place, 120)}: {line(loss.message, 400)}" if place else f"  {line(loss.message, 400)}")
