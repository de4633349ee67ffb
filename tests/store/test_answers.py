from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.store import answers, audit, events, visits
from evaluator.store.answers import StoredAnswer
from evaluator.store.audit import Entry
from evaluator.store.database import Database
from evaluator.store.events import Author, Counters

QUESTION = "gov.GOV-01"


def test_an_answer_comes_back_as_it_was_stored(database: Database, visit: str, by: Author) -> None:
    wanted = StoredAnswer(
        QUESTION,
        "row-1",
        value=["a", "b"],
        note="Wawancara dengan “Kominfo”\nbaris dua",
        flag=True,
        confidence="rendah",
        evidence_quality=2,
        respondents=["Kepala dinas", "Operator"],
        data_year=2025,
        source="BPS",
        data_quality="ukur",
        gate_reason="dokumen menyusul",
    )
    with database.transaction() as connection:
        saved = answers.save(connection, visit, None, wanted, by)
    with database.reading() as connection:
        assert answers.load(connection, visit) == {(QUESTION, "row-1"): saved}
        assert answers.find(connection, visit, QUESTION, "row-1") == saved
        assert answers.find(connection, visit, QUESTION) is None
    assert saved == replace(wanted, seq=saved.seq)


@pytest.mark.parametrize("value", [0, 3, "62.5", "", "ya", [], ["a"], "2026-11-21", None])
def test_unanswered_zero_and_empty_are_different_things(
    database: Database, visit: str, by: Author, value: object
) -> None:
    with database.transaction() as connection:
        answers.save(connection, visit, None, StoredAnswer(QUESTION, value=value, note="x"), by)
        stored = answers.load(connection, visit)[QUESTION, ""]
    assert stored.value == value
    assert type(stored.value) is type(value)
    assert stored.na == ""


def test_not_applicable_takes_the_place_of_a_value(database: Database, visit: str, by: Author) -> None:
    with database.transaction() as connection:
        first = answers.save(connection, visit, None, StoredAnswer(QUESTION, value=3), by)
        second = answers.save(connection, visit, first, StoredAnswer(QUESTION, na="geografis"), by)
        answers.save(connection, visit, second, StoredAnswer(QUESTION, value=4), by)
        trail = [(entry.op, entry.old, entry.new) for entry in events.load(connection, visit)]
    assert trail == [("set", None, 3), ("na", 3, "geografis"), ("set", "geografis", 4)]


def test_a_value_that_is_not_applicable_is_refused(database: Database, visit: str, by: Author) -> None:
    wrong = StoredAnswer(QUESTION, value=3, na="geografis")
    with pytest.raises(ValueError, match=QUESTION), database.transaction() as connection:
        answers.save(connection, visit, None, wrong, by)
    with pytest.raises(sqlite3.IntegrityError), database.transaction() as connection:
        answers.put(connection, visit, wrong)


def test_the_value_and_what_accompanies_it_are_events_of_their_own(
    database: Database, visit: str, by: Author
) -> None:
    with database.transaction() as connection:
        after = StoredAnswer(QUESTION, value=3, note="baik", flag=True)
        saved = answers.save(connection, visit, None, after, by, reason="rapat")
        trail = events.load(connection, visit)
    assert [(entry.op, entry.old, entry.new, entry.reason) for entry in trail] == [
        ("set", None, 3, "rapat"),
        ("set", {"note": ""}, {"note": "baik"}, "rapat"),
        ("flag", False, True, "rapat"),
    ]
    assert saved.seq == trail[-1].seq


def test_saving_the_same_again_writes_nothing(database: Database, visit: str, by: Author) -> None:
    with database.transaction() as connection:
        first = answers.save(connection, visit, None, StoredAnswer(QUESTION, value=3), by)
        second = answers.save(connection, visit, first, StoredAnswer(QUESTION, value=3), by)
        assert second == first
        assert events.last_seq(connection) == 1
        nothing = answers.save(connection, visit, None, StoredAnswer("gov.GOV-02"), by)
        assert nothing.seq == 0
        assert answers.find(connection, visit, "gov.GOV-02") is None


def test_the_first_score_is_kept_and_later_changes_are_marked(
    database: Database, visit: str, by: Author
) -> None:
    with database.transaction() as connection:
        first = answers.save(connection, visit, None, StoredAnswer(QUESTION, value=2, first_score=2), by)
        assert (first.first_score, first.first_seq, first.revealed_seq) == (2, 1, None)
        noted = answers.save(connection, visit, first, replace(first, note="x"), by)
        assert noted.revealed_seq is None
        second = answers.save(connection, visit, noted, StoredAnswer(QUESTION, value=4, first_score=4), by)
        assert (second.first_score, second.first_seq, second.revealed_seq) == (2, 1, 3)
        third = answers.save(connection, visit, second, StoredAnswer(QUESTION), by)
        assert (third.first_score, third.first_seq, third.revealed_seq) == (2, 1, 3)


def test_counters_are_saved_with_the_answer(database: Database, visit: str, by: Author) -> None:
    with database.transaction() as connection:
        after = StoredAnswer(QUESTION, value=2, note="x")
        answers.save(connection, visit, None, after, by, counters=Counters(1, 5, 0, 0))
        stored = visits.get(connection, visit)
    assert (stored.answered, stored.open, stored.last_seq) == (1, 5, 2)


def test_putting_leaves_no_event(database: Database, visit: str) -> None:
    with database.transaction() as connection:
        answers.put(connection, visit, StoredAnswer(QUESTION, value=2, seq=7))
        answers.put(connection, visit, StoredAnswer(QUESTION, value=3, seq=8))
        assert answers.load(connection, visit)[QUESTION, ""].value == 3
        assert events.load(connection, visit) == []


_VALUES = st.none() | st.integers(0, 5) | st.text(max_size=5) | st.lists(st.sampled_from("abc"), max_size=2)
_ANSWERS = st.builds(
    lambda value, na, note, flag, quality, people: StoredAnswer(
        QUESTION,
        value=None if na else value,
        na=na,
        note=note,
        flag=flag,
        evidence_quality=quality,
        respondents=people,
    ),
    _VALUES,
    st.sampled_from(["", "", "geografis", "taksempat"]),
    st.sampled_from(["", "x", "y"]),
    st.booleans(),
    st.none() | st.integers(0, 3),
    st.none() | st.lists(st.just("Bupati"), max_size=1),
)


@given(st.lists(_ANSWERS, max_size=8))
def test_following_the_events_arrives_at_the_answer(history: list[StoredAnswer]) -> None:
    present = StoredAnswer(QUESTION)
    entries: list[Entry] = []
    for after in history:
        for op, old, new in answers.changes(present, after):
            entries.append(Entry(len(entries) + 1, "", 0, "", "", "", QUESTION, "", op, old, new, "", "", ""))
        present = after
    arrived = answers.apply(entries).get((QUESTION, ""), StoredAnswer(QUESTION))
    assert replace(arrived, seq=0) == present
    assert audit.as_jsonl(entries).count(b"\n") == len(entries)
