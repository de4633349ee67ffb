"""What an instrument is, as values: forms, sections, questions, scales, checks.

Everything here is read once and never changes. Expressions stand as the text the author wrote; `form.program`
compiles them. `path` names a question for ever: `gov.GOV-01`, `gov.SURVEI.n` (a group), `qwn.QWN-REC.nama` (a
question of a repeat, without the row).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

NUMERIC_TYPES = frozenset({"integer", "decimal", "percent", "currency", "year", "range"})
INTEGER_TYPES = frozenset({"rubric", "integer", "year"})
SELECT_TYPES = frozenset({"select_one", "select_multiple", "rank", "yesno"})
CONTAINER_TYPES = frozenset({"group", "repeat"})
QUESTION_TYPES = frozenset(
    {
        "rubric", "integer", "decimal", "percent", "currency", "text", "longtext", "date", "time", "datetime",
        "year", "yesno", "select_one", "select_multiple", "rank", "range", "geopoint", "barcode", "evidence",
        "calculate", "note", "acknowledge", "group", "repeat", "region", "agency", "pillar", "section", "item",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A text in several languages; the first is the instrument's default."""

    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        """The text in `language`, else in the first language that has one, else empty."""
        return self.texts.get(language) or next(filter(None, self.texts.values()), "")


EMPTY = Label({})


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a choice list. `columns` are further columns that a `choice_filter` may name."""

    value: str
    label: Label
    exclusive: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Constraint:
    """What an answer must satisfy; `.` in the expression is the answer. A warning never stops anything."""

    expression: str
    message: Label = EMPTY
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Question:
    """One item, or a group or repeat with `questions` of its own.

    `repeats` are the paths of the repeats around it, outermost first. `required` and `read_only` are true, false
    or an expression.
    """

    name: str
    path: str
    form: str
    section: str
    type: str
    label: Label
    repeats: tuple[str, ...] = ()
    hint: Label = EMPTY
    guidance_hint: Label = EMPTY
    short_title: Label = EMPTY
    required: bool | str = False
    required_message: Label = EMPTY
    read_only: bool | str = False
    relevant: str = ""
    constraints: tuple[Constraint, ...] = ()
    calculation: str = ""
    default: str = ""
    trigger: tuple[str, ...] = ()
    appearance: str = ""
    choices: str = ""
    choice_filter: str = ""
    or_other: bool = False
    of: tuple[str, ...] = ()
    multiple: bool = False
    special: tuple[Choice, ...] = ()
    unit: Label = EMPTY
    min: Decimal | None = None
    max: Decimal | None = None
    min_rows: int = 0
    max_rows: int | None = None
    repeat_count: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    evidence: Label = EMPTY
    agencies: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    result_level: str = ""
    weight: Decimal = Decimal(1)
    anchors: Mapping[int, Label] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()

    def walk(self) -> Iterator[Question]:
        """This question and all below it, in form order."""
        yield self
        for child in self.questions:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Section:
    """A sub-dimension. `path` is `gov.A`."""

    name: str
    path: str
    label: Label
    weight: Decimal = Decimal(1)
    relevant: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class FormScoring:
    """How the rubrics of a form become its score: `sections` (mean of sections) or `rows` (mean of the rows of
    the repeat `rows`, then of the groups made by the answer `group_by`)."""

    method: Literal["none", "sections", "rows"] = "none"
    rows: str = ""
    group_by: str = ""
    missing: Literal["exclude", "zero"] = "exclude"


@dataclass(frozen=True, slots=True)
class Carried:
    """What a form keeps of the workbook it was imported from, for the way back.

    `languages` are the workbook's names of languages by code, `settings` its settings without a key of their own
    here, `sheets` whole sheets such as `entities`, row by row. `external` are the lists of the external_choices sheet
    by their names here; `repeated` the lists in which a value may occur several times.
    """

    languages: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    sheets: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    external: Mapping[str, str] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One form file. `kind` is visit, pillar, readiness, masterplan, quick_wins or closing."""

    id: str
    kind: str
    title: Label
    sections: tuple[Section, ...]
    scoring: FormScoring = FormScoring()
    file: str = ""
    version: str = ""
    short_title: Label = EMPTY
    xlsform: Carried = field(default_factory=Carried)

    def walk(self) -> Iterator[Question]:
        """All questions, groups and repeats of the form in order."""
        for section in self.sections:
            for question in section.questions:
                yield from question.walk()


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the scale; `anchor` is the text of a level that is the same for all rubrics (level 0)."""

    value: int
    label: Label
    anchor: Label = EMPTY


@dataclass(frozen=True, slots=True)
class NaReason:
    """Why a question does not apply; an `open` reason keeps the item open."""

    value: str
    label: Label
    open: bool = False


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency (OPD) by its code."""

    code: str
    name: Label


@dataclass(frozen=True, slots=True)
class WeightSet:
    """Named weights of the total by kind of form: pillar, readiness, masterplan, quick_wins; any positive sum."""

    name: str
    label: Label
    weights: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Band:
    """A predicate: reached from `min` upwards, on the total rounded half-up to two decimals."""

    min: Decimal
    label: Label


@dataclass(frozen=True, slots=True)
class Gate:
    """Evidence that a rubric level wants: `min_types` kinds in all, at least one of `types`, `verified` verified
    pieces, data of `years` years, `outside` sources outside the responsible agency. Zero means not asked. An error
    wants a reason, a warning only tells."""

    level: int
    min_items: int = 0
    min_types: int = 0
    types: tuple[str, ...] = ()
    verified: int = 0
    years: int = 0
    outside: int = 0
    message: Label = EMPTY
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """A consistency check (K01 ...). `kind` is `expression`, or the name of a function of `scoring.checks`.

    `each` is the path of a repeat over whose rows it runs, `section` (where `${q}` is the rubrics of the section) or a
    question type (where it is the question); `on` says when it is judged. `origin` is the place of a check in
    instrument.toml.
    `parameters` feed a check that is code; `questions` are the paths that a finding points to.
    """

    code: str
    severity: Literal["error", "warning", "notice"]
    message: Label
    kind: str = "expression"
    on: Literal["live", "finalise"] = "live"
    each: str = ""
    fail_when: str = ""
    questions: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    origin: int = 0


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the programme's own dimensions, as a view over our items."""

    name: str
    label: Label
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoringSettings:
    """Shared numbers of the scoring; forms/README.md says what each does."""

    min_scored_weight: Decimal = Decimal("0.5")
    na_warn_share: Decimal = Decimal("0.25")
    discuss_spread: int = 2
    agree_mode: str = "mean"
    self_spread: int = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV beside the forms: column names and rows, for `select_one_from_file`, `pulldata` and the regions."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class RegionTable:
    """Which table lists the regions, and the names of its columns."""

    table: str
    code: str
    name: str
    kind: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A whole instrument; `files` are the exact bytes it was read from, by file name."""

    id: str
    version: str
    title: Label
    notice: Label
    languages: tuple[str, ...]
    forms: tuple[Form, ...]
    scale: tuple[Level, ...] = ()
    yes: str = "ya"
    no: str = "tidak"
    yes_label: Label = EMPTY
    no_label: Label = EMPTY
    na_reasons: tuple[NaReason, ...] = ()
    evidence_types: tuple[Choice, ...] = ()
    evidence_quality: tuple[Choice, ...] = ()
    confidence: tuple[Choice, ...] = ()
    data_quality: tuple[Choice, ...] = ()
    companions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    agencies: tuple[Agency, ...] = ()
    weights: tuple[WeightSet, ...] = ()
    bands: tuple[Band, ...] = ()
    gates: tuple[Gate, ...] = ()
    checks: tuple[Check, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    scoring: ScoringSettings = ScoringSettings()
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    regions: RegionTable | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def form(self, form_id: str) -> Form:
        """The form by id; KeyError if there is none."""
        for form in self.forms:
            if form.id == form_id:
                return form
        raise KeyError(form_id)

    def choices_of(self, setting: str) -> tuple[Choice, ...]:
        """The choices of the question that `settings` names, such as `stage` or `intake`; empty if it names none."""
        path = self.settings.get(setting)
        found = next((question for question in self.walk() if question.path == path), None)
        return self.choices.get(found.choices, ()) if found else ()

    def walk(self) -> Iterator[Question]:
        """All questions, groups and repeats of all forms in order."""
        for form in self.forms:
            yield from form.walk()
