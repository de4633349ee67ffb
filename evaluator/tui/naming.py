"""What people call the things of an instrument: rounds, stages, regions, forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluator.language import current

if TYPE_CHECKING:
    from evaluator.form.definition import Choice, Form, Instrument


@dataclass(frozen=True, slots=True)
class RegionName:
    """One region as it is searched for."""

    code: str
    name: str
    province: str = ""


def regions(instrument: Instrument) -> tuple[RegionName, ...]:
    """All regions of the instrument in the order of their codes."""
    source = instrument.regions
    table = instrument.tables.get(source.table) if source else None
    if source is None or table is None:
        return ()
    code, name = table.columns.index(source.code), table.columns.index(source.name)
    province = table.columns.index(source.province) if source.province else -1
    return tuple(
        RegionName(row[code], row[name], row[province] if province >= 0 else "") for row in table.rows
    )


def choice_label(choices: tuple[Choice, ...], value: str) -> str:
    """The label of `value`, or the value itself where the list does not have it."""
    for choice in choices:
        if choice.value == value:
            return choice.label.text(current())
    return value


def round_label(stages: tuple[Choice, ...], name: str) -> str:
    """`2026-tahap2` as `2026 Tahap II`."""
    year, _dash, stage = name.partition("-")
    return f"{year} {choice_label(stages, stage)}".strip()


def short_region(name: str) -> str:
    """`Kabupaten` as `Kab.`; `Kota` is short enough."""
    return name.replace("Kabupaten ", "Kab. ", 1)


def form_title(form: Form) -> str:
    """The short title of a form in the language in use, else its title."""
    return form.short_title.text(current()) or form.title.text(current())
