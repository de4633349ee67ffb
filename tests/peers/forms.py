"""Random forms and answers in the part of the language that all engines share, and forms as XForms.

What is left out on purpose is what engines answer differently by decision, each with its line in forms/README.md:
blanks in `min` and `max`, a calculation that gives no number, dates against texts, whole days, several rows where one
is meant, numbers as conditions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from evaluator.form.definition import Instrument
from evaluator.form.reading import read_instrument
from evaluator.form.xlsform import toml
from evaluator.form.xlsform.exporting import export_form

WORDS = ("padi", "Kutai", "a b", "3", "x1")
CHOICES = ("a", "b", "c")
ROWS = 3


@dataclass(slots=True)
class RandomForm:
    """A form, and which of its questions take answers: path to type. `r` is its repeat, of ROWS rows."""

    instrument: Instrument
    answerable: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)


class Maker:
    """Makes one random form; every expression refers only to what stands before it."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._known: dict[str, list[str]] = {kind: [] for kind in ("number", "text", "date", "one", "many")}
        self._in_rows: dict[str, list[str]] = {kind: [] for kind in self._known}
        self._rows_done = False
        self._answerable: dict[str, str] = {}
        self._count = 0

    def make(self) -> RandomForm:
        """A form of a dozen questions with a group and a repeat."""
        questions = [self._question("") for _number in range(self._random.randint(4, 7))]
        group = {"name": "g", "type": "group", "relevant": self.truth(2)}
        group["question"] = [self._question("g.") for _number in range(2)]
        rows = {"name": "r", "type": "repeat", "label": "R"}
        rows["question"] = [self._question("r.") for _number in range(3)]
        self._rows_done = True
        questions += [group, rows] if self._random.random() < 0.5 else [rows, group]
        # What the repeat gathers may be used after it only, so that no expression looks ahead.
        questions += [self._question("") for _number in range(self._random.randint(3, 5))]
        form = {
            "form": {"id": "f", "kind": "visit", "title": {"id": "F"}},
            "choices": {"abc": [{"value": value, "label": value.upper()} for value in CHOICES]},
            "section": [{"name": "S", "label": "S", "question": questions}],
        }
        instrument = read_instrument({"f.toml": toml.write(form).encode()})
        return RandomForm(instrument, self._answerable)

    def _question(self, prefix: str) -> dict[str, Any]:
        self._count += 1
        name = f"q{self._count}"
        kind = self._random.choice(
            ("integer", "decimal", "text", "date", "select_one", "select_multiple", "calculate", "calculate")
        )
        question: dict[str, Any] = {"name": name, "type": kind}
        if kind == "calculate":
            result = self._random.choice(("number", "text"))
            question["calculation"] = self.number(3, whole=True) if result == "number" else self.text(3)
        else:
            question["label"] = name
            result = {
                "integer": "number",
                "decimal": "number",
                "select_one": "one",
                "select_multiple": "many",
            }.get(kind, kind)
            self._answerable[f"f.{prefix}{name}"] = kind
            if kind.startswith("select"):
                question["choices"] = "abc"
            if self._random.random() < 0.4:
                question["required"] = self.truth(2)
            if self._random.random() < 0.4 and kind in ("integer", "decimal"):
                question["constraint"] = f". {self._random.choice(('<', '>=', '!='))} {self.number(1)}"
            elif self._random.random() < 0.3 and kind == "text":
                question["constraint"] = "string-length(.) < 4"
        if self._random.random() < 0.5:
            question["relevant"] = self.truth(3)
        (self._in_rows if prefix == "r." else self._known)[result].append(name)
        return question

    # --- expressions

    def _name(self, kind: str) -> str:
        names = list(self._known[kind])
        if not self._rows_done:
            names += self._in_rows[kind]
        return f"${{{self._random.choice(names)}}}" if names else ""

    def _gathered(self, kind: str) -> str:
        names = self._in_rows[kind] if self._rows_done else []
        return f"${{{self._random.choice(names)}}}" if names else ""

    def number(self, depth: int, *, whole: bool = False) -> str:
        """An expression that gives a number; `whole` also where answers are blank."""

        def inner() -> str:
            return self.number(depth - 1, whole=whole)

        pick = self._random.randint(0, 9) if depth else self._random.randint(0, 1)
        name = self._name("number")
        if pick == 0 or (pick == 1 and not name):
            return str(self._random.choice((0, 1, 2, 3, 10, 2.5, 0.1)))
        if pick == 1:
            return f"number(coalesce({name}, 0))" if whole else name
        if pick <= 3:
            return f"({inner()} {self._random.choice('+-*')} {inner()})"
        if pick == 4:
            return f"({inner()} {self._random.choice(('div', 'mod'))} {self._random.choice((2, 3, 7))})"
        if pick == 5:
            return f"if({self.truth(depth - 1)}, {inner()}, {inner()})"
        if pick == 6:
            return f"string-length({self.text(depth - 1)})"
        if pick == 7:
            return f"{self._random.choice(('round', 'int', 'abs'))}({inner()})"
        if pick == 8 and self._name("many"):
            return f"count-selected({self._name('many')})"
        gathered = self._gathered("number")
        if gathered:
            return self._random.choice((f"count-non-empty({gathered})", f"count({gathered})", "count(${r})"))
        return self._random.choice(
            (
                f"number({inner()})",
                f"min({self.number(depth - 1, whole=True)}, {self.number(depth - 1, whole=True)})",
                f"max(2, {self.number(depth - 1, whole=True)}, 0.5)",
                f"pow({self._random.randint(0, 3)}, {self._random.randint(0, 3)})",
                f"round({inner()}, {self._random.randint(0, 2)})",
            )
        )

    def text(self, depth: int) -> str:
        """An expression that gives a text."""
        pick = self._random.randint(0, 8) if depth else self._random.randint(0, 1)
        name = self._name(self._random.choice(("text", "one", "many")))
        if pick == 0 or (pick == 1 and not name):
            return f"'{self._random.choice(WORDS)}'"
        if pick == 1:
            return name
        if pick == 2:
            return f"concat({self.text(depth - 1)}, {self.text(depth - 1)})"
        if pick == 3:
            return (
                f"substr({self.text(depth - 1)}, {self._random.randint(0, 2)}, {self._random.randint(2, 4)})"
            )
        if pick == 4:
            return f"if({self.truth(depth - 1)}, {self.text(depth - 1)}, {self.text(depth - 1)})"
        if pick == 5:
            return f"coalesce({self.text(depth - 1)}, {self.text(depth - 1)})"
        if pick == 6 and self._name("date"):
            return f"format-date({self._name('date')}, '%Y/%n/%e')"
        gathered = self._gathered("text")
        if pick == 7 and gathered:
            indexed = f"indexed-repeat({gathered}, ${{r}}, {self._random.randint(1, ROWS)})"
            return self._random.choice((f"join('-', {gathered})", indexed))
        inner = self.text(depth - 1)
        letter = self._random.choice(("a", "K", " ", "3"))
        return self._random.choice(
            (
                f"normalize-space({inner})",
                f"substring-before({inner}, '{letter}')",
                f"substring-after({inner}, '{letter}')",
                f"translate({inner}, 'abK', 'xy')",
                f"string({inner})",
                f"concat({inner}, '-', {self.number(depth - 1, whole=True)})",
            )
        )

    def truth(self, depth: int) -> str:
        """An expression that is true or false."""
        pick = self._random.randint(0, 8) if depth else 0
        if pick <= 2:
            sign = self._random.choice(("=", "!=", "<", "<=", ">", ">="))
            return f"{self.number(max(depth - 1, 0))} {sign} {self.number(max(depth - 1, 0))}"
        if pick == 3:
            return f"{self.text(depth - 1)} {self._random.choice(('=', '!='))} {self.text(depth - 1)}"
        if pick == 4 and self._name("one"):
            return f"{self._name('one')} = '{self._random.choice(CHOICES)}'"
        if pick == 5 and self._name("many"):
            return f"selected({self._name('many')}, '{self._random.choice(CHOICES)}')"
        if pick == 6:
            return f"({self.truth(depth - 1)} {self._random.choice(('and', 'or'))} {self.truth(depth - 1)})"
        if pick == 7:
            return f"not({self.truth(depth - 1)})"
        if pick == 8 and self._name("date"):
            sign = self._random.choice(("=", "!=", "<", "<=", ">", ">="))
            return self._random.choice(
                (
                    f"{self._name('date')} {sign} {self._name('date')}",
                    f"{self._name('date')} {sign} date('2020-06-15')",
                    f"regex({self.text(depth - 1)}, '[a-z]+')",
                    f"boolean({self.text(depth - 1)})",
                )
            )
        function = self._random.choice(("contains", "starts-with"))
        return f"{function}({self.text(depth - 1)}, '{self._random.choice(('a', 'K', '3'))}')"


def random_answer(random: Random, kind: str) -> str:
    """An answer as an XForm writes it, sometimes none."""
    if random.random() < 0.2:
        return ""
    if kind == "integer":
        return str(random.randint(-5, 12))
    if kind == "decimal":
        return str(random.choice((-2.5, 0.1, 0.3, 1.5, 2.0, 7.25)))
    if kind == "date":
        return f"20{random.randint(10, 30)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    if kind == "select_one":
        return random.choice(CHOICES)
    if kind == "select_multiple":
        return " ".join(value for value in CHOICES if random.random() < 0.5)
    return random.choice(WORDS)


def as_xform(instrument: Instrument, rows: Mapping[str, int] | None = None) -> str:
    """A form of one file as the XForm that pyxform makes of its workbook, with rows in its repeats."""
    from pyxform.xls2xform import convert

    workbook = export_form(instrument, instrument.forms[0]).workbook
    tables: dict[str, Sequence[Mapping[str, str]]] = {}
    for name, sheet in workbook.sheets.items():
        tables[name] = [dict(row) for row in sheet.rows]
        tables[f"{name}_header"] = [dict.fromkeys(sheet.headers)]  # type: ignore[dict-item]
    text: str = convert({**tables, "sheet_names": list(workbook.sheets)}, form_name="data").xform
    for name, count in (rows or {}).items():
        # The instance has a template and one row; JavaRosa takes as many as stand there.
        row = re.search(rf"<{name}>.*?</{name}>", text, re.DOTALL)
        if row is not None:
            text = text.replace(row[0], row[0] * count, 1)
    return text
