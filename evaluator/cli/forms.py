"""`forms list|check|show|eval`: for the people who write forms."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from evaluator import instruments
from evaluator.cli.output import emit, say, table
from evaluator.errors import EvaluatorError, UsageError
from evaluator.form.definition import Question
from evaluator.form.examining import examine
from evaluator.form.expression.evaluate import evaluate_text
from evaluator.language import _, current
from evaluator.text import line


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
    problems = examine(*instruments.files_to_check(Path(options.path)))
    if options.json:
        emit([problem.as_json() for problem in problems])
    else:
        for problem in problems:
            say(f"{problem.file}:{problem.line}:{problem.column}: {problem.message} [{problem.code}]")
            if problem.fix:
                say(f"    {problem.fix}")
        if not problems:
            say(_("No problems found"))
    return 1 if any(problem.severity == "error" for problem in problems) else 0


def show(options: Namespace) -> int:
    """Print a form, or all forms of a folder, as people read them."""
    path = Path(options.path)
    instrument = instruments.load_folder(path if path.is_dir() else path.parent)
    forms = [form for form in instrument.forms if path.is_dir() or form.file == path.name]
    if options.json:
        emit([{"id": form.id, "questions": [question.path for question in form.walk()]} for form in forms])
        return 0
    for form in forms:
        say(f"{form.id}  {form.title.text(current())}")
        for section in form.sections:
            say(f"\n  {section.name}  {section.label.text(current())}")
            for question in section.questions:
                _show_question(question, 1)
        say("")
    return 0


def _show_question(question: Question, depth: int) -> None:
    indent = "  " * depth
    mark = " *" if question.required else ""
    say(f"{indent}  {question.name}  [{question.type}]{mark}  {question.label.text(current())}")
    if question.relevant:
        say(f"{indent}      " + _("if {condition}").format(condition=question.relevant))
    for level, anchor in question.anchors.items():
        say(f"{indent}      {level}  {anchor.text(current())}")
    for child in question.questions:
        _show_question(child, depth + 1)


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
