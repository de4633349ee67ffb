"""Expressions of a workbook that this language does not have: out of the way, kept, and listed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from evaluator.form.program import Fault, program_faults
from evaluator.form.reading import read
from evaluator.form.xlsform.headers import Column, heading
from evaluator.form.xlsform.questions import Context
from evaluator.form.xlsform.workbook import SURVEY
from evaluator.language import _

_ROUNDS: Final = 40
_REFERENCE: Final = re.compile(r"\$\{[^{}]*\}")
_MESSAGES: Final = {"constraint": "constraint_message", "required": "required_message"}

Table = dict[str, Any]


def mend(form: Table, files: Callable[[], Mapping[str, bytes]], context: Context) -> None:
    """Move to `extra` what keeps the form from being compiled, until it can be.

    Taking out one expression may show a fault that it hid, so this is done over and over.
    """
    places = dict(_places(form))
    for _round in range(_ROUNDS):
        instrument = read(files()).instrument
        faults = program_faults(instrument) if instrument is not None else []
        for fault in faults:
            question = places.get(fault.path)
            if question is not None:
                _move(question, fault, context)
        if not faults:
            return


def _places(form: Table) -> Iterator[tuple[str, Table]]:
    """The table of every question by its path."""
    waiting = [
        (form["form"]["id"], question)
        for section in form["section"]
        for question in section.get("question", [])
    ]
    while waiting:
        parent, question = waiting.pop()
        path = f"{parent}.{question['name']}"
        yield path, question
        waiting.extend((path, child) for child in question.get("question", []))


def _move(question: Table, fault: Fault, context: Context) -> None:
    key = fault.field.partition("[")[0]
    key = "constraint" if key == "constraints" else key
    if key not in question:
        return
    extra = question.setdefault("extra", {})
    column = key
    if key in ("label", "hint", "guidance_hint"):
        _unlink(question, key, context)
    elif key == "choices":
        extra.setdefault("type", f"{question['type']} {question['choices']}")
        column = "type"
        del question["choices"]
        if "choice_filter" in question:
            extra["choice_filter"] = question.pop("choice_filter")
        question["type"] = "text"
    else:
        value = question.pop(key)
        extra[key] = ", ".join(f"${{{name}}}" for name in value) if key == "trigger" else _written(value)
        if key == "calculation" and question["type"] == "calculate":
            question[key] = "''"
        if _MESSAGES.get(key, "") in question and key == "constraint":
            _keep_message(question, _MESSAGES[key], context)
    question["extra"] = dict(sorted(extra.items()))
    message = _("this has no counterpart and is kept without effect: {reason}")
    context.losses.add(
        "expression_kept",
        message.format(reason=fault.error.message),
        sheet=SURVEY,
        row=context.row_of(question),
        column=column,
        name=question["name"],
    )


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true()" if value else "false()"
    return str(value)


def _keep_message(question: Table, key: str, context: Context) -> None:
    for language, text in _by_language(question.pop(key), context):
        question["extra"][heading(Column(key, language))] = text


def _unlink(question: Table, key: str, context: Context) -> None:
    """A text that refers to what is not there: the text is kept, and shown without the reference."""
    for language, text in _by_language(question[key], context):
        question["extra"][heading(Column(key, language))] = text
    value = question[key]
    if isinstance(value, dict):
        question[key] = {code: _REFERENCE.sub("…", text) for code, text in value.items()}
    else:
        question[key] = _REFERENCE.sub("…", value)


def _by_language(value: Any, context: Context) -> Iterator[tuple[str, str]]:
    names = {code: name for name, code in context.languages.items()}
    texts = value if isinstance(value, dict) else {next(iter(names)): value}
    for code, text in texts.items():
        if text:
            yield names[code], text
