from __future__ import annotations

from dataclasses import replace

import pytest

from evaluator.errors import NotFoundError
from evaluator.store import events, evidence
from evaluator.store.database import Database
from evaluator.store.events import Author
from evaluator.store.evidence import StoredEvidence

PIECE = StoredEvidence(
    "ev-0001", "ab" * 32, 2048, "perbup.pdf", "pdf", "dokumen", title="Perbup 12", verified_by="Sari"
)
FIRST, SECOND = ("gov.GOV-01", ""), ("qwn.QWN-REC.bukti", "row-1")


@pytest.fixture
def attached(database: Database, visit: str, by: Author) -> str:
    with database.transaction() as connection:
        assert evidence.next_id(connection, visit) == "ev-0001"
        evidence.attach(connection, visit, PIECE, *FIRST, by)
    return visit


def test_a_piece_comes_back_as_it_was_attached(database: Database, attached: str) -> None:
    with database.reading() as connection:
        assert evidence.load(connection, attached) == {"ev-0001": replace(PIECE, added_seq=1)}
        assert evidence.get(connection, attached, "ev-0001").title == "Perbup 12"
        assert evidence.links(connection, attached) == {FIRST: ("ev-0001",)}
        assert evidence.hashes(connection) == {"ab" * 32: 2048}
        assert evidence.next_id(connection, attached) == "ev-0002"


def test_one_piece_may_support_two_answers(database: Database, attached: str, by: Author) -> None:
    with database.transaction() as connection:
        assert evidence.link(connection, attached, "ev-0001", *SECOND, by) == 2
        assert evidence.link(connection, attached, "ev-0001", *SECOND, by) == 0
        assert evidence.links(connection, attached) == {FIRST: ("ev-0001",), SECOND: ("ev-0001",)}
        evidence.unlink(connection, attached, "ev-0001", *FIRST, by)
        assert evidence.load(connection, attached).keys() == {"ev-0001"}


def test_a_piece_goes_with_its_last_link_and_keeps_its_number(
    database: Database, attached: str, by: Author
) -> None:
    with database.transaction() as connection:
        evidence.unlink(connection, attached, "ev-0001", *FIRST, by)
        assert evidence.load(connection, attached) == {}
        assert evidence.next_id(connection, attached) == "ev-0002"
        assert evidence.hashes(connection).keys() == {"ab" * 32}
        with pytest.raises(NotFoundError):
            evidence.get(connection, attached, "ev-0001")
        evidence.link(connection, attached, "ev-0001", *FIRST, by)
        assert evidence.load(connection, attached).keys() == {"ev-0001"}
        trail = events.load(connection, attached)
        assert [(entry.op, entry.old, entry.new) for entry in trail] == [
            ("attach", None, "ev-0001"),
            ("detach", "ev-0001", None),
            ("attach", None, "ev-0001"),
        ]
        assert evidence.apply(trail) == evidence.links(connection, attached)


def test_a_description_may_change_but_not_the_file(database: Database, attached: str, by: Author) -> None:
    with database.transaction() as connection:
        changed = replace(PIECE, title="Perbup 12/2025", page="4", sha256="0" * 64)
        assert evidence.describe(connection, attached, changed, *FIRST, by, reason="undo:9") == 2
        assert evidence.describe(connection, attached, changed, *FIRST, by) == 0
        stored = evidence.get(connection, attached, "ev-0001")
        entry = events.load(connection, attached)[-1]
    assert (stored.title, stored.page, stored.sha256) == ("Perbup 12/2025", "4", PIECE.sha256)
    assert (entry.reason, entry.old) == ("undo:9", {"evidence": "ev-0001", "page": "", "title": "Perbup 12"})


def test_unknown_pieces_and_links_are_refused(database: Database, attached: str, by: Author) -> None:
    for act in (evidence.link, evidence.unlink):
        with pytest.raises(NotFoundError) as raised, database.transaction() as connection:
            act(connection, attached, "ev-0099", *SECOND, by)
        assert raised.value.code == "evidence_not_found"
    with pytest.raises(NotFoundError), database.transaction() as connection:
        evidence.unlink(connection, attached, "ev-0001", *SECOND, by)
