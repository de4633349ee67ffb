"""The small tables around a visit: the list itself, replies, reference answers, bundles, comments, signers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from evaluator.errors import NotFoundError
from evaluator.store import bundles, comments, events, references, replies, signers, visits
from evaluator.store.bundles import StoredBundle
from evaluator.store.comments import StoredComment
from evaluator.store.database import Database
from evaluator.store.events import Author, Counters
from evaluator.store.references import StoredReference
from evaluator.store.signers import StoredSigner

from .conftest import VISIT, new_visit


def test_the_list_of_visits_begins_with_the_one_worked_on_last(
    database: Database, visit: str, by: Author
) -> None:
    with database.transaction() as connection:
        visits.add(connection, new_visit("b", region_code="64.71", state="final"))
        visits.add(connection, new_visit("c", region_code="64.72"))
        for name in ("c", visit, "b"):
            events.append(connection, name, by, "reopen")
        assert [found.id for found in visits.list_all(connection)] == ["b", visit, "c"]
        listed = visits.overview(connection)
        assert [found.id for found in listed] == ["b", visit, "c"]
        stored = visits.get(connection, "b")
        assert all(getattr(listed[0], name) == getattr(stored, name) for name in listed[0]._fields)
        assert [found.id for found in visits.overview(connection, "draft")] == [visit, "c"]


def test_the_list_of_open_visits_uses_its_index(database: Database) -> None:
    plan = database.raw.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM visit WHERE state = 'draft' ORDER BY last_seq DESC"
    ).fetchall()
    assert [row[3] for row in plan] == ["SEARCH visit USING INDEX ix_visit_state_last_seq (state=?)"]


def test_a_visit_moves_through_its_states(database: Database, visit: str) -> None:
    with database.transaction() as connection:
        visits.set_state(connection, visit, "final", revision=1)
        visits.set_counters(connection, visit, Counters(1, 2, 3, 4, "{}"))
        visits.set_instrument(connection, visit, "smart-city", "1.1.0", "b" * 64)
        found = visits.get(connection, visit)
        assert (found.state, found.revision, found.open) == ("final", 1, 2)
        assert found.instrument_version == "1.1.0"
        visits.set_state(connection, visit, "draft")
        assert visits.get(connection, visit).revision == 1
    for act in (lambda c: visits.get(c, "x"), lambda c: visits.set_state(c, "x", "final")):
        with pytest.raises(NotFoundError), database.reading() as connection:
            act(connection)
    with pytest.raises(IntegrityError, match="ck_visit_state"), database.transaction() as connection:
        visits.set_state(connection, visit, "unheard of")


def test_a_visit_is_found_by_its_key_and_by_the_beginning_of_its_id(database: Database, visit: str) -> None:
    with database.transaction() as connection:
        visits.add(connection, new_visit("0190a000-0000-7000-8000-000000000002", round="2027"))
        assert [v.id for v in visits.beginning_with(connection, "0190a")] == [
            visit,
            "0190a000-0000-7000-8000-000000000002",
        ]
        assert [v.id for v in visits.beginning_with(connection, visit)] == [visit]
        assert visits.beginning_with(connection, "9") == []
        assert visits.beginning_with(connection, "") == []
        key = ("64.02", "2026-tahap2", "k2021", "sari@ugm.ac.id")
        assert [v.id for v in visits.of_key(connection, *key)] == [visit]
        assert visits.of_key(connection, "64.03", *key[1:]) == []


def test_a_token_keeps_its_first_reply(database: Database, visit: str) -> None:
    reply = {"ok": True, "seq": 17, "invalid": []}
    with database.transaction() as connection:
        assert replies.find(connection, visit, "t-1") is None
        replies.put(connection, visit, "t-1", reply)
    with database.reading() as connection:
        assert replies.find(connection, visit, "t-1") == reply
        assert replies.find(connection, "another visit", "t-1") is None


def test_reference_answers_of_one_kind_are_replaced_together(database: Database, visit: str) -> None:
    first = [
        StoredReference("self", "gov.GOV-01", value=4, note="kuat"),
        StoredReference("self", "gov.GOV-02"),
    ]
    last = [StoredReference("previous", "gov.GOV-01", value="2.5")]
    with database.transaction() as connection:
        assert references.put_all(connection, visit, "self", first) == 2
        assert references.put_all(connection, visit, "previous", last) == 1
        assert references.load(connection, visit) == last + first
        assert references.put_all(connection, visit, "self", []) == 0
        assert references.load(connection, visit) == last


def _bundle(number: int, **changes: object) -> StoredBundle:
    made = StoredBundle(
        bundle_id=f"{number:064d}",
        visit=VISIT,
        revision=number,
        file=f"{VISIT}-r{number}.zip",
        sha256="c" * 64,
        bytes=1000,
        created="2026-11-21T20:14:03Z",
        prev=None if number == 1 else f"{number - 1:064d}",
        device="lt-014",
        device_seq=number,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_bundles_are_the_revisions_of_a_visit(database: Database, visit: str) -> None:
    with database.transaction() as connection:
        assert bundles.latest(connection, visit) is None
        assert bundles.last_of_device(connection, "lt-014") is None
        assert bundles.next_device_seq(connection, "lt-014") == 1
        bundles.add(connection, _bundle(1))
        bundles.add(connection, _bundle(2, reason="salah ketik"))
        assert bundles.of_visit(connection, visit) == [_bundle(1), _bundle(2, reason="salah ketik")]
        assert bundles.latest(connection, visit) == _bundle(2, reason="salah ketik")
        assert bundles.last_of_device(connection, "lt-014") == bundles.latest(connection, visit)
        assert bundles.next_device_seq(connection, "lt-014") == 3
        assert bundles.next_device_seq(connection, "lt-015") == 1
        bundles.set_state(connection, _bundle(1).bundle_id, "received")
        assert bundles.get(connection, _bundle(1).bundle_id).state == "received"
        with pytest.raises(NotFoundError):
            bundles.set_state(connection, "unknown", "sent")


def test_comments_are_answered(database: Database, visit: str) -> None:
    first = StoredComment(
        "1", visit, "b" * 64, "gov.GOV-01", "", "Mana buktinya?", "tim@komdigi.go.id", "2026-12-01"
    )
    elsewhere = replace(first, id="2", visit=None)
    with database.transaction() as connection:
        comments.add(connection, first)
        comments.add(connection, elsewhere)
        assert comments.of_visit(connection, visit) == [first]
        assert comments.of_bundle(connection, "b" * 64) == [first, elsewhere]
        comments.answer(connection, "1", "Sudah dilampirkan")
        answered = comments.of_visit(connection, visit)[0]
        assert answered.answer == "Sudah dilampirkan"
        assert answered.answered_at
        comments.answer(connection, "1", "")
        assert comments.of_visit(connection, visit) == [first]
        comments.remove(connection, "2")
        assert comments.of_bundle(connection, "b" * 64) == [first]
        with pytest.raises(NotFoundError):
            comments.answer(connection, "9", "x")


def test_signers_are_replaced_by_fingerprint(database: Database) -> None:
    key = StoredSigner(
        "SHA256:abc", "kantor@komdigi.go.id", "office", "ssh-ed25519 AAAA", added_at="2026-11-21"
    )
    with database.transaction() as connection:
        signers.put_all(connection, [key])
        signers.put_all(connection, [replace(key, role="reviewer")])
        assert signers.load(connection) == [replace(key, role="reviewer")]
        signers.put_all(connection, [StoredSigner("SHA256:def", "a", "assessor", "ssh-ed25519 BBBB")])
        assert [found.fingerprint for found in signers.load(connection)] == ["SHA256:def", "SHA256:abc"]
        assert all(found.added_at for found in signers.load(connection))
