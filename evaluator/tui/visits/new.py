"""A new visit: region, year, stage, intake, and last year's bundle if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from evaluator.clock import local
from evaluator.language import _, current
from evaluator.tui.content import fitted
from evaluator.tui.dialogs.ask import AskLine
from evaluator.tui.dialogs.choose import Choose, Option
from evaluator.tui.keys import bindings
from evaluator.tui.naming import RegionName, choice_label, regions
from evaluator.tui.place import Place
from evaluator.tui.rows import Rows
from evaluator.tui.typed_path import typed_path
from evaluator.tui.work import task

if TYPE_CHECKING:
    from evaluator.form.definition import Choice, Instrument
    from evaluator.visits.values import VisitLine

REGION, YEAR, STAGE, INTAKE, PREVIOUS, _GAP, CREATE = range(7)


@dataclass(frozen=True, slots=True)
class _Draft:
    region: RegionName | None
    year: str
    stage: str
    intake: str = ""
    previous: Path | None = None


class NewVisit(Place):
    """Gives the id of the visit that was made, or None."""

    place = "new_visit"
    BINDINGS = bindings("new_visit")

    def __init__(self, instrument: Instrument, visits: Sequence[VisitLine]) -> None:
        super().__init__()
        self._instrument = instrument
        self._visits = tuple(visits)
        self._stages = instrument.choices_of("stage")
        self._intakes = instrument.choices_of("intake")
        default = instrument.settings.get("default_stage", "")
        self._draft = _Draft(None, str(date.fromisoformat(local()[:10]).year), default)

    def compose_body(self) -> ComposeResult:
        yield Rows(self._paint, count=7, selectable=lambda index: index != _GAP)

    def on_mount(self) -> None:
        self.retitle(_("New visit"))
        self.query_one(Rows).focus()
        self.call_after_refresh(self.edit, REGION)

    def help_words(self) -> str:
        return _(
            "A visit is your evaluation of one region in one round. Search the region by its name or its code. "
            "With the bundle of an earlier visit, last year's answers appear beside yours once you have scored."
        )

    def _paint(self, index: int, width: int) -> Content:
        if index == _GAP:
            return Content("")
        if index == CREATE:
            return fitted(" " + _("Create the visit"), width, "bold $primary")
        draft = self._draft
        label, value, aside = {
            REGION: (
                _("Region"),
                draft.region.name if draft.region else "",
                f"{draft.region.code}  {draft.region.province}"
                if draft.region
                else _("search by name or code"),
            ),
            YEAR: (_("Year of evaluation"), draft.year, ""),
            STAGE: (_("Stage"), choice_label(self._stages, draft.stage), ""),
            INTAKE: (_("Programme intake"), choice_label(self._intakes, draft.intake), ""),
            PREVIOUS: (
                _("Earlier visit"),
                draft.previous.name if draft.previous else "",
                "" if draft.previous else _("a bundle, if there is one"),
            ),
        }[index]
        return Content.assemble(
            " ",
            fitted(label, 20, "$text-muted"),
            fitted(value or "–", min(30, max(12, width - 46)), "bold" if value else ""),
            " ",
            fitted(aside, width - 22 - min(30, max(12, width - 46)), "$text-muted"),
        )

    @on(Rows.Chosen)
    def action_edit(self) -> None:
        """Change the line under the cursor; on the last line create the visit."""
        index = self.query_one(Rows).cursor
        if index == CREATE:
            self.action_create()
        else:
            self.edit(index)

    @task
    async def edit(self, index: int) -> None:
        """Ask for one of the five lines."""
        first = index == REGION and self._draft.region is None
        if index == REGION:
            region = await self._choose_region()
            if region is not None:
                self._draft = replace(self._draft, region=region)
        elif index == YEAR:
            typed = await self.app.push_screen_wait(
                AskLine(_("Year of evaluation"), value=self._draft.year, check=_year_problem)
            )
            if typed is not None:
                self._draft = replace(self._draft, year=typed.strip())
        elif index == STAGE:
            stage = await self._choose(_("Stage"), self._stages, self._draft.stage)
            self._draft = replace(self._draft, stage=self._draft.stage if stage is None else stage)
        elif index == INTAKE:
            intake = await self._choose(_("Programme intake"), self._intakes, self._draft.intake, empty=True)
            self._draft = replace(self._draft, intake=self._draft.intake if intake is None else intake)
        elif index == PREVIOUS:
            await self._ask_previous()
        rows = self.query_one(Rows)
        rows.repaint()
        if first and self._draft.region is not None:
            rows.cursor = CREATE

    async def _choose_region(self) -> RegionName | None:
        visited: dict[str, int] = {}
        for line in self._visits:
            visited[line.region_code] = visited.get(line.region_code, 0) + 1
        options = [
            Option(region, region.name, f"{region.code}  {region.province}")
            for region in regions(self._instrument)
        ]
        # Regions that were visited before come first: the next visit is likely to be one of them.
        options.sort(key=lambda option: option.value.code not in visited)
        return await self.app.push_screen_wait(Choose(_("Region"), options, current=self._draft.region))

    async def _choose(
        self, heading: str, choices: tuple[Choice, ...], value: str, *, empty: bool = False
    ) -> str | None:
        options = [Option(choice.value, choice.label.text(current())) for choice in choices]
        if empty:
            options.insert(0, Option("", _("not known")))
        return await self.app.push_screen_wait(Choose(heading, options, current=value))

    async def _ask_previous(self) -> None:
        typed = await self.app.push_screen_wait(
            AskLine(
                _("Earlier visit"),
                _("The bundle of an earlier visit to this region. Type its path or drop it here."),
                value=str(self._draft.previous or ""),
            )
        )
        if typed is not None:
            self._draft = replace(self._draft, previous=typed_path(typed) if typed.strip() else None)

    @task
    async def action_create(self) -> None:
        """Make the visit and close."""
        draft, desk = self._draft, self.app.desk
        if draft.region is None:
            self.say(_("Choose the region first"), "error")
            self.query_one(Rows).cursor = REGION
            return
        if desk is not None:
            self.say(_("Creating the visit"), "busy")
            round_name = f"{draft.year}-{draft.stage}" if draft.stage else draft.year
            visit_id = await self.app.work(
                desk.new_visit, draft.region.code, round_name, draft.intake, draft.previous
            )
            self.dismiss(visit_id)


def _year_problem(text: str) -> str:
    typed = text.strip()
    if len(typed) == 4 and typed.isascii() and typed.isdigit() and typed >= "2000":
        return ""
    return _("A year has four digits, such as 2026")
