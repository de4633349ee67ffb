"""Everything that can be said against form files at once: what stands in them, and what their expressions mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from evaluator.errors import DefinitionError
from evaluator.form.checking import Problem
from evaluator.form.definition import Instrument, Question
from evaluator.form.expression.parser import parse
from evaluator.form.expression.remarks import remarks
from evaluator.form.names import Names
from evaluator.form.nodes import Node
from evaluator.form.program import Fault, examine_program
from evaluator.form.reading import Reading, read
from evaluator.form.suspecting import suspicions

_NAME: Final = re.compile(r"\$\{[^{}]+\}")
_CONDITIONS: Final = frozenset({"relevant", "required", "read_only", "choice_filter"})


def examine(files: Mapping[str, bytes], only: str = "") -> list[Problem]:
    """All problems of `files`, or of the file `only`, file by file from top to bottom."""
    reading = read(files)
    problems = reading.problems()
    if reading.instrument is not None:
        faults, names = examine_program(reading.instrument)
        problems += _faults(reading, reading.instrument, faults)
        problems += _remarks(reading, reading.instrument, names)
    chosen = dict.fromkeys(problem for problem in problems if not only or problem.file == only)
    return sorted(chosen, key=lambda found: (found.file, found.line, found.column))


def expressions(instrument: Instrument) -> Iterator[tuple[str, str, str]]:
    """Every expression as (owner, key, text); owner and key are what `Reading.place` takes."""
    for form in instrument.forms:
        for section in form.sections:
            if section.relevant:
                yield section.path, "relevant", section.relevant
        for question in form.walk():
            for key, text in of_question(question):
                yield question.path, key, text
    for number, check in enumerate(instrument.checks):
        if check.fail_when:
            yield f"check[{number}]", "fail_when", check.fail_when


def of_question(question: Question) -> Iterator[tuple[str, str]]:
    for key in ("relevant", "required", "read_only", "calculation", "choice_filter", "repeat_count"):
        text = getattr(question, key)
        if isinstance(text, str) and text:
            yield key, text
    for number, constraint in enumerate(question.constraints):
        yield f"constraints[{number}]", constraint.expression


def _faults(reading: Reading, instrument: Instrument, faults: list[Fault]) -> Iterator[Problem]:
    texts = {(owner, key): text for owner, key, text in expressions(instrument)} if faults else {}
    for fault in faults:
        error = fault.error
        index = (
            error.column - 1 if error.column else _name_at(texts.get((fault.path, fault.field), ""), error)
        )
        file, place = reading.place(fault.path, fault.field, index)
        yield Problem(file, place.line, place.column, error.code, error.message, error.hint)


def _name_at(text: str, error: DefinitionError) -> int:
    """Where in an expression the name stands that an error without a column speaks of."""
    name = _NAME.search(error.message)
    return max(text.find(name[0]), 0) if name else 0


def _remarks(reading: Reading, instrument: Instrument, names: Names) -> Iterator[Problem]:
    for owner, key, text in expressions(instrument):
        try:
            expression = parse(text, columns=key == "choice_filter")
        except DefinitionError:
            continue  # one of the faults
        about = partial(_question, names, names.find(owner))
        condition = key in _CONDITIONS or key.startswith("constraints")
        for remark in (*remarks(expression), *suspicions(expression, about, instrument, condition=condition)):
            file, place = reading.place(owner, key, remark.column - 1)
            yield Problem(
                file, place.line, place.column, remark.code, remark.message, remark.fix, remark.severity
            )


def _question(names: Names, owner: Node | None, name: str) -> Question | None:
    """The question that a name means where it stands; `.` is the question itself."""
    if owner is None:
        return None
    if name == ".":
        return owner.question
    try:
        return names.resolve(name, owner.form, owner.repeats, owner.parent).question
    except DefinitionError:
        return None  # one of the faults
