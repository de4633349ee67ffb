"""What the tests of the interface share: a workspace of their own, a fixed place and language, plain-text screens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from evaluator import language
from evaluator.paths import Workspace
from evaluator.tui.app import EvaluatorApp
from evaluator.tui.textual_internals import screen_text

SNAPSHOTS = Path(__file__).with_name("snapshots")
SMALL = Path(__file__).with_name("forms") / "small"

Running = Callable[..., AbstractAsyncContextManager[Pilot[int]]]


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """English, one time zone, a home of its own, no settings of whoever runs the tests."""
    for name in ("NO_COLOR", "EVALUATOR_HOME", "EVALUATOR_PASSPHRASE", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    time.tzset()
    before = language.current()
    language.use("en")
    yield
    language.use(before)
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def empty_workspace(tmp_path: Path) -> Workspace:
    """A place where nobody has begun."""
    return Workspace(tmp_path / "empty")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace of Budi Santoso whose key needs no passphrase."""
    from evaluator.identity import init

    made = Workspace(tmp_path / "workspace")
    init(made, name="Budi Santoso", email="budi@example.id", passphrase=None, language="en")
    return made


@pytest.fixture
def small_visit(workspace: Workspace) -> str:
    """A visit to Kutai Kartanegara with two rubrics in one pillar; its id."""
    return new_visit(workspace, "64.02", SMALL)


def new_visit(workspace: Workspace, region: str, forms: Path | None = None, **answers: object) -> str:
    """Make a visit and answer questions (`gov__SATU=2` is `gov.SATU`); its id."""
    from evaluator.visits.desk import Desk
    from evaluator.visits.values import Entry

    with Desk.open(workspace) as desk:
        visit_id = desk.new_visit(region, "2026-tahap2", "k2021", forms=forms)
        visit = desk.visit(visit_id)
        for name, value in answers.items():
            visit.answer(Entry(name.replace("__", ".").replace("_", "-"), value=value))
    return visit_id


@pytest.fixture
def running() -> Running:
    """`async with running(workspace, size=(80, 24)) as pilot`: the application, its thread closed afterwards."""

    @asynccontextmanager
    async def run(
        workspace: Workspace, *, size: tuple[int, int] = (80, 24), visit: str | None = None
    ) -> AsyncIterator[Pilot[int]]:
        app = EvaluatorApp(workspace, visit=visit)
        try:
            async with app.run_test(size=size) as pilot:
                await settle(pilot)
                yield pilot
        finally:
            app.close()

    return run


async def settle(pilot: Pilot[int]) -> None:
    """Wait until the thread of the workspace and the tasks of the screens have nothing left but to wait for keys."""
    app = pilot.app
    assert isinstance(app, EvaluatorApp)
    quiet = 0
    for _turn in range(2000):
        await pilot.pause()
        quiet = 0 if app.is_busy else quiet + 1
        if quiet == 3:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the application does not come to rest")


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one by one, each time waiting for what it started."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def type_text(pilot: Pilot[int], text: str) -> None:
    """Type into the focused field; a long text is pasted, as a terminal does with what is dropped on it."""
    if len(text) > 12 and pilot.app.focused is not None:
        pilot.app.post_message(Paste(text))
        await settle(pilot)
        return
    await pilot.press(*[_KEYS.get(character, character) for character in text])
    await settle(pilot)


_KEYS = {
    " ": "space", "/": "slash", ".": "full_stop", "-": "minus", "@": "at", "_": "underscore", ",": "comma",
    "'": "apostrophe", "?": "question_mark", ":": "colon",
}  # fmt: skip


def text_of(pilot: Pilot[int]) -> str:
    """What stands on the screen."""
    return screen_text(pilot.app.screen)


def assert_snapshot(pilot: Pilot[int], name: str, update: bool = False) -> None:
    """Compare the screen with `snapshots/<name>.txt`; a missing file is written and fails, to be looked at."""
    file = SNAPSHOTS / f"{name}.txt"
    found = text_of(pilot) + "\n"
    if update or not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8", newline="\n")
        pytest.fail(f"{file.name} was written; look at it and run again")
    assert found == file.read_text(encoding="utf-8")
