"""Choice lists of a form on the sheets of a workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evaluator.form.definition import Choice, Form, Instrument, Label, Question
from evaluator.form.lists import listed_choices
from evaluator.form.xlsform.headers import Column, heading
from evaluator.form.xlsform.workbook import Losses
from evaluator.language import _


class Lists:
    """The lists that the questions of a form use, and those of its file that nobody uses."""

    def __init__(self, instrument: Instrument, form: Form, names: Mapping[str, str], losses: Losses) -> None:
        self._instrument = instrument
        self._names = names
        self._losses = losses
        self.tables: dict[str, None] = {}
        self._choices: dict[str, tuple[Choice, ...]] = {}
        self._external: dict[str, tuple[Choice, ...]] = {}
        used = {found.choices for found in form.walk()}
        external = form.xlsform.external
        elsewhere = {
            found.choices for other in instrument.forms if other is not form for found in other.walk()
        }
        for name, choices in instrument.choices.items():
            # One that no form uses stays with the only form there is: an imported workbook may hold such lists.
            idle = len(instrument.forms) == 1 and name not in elsewhere
            if name not in external and (name in used or idle):
                self._choices[name] = choices
        for ours, name in external.items():
            self._external[name] = instrument.choices.get(ours, ())
        self._pull(form)

    def _pull(self, form: Form) -> None:
        text = " ".join(
            part for found in form.walk() for part in (found.calculation, found.relevant, found.default)
        )
        for name in re.findall(r"pulldata\(\s*['\"]([^'\"]+)['\"]", text):
            if name.removesuffix(".csv") in self._instrument.tables:
                self.tables[f"{name.removesuffix('.csv')}.csv"] = None

    def select(self, question: Question) -> str:
        """The type of a question that offers a list, with the name of the list."""
        command = (
            question.type if question.type in ("select_one", "select_multiple", "rank") else "select_one"
        )
        other = " or_other" if question.or_other else ""
        if question.choices.endswith(".csv"):
            self.tables[question.choices] = None
            return f"{command}_from_file {question.choices}"
        if question.choices:
            return f"{command} {question.choices}{other}"
        name = self._made(question)
        return f"{command} {name}" if name else "text"

    def choices(self) -> list[dict[str, str]]:
        """The rows of the choices sheet."""
        return self._rows(self._choices)

    def external(self) -> list[dict[str, str]]:
        """The rows of the external_choices sheet."""
        return self._rows(self._external)

    def _rows(self, lists: Mapping[str, tuple[Choice, ...]]) -> list[dict[str, str]]:
        return [self._row(name, choice) for name, choices in lists.items() for choice in choices]

    def _row(self, name: str, choice: Choice) -> dict[str, str]:
        row = {"list_name": name, "name": choice.value}
        for code, language in self._names.items():
            text = choice.label.texts.get(code) or choice.label.texts.get("", "")
            if text:
                row[heading(Column("label", language))] = text
        if choice.exclusive:
            message = _("{key} has no place in a workbook").format(key="exclusive")
            self._losses.add(
                "key_left_out", message, column="exclusive", name=f"{name}.{choice.value}", kept=False
            )
        return row | {column: text for column, text in choice.columns.items() if text}

    def _made(self, question: Question) -> str:
        """A list for what is chosen from a scale, agencies, regions, pillars: ours, not the author's."""
        if question.type == "rubric":
            levels = [
                Choice(
                    str(level.value), _anchored(level.label, question.anchors.get(level.value, level.anchor))
                )
                for level in self._instrument.scale
            ]
            return self._add(f"levels_{question.name}", tuple(levels))
        choices = listed_choices(question, self._instrument)
        if not choices:
            message = _("a choice among what was answered elsewhere becomes text")
            self._losses.add("type_changed", message, column="type", name=question.path, kept=False)
            return ""
        return self._add(_list_name(question), choices)

    def _add(self, name: str, choices: tuple[Choice, ...]) -> str:
        name = re.sub(r"[^\w-]", "_", name)
        plain = tuple(Choice(choice.value, choice.label) for choice in choices)
        while self._choices.get(name, plain) != plain:
            name += "_"
        self._choices[name] = plain
        return name


def _anchored(level: Label, anchor: Label) -> Label:
    """A level with its anchor: `3 — Baik: …`."""
    texts = {}
    for code in dict.fromkeys([*level.texts, *anchor.texts]):
        parts = [text for text in (level.texts.get(code, ""), anchor.texts.get(code, "")) if text]
        texts[code] = ": ".join(parts)
    return Label(texts)


def _list_name(question: Question) -> str:
    return question.of[0] if question.of and not question.of[0].startswith("${") else question.type
