"""A workbook as values: sheets of cells, and what of it has no counterpart on the other side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

SURVEY = "survey"
CHOICES = "choices"
SETTINGS = "settings"
EXTERNAL = "external_choices"
FIRST_ROW = 2  # rows count as a spreadsheet counts them, after the row of headings


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its headings, and the filled cells of each row below them."""

    headers: tuple[str, ...] = ()
    rows: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a form by name; `others` are names of sheets that are no part of a form.

    `name` is what the form is called where its settings do not say.
    """

    name: str
    sheets: Mapping[str, Sheet]
    others: tuple[str, ...] = ()

    def sheet(self, name: str) -> Sheet:
        """The sheet, empty where the workbook has none."""
        return self.sheets.get(name, Sheet())


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that has no counterpart, by name and place; `kept` says that it comes back on the way back.

    For a workbook `sheet`, `row` and `column` are the place; for a form `column` is the key and `name` the path.
    """

    code: str
    message: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    name: str = ""
    kept: bool = True

    def as_json(self) -> dict[str, str | int | bool]:
        """The loss as `forms import --json` and `forms export --json` print it."""
        return asdict(self)

    def place(self) -> str:
        """Where it is, as people find it: `survey, row 7, media::image`."""
        parts = (self.sheet, str(self.row) if self.row else "", self.column, self.name)
        return ":".join(part for part in parts if part)


@dataclass(slots=True)
class Losses:
    """What has been found to have no counterpart so far."""

    _found: dict[Loss, None] = field(default_factory=dict)

    @property
    def found(self) -> tuple[Loss, ...]:
        """All of them, in the order in which they were noted."""
        return tuple(self._found)

    def add(
        self,
        code: str,
        message: str,
        *,
        sheet: str = "",
        row: int = 0,
        column: str = "",
        name: str = "",
        kept: bool = True,
    ) -> None:
        """Note one; each is told once."""
        self._found[Loss(code, message, sheet, row, column, name, kept)] = None
