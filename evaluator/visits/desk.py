"""The desk of an assessor: an open workspace that lists, starts and opens visits."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from evaluator import instruments
from evaluator.errors import NotFoundError, UsageError
from evaluator.form.definition import Instrument
from evaluator.language import _
from evaluator.store import visits as visit_table
from evaluator.visits import starting
from evaluator.visits.values import VisitLine
from evaluator.visits.visit import Visit
from evaluator.workspaces import OpenWorkspace

_ID_PART = re.compile(r"[0-9a-f-]{1,36}")


class Desk(OpenWorkspace):
    """An open workspace with its visits."""

    @cached_property
    def default_instrument(self) -> Instrument:
        """The instrument that new visits use."""
        return instruments.default_instrument()

    def installed(self, sha: str) -> Instrument:
        """The instrument that a visit was started with, with the wording of that day."""
        return instruments.load_installed(self.workspace.instruments, sha)

    def visits(self) -> tuple[VisitLine, ...]:
        """All visits, the last touched first."""
        with self.transaction() as connection:
            return tuple(starting.visit_line(found) for found in visit_table.overview(connection))

    def new_visit(
        self,
        region: str,
        round: str = "",  # noqa: A002 -- the programme's own word
        intake: str = "",
        previous: Path | None = None,
        forms: Path | None = None,
    ) -> str:
        """Start a visit; see `starting.start_visit`."""
        instrument = instruments.load_folder(forms) if forms else self.default_instrument
        return starting.start_visit(self, instrument, region, round, intake, previous)

    def import_self(self, visit_id: str, file: Path) -> int:
        """Read a self-assessment; see `Visit.import_self`."""
        return self.visit(visit_id).import_self(file)

    def visit(self, visit_id: str) -> Visit:
        """Open one visit by its id or an unmistakable beginning of it."""
        matches = []
        if _ID_PART.fullmatch(visit_id):
            with self.transaction() as connection:
                matches = visit_table.beginning_with(connection, visit_id)
        exact = [found for found in matches if found.id == visit_id]
        if len(exact or matches) == 1:
            return Visit(self, (exact or matches)[0].id)
        if matches:
            raise UsageError(
                "visit_ambiguous", _("{id} is the beginning of several visits").format(id=visit_id)
            )
        raise NotFoundError(
            "visit_not_found",
            _("There is no visit {id}").format(id=visit_id),
            _("`evaluator visit list` shows them all"),
        )
