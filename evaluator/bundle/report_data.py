"""What a report is made of: the parsed `answers.json` beside its instrument, looked up by question and row.

The document may come from anybody. Its outline has been checked, what is inside has not: every access here takes
any JSON and gives a value of the right kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from evaluator import language
from evaluator.form.definition import Choice, Instrument, Label, Question
from evaluator.form.lists import listed_choices
from evaluator.form.values import shown_value
from evaluator.language import _

Place = tuple[str, tuple[int, ...]]
"""A question path without rows, and the positions of the rows around it."""

_POSITION = re.compile(r"\[([1-9][0-9]{0,5})\]")
_SCORE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,60})?")
_FRACTION = re.compile(r"-?[0-9]{1,20}\.[0-9]{1,20}")
_WIDE = Context(prec=80)


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list | tuple) else ()


def ordered(value: Any, order: Iterable[str]) -> list[tuple[str, Any]]:
    """The entries of an object in `order`, then the others by name: canonical JSON keeps no order of its own."""
    entries = mapping(value)
    known = [name for name in order if name in entries]
    return [(name, entries[name]) for name in (*known, *sorted(entries.keys() - set(known)))]


def string(value: Any) -> str:
    """`value` as text; nothing for null."""
    return "" if value is None else str(value)


def decimal(value: Any) -> Decimal | None:
    """A score as written in the document, None for anything else."""
    return Decimal(value) if isinstance(value, str) and _SCORE.fullmatch(value) else None


def two_places(value: Decimal | None) -> str:
    """A score as people read it, rounded half up; a dash where there is none."""
    if value is None:
        return "–"
    return language.number(value.quantize(Decimal("0.01"), ROUND_HALF_UP, _WIDE), 2)


def day(value: Any) -> str:
    """An ISO date, or date and time, as people write it; any other text as it is."""
    written = string(value)
    try:
        if len(written) > 10:
            return language.day_and_time(datetime.fromisoformat(written))
        return language.day(date.fromisoformat(written)) if len(written) == 10 else written
    except ValueError:
        return written


@dataclass(frozen=True, slots=True)
class Answer:
    """One entry of `answers`, with its number in the report."""

    number: int
    path: str
    entry: Mapping[str, Any]

    @property
    def status(self) -> str:
        """`answered unanswered na special not_relevant`, or what else stands there."""
        return string(self.entry.get("status"))

    def said(self, name: str) -> str:
        """A companion of the answer as text."""
        return string(self.entry.get(name))


@dataclass(frozen=True, slots=True)
class Dossier:
    """A document and its instrument, indexed once."""

    document: Mapping[str, Any]
    instrument: Instrument
    lang: str
    answers: Mapping[Place, Answer] = field(default_factory=dict)
    rows: Mapping[Place, tuple[int, ...]] = field(default_factory=dict)
    row_places: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)
    evidence: Mapping[str, tuple[int, Mapping[str, Any]]] = field(default_factory=dict)

    def label(self, label: Label) -> str:
        """A text of the instrument in the language of the report."""
        return label.text(self.lang)

    def choice(self, choices: Sequence[Choice], value: str) -> str:
        """The label of a choice, else its value."""
        return next((self.label(found.label) or value for found in choices if found.value == value), value)

    @property
    def top(self) -> int:
        """The highest level of the scale."""
        return max((level.value for level in self.instrument.scale if level.value > 0), default=5)

    @property
    def score(self) -> Mapping[str, Any]:
        """The score object."""
        return mapping(self.document.get("score"))

    def value(self, question: Question, answer: Answer) -> str:
        """The answer as people read it."""
        raw = answer.entry.get("value")
        if question.type == "item":
            return ", ".join(
                self.reference(string(item)) for item in (raw if isinstance(raw, list) else [raw])
            )
        if question.type == "geopoint":
            return string(raw)
        choices = listed_choices(question, self.instrument) or ()
        if question.type == "section":
            choices = self._sections_beside(question, answer) or choices
        if question.type == "calculate" and isinstance(raw, str) and _FRACTION.fullmatch(raw):
            return language.number(raw)  # a whole number may be a year or a code, so it stays as it is
        try:
            return shown_value(question, raw, choices, self.lang)
        except (ValueError, TypeError):
            return string(raw)  # not written as its type is; shown as it stands

    def reference(self, name: str) -> str:
        """What an item points to: a question by its code, a row by its position, evidence by its title."""
        if name in self.evidence:
            title = string(self.evidence[name][1].get("title"))
            return f"{name} {title}".rstrip()
        path, bracket, row = name.partition("[")
        question = self.questions.get(path)
        if question is None:
            return name
        if not bracket:
            return question.name
        place = place_of(self.row_places.get(row.removesuffix("]"), ""))
        return f"{self.label(question.label)} {place[1][-1]}" if place[0] == path else name

    def _sections_beside(self, question: Question, answer: Answer) -> tuple[Choice, ...]:
        """The sections of the form that an answer beside this one names."""
        named = {
            string(other.entry.get("value"))
            for path in _beside(answer.path, question.of)
            if (other := self.answers.get(place_of(path))) is not None
        }
        return tuple(
            Choice(section.name, section.label)
            for form in self.instrument.forms
            if form.id in named
            for section in form.sections
        )


def _beside(path: str, of: Sequence[str]) -> list[str]:
    around = path.rpartition(".")[0]
    return [f"{around}.{name.removeprefix('${').removesuffix('}')}" for name in of]


def place_of(path: str) -> Place:
    """`qwn.QWN-REC[2].nama` is (`qwn.QWN-REC.nama`, (2,))."""
    return _POSITION.sub("", path), tuple(int(found) for found in _POSITION.findall(path))


def read(document: Mapping[str, Any], instrument: Instrument, lang: str) -> Dossier:
    """The document, indexed. What stands twice is taken from its last place."""
    answers: dict[Place, Answer] = {}
    rows: dict[Place, set[int]] = {}
    row_places: dict[str, str] = {}
    for number, item in enumerate(sequence(document.get("answers")), start=1):
        entry = mapping(item)
        path = string(entry.get("path"))
        place = place_of(path)
        answers[place] = Answer(number, path, entry)
        for depth, found in enumerate(_POSITION.finditer(path)):
            repeat = _POSITION.sub("", path[: found.start()])
            rows.setdefault((repeat, place[1][:depth]), set()).add(int(found[1]))
        if entry.get("row"):
            row_places.setdefault(string(entry["row"]), path[: path.rfind("]") + 1])
    evidence = {
        string(mapping(piece).get("id")): (number, mapping(piece))
        for number, piece in enumerate(sequence(document.get("evidence")), start=1)
    }
    return Dossier(
        document,
        instrument,
        lang,
        answers=answers,
        rows={place: tuple(sorted(found)) for place, found in rows.items()},
        row_places=row_places,
        questions={question.path: question for question in instrument.walk()},
        evidence=evidence,
    )


def kind_name(kind: str) -> str:
    """A kind of form as people call it."""
    return {
        "visit": _("Visit"),
        "pillar": _("Pillars"),
        "readiness": _("Readiness"),
        "masterplan": _("Masterplan"),
        "quick_wins": _("Quick wins"),
        "closing": _("Closing"),
    }.get(kind, kind)
