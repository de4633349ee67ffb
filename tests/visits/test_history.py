"""What happened, and taking steps back and forth."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator import identity
from evaluator.errors import UsageError
from evaluator.paths import Workspace
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry, EvidenceDetails
from evaluator.visits.visit import Visit
from tests.visits.conftest import only_visit
from tests.visits.watching import DATA, DOCUMENT, assert_as_reopened, content, fill

Step = Callable[[Visit, Path], object]


def rows(visit: Visit) -> tuple[str, ...]:
    return visit.filling.rows("qwn.QWN-REC")


STEPS: dict[str, Step] = {
    "first value": lambda visit, _file: visit.answer(Entry("gov.GOV-05", value=3)),
    "another value": lambda visit, _file: visit.answer(Entry("gov.GOV-01", value=4)),
    "clear": lambda visit, _file: visit.answer(Entry("gov.GOV-01", value=None)),
    "value to not applicable": lambda visit, _file: visit.answer(Entry("gov.GOV-01", na="geografis")),
    "not applicable to value": lambda visit, _file: visit.answer(Entry("gov.GOV-02", value=1)),
    "not applicable to another reason": lambda visit, _file: visit.answer(
        Entry("gov.GOV-02", na="taksempat")
    ),
    "not applicable taken back": lambda visit, _file: visit.answer(Entry("gov.GOV-02", na="")),
    "a text that is called like a reason": lambda visit, _file: visit.answer(Entry("pnt.PNT-02", value="x")),
    "note": lambda visit, _file: visit.answer(Entry("gov.GOV-01", note="lain")),
    "note away": lambda visit, _file: visit.answer(Entry("gov.GOV-01", note="")),
    "several companions": lambda visit, _file: visit.answer(
        Entry("gov.GOV-Q1", confidence="tinggi", data_year=2025, respondents=["a", "b"])  # type: ignore[arg-type]
    ),
    "flag": lambda visit, _file: visit.answer(Entry("gov.GOV-01", flag=True)),
    "unflag": lambda visit, _file: visit.answer(Entry("gov.GOV-02", flag=False)),
    "row": lambda visit, _file: visit.insert_row("qwn.QWN-REC", 1),
    "full row away": lambda visit, _file: visit.delete_row(rows(visit)[0]),
    "row elsewhere": lambda visit, _file: visit.move_row(rows(visit)[0], 2),
    "row back": lambda visit, _file: visit.move_row(rows(visit)[1], 1),
    "attach": lambda visit, file: visit.attach("gov.GOV-05", file, DATA),
    "link": lambda visit, _file: visit.link("gov.GOV-05", "ev-0001"),
    "detach from one": lambda visit, _file: visit.detach("gov.GOV-02", "ev-0001"),
    "detach the last": lambda visit, _file: visit.detach(("qwn.QWN-REC.QWN-01", rows(visit)[0]), "ev-0002"),
    "describe": lambda visit, _file: visit.describe(
        "ev-0001", EvidenceDetails(type="data", title="Rekap", date="2026", verified_by="Bagus")
    ),
    "finding": lambda visit, _file: visit.insert_row("pnt.PNT-KUAT"),
    "dissent": lambda visit, _file: visit.answer(Entry("pnt.PNT-01", value="Berbeda")),
}


@pytest.fixture
def begun(visit: Visit, tmp_path: Path) -> Visit:
    """A visit in which something stands already."""
    visit.answer(Entry("gov.GOV-01", value=3, note="Dilihat"))
    visit.answer(Entry("gov.GOV-02", na="geografis", flag=True))
    fill(visit, {"pnt.PNT-02": "geografis", "qwn.QWN-REC[1].nama": "Satu", "qwn.QWN-REC[2].nama": "Dua"})
    fill(visit, {"qwn.QWN-REC[1].QWN-01": 2, "gov.GOV-Q1": 50})
    for number, questions in ((1, ("gov.GOV-01", "gov.GOV-02")), (2, ("qwn.QWN-REC[1].QWN-01",))):
        file = tmp_path / f"{number}.txt"
        file.write_text(str(number))
        for question in questions:
            visit.attach(question, file, DOCUMENT)
    return visit


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_taken_back_and_done_again_over_a_restart(
    desk: Desk, begun: Visit, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "new.txt"
    file.write_text("new")
    before = content(begun)
    STEPS[name](begun, file)
    after = content(begun)
    assert after != before
    assert begun.undo() is not None
    assert content(begun) == before
    assert_as_reopened(desk, begun)
    again = desk.visit(begun.id)
    assert again.redo() is not None
    assert content(again) == after
    assert again.redo() is None
    assert_as_reopened(desk, again)
    once_more = desk.visit(begun.id)
    assert once_more.undo() is not None
    assert content(once_more) == before


def test_many_steps_go_back_and_forth_over_a_restart(desk: Desk, begun: Visit, tmp_path: Path) -> None:
    file = tmp_path / "new.txt"
    file.write_text("new")
    seen = [content(begun)]
    for name in ("first value", "row", "note", "attach", "describe", "clear", "flag"):
        STEPS[name](begun, file)
        seen.append(content(begun))
    visit = begun
    for earlier in seen[-2::-1]:
        assert visit.undo() is not None
        assert content(visit) == earlier
        visit = desk.visit(visit.id)
    for later in seen[1:]:
        assert visit.redo() is not None
        assert content(visit) == later
        visit = desk.visit(visit.id)
    assert visit.redo() is None


def test_everything_a_person_did_can_be_taken_back_and_nothing_the_program_filled(
    desk: Desk, visit: Visit
) -> None:
    assert visit.undo() is None
    assert visit.redo() is None
    empty = content(visit)
    # The first step of all may concern a question that a setting of the instrument names.
    fill(visit, {"pnt.PNT-01": "Berbeda pendapat"})
    assert visit.undo() == ("pnt.PNT-01", "")
    assert content(visit) == empty
    visit.insert_row("pnt.PNT-KUAT")
    assert visit.undo() is not None
    assert visit.undo() is None
    assert content(visit) == empty
    assert visit.value(("knj.KNJ-01", "")) == "64.02"
    assert_as_reopened(desk, visit)


def test_a_new_step_ends_what_could_be_done_again(visit: Visit) -> None:
    fill(visit, {"gov.GOV-01": 3, "gov.GOV-02": 3})
    visit.undo()
    fill(visit, {"gov.GOV-03": 1})
    assert visit.redo() is None
    visit.undo()
    assert visit.redo() == ("gov.GOV-03", "")


def test_a_value_comes_back_that_could_not_be_given_now(desk: Desk, visit: Visit) -> None:
    """The choice of a section depends on the pillar; taking steps back does not ask again."""
    fill(visit, {"qwn.QWN-REC[1].pilar": "gov", "qwn.QWN-REC[1].sub": "A"})
    fill(visit, {"qwn.QWN-REC[1].pilar": None})
    before = content(visit)
    fill(visit, {"qwn.QWN-REC[1].sub": None})
    visit.undo()
    assert content(visit) == before
    assert_as_reopened(desk, visit)


def test_taking_back_the_description_of_evidence_whose_row_is_gone(
    desk: Desk, visit: Visit, tmp_path: Path
) -> None:
    fill(visit, {"qwn.QWN-REC[1].nama": "Satu"})
    file = tmp_path / "a.txt"
    file.write_text("a")
    piece = visit.attach("qwn.QWN-REC[1].nama", file, DOCUMENT)
    visit.delete_row(rows(visit)[0])
    visit.describe(piece.id, DATA)
    visit.undo()
    assert visit.find_evidence(piece.id).type == "dokumen"
    visit.undo()
    assert [found.id for found in visit.evidence_of(visit.key("qwn.QWN-REC[1].nama"))] == [piece.id]
    assert_as_reopened(desk, visit)


def test_nothing_before_the_last_reopening_is_taken_back(complete_desk: Desk, complete: Visit) -> None:
    signer = identity.unlock(complete_desk.workspace, complete_desk.config)
    complete.finalise(signer)
    for wrong in (complete.undo, complete.redo):
        with pytest.raises(UsageError, match="finalised"):
            wrong()
    complete.reopen("Bukti baru")
    sealed = content(complete)
    assert complete.undo() is None
    fill(complete, {"gov.GOV-01": 3})
    assert complete.undo() == ("gov.GOV-01", "")
    assert complete_desk.visit(complete.id).undo() is None
    assert content(complete) == sealed
    assert complete.redo() == ("gov.GOV-01", "")


def test_history_tells_every_step_of_one_answer(visit: Visit, tmp_path: Path) -> None:
    visit.answer(Entry("gov.GOV-01", value=3, note="Dilihat"))
    visit.answer(Entry("gov.GOV-01", na="geografis"))
    visit.answer(Entry("gov.GOV-02", value=1))
    visit.answer(Entry("gov.GOV-01", value=2, flag=True))
    file = tmp_path / "a.txt"
    file.write_text("a")
    visit.attach("gov.GOV-01", file, DOCUMENT)
    visit.undo()
    lines = visit.history("gov.GOV-01")
    assert [(line.op, line.old, line.new) for line in lines] == [
        ("set", None, 3),
        ("set", {"note": ""}, {"note": "Dilihat"}),
        ("na", 3, "geografis"),
        ("set", "geografis", 2),
        ("flag", False, True),
        ("attach", None, "ev-0001"),
        ("detach", "ev-0001", None),
    ]
    assert lines[-1].reason.startswith("undo:")
    assert {line.actor for line in lines} == {"sari@contoh.example"}
    assert visit.history("gov.GOV-03") == ()


# -- the law: steps, all taken back, all done again

QUESTIONS = ("gov.GOV-01", "gov.GOV-Q1", "bra.BRA-Y1", "bra.BRA-Y1a", "pnt.PNT-02")
VALUES: tuple[Any, ...] = (None, 0, 3, "5", "ya", "tidak", "geografis", "Perda 3")
row_numbers = st.integers(0, 3)
steps = st.one_of(
    st.tuples(st.just("value"), st.sampled_from(QUESTIONS), st.sampled_from(VALUES)),
    st.tuples(st.just("row value"), row_numbers, st.sampled_from(("gov", "env", None))),
    st.tuples(st.just("row section"), row_numbers, st.sampled_from(("A", "B", None))),
    st.tuples(st.just("na"), st.sampled_from(QUESTIONS), st.sampled_from(("geografis", "taksempat", ""))),
    st.tuples(st.just("note"), st.sampled_from(QUESTIONS), st.sampled_from(("", "Satu", "Dua"))),
    st.tuples(st.just("flag"), st.sampled_from(QUESTIONS), st.booleans()),
    st.tuples(st.just("insert"), row_numbers, st.none()),
    st.tuples(st.just("delete"), row_numbers, st.none()),
    st.tuples(st.just("move"), row_numbers, row_numbers),
    st.tuples(st.just("duplicate"), row_numbers, st.none()),
    st.tuples(st.just("attach"), st.sampled_from(QUESTIONS), st.integers(0, 2)),
    st.tuples(st.just("detach"), st.sampled_from(QUESTIONS), st.integers(0, 2)),
    st.tuples(st.just("describe"), st.integers(0, 2), st.sampled_from(("data", "dokumen"))),
)


def take(visit: Visit, files: Path, step: tuple[str, Any, Any]) -> None:
    """Take one step if it can be taken now."""
    kind, what, how = step
    numbered = dict(enumerate(rows(visit)))
    row = numbered.get(what) if isinstance(what, int) else None
    pieces = dict(enumerate(visit.evidence()))
    if kind == "value":
        visit.answer(Entry(what, value=how))
    elif kind == "row value":
        visit.answer(Entry(f"qwn.QWN-REC[{what + 1}].pilar", value=how))
    elif kind == "row section":
        visit.answer(Entry(f"qwn.QWN-REC[{what + 1}].sub", value=how))
    elif kind == "na":
        visit.answer(Entry(what, na=how))
    elif kind == "note":
        visit.answer(Entry(what, note=how))
    elif kind == "flag":
        visit.answer(Entry(what, flag=how))
    elif kind == "insert":
        visit.insert_row("qwn.QWN-REC", what + 1)
    elif kind == "delete" and row:
        visit.delete_row(row)
    elif kind == "move" and row:
        visit.move_row(row, how + 1)
    elif kind == "duplicate" and row:
        visit.duplicate_row(row)
    elif kind == "attach":
        visit.attach(what, files / f"{how}.txt", DOCUMENT)
    elif kind == "detach" and how in pieces:
        visit.detach(what, pieces[how].id)
    elif kind == "describe" and what in pieces:
        visit.describe(pieces[what].id, EvidenceDetails(type=how))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, max_size=12))
def test_steps_all_taken_back_leave_the_beginning_and_all_done_again_the_end(
    made: Path, taken: list[tuple[str, Any, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(shutil.copytree(made / "begun", Path(folder, "workspace"))))
        for number in range(3):
            Path(folder, f"{number}.txt").write_text(str(number))
        with Desk.open(workspace) as desk:
            visit = only_visit(desk)
            beginning = content(visit)
            for step in taken:
                try:
                    take(visit, Path(folder), step)
                except UsageError:
                    continue
            end = content(visit)
            while visit.undo() is not None:
                pass
            assert content(visit) == beginning
            assert_as_reopened(desk, visit)
            visit = desk.visit(visit.id)
            while visit.redo() is not None:
                pass
            assert content(visit) == end
            assert_as_reopened(desk, visit)
