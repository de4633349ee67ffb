"""An open workspace: its lock, its database, its settings. Everything of field work starts here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from evaluator import instruments
from evaluator.config import Config, read_config
from evaluator.errors import NotFoundError, UsageError
from evaluator.form.definition import Instrument
from evaluator.language import _
from evaluator.paths import Workspace
from evaluator.store import files
from evaluator.store import visits as visit_table
from evaluator.store.database import Database, open_database
from evaluator.store.events import Author
from evaluator.store.lock import hold
from evaluator.visits import starting
from evaluator.visits.values import VisitLine
from evaluator.visits.visit import Visit


class Desk:
    """One open workspace. It belongs to the thread that opened it; close it, or use it as a context manager."""

    def __init__(self, workspace: Workspace, config: Config, database: Database, held: ExitStack) -> None:
        self.workspace = workspace
        self.config = config
        self.database = database
        self._held = held

    @classmethod
    def open(cls, workspace: Workspace) -> Self:
        """Open `workspace`.

        Raises NotFoundError where there is none, WorkspaceHeldError where another process has it, StorageError
        where the database cannot be used.
        """
        if not workspace.exists():
            raise NotFoundError(
                "no_workspace",
                _("There is no workspace at {path}").format(path=workspace.root),
                _("Make one with `evaluator init --name NAME --email EMAIL`, or try `evaluator demo`"),
            )
        config = read_config(workspace)
        with ExitStack() as stack:
            stack.enter_context(hold(workspace.lock))
            database = stack.enter_context(open_database(workspace.database, create=True))
            files.clear_parts(workspace.tmp)
            return cls(workspace, config, database, stack.pop_all())

    def close(self) -> None:
        """Close the database and let go of the workspace."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def author(self) -> Author:
        """Who changes things here."""
        return Author(self.config.email, self.config.device)

    @cached_property
    def default_instrument(self) -> Instrument:
        """The instrument that new visits use."""
        return instruments.default_instrument()

    def installed(self, sha: str) -> Instrument:
        """The instrument that a visit was started with, with the wording of that day."""
        return instruments.load_installed(self.workspace.instruments, sha)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One durable step: all of it, or none."""
        with self.database.transaction() as connection:
            yield connection

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
