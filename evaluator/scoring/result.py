"""What scoring gives back, and how it is written as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from evaluator.scoring.mean import plain
from evaluator.scoring.plan import BandPlan

State = Literal["final", "provisional", "limited"]


@dataclass(frozen=True, slots=True)
class RowScore:
    """The mean of one row; `value` is None below the least scored weight."""

    id: str
    group: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class FormScore:
    """The score of one form. `coverage` is (groups with a value, groups there are), only with method `rows`."""

    id: str
    kind: str
    value: Decimal | None
    state: State
    na_share: Decimal
    sections: Mapping[str, Decimal | None] = field(default_factory=dict)
    rows: tuple[RowScore, ...] = ()
    groups: Mapping[str, Decimal | None] = field(default_factory=dict)
    coverage: tuple[int, int] | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartScore:
    """All forms of one kind together, with the share `weight` they have in the total (it sums to 1)."""

    value: Decimal | None
    weight: Decimal
    state: State


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a visit. Values are unrounded but for `rounded`; `missing` are the paths of open items."""

    state: State
    total: Decimal | None
    rounded: Decimal | None
    band: BandPlan | None
    percent: Decimal | None
    parts: Mapping[str, PartScore]
    forms: tuple[FormScore, ...]
    levels: Mapping[str, Decimal | None]
    dimensions: Mapping[str, Decimal | None]
    missing: tuple[str, ...]

    def form(self, form_id: str) -> FormScore:
        """The score of one form; KeyError if it is not scored."""
        for form in self.forms:
            if form.id == form_id:
                return form
        raise KeyError(form_id)

    def as_json(self, checks: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """The object of `score --json`: decimals as text; `checks` are put in as they are."""
        in_rows = next((form for form in self.forms if form.coverage is not None), None)
        return {
            "state": self.state,
            "total": plain(self.total),
            "rounded": plain(self.rounded),
            "band": self.band.name if self.band else None,
            "percent": plain(self.percent),
            "parts": {
                kind: {"score": plain(part.value), "weight": plain(part.weight), "state": part.state}
                for kind, part in self.parts.items()
            },
            "forms": {
                form.id: {
                    "score": plain(form.value),
                    "state": form.state,
                    "sections": _texts(form.sections),
                }
                for form in self.forms
            },
            "quick_wins": {
                "score": plain(in_rows.value) if in_rows else None,
                "coverage": list(in_rows.coverage or (0, 0)) if in_rows else [0, 0],
                "groups": _texts(in_rows.groups) if in_rows else {},
                "rows": [
                    {"row": row.id, "group": row.group or None, "score": plain(row.value)}
                    for row in (in_rows.rows if in_rows else ())
                ],
            },
            "levels": _texts(self.levels),
            "dimensions": _texts(self.dimensions),
            "missing": list(self.missing),
            "checks": [dict(check) for check in checks],
        }


def _texts(values: Mapping[str, Decimal | None]) -> dict[str, str | None]:
    return {name: plain(value) for name, value in values.items()}
