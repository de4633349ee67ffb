"""The practice office, built once for each worker and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator import language
from evaluator.demo.building import build

from .homes import Homes


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences in the language of the tests."""
    before = language.current()
    language.use("en")
    yield
    language.use(before)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Homes that are only copied."""
    root = tmp_path_factory.mktemp("office") / "demo"
    build(root, lambda _text: None)
    return root


@pytest.fixture
def homes(built: Path, tmp_path: Path) -> Homes:
    """Homes to work in."""
    return Homes.copy(built, tmp_path / "demo")
