"""Builds small instruments from dictionaries: a question is its type, or a dictionary of its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest

from evaluator import language
from evaluator.form.definition import (
    EMPTY,
    Choice,
    Constraint,
    Form,
    Instrument,
    Label,
    Level,
    Question,
    Section,
)
from evaluator.form.filling import Environment, Filling
from evaluator.form.program import compile_program

Spec = Mapping[str, Any]
MOMENT = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)


class Build(Protocol):
    """Builds an instrument of the form `f`, or of several with `forms`."""

    def __call__(self, questions: Spec | None = None, /, **fields: Any) -> Instrument: ...


class Fill(Protocol):
    """Opens a visit of such an instrument."""

    def __call__(self, questions: Spec | None = None, /, **fields: Any) -> Filling: ...


def _label(text: Any) -> Label:
    if isinstance(text, Label):
        return text
    return Label(dict(text)) if isinstance(text, Mapping) else Label({"id": text})


def _choices(values: Any) -> tuple[Choice, ...]:
    return tuple(
        value if isinstance(value, Choice) else Choice(value, _label(value.upper())) for value in values
    )


def _constraints(found: Any) -> tuple[Constraint, ...]:
    texts = (found,) if isinstance(found, str) else found
    return tuple(text if isinstance(text, Constraint) else Constraint(text) for text in texts)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "label": _label,
    "hint": _label,
    "constraints": _constraints,
    "special": _choices,
}


def _question(
    name: str, spec: Any, form: str, section: str, parent: str, repeats: tuple[str, ...]
) -> Question:
    fields = {"type": spec} if isinstance(spec, str) else dict(spec)
    path = f"{parent}.{name}"
    inside = (*repeats, path) if fields["type"] == "repeat" else repeats
    children = fields.pop("questions", {})
    read = {key: _READERS[key](value) if key in _READERS else value for key, value in fields.items()}
    return Question(
        name=name,
        path=path,
        form=form,
        section=section,
        repeats=repeats,
        label=read.pop("label", _label(name)),
        questions=tuple(
            _question(child, found, form, section, path, inside) for child, found in children.items()
        ),
        **read,
    )


def _section(form: str, name: str, spec: Spec) -> Section:
    questions = spec.get("questions", spec) if "questions" in spec else spec
    relevant = spec.get("relevant", "") if "questions" in spec else ""
    return Section(
        name,
        f"{form}.{name}",
        _label(f"Bagian {name}"),
        relevant=relevant,
        questions=tuple(_question(key, found, form, name, form, ()) for key, found in questions.items()),
    )


def _form(form: str, kind: str, sections: Spec) -> Form:
    found = tuple(_section(form, name, spec) for name, spec in sections.items())
    return Form(form, kind, _label(f"Formulir {form}"), found)


@pytest.fixture
def build() -> Build:
    """`build({"a": "integer"}, …)`: fields of the instrument, or `forms={"gov": ("pillar", {"A": {…}})}`."""

    def make(questions: Spec | None = None, /, **fields: Any) -> Instrument:
        specs = fields.pop("forms", {"f": ("visit", {"A": questions or {}})})
        fields["choices"] = {name: _choices(found) for name, found in fields.get("choices", {}).items()}
        return Instrument(
            id="i",
            version="1",
            title=EMPTY,
            notice=EMPTY,
            languages=("id", "en"),
            forms=tuple(_form(form, kind, sections) for form, (kind, sections) in specs.items()),
            scale=tuple(Level(level, _label(f"Tingkat {level}")) for level in range(6)),
            yes_label=_label({"id": "Ya", "en": "Yes"}),
            no_label=_label({"id": "Tidak", "en": "No"}),
            **fields,
        )

    return make


@pytest.fixture
def fill(build: Build) -> Fill:
    """`fill({…})` opens a visit; `answers`, `rows` and the parts of `Environment` may be given by name."""

    def make(questions: Spec | None = None, /, **fields: Any) -> Filling:
        opened = {name: fields.pop(name) for name in ("answers", "rows") if name in fields}
        names = Environment.__dataclass_fields__
        surroundings = {name: fields.pop(name) for name in list(fields) if name in names}
        environment = Environment(**{"now": lambda: MOMENT, **surroundings})
        return Filling(compile_program(build(questions, **fields)), environment=environment, **opened)

    return make


@pytest.fixture(autouse=True)
def _indonesian() -> Iterator[None]:
    before = language.current()
    language.use("id")
    yield
    language.use(before)
