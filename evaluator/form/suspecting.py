"""Expressions that work, though hardly as their author means: judged by the types of the questions they name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Final, TypeAlias

from evaluator.form.definition import Instrument, Question
from evaluator.form.expression.parser import Expression, walk
from evaluator.form.expression.remarks import Remark
from evaluator.form.expression.temporal import read_temporal
from evaluator.form.expression.tree import Call, Chain, Dot, Node, Reference, Text
from evaluator.form.lists import listed_choices
from evaluator.form.values import OTHER
from evaluator.language import _

About: TypeAlias = Callable[[str], Question | None]

_CHOSEN: Final = frozenset({"select_one", "select_multiple", "rank", "yesno"})
_TEMPORAL: Final = frozenset({"date", "datetime"})
_COMPARING: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})
_DATELIKE: Final = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\s*")
# Codes of a date pattern that make a number, and the only pattern with signs between that is read as a date.
_NUMERIC_PATTERN: Final = re.compile(r"(%[YymndeHhMS3])+")
_ISO_PATTERN: Final = "%Y-%m-%d"


def suspicions(
    expression: Expression, about: About, instrument: Instrument, *, condition: bool
) -> Iterator[Remark]:
    """What is suspicious about an expression; `condition` says that it is asked for true or false."""
    if condition:
        yield from _truths(expression.tree, about)
    for node in walk(expression.tree):
        if isinstance(node, Chain):
            if node.rest[0][0] in ("and", "or"):
                for operand in (node.first, *(operand for _operator, operand in node.rest)):
                    yield from _truths(operand, about)
            else:
                yield from _comparisons(node, about, instrument)
        elif isinstance(node, Call):
            if node.name in ("not", "boolean", "if") and node.arguments:
                yield from _truths(node.arguments[0], about)
            if node.name == "selected" and len(node.arguments) == 2:
                yield from _unlisted(node.arguments[0], node.arguments[1], about, instrument)


def _asked(node: Node, about: About) -> Question | None:
    if isinstance(node, Reference):
        return about(node.name)
    return about(".") if isinstance(node, Dot) else None


def _truths(node: Node, about: About) -> Iterator[Remark]:
    """A choice taken for true or false: every answer is true, "no" as well."""
    question = _asked(node, about)
    if question is None or question.type not in _CHOSEN:
        return
    message = _("this is true for every answer of {name}, also for “no”").format(name=question.name)
    fix = _("Compare it: ${{{name}}} = '…'").format(name=question.name)
    yield Remark("warning", "truth_of_choice", node.start + 1, message, fix)


def _comparisons(chain: Chain, about: About, instrument: Instrument) -> Iterator[Remark]:
    left = chain.first
    for operator, right in chain.rest:
        if operator in _COMPARING:
            for one, other in ((left, right), (right, left)):
                yield from _date_text(one, operator, other, about)
                yield from _unlisted(one, other, about, instrument)
                if operator not in ("=", "!="):
                    yield from _formatted(one)
        left = right


def _date_text(one: Node, operator: str, other: Node, about: About) -> Iterator[Remark]:
    """A date compared with a text that is none: `${d} > '21/11/2026'`."""
    if not isinstance(other, Text) or not other.value.strip():
        return
    question = _asked(one, about)
    is_date = question is not None and question.type in _TEMPORAL
    is_date = is_date or (isinstance(one, Call) and one.name in ("today", "now", "date", "date-time"))
    looks_like_one = operator not in ("=", "!=") and _DATELIKE.fullmatch(other.value)
    if read_temporal(other.value, UTC) is None and (is_date or looks_like_one):
        message = _("“{text}” is compared as text: it is not written as a date").format(text=other.value)
        fix = _("Write the date as YYYY-MM-DD")
        yield Remark("warning", "date_as_text", other.start + 1, message, fix)


def _formatted(node: Node) -> Iterator[Remark]:
    """Which of two dates comes first cannot be told from how they are shown."""
    if not isinstance(node, Call) or not node.name.startswith("format-date"):
        return
    pattern = node.arguments[1]
    if (
        not isinstance(pattern, Text)
        or pattern.value == _ISO_PATTERN
        or _NUMERIC_PATTERN.fullmatch(pattern.value)
    ):
        return
    message = _("dates written as {pattern} cannot be put in order").format(pattern=pattern.value)
    fix = _("Compare the dates themselves, without {name}()").format(name=node.name)
    yield Remark("warning", "date_as_text", node.start + 1, message, fix)


def _unlisted(one: Node, other: Node, about: About, instrument: Instrument) -> Iterator[Remark]:
    """A choice compared with a value that its list does not have."""
    question = _asked(one, about)
    if question is None or question.type not in _CHOSEN or not isinstance(other, Text) or not other.value:
        return
    listed = listed_choices(question, instrument)
    if listed is None:
        return
    values = {choice.value for choice in listed} | {choice.value for choice in question.special} | {OTHER}
    wanted = other.value.split() if question.type in ("select_multiple", "rank") else [other.value]
    missing = [value for value in wanted if value not in values]
    if missing and listed:
        message = _("“{value}” is not a choice of {name}").format(value=missing[0], name=question.name)
        known = ", ".join(choice.value for choice in listed[:12])
        yield Remark(
            "warning", "choice_unknown", other.start + 1, message, _("Known: {names}").format(names=known)
        )
