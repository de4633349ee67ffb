"""Scenarios: a form filled as a file says, and what must come of it, for people who write forms.

forms/README.md shows the file. Each step of a scenario gives answers and says what to expect; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from evaluator import language
from evaluator.errors import AnswerError, DefinitionError, NotFoundError
from evaluator.form.checking import Origin, Report, scalar_text, suggestion
from evaluator.form.definition import Instrument
from evaluator.form.filling import Environment, Filling
from evaluator.form.positions import TomlPath
from evaluator.form.program import compile_program
from evaluator.form.rows import Key
from evaluator.form.source import parse_toml
from evaluator.language import _
from evaluator.paths import read_input
from evaluator.plans import scored, scoring_plan

FOLDER: Final = "scenarios"
_MOMENT: Final = datetime(2026, 11, 21, 2, 42, tzinfo=UTC)
_HEAD: Final = ("name", "now", "zone", "step")
_GIVEN: Final = ("delete", "answers", "na", "notes", "evidence", "self")
_LISTS: Final = (
    "relevant", "not_relevant", "missing", "not_missing", "invalid", "valid", "warned",
    "required", "not_required", "read_only",
)  # fmt: skip
_OPPOSITE: Final = {
    "not_relevant": "relevant",
    "not_missing": "missing",
    "valid": "invalid",
    "not_required": "required",
}
_TABLES: Final = ("values", "status", "choices", "rows", "labels", "score")
_EXPECTED: Final = (*_TABLES, *_LISTS, "checks", "no_checks")

Table: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Miss:
    """Something that came out otherwise, and where the scenario says so."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one scenario; it holds if nothing was missed."""

    file: str
    scenario: str
    misses: tuple[Miss, ...]

    def as_json(self) -> dict[str, Any]:
        """The outcome as `forms test --json` prints it."""
        return {
            "file": self.file,
            "scenario": self.scenario,
            "ok": not self.misses,
            "problems": [asdict(miss) for miss in self.misses],
        }


def find_scenarios(path: Path) -> tuple[Path, list[Path]]:
    """The folder of the instrument and the scenario files that `path` means: a folder, or one file.

    Raises NotFoundError where there is none.
    """
    if path.is_dir():
        files = sorted((path / FOLDER).glob("*.toml"))
        if files:
            return path, files
    elif path.is_file():
        return (path.parent.parent if path.parent.name == FOLDER else path.parent), [path]
    raise NotFoundError(
        "no_scenarios",
        _("There are no scenarios in {path}").format(path=path / FOLDER if path.is_dir() else path),
        _("Write one as forms/README.md shows"),
    )


def run_file(path: Path, instrument: Instrument) -> list[Outcome]:
    """All scenarios of a file. Raises DefinitionError for a file that cannot be read as scenarios."""
    text, table = parse_toml(path.name, read_input(path))
    report = Report({path.name: text})
    scenarios = table.get("scenario")
    if not isinstance(scenarios, list) or not all(isinstance(item, dict) for item in scenarios):
        raise DefinitionError(
            "no_scenarios",
            _("the file has no scenario"),
            _("Add [[scenario]]"),
            file=path.name,
            line=1,
            column=1,
        )
    outcomes = []
    for number, scenario in enumerate(scenarios):
        run = _Run(instrument, report, Origin(path.name, ("scenario", number)), scenario)
        outcomes.append(Outcome(str(path), str(scenario.get("name", number + 1)), tuple(run.misses())))
    return outcomes


@dataclass(slots=True)
class _World:
    """What a scenario says of the world outside the answers."""

    evidence: dict[Key, int] = field(default_factory=dict)
    notes: dict[Key, str] = field(default_factory=dict)
    own: dict[Key, Any] = field(default_factory=dict)


class _Run:
    """One scenario, played step by step."""

    def __init__(self, instrument: Instrument, report: Report, origin: Origin, scenario: Table) -> None:
        self._instrument = instrument
        self._report = report
        self._origin = origin
        self._scenario = scenario
        self._world = _World()
        self._rows = 0
        moment, zone = _clock(scenario)
        environment = Environment(
            now=lambda: moment,
            zone=zone,
            random=Random(0),
            evidence_count=lambda key: self._world.evidence.get(key, 0),
            note=lambda key: self._world.notes.get(key, ""),
            self_value=lambda key: self._world.own.get(key),
            new_row=self._new_row,
        )
        self._filling = Filling(compile_program(instrument), environment=environment)

    def misses(self) -> Iterator[Miss]:
        """Everything that came out otherwise."""
        steps = self._scenario.get("step", [])
        head = {key: value for key, value in self._scenario.items() if key not in _HEAD}
        yield from self._step((), head)
        for number, step in enumerate(steps if isinstance(steps, list) else []):
            yield from self._step(("step", number), step)

    def _step(self, at: TomlPath, step: Table) -> Iterator[Miss]:
        givers: dict[str, Callable[[str, Any], None]] = {
            "answers": self._answer,
            "na": self._na,
            "notes": self._note,
            "evidence": self._evidence,
            "self": self._own,
        }
        expected = step.get("expect", {})
        for place, table, known in ((at, step, (*_GIVEN, "expect")), ((*at, "expect"), expected, _EXPECTED)):
            for key in table:
                if key not in known:
                    message = _("there is no key “{key}” here").format(key=key)
                    yield self._miss((*place, key), f"{message}. {suggestion(key, known)}".rstrip(" ."))
        for number, path in enumerate(step.get("delete", [])):
            yield from self._tried((*at, "delete", number), self._delete, path, None)
        for name, give in givers.items():
            for path, value in step.get(name, {}).items():
                yield from self._tried((*at, name, path), give, path, value)
        yield from self._expectations((*at, "expect"), expected)

    def _tried(self, at: TomlPath, give: Callable[[str, Any], None], path: str, value: Any) -> Iterator[Miss]:
        try:
            give(path, value)
        except (AnswerError, NotFoundError) as error:
            yield self._miss(at, str(error))

    # --- what is given

    def _key(self, path: str) -> Key:
        """The key of a path; the row one beyond the last is added."""
        found = self._filling.next_row(path)
        if found is not None:
            self._filling.add_row(found.repeat, found.parent, self._new_row())
            return self._key(path)
        return self._filling.locate(path)

    def _new_row(self) -> str:
        self._rows += 1
        return f"row-{self._rows}"

    def _answer(self, path: str, value: Any) -> None:
        key = self._key(path)
        self._filling.set(key, self._filling.read(key, _raw(value)))

    def _na(self, path: str, reason: Any) -> None:
        key = self._key(path)
        self._filling.set(key, self._filling.state(key).value, str(reason))

    def _note(self, path: str, text: Any) -> None:
        key = self._key(path)
        self._world.notes[key] = str(text)
        self._filling.refresh(key)

    def _evidence(self, path: str, count: Any) -> None:
        key = self._key(path)
        self._world.evidence[key] = int(count)
        self._filling.refresh(key)

    def _own(self, path: str, value: Any) -> None:
        key = self._key(path)
        self._world.own[key] = self._filling.read(key, _raw(value))
        self._filling.refresh(key)

    def _delete(self, path: str, _value: Any) -> None:
        self._filling.remove_row(self._filling.locate(path)[1])

    # --- what is expected

    def _expectations(self, at: TomlPath, expected: Table) -> Iterator[Miss]:
        judges: dict[str, Callable[[Key, Any], str]] = {
            "values": self._value,
            "status": lambda key, wanted: _same(wanted, self._filling.state(key).status),
            "choices": lambda key, wanted: _same(
                wanted, [found.value for found in self._filling.choices(key)]
            ),
            "labels": lambda key, wanted: _same(wanted, self._filling.label_text(key, self._language())),
            "rows": lambda key, wanted: _same(wanted, len(self._filling.rows(*key))),
        }
        for name, judge in judges.items():
            for path, wanted in expected.get(name, {}).items():
                yield from self._judged((*at, name, path), path, judge, wanted)
        yield from self._lists(at, expected)
        yield from self._checks(at, expected)
        if "score" in expected:
            found = scored(scoring_plan(self._instrument), self._instrument, self._filling).as_json()
            yield from self._subset((*at, "score"), "", expected["score"], found)

    def _language(self) -> str:
        current = language.current()
        return current if current in self._instrument.languages else self._instrument.languages[0]

    def _judged(
        self, at: TomlPath, path: str, judge: Callable[[Key, Any], str], wanted: Any
    ) -> Iterator[Miss]:
        try:
            complaint = judge(self._filling.locate(path), wanted)
        except (AnswerError, NotFoundError) as error:
            complaint = str(error)
        if complaint:
            yield self._miss(at, f"{path}: {complaint}")

    def _value(self, key: Key, wanted: Any) -> str:
        found = self._filling.state(key).value
        if wanted == "":
            return "" if found is None else _differs(_("blank"), found)
        if found == _raw(wanted) or (scalar_text(wanted) == str(found) and found is not None):
            return ""
        return "" if _equal_numbers(wanted, found) else _differs(wanted, found)

    def _lists(self, at: TomlPath, expected: Table) -> Iterator[Miss]:
        for name in _LISTS:
            for number, path in enumerate(expected.get(name, [])):
                yield from self._judged((*at, name, number), path, self._is_so, name)

    def _is_so(self, key: Key, name: str) -> str:
        """Why a word of `_LISTS` does not hold for a question, or nothing."""
        word = _OPPOSITE.get(name, name)
        state = self._filling.state(key)
        holds = {
            "relevant": state.relevant,
            "missing": word == "missing" and key in self._filling.required_missing(),
            "invalid": bool(state.invalid),
            "warned": bool(state.warnings),
            "required": state.required,
            "read_only": state.read_only,
        }[word]
        return "" if holds is (name == word) else _("it is not {word}").format(word=name)

    def _checks(self, at: TomlPath, expected: Table) -> Iterator[Miss]:
        if "checks" not in expected and "no_checks" not in expected:
            return
        failed = {found.check.code for found in self._filling.failed_checks()}
        for number, code in enumerate(expected.get("checks", [])):
            if code not in failed:
                message = _("check {code} does not fail").format(code=code)
                yield self._miss((*at, "checks", number), message)
        for number, code in enumerate(expected.get("no_checks", [])):
            if code in failed:
                message = _("check {code} fails").format(code=code)
                yield self._miss((*at, "no_checks", number), message)

    def _subset(self, at: TomlPath, name: str, wanted: Any, found: Any) -> Iterator[Miss]:
        """Whether `found` holds everything that `wanted` says, however deep."""
        if isinstance(wanted, dict):
            for key, value in wanted.items():
                inner = found.get(key) if isinstance(found, dict) else None
                yield from self._subset((*at, key), f"{name}.{key}".strip("."), value, inner)
            return
        complaint = "" if _equal_numbers(wanted, found) else _same(wanted, "" if found is None else found)
        if complaint:
            yield self._miss(at, f"{name}: {complaint}")

    def _miss(self, at: TomlPath, message: str) -> Miss:
        place = self._report.place(Origin(self._origin.file, (*self._origin.path, *at)), key=True)
        return Miss(place.line, place.column, message)


def _clock(scenario: Table) -> tuple[datetime, tzinfo]:
    try:
        zone: tzinfo = ZoneInfo(str(scenario.get("zone", "Asia/Jakarta")))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DefinitionError(
            "unknown_zone", _("there is no time zone {name}").format(name=scenario.get("zone"))
        ) from None
    moment = scenario.get("now", _MOMENT)
    if not isinstance(moment, datetime):
        raise DefinitionError(
            "now_malformed", _("now must be a date and time, such as 2026-11-21T10:42:00+08:00")
        )
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)), zone


def _raw(value: Any) -> Any:
    """A TOML value as people would give it: dates as text, `""` for a cleared answer."""
    if isinstance(value, list):
        return [_raw(item) for item in value]
    if isinstance(value, bool | int | Decimal):
        return value
    return scalar_text(value)


def _same(wanted: Any, found: Any) -> str:
    wanted = _raw(wanted)
    return "" if wanted == found or str(wanted) == str(found) else _differs(wanted, found)


def _equal_numbers(wanted: Any, found: Any) -> bool:
    """Whether two are the same number: `2.5` in a scenario, `"2.50"` in a score."""
    if isinstance(wanted, bool | Sequence) and not isinstance(wanted, str):
        return False
    try:
        return Decimal(str(wanted)) == Decimal(str(found))
    except InvalidOperation:
        return False


def _differs(wanted: Any, found: Any) -> str:
    shown = _("blank") if found is None or found == "" else found
    return _("expected {wanted}, found {found}").format(wanted=wanted, found=shown)
