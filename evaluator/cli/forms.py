"""`forms list|check|show|test|eval`: for the people who write forms."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from evaluator import instruments, printing, scenarios
from evaluator.cli.output import emit, say, table
from evaluator.errors import EvaluatorError, UsageError
from evaluator.form.definition import Instrument
from evaluator.form.examining import examine
from evaluator.form.expression.evaluate import evaluate_text
from evaluator.language import _, current
from evaluator.paths import write_atomically
from evaluator.text import line, shown

# Of a long line this much is shown, and this much of it before the caret.
_WIDTH = 100
_BEFORE = 60


def list_forms(options: Namespace) -> int:
    """List the shipped instruments."""
    found = [(folder, instruments.load_folder(folder)) for folder in instruments.available()]
    if options.json:
        emit(
            [
                {
                    "id": instrument.id,
                    "version": instrument.version,
                    "title": instrument.title.text(current()),
                    "folder": str(folder),
                    "forms": [form.id for form in instrument.forms],
                }
                for folder, instrument in found
            ]
        )
    else:
        table((i.id, i.version, i.title.text(current()), str(folder)) for folder, i in found)
    return 0


def check(options: Namespace) -> int:
    """Report every problem at once; 1 if there is one that is more than a warning."""
    files, only = instruments.files_to_check(Path(options.path))
    problems = examine(files, only)
    if options.json:
        emit([problem.as_json() for problem in problems])
    else:
        lines = {name: data.decode("utf-8", "replace").split("\n") for name, data in files.items()}
        for problem in problems:
            say(f"{problem.file}:{problem.line}:{problem.column}: {problem.message} [{problem.code}]")
            for text in _pointed_at(lines.get(problem.file, []), problem.line, problem.column):
                print(text)
            if problem.fix:
                say(f"    {problem.fix}")
        if not problems:
            say(_("No problems found"))
    return 1 if any(problem.severity == "error" for problem in problems) else 0


def _pointed_at(lines: Sequence[str], number: int, column: int) -> Iterator[str]:
    """The line of a problem with a caret under its place; of a long line the part around it."""
    if not 1 <= number <= len(lines) or column < 1:
        return
    start = max(0, column - _BEFORE)
    part = lines[number - 1][start : start + _WIDTH]
    if part.strip():
        yield f"    {line(part, _WIDTH + 1) if start else shown(part.rstrip(), _WIDTH + 1)}"
        before = part[: column - 1 - start]
        before = line(before + ".", _WIDTH)[:-1] if start else before
        yield "    " + " " * sum(_columns(character) for character in before) + "^"


def _columns(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def show(options: Namespace) -> int:
    """Print a form, or all forms of a folder, as people read them."""
    path = Path(options.path)
    instrument = instruments.load_folder(path) if path.is_dir() else _instrument_of(path)
    forms = [form for form in instrument.forms if path.is_dir() or form.file == path.name]
    if options.html:
        page = Path(options.html)
        write_atomically(page, printing.form_page(instrument, forms).encode(), 0o644)
        if options.json:
            emit({"file": str(page)})
        else:
            say(str(page))
    elif options.json:
        emit([{"id": form.id, "questions": [question.path for question in form.walk()]} for form in forms])
    else:
        for form in forms:
            for text in printing.form_lines(instrument, form):
                say(text)
            say("")
    return 0


def _instrument_of(path: Path) -> Instrument:
    """The instrument that a form file belongs to, or the file on its own."""
    files, _only = instruments.files_to_check(path)
    return instruments.load(files)


def test(options: Namespace) -> int:
    """Play scenarios; 1 if something comes out otherwise than they say."""
    folder, files = scenarios.find_scenarios(Path(options.path))
    instrument = instruments.load_folder(folder)
    outcomes = [outcome for file in files for outcome in scenarios.run_file(file, instrument)]
    missed = [outcome for outcome in outcomes if outcome.misses]
    if options.json:
        emit([outcome.as_json() for outcome in outcomes])
        return 1 if missed else 0
    for outcome in outcomes:
        say(f"{'✗' if outcome.misses else '✓'} {outcome.scenario}")
        for miss in outcome.misses:
            say(f"    {outcome.file}:{miss.line}:{miss.column}: {miss.message}")
    say(_("{good} of {all} scenarios hold").format(good=len(outcomes) - len(missed), all=len(outcomes)))
    return 1 if missed else 0


def evaluate(options: Namespace) -> int:
    """Evaluate one expression, or a JSON line each from standard input."""
    if options.stdin:
        return _evaluate_lines()
    if options.expression is None:
        raise UsageError("usage", _("Name an expression, or --stdin"))
    try:
        variables = json.loads(options.vars)
    except ValueError:
        raise UsageError("not_json", _("--vars is not JSON")) from None
    _check_variables(variables)
    value = evaluate_text(options.expression, variables, options.as_type, datetime.now(UTC), _zone())
    if options.json:
        emit({"value": value})
    else:
        say(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return 0


def _evaluate_lines() -> int:
    code = 0
    zone = _zone()
    for text in sys.stdin:
        if not text.strip():
            continue
        try:
            emit({"value": _evaluate_line(text, zone)})
        except EvaluatorError as error:
            code = 1
            emit({"error": {"code": error.code, "message": line(error, 2000)}})
    return code


def _evaluate_line(text: str, zone: tzinfo) -> Any:
    try:
        case = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("not_json", _("The line is not a JSON object")) from None
    if not isinstance(case, dict) or not isinstance(case.get("expr"), str):
        raise UsageError("no_expression", _("The line has no `expr`"))
    _check_variables(case.get("vars"))
    now = case.get("now") or datetime.now(UTC)
    return evaluate_text(case["expr"], case.get("vars"), case.get("as"), now, zone)


def _check_variables(variables: Any) -> None:
    if not isinstance(variables, dict | None):
        raise UsageError("variables_malformed", _('Variables are a JSON object, as in {"nilai": "3"}'))


def _zone() -> tzinfo:
    name = os.environ.get("TZ", "").lstrip(":")
    if not name:
        return datetime.now().astimezone().tzinfo or UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError("unknown_zone", _("TZ names no time zone: {name}").format(name=name)) from None
