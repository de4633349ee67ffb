from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import create_engine

from evaluator.errors import NotFoundError
from evaluator.store import events, rows, tables, visits
from evaluator.store.database import Database
from evaluator.store.events import Author
from evaluator.store.rows import StoredRow

from .conftest import VISIT, new_visit

REPEAT = "qwn.QWN-REC"
INNER = "qwn.QWN-REC.orang"


def _order(database: Database, visit: str) -> list[str]:
    with database.reading() as connection:
        return [row.id for row in rows.load(connection, visit)]


@pytest.fixture
def three(database: Database, visit: str, by: Author) -> str:
    with database.transaction() as connection:
        for position, name in enumerate("abc", start=1):
            rows.insert(connection, visit, StoredRow(name, REPEAT, "", position), by)
    return visit


def test_rows_are_inserted_moved_deleted_and_brought_back(database: Database, three: str, by: Author) -> None:
    with database.transaction() as connection:
        rows.insert(connection, three, StoredRow("d", REPEAT, "", 1), by)
    assert _order(database, three) == ["d", "a", "b", "c"]
    with database.transaction() as connection:
        rows.move(connection, three, "d", 3, by)
    assert _order(database, three) == ["a", "b", "d", "c"]
    with database.transaction() as connection:
        rows.move(connection, three, "c", 1, by)
    assert _order(database, three) == ["c", "a", "b", "d"]
    with database.transaction() as connection:
        rows.delete(connection, three, "a", by)
    assert _order(database, three) == ["c", "b", "d"]
    with database.transaction() as connection:
        rows.restore(connection, three, "a", by)
    assert _order(database, three) == ["c", "a", "b", "d"]
    with database.reading() as connection:
        assert [row.position for row in rows.load(connection, three)] == [1, 2, 3, 4]
        trail = events.load(connection, three)
        assert rows.apply(trail) == rows.load(connection, three)
    assert [entry.op for entry in trail[3:]] == ["row_add", "row_move", "row_move", "row_delete", "row_add"]
    assert {(entry.path, entry.row) for entry in trail} >= {(REPEAT, "a"), (REPEAT, "d")}


def test_rows_inside_a_deleted_row_go_and_come_with_it(database: Database, three: str, by: Author) -> None:
    with database.transaction() as connection:
        rows.insert(connection, three, StoredRow("a1", INNER, "a", 1), by)
        rows.insert(connection, three, StoredRow("b1", INNER, "b", 1), by)
        rows.delete(connection, three, "a", by)
    assert set(_order(database, three)) == {"b", "c", "b1"}
    with database.transaction() as connection:
        rows.restore(connection, three, "a", by)
    assert set(_order(database, three)) == {"a", "b", "c", "a1", "b1"}


@pytest.mark.parametrize("position", [0, 5, -1])
def test_a_position_beyond_the_next_is_refused(
    database: Database, three: str, by: Author, position: int
) -> None:
    with pytest.raises(ValueError, match="not within"), database.transaction() as connection:
        rows.insert(connection, three, StoredRow("x", REPEAT, "", position), by)
    with pytest.raises(ValueError, match="not within"), database.transaction() as connection:
        rows.move(connection, three, "a", position, by)
    assert _order(database, three) == ["a", "b", "c"]


def test_what_is_not_there_cannot_be_changed(database: Database, three: str, by: Author) -> None:
    with database.transaction() as connection:
        rows.delete(connection, three, "a", by)
    for act in (rows.delete, rows.restore):
        with pytest.raises(NotFoundError), database.transaction() as connection:
            act(connection, three, "nobody", by)
    with pytest.raises(NotFoundError), database.transaction() as connection:
        rows.delete(connection, three, "a", by)
    with pytest.raises(NotFoundError), database.transaction() as connection:
        rows.move(connection, three, "a", 1, by)
    with pytest.raises(NotFoundError), database.transaction() as connection:
        rows.restore(connection, three, "b", by)


class RowsFollowTheirEvents(RuleBasedStateMachine):
    """Whatever is done to rows, the table, a plain list and the audit trail tell the same order."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine("sqlite://")
        self.connection = self.engine.connect()
        tables.create_all(self.connection)
        visits.add(self.connection, new_visit(VISIT))
        self.by = Author("a", "b")
        self.living: list[str] = []
        self.deleted: list[str] = []
        self.count = 0

    def teardown(self) -> None:
        self.connection.close()
        self.engine.dispose()

    @rule(data=st.data())
    def insert(self, data: st.DataObject) -> None:
        position = data.draw(st.integers(1, len(self.living) + 1))
        self.count += 1
        name = f"r{self.count}"
        rows.insert(self.connection, VISIT, StoredRow(name, REPEAT, "", position), self.by)
        self.living.insert(position - 1, name)

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.living))
        position = data.draw(st.integers(1, len(self.living)))
        rows.move(self.connection, VISIT, name, position, self.by)
        self.living.remove(name)
        self.living.insert(position - 1, name)

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.living))
        rows.delete(self.connection, VISIT, name, self.by)
        self.living.remove(name)
        self.deleted.append(name)

    @precondition(lambda self: self.deleted)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.deleted))
        position = data.draw(st.integers(1, len(self.living) + 1))
        rows.restore(self.connection, VISIT, name, self.by, position=position)
        self.deleted.remove(name)
        self.living.insert(position - 1, name)

    @invariant()
    def all_tell_the_same(self) -> None:
        stored = rows.load(self.connection, VISIT)
        assert [row.id for row in stored] == self.living
        assert [row.position for row in stored] == list(range(1, len(self.living) + 1))
        assert rows.apply(events.load(self.connection, VISIT)) == stored


TestRowsFollowTheirEvents = RowsFollowTheirEvents.TestCase
TestRowsFollowTheirEvents.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
