"""One assessor, one office that they trust, and an empty shared folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator import language
from evaluator.remotes.folder import FolderRemote

from .workshop import Assessor, Office


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences in the language of the tests."""
    before = language.current()
    language.use("en")
    yield
    language.use(before)


@pytest.fixture(scope="session")
def office() -> Office:
    return Office()


@pytest.fixture
def assessor(tmp_path: Path, office: Office) -> Iterator[Assessor]:
    made = Assessor.start(tmp_path / "assessor", office.pub)
    yield made
    made.opened.close()


@pytest.fixture
def remote(tmp_path: Path) -> FolderRemote:
    (tmp_path / "remote").mkdir()
    return FolderRemote(tmp_path / "remote", "tests")
