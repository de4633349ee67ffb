"""Reading TOML tables with every fault noted instead of the first one raised.

`Fields` takes keys out of a table one by one with their types; what is wrong goes into a `Report` under its TOML
path, and lines and columns are looked up only when there is something to show.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from evaluator.errors import DefinitionError
from evaluator.form.definition import EMPTY, Label
from evaluator.form.positions import Place, Positions, TomlPath, scan
from evaluator.language import _
from evaluator.text import clean


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a form file; `line` and `column` count from 1, 0 where the whole file is meant.

    A warning stops nothing: the form works, though perhaps not as its author thinks.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    fix: str = ""
    severity: Literal["error", "warning"] = "error"

    def as_json(self) -> dict[str, str | int]:
        """The problem as `forms check --json` prints it."""
        return asdict(self)

    def error(self) -> DefinitionError:
        """The problem as the error that stops loading."""
        return DefinitionError(
            self.code, self.message, self.fix, file=self.file, line=self.line, column=self.column
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """The table of a file that something was read from."""

    file: str
    path: TomlPath


@dataclass(slots=True)
class Report:
    """The problems found so far, and the texts in which to look up their places."""

    texts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _scans: dict[str, Positions] = field(default_factory=dict)

    def add(self, origin: Origin, code: str, message: str, fix: str = "", *, key: bool = False) -> None:
        """Note a problem at the value of `origin`, or at its key."""
        place = self.place(origin, key=key)
        self.problems.append(Problem(origin.file, place.line, place.column, code, message, fix))

    def add_error(self, error: DefinitionError) -> None:
        """Note a problem that was raised."""
        self.problems.append(
            Problem(error.file, error.line, error.column, error.code, error.message, error.hint)
        )

    def place(self, origin: Origin, index: int = 0, *, key: bool = False) -> Place:
        """Where character `index` of the value at `origin` stands."""
        positions = self._positions(origin.file)
        return positions.key(origin.path) if key else positions.value(origin.path, index)

    def has(self, origin: Origin) -> bool:
        """Whether the file has a key at `origin`."""
        return origin.path in self._positions(origin.file).keys

    def _positions(self, file: str) -> Positions:
        if file not in self._scans:
            self._scans[file] = scan(self.texts.get(file, ""))
        return self._scans[file]

    def sorted(self) -> list[Problem]:
        """All problems, file by file from top to bottom, each once: a block is read for every form that has it."""
        unique = dict.fromkeys(self.problems)
        return sorted(unique, key=lambda found: (found.file, found.line, found.column))


def suggestion(word: str, known: Iterable[str]) -> str:
    """A sentence with the known words nearest to `word`, else all of them where they are few."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, 3, 0.6)
    if near:
        return _("Did you mean {names}?").format(names=", ".join(near))
    if names and len(names) <= 30:
        return _("Known: {names}").format(names=", ".join(names))
    return ""


class Fields:
    """The keys of one TOML table, taken out one by one; `finish` reports those that nobody asked for."""

    __slots__ = ("_languages", "_report", "_table", "_taken", "origin")

    def __init__(
        self, report: Report, origin: Origin, table: Mapping[str, Any], languages: Sequence[str] = ()
    ) -> None:
        self.origin = origin
        self._report = report
        self._table = table
        self._taken: set[str] = set()
        self._languages = languages

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def at(self, *keys: str | int) -> Origin:
        """The place of a key of this table."""
        return Origin(self.origin.file, (*self.origin.path, *keys))

    def problem(self, key: str, code: str, message: str, fix: str = "") -> None:
        """Note a problem with the value of `key`, or with the table where the key is missing."""
        self._report.add(self.at(key), code, message, fix)

    def finish(self, also: Iterable[str] = ()) -> None:
        """Report every key that was not taken; `also` are keys that might have been."""
        for key in self._table:
            if key not in self._taken and key not in also:
                self._report.add(
                    self.at(key),
                    "unknown_key",
                    _("there is no key “{key}” here").format(key=key),
                    suggestion(key, self._taken.union(also)),
                    key=True,
                )

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A text; `default` where it is missing or not a text."""
        value = self._take(key, required)
        if value is None:
            return default
        if isinstance(value, str):
            return self._cleaned(value, key)
        self._mistyped(key, value, _("text"))
        return default

    def scalar(self, key: str) -> str:
        """A text, number, date or boolean as the text that an expression or a stored value would hold."""
        value = self._take(key)
        if value is None:
            return ""
        text = scalar_text(value)
        if text is None:
            self._mistyped(key, value, _("text or a number"))
            return ""
        return self._cleaned(text, key)

    def scalars(self, key: str) -> dict[str, str]:
        """A table of texts."""
        found = {}
        for name, value in self._table_at(key).items():
            text = scalar_text(value)
            if text is None:
                self._report.add(self.at(key, name), "wrong_type", _("this must be text or a number"))
            else:
                found[name] = self._cleaned(text, key, name)
        return found

    def boolean(self, key: str) -> bool:
        """True or false; false where it is missing."""
        value = self._take(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self._mistyped(key, value, _("true or false"))
        return False

    def condition(self, key: str) -> bool | str:
        """True, false or an expression."""
        value = self._take(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        if isinstance(value, str):
            return self._cleaned(value, key)
        self._mistyped(key, value, _("true, false or an expression"))
        return False

    def integer(self, key: str, default: int = 0, *, required: bool = False) -> int:
        """A whole number."""
        value = self._take(key, required)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self._mistyped(key, value, _("a whole number"))
        return default

    def number(self, key: str, default: Decimal | None = None, *, required: bool = False) -> Decimal | None:
        """A number, exactly as written."""
        value = self._take(key, required)
        if value is None:
            return default
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and Decimal(value).is_finite():
            return Decimal(value)
        self._mistyped(key, value, _("a number"))
        return default

    def weight(self, key: str, default: Decimal) -> Decimal:
        """A number that is not negative."""
        found = self.number(key, default)
        if found is None or found < 0:
            self.problem(key, "bad_weights", _("a weight cannot be negative"))
            return default
        return found

    def one_of(self, key: str, known: Sequence[str], default: str = "", *, required: bool = False) -> str:
        """One of a few words."""
        value = self.text(key, default, required=required)
        if value and value not in known:
            self.problem(
                key,
                "bad_value",
                _("“{value}” is not known here").format(value=value),
                suggestion(value, known),
            )
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one."""
        value = self._take(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (self._cleaned(value, key),)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(self._cleaned(item, key, number) for number, item in enumerate(value))
        self._mistyped(key, value, _("a list of texts"))
        return ()

    def label(self, key: str, *, required: bool = False, plain: bool = False) -> Label:
        """A text in every language of the instrument; a single text where it has one language or for `plain`."""
        value = self._take(key, required)
        if value is None:
            return EMPTY
        if isinstance(value, str) and (plain or len(self._languages) == 1):
            text = self._cleaned(value, key)
            return Label(dict.fromkeys(self._languages, text))
        if not isinstance(value, dict):
            languages = ", ".join(f'{language} = "…"' for language in self._languages)
            self._report.add(
                self.at(key),
                "missing_translation",
                _("this text must be given in every language"),
                _("Write {example}").format(example=f"{key} = {{ {languages} }}"),
            )
            return EMPTY
        return self._translations(key, value)

    def plain_label(self, key: str) -> Label:
        """A label that may be one text for all languages, such as a unit."""
        return self.label(key, plain=True)

    def labels(self, key: str) -> dict[str, Label]:
        """A table whose values are texts in every language."""
        inner = Fields(self._report, self.at(key), self._table_at(key), self._languages)
        return {name: inner.label(name) for name in inner._table}

    def table(self, key: str) -> Fields:
        """A table, empty where it is missing."""
        return Fields(self._report, self.at(key), self._table_at(key), self._languages)

    def tables(self, key: str) -> Iterator[Fields]:
        """The tables of an array of tables."""
        value = self._take(key)
        if value is None:
            return
        if not isinstance(value, list):
            self._mistyped(key, value, _("a list of tables"))
            return
        for number, item in enumerate(value):
            origin = self.at(key, number)
            if isinstance(item, dict):
                yield Fields(self._report, origin, item, self._languages)
            else:
                self._report.add(origin, "wrong_type", _("this must be a table"))

    def keys(self) -> tuple[str, ...]:
        """The keys of the table as written."""
        return tuple(self._table)

    def _take(self, key: str, required: bool = False) -> Any:
        self._taken.add(key)
        value = self._table.get(key)
        if value is None and required:
            self._report.add(
                self.origin,
                "missing_key",
                _("“{key}” is missing").format(key=key),
                _("Add a line {key} = …").format(key=key),
                key=True,
            )
        return value

    def _table_at(self, key: str) -> dict[str, Any]:
        value = self._take(key)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self._mistyped(key, value, _("a table"))
        return {}

    def _mistyped(self, key: str, value: Any, wanted: str) -> None:
        shown = str(value)[:40]
        self._report.add(
            self.at(key),
            "wrong_type",
            _("“{key}” must be {wanted}, not {value}").format(key=key, wanted=wanted, value=shown),
        )

    def _translations(self, key: str, value: dict[str, Any]) -> Label:
        texts = {}
        for language in self._languages:
            text = value.get(language)
            if isinstance(text, str):
                texts[language] = self._cleaned(text, key, language)
            elif text is None:
                self._report.add(
                    self.at(key),
                    "missing_translation",
                    _("the text for language “{language}” is missing").format(language=language),
                    _("Add {language} = …").format(language=language),
                )
            else:
                self._report.add(self.at(key, language), "wrong_type", _("this must be text"))
        if len(value) > len(texts):
            for language in value:
                if language not in self._languages:
                    self._report.add(
                        self.at(key, language),
                        "unknown_key",
                        _("“{language}” is not a language of this instrument").format(language=language),
                        suggestion(language, self._languages),
                        key=True,
                    )
        return Label(texts)

    def _cleaned(self, text: str, *keys: str | int) -> str:
        if text.isprintable():
            return text
        try:
            return clean(text)
        except ValueError as error:
            self._report.add(
                self.at(*keys),
                "control_character",
                _("the text holds a control character: {place}").format(place=error),
                _("Remove it"),
            )
            return ""


def scalar_text(value: Any) -> str | None:
    """A TOML scalar as text; None for tables and lists."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return None
