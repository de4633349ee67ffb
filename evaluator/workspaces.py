"""A workspace that is open: its lock, its database, its settings. Every use case works on one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from evaluator.config import Config, read_config
from evaluator.errors import NotFoundError
from evaluator.language import _
from evaluator.paths import Workspace
from evaluator.store import files
from evaluator.store.database import Database, open_database
from evaluator.store.events import Author
from evaluator.store.lock import hold


class OpenWorkspace:
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
            for folder in (workspace.tmp, workspace.outbox):
                files.clear_parts(folder)
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

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One durable step: all of it, or none."""
        with self.database.transaction() as connection:
            yield connection
