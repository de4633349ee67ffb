from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import replace

import pytest

from evaluator import canonical
from evaluator.errors import NotFoundError
from evaluator.store import answers, audit, events, visits
from evaluator.store.answers import StoredAnswer
from evaluator.store.database import Database
from evaluator.store.events import Author, Counters

from .conftest import new_visit

KEYS = {
    "seq", "at", "mono_ns", "boot", "actor", "device", "path", "row", "op", "old", "new", "reason", "prev", "hash",
}  # fmt: skip


@pytest.fixture
def trail(database: Database, visit: str, by: Author) -> list[audit.Entry]:
    with database.transaction() as connection:
        before = None
        for value in (2, 3, "Kutai — “ékonomi” 🏙", ["a", "b"], None):
            before = answers.save(connection, visit, before, StoredAnswer("gov.GOV-01", value=value), by)
        return events.load(connection, visit)


def test_each_line_is_what_the_contract_says(
    database: Database, visit: str, trail: list[audit.Entry]
) -> None:
    with database.reading() as connection:
        lines = events.as_jsonl(connection, visit).splitlines(keepends=True)
    assert len(lines) == len(trail) == 5
    previous = ""
    for line in lines:
        value = json.loads(line)
        assert value.keys() == KEYS
        assert canonical.dumps(value) + b"\n" == line
        assert value["prev"] == previous
        previous = value.pop("hash")
        # What anybody can recompute with two standard tools.
        assert hashlib.sha256(canonical.dumps(value)).hexdigest() == previous
    assert [json.loads(line)["op"] for line in lines] == ["set", "set", "set", "set", "clear"]
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4, 5]


def test_the_visit_holds_the_head(database: Database, visit: str, trail: list[audit.Entry]) -> None:
    with database.reading() as connection:
        stored = visits.get(connection, visit)
    assert stored.audit_head == trail[-1].hash
    assert (stored.visit_rev, stored.last_seq) == (5, 5)
    assert audit.verify_chain(trail, head=stored.audit_head) == []


@pytest.mark.parametrize(
    "change",
    [
        {"new": 5},
        {"at": "2020-01-01T00:00:00+00:00"},
        {"actor": "other"},
        {"reason": "x"},
        {"prev": "0" * 64},
        {"seq": 9},
    ],
)
def test_a_changed_entry_is_found(trail: list[audit.Entry], change: dict[str, object]) -> None:
    changed = [*trail[:2], replace(trail[2], **change), *trail[3:]]  # type: ignore[arg-type]
    assert audit.verify_chain(changed) == [changed[2].seq]


def test_an_entry_rewritten_with_its_hash_breaks_the_link_after_it(trail: list[audit.Entry]) -> None:
    forged = replace(trail[1], new=5)
    forged = replace(forged, hash=audit.entry_hash(forged.as_json()))
    assert audit.verify_chain([trail[0], forged, *trail[2:]]) == [3]


def test_removed_exchanged_and_cut_off_entries_are_found(trail: list[audit.Entry]) -> None:
    assert audit.verify_chain([trail[0], *trail[2:]]) == [3]
    assert audit.verify_chain([trail[1], trail[0], *trail[2:]])
    assert audit.verify_chain(trail[:-1], head=trail[-1].hash) == [0]
    assert audit.verify_chain([], head=trail[-1].hash) == [0]
    assert audit.verify_chain(trail[2:]) == [3]
    assert audit.verify_chain(trail[2:], partial=True) == []


@pytest.mark.parametrize("statement", ["UPDATE event SET new = '4'", "DELETE FROM event"])
def test_the_trail_cannot_be_changed(database: Database, trail: list[audit.Entry], statement: str) -> None:
    assert trail
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.raw.execute(statement)


def test_sequence_numbers_rise_over_the_workspace_and_chains_stay_apart(
    database: Database, visit: str, by: Author
) -> None:
    with database.transaction() as connection:
        visits.add(connection, new_visit("other", round="2027-tahap1"))
        seqs = [events.append(connection, name, by, "reopen") for name in (visit, "other", visit, "other")]
        assert seqs == [1, 2, 3, 4]
        for name in (visit, "other"):
            entries = events.load(connection, name)
            head = visits.get(connection, name).audit_head
            assert audit.verify_chain(entries, head=head) == []
            assert entries[0].prev == ""
        assert events.broken_links(connection, 3) == []
        assert events.last_seq(connection) == 4


def test_counters_come_with_an_event(database: Database, visit: str, by: Author) -> None:
    with database.transaction() as connection:
        events.append(connection, visit, by, "finalise", counters=Counters(1, 2, 3, 4, '{"gov":[1,9]}'))
        stored = visits.get(connection, visit)
    assert (stored.answered, stored.open, stored.flagged, stored.failed) == (1, 2, 3, 4)
    assert stored.progress == '{"gov":[1,9]}'


def test_an_unknown_visit_has_no_trail(database: Database, by: Author) -> None:
    with pytest.raises(NotFoundError), database.transaction() as connection:
        events.append(connection, "nowhere", by, "set")


def test_a_machine_that_runs_for_months_still_writes(
    database: Database, visit: str, by: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.monotonic_ns", lambda: 2**60 + 17)
    with database.transaction() as connection:
        events.append(connection, visit, by, "reopen")
        assert events.load(connection, visit)[0].mono_ns == 17 + 2**60 % 2**53
