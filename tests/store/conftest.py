"""A real database in a folder of its own, with one visit in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator.store import answers, visits
from evaluator.store.answers import StoredAnswer
from evaluator.store.database import Database, open_database
from evaluator.store.events import Author
from evaluator.store.visits import StoredVisit

VISIT = "0190a000-0000-7000-8000-000000000001"


@pytest.fixture
def by() -> Author:
    return Author("sari@ugm.ac.id", "lt-014")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    with open_database(home / "evaluator.db", create=True) as opened:
        yield opened


@pytest.fixture
def visit(database: Database) -> str:
    with database.transaction() as connection:
        visits.add(connection, new_visit(VISIT))
    return VISIT


def new_visit(visit: str, **changes: object) -> StoredVisit:
    values = {
        "region_code": "64.02",
        "region_name": "Kabupaten Kutai Kartanegara",
        "round": "2026-tahap2",
        "intake": "k2021",
        "instrument_id": "smart-city",
        "instrument_version": "1.0.0",
        "instrument_sha": "a" * 64,
        "principal": "sari@ugm.ac.id",
        "assessor_name": "Sari",
    }
    return StoredVisit(visit, **{**values, **changes})  # type: ignore[arg-type]


def damage(path: Path) -> None:
    """Overwrite parts of every seventh page of a database file from the tenth on."""
    data = bytearray(path.read_bytes())
    for start in range(4096 * 10, len(data), 4096 * 7):
        data[start : start + 512] = b"\xa5" * 512
    path.write_bytes(data)


def fill(database: Database, visit: str, by: Author) -> None:
    """Enough answers for a file of many pages."""
    with database.transaction() as connection:
        for number in range(300):
            answers.save(connection, visit, None, StoredAnswer(f"eco.E-{number:03d}", value="x" * 200), by)
