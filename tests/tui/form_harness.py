"""The form screen on a real visit of the shipped instrument."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from evaluator.paths import Workspace
from evaluator.tui.app import EvaluatorApp
from evaluator.tui.form.pane import LinesPane
from evaluator.tui.form.screen import FormScreen
from evaluator.visits.values import Entry
from evaluator.visits.visit import Visit

from .conftest import Running, press, settle, text_of, type_text

Prepare = Callable[[Visit], object]


@dataclass
class Form:
    """What a test holds in its hands."""

    pilot: Pilot[int]
    screen: FormScreen
    visit: Visit

    async def press(self, *keys: str) -> None:
        await press(self.pilot, *keys)

    async def type(self, text: str) -> None:
        await type_text(self.pilot, text)

    async def settle(self) -> None:
        await settle(self.pilot)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return text_of(self.pilot)

    @property
    def side(self) -> str:
        """What stands beside the question, as one line."""
        return " ".join(self.screen.query_one("#side", LinesPane).text().split())

    @property
    def questions(self) -> str:
        """All painted questions, as one line without the bar of the one under the keyboard."""
        return " ".join(self.screen.view.text().replace("▌", " ").split())

    @property
    def here(self) -> str:
        """The path of the question under the keyboard."""
        item = self.screen.item
        assert item is not None
        return self.visit.filling.path_of(item.key)

    def value(self, path: str) -> object:
        return self.visit.filling.state(self.visit.key(path)).value

    async def go(self, path: str) -> None:
        self.screen.go_to(self.visit.key(path))
        await self.settle()


@asynccontextmanager
async def open_form(
    running: Running,
    workspace: Workspace,
    form: str,
    *,
    size: tuple[int, int] = (80, 24),
    focus: str = "",
    prepare: Prepare | None = None,
    forms: Path | None = None,
) -> AsyncIterator[Form]:
    """The form `form` of a new visit, after `prepare` had it."""
    async with running(workspace, size=size) as pilot:
        app = pilot.app
        assert isinstance(app, EvaluatorApp)
        await settle(pilot)

        def make() -> Visit:
            assert app.desk is not None
            visit = app.desk.visit(app.desk.new_visit("64.02", "2026-tahap2", "k2021", forms=forms))
            if prepare is not None:
                prepare(visit)
            return visit

        visit = await app.work(make)
        screen = FormScreen(visit, form, visit.key(focus) if focus else None)
        await app.push_screen(screen)
        await settle(pilot)
        yield Form(pilot, screen, visit)


def answered(*entries: tuple[str, object]) -> Prepare:
    """Prepares a visit with answers by path."""

    def prepare(visit: Visit) -> None:
        for path, value in entries:
            visit.answer(Entry(path, value=value))

    return prepare
