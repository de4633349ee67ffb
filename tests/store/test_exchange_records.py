"""What is kept of the exchange with an office: deliveries, pieces, statements that came, statements to go out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from evaluator.store import arrivals, bundles, deliveries, outgoing, visits
from evaluator.store.arrivals import StoredStatement
from evaluator.store.bundles import StoredBundle
from evaluator.store.database import Database
from evaluator.store.deliveries import StoredDelivery

from .conftest import new_visit

DELIVERY = StoredDelivery("d" * 64, "lt-014", 1, "b" * 64, None, b"{}\n", b"sig", "2026-11-21T12:14:03Z")
STATEMENT = StoredStatement(
    "s" * 64,
    "review",
    "v",
    "b" * 64,
    None,
    "rina@kantor.example",
    b"{}\n",
    b"sig",
    "remote",
    "2026",
    "held",
    "x",
)


def test_a_delivery_is_kept_once_and_found_by_bundle_number_and_device(database: Database) -> None:
    second = replace(DELIVERY, id="e" * 64, seq=2, bundle_id="c" * 64, prev=DELIVERY.id)
    copied = replace(second, id="f" * 64, bundle_id="a" * 64)
    with database.transaction() as connection:
        for delivery in (DELIVERY, DELIVERY, second, copied):
            deliveries.add(connection, delivery)
        assert deliveries.of_bundle(connection, "c" * 64) == second
        assert deliveries.of_bundle(connection, "9" * 64) is None
        assert deliveries.numbered(connection, "lt-014", 2) == [second, copied]
        last = deliveries.last_of_device(connection, "lt-014")
        assert last is not None
        assert last.seq == 2
        assert deliveries.last_of_device(connection, "other") is None


def test_pieces_are_known_by_remote(database: Database) -> None:
    with database.transaction() as connection:
        deliveries.put_piece(connection, "one", "1" * 64, 5)
        deliveries.put_piece(connection, "one", "1" * 64, 5)
        deliveries.put_piece(connection, "two", "2" * 64, 7)
        assert deliveries.pieces(connection, "one") == {"1" * 64: 5}
        assert deliveries.pieces_anywhere(connection) == {"1" * 64, "2" * 64}
        deliveries.forget_piece(connection, "one", "1" * 64)
        assert deliveries.pieces(connection, "one") == {}


def test_a_statement_that_was_held_is_applied_later_in_order(database: Database) -> None:
    with database.transaction() as connection:
        arrivals.put(connection, STATEMENT)
        assert arrivals.unsettled(connection) == [STATEMENT]
        first = arrivals.put(connection, replace(STATEMENT, id="a" * 64, state="applied"))
        second = arrivals.put(connection, replace(STATEMENT, state="applied", code=""))
        assert (first.applied_seq, second.applied_seq) == (1, 2)
        assert arrivals.put(connection, second) == second
        assert arrivals.applied(connection, "v", "review") == [first, second]
        assert arrivals.applied(connection, "v", "receipt") == []
        assert arrivals.unsettled(connection) == arrivals.not_applied(connection) == []
        arrivals.put(connection, replace(STATEMENT, id="c" * 64, state="conflict"))
        assert arrivals.unsettled(connection) == []
        assert [found.id for found in arrivals.not_applied(connection)] == ["c" * 64]
        assert arrivals.get(connection, "0" * 64) is None
    with pytest.raises(IntegrityError, match="ck_statement_state"), database.transaction() as connection:
        arrivals.put(connection, replace(STATEMENT, id="0" * 64, state="unheard of"))


def test_names_that_were_read_are_known_by_remote(database: Database) -> None:
    with database.transaction() as connection:
        arrivals.put_name(connection, "one", "00000001-x.json", "1" * 64)
        arrivals.put_name(connection, "one", "00000001-x.json", "2" * 64)
        assert arrivals.names(connection, "one") == {"00000001-x.json": "2" * 64}
        assert arrivals.names(connection, "two") == {}


def test_what_goes_out_is_numbered_by_device_and_queued_once(database: Database) -> None:
    with database.transaction() as connection:
        first = outgoing.queue(connection, "lt-014", "receipt", "b" * 64, "1" * 64, b"{}", b"sig")
        again = outgoing.queue(connection, "lt-014", "receipt", "b" * 64, "1" * 64, b"{}", b"sig")
        second = outgoing.queue(connection, "lt-014", "review", "b" * 64, "2" * 64, b"{}", b"sig")
        other = outgoing.queue(connection, "lt-015", "receipt", "c" * 64, "3" * 64, b"{}", b"sig")
        assert (first.seq, second.seq, other.seq) == (1, 2, 1)
        assert again == first
        assert outgoing.pending(connection) == [first, second, other]
        outgoing.mark_published(connection, first)
        assert outgoing.pending(connection) == [second, other]
        assert [found.id for found in outgoing.of_bundle(connection, "b" * 64)] == ["1" * 64, "2" * 64]
        assert outgoing.of_device(connection, "lt-014")[0].published_at


def test_a_bundle_is_unconfirmed_until_the_office_has_it(database: Database, visit: str) -> None:
    sealed = StoredBundle("1" * 64, visit, 1, "a.zip", "2" * 64, 9, "2026", None, "lt-014", 1)
    second = replace(sealed, bundle_id="3" * 64, revision=2, device_seq=2, prev=sealed.bundle_id)
    with database.transaction() as connection:
        visits.add(connection, new_visit("other"))
        for bundle in (second, sealed, replace(sealed, bundle_id="4" * 64, visit="other", device="lt-9")):
            bundles.add(connection, bundle)
        assert [found.revision for found in bundles.unconfirmed(connection, "lt-014")] == [1, 2]
        bundles.set_state(connection, sealed.bundle_id, "received")
        bundles.set_state(connection, second.bundle_id, "quarantined")
        assert [found.revision for found in bundles.unconfirmed(connection, "lt-014")] == [2]
        deliveries.add(connection, replace(DELIVERY, bundle_id=second.bundle_id))
        assert bundles.latest_states(connection) == {visit: ("quarantined", True), "other": ("sealed", False)}
