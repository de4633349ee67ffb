"""The one exchange of the application, which goes on whatever screen is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import App

from evaluator.language import _
from evaluator.tui.work import task

if TYPE_CHECKING:
    from evaluator.tui.app import EvaluatorApp
    from evaluator.tui.sync.run import SyncRun


class SyncKeeper(App[int]):
    """An application that exchanges with an office beside everything else."""

    sync_run: SyncRun | None = None

    def action_sync(self) -> None:
        """Go to the exchange, from wherever."""
        app = cast("EvaluatorApp", self)
        from evaluator.tui.place import Place
        from evaluator.tui.sync.screen import SyncScreen

        if app.desk is None or not isinstance(self.screen, Place):
            app.say(_("There is no workspace open to exchange from"))
        elif not any(isinstance(screen, SyncScreen) for screen in self.screen_stack):
            self.push_screen(SyncScreen())

    @property
    def syncing(self) -> bool:
        """Whether an exchange is going on."""
        return self.sync_run is not None and self.sync_run.state == "running"

    def begin_sync(self, remote: str | None, passphrase: str | None) -> None:
        """Begin an exchange, unless one is going on."""
        from evaluator.tui.sync.run import SyncRun

        app = cast("EvaluatorApp", self)
        if app.desk is not None and not self.syncing:
            self.sync_run = SyncRun(app.give_way)
            self._sync(self.sync_run, remote, passphrase)

    @task
    async def _sync(self, run: SyncRun, remote: str | None, passphrase: str | None) -> None:
        from evaluator.tui.place import Place
        from evaluator.tui.sync.run import exchange

        app = cast("EvaluatorApp", self)
        assert app.desk is not None
        try:
            await app.work(exchange, app.desk, run, remote, passphrase)
        finally:
            for screen in self.screen_stack:
                if isinstance(screen, Place):
                    screen.synced()
