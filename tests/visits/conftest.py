"""A workspace of its own for each test, copied from one that was made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evaluator import identity, language
from evaluator.paths import Workspace
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry
from evaluator.visits.visit import Visit
from tests.journeys.program import complete_answers

REGION = "64.02"
ROUND = "2026-tahap2"

Answer = Callable[..., None]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = language.current()
    language.use("en")
    yield
    language.use(before)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders to copy: `begun` with a new visit, `complete` with one that can be finalised, both never opened."""
    folder = tmp_path_factory.mktemp("made")
    for name in ("begun", "complete"):
        workspace = Workspace(folder / name)
        identity.init(workspace, name="Sari Wulandari", email="sari@contoh.example", passphrase=None)
        with Desk.open(workspace) as desk:
            visit = desk.visit(desk.new_visit(REGION, ROUND, "k2021"))
            for entry in complete_answers([2, 3, 1]) if name == "complete" else ():
                visit.answer(Entry(**entry))
    return folder


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Workspace:
    """A workspace with one visit in which nothing is answered."""
    return Workspace(Path(shutil.copytree(made / "begun", tmp_path / "workspace")))


@pytest.fixture
def desk(workspace: Workspace) -> Iterator[Desk]:
    with Desk.open(workspace) as opened:
        yield opened


@pytest.fixture
def visit(desk: Desk) -> Visit:
    return only_visit(desk)


@pytest.fixture
def complete_desk(made: Path, tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(Workspace(Path(shutil.copytree(made / "complete", tmp_path / "complete")))) as opened:
        yield opened


@pytest.fixture
def complete(complete_desk: Desk) -> Visit:
    """A visit that can be finalised."""
    return only_visit(complete_desk)


def only_visit(desk: Desk) -> Visit:
    (line,) = desk.visits()
    return desk.visit(line.id)
