"""Starting a visit: region, round, intake, last year's bundle, the region's own answers."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evaluator import identity
from evaluator.errors import AnswerError, BundleError, NotFoundError, UsageError
from evaluator.paths import Workspace
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry, VisitLine
from evaluator.visits.visit import Visit
from tests.visits.conftest import REGION, ROUND, only_visit
from tests.visits.watching import fill


def new(desk: Desk, region: str = "64.08", round_name: str = ROUND, intake: str = "") -> VisitLine:
    visit = desk.new_visit(region, round_name, intake)
    return next(line for line in desk.visits() if line.id == visit)


@pytest.mark.parametrize(
    ("region", "code", "name"),
    [
        ("64.08", "64.08", "Kabupaten Kutai Timur"),
        ("kutai timur", "64.08", "Kabupaten Kutai Timur"),
        ("Kab. Kutai Timur", "64.08", "Kabupaten Kutai Timur"),
        ("Kota Samarinda", "64.72", "Kota Samarinda"),
    ],
)
def test_a_region_is_found_by_code_or_name(desk: Desk, region: str, code: str, name: str) -> None:
    line = new(desk, region)
    assert (line.region_code, line.region_name) == (code, name)


@pytest.mark.parametrize("region", ["", "99.99", "Atlantis", "64", "Kutai"])
def test_a_region_that_is_none_or_several_is_refused(desk: Desk, region: str) -> None:
    with pytest.raises(UsageError):
        new(desk, region)
    assert len(desk.visits()) == 1


def test_the_program_fills_what_it_knows(desk: Desk) -> None:
    visit = desk.visit(new(desk, intake="k2022").id)
    known = {f"knj.KNJ-0{number}": visit.value((f"knj.KNJ-0{number}", "")) for number in range(1, 5)}
    assert known == {
        "knj.KNJ-01": "64.08", "knj.KNJ-02": 2026, "knj.KNJ-03": "tahap2", "knj.KNJ-04": "k2022",
    }  # fmt: skip
    for path in known:
        with pytest.raises(AnswerError) as caught:
            visit.answer(Entry(path, value=None))
        assert caught.value.code == "read_only"
    assert (visit.line.state, visit.line.revision, visit.line.answered) == ("draft", 0, 0)
    assert visit.line.open == visit.tally.total().open > 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [("2026-tahap1", "2026-tahap1"), ("2025", "2025-tahap2"), (" 2026-lapangan ", "2026-lapangan")],
)
def test_a_round_is_a_year_with_a_stage(desk: Desk, given: str, kept: str) -> None:
    line = new(desk, round_name=given)
    assert line.round == kept
    year, stage = kept.split("-")
    visit = desk.visit(line.id)
    assert (visit.value(("knj.KNJ-02", "")), visit.value(("knj.KNJ-03", ""))) == (int(year), stage)


def test_without_a_round_it_is_this_year_in_the_usual_stage(desk: Desk) -> None:
    year = datetime.now(UTC).astimezone().year
    assert new(desk, round_name="").round in (f"{year}-tahap2", f"{year + 1}-tahap2")


@pytest.mark.parametrize(
    "given", ["tahap2", "2026-tahap9", "26-tahap2", "2026-", "2026 tahap2", "0000", "２０２６"]
)
def test_what_is_no_round_is_refused(desk: Desk, given: str) -> None:
    with pytest.raises(UsageError) as caught:
        new(desk, round_name=given)
    assert caught.value.code == "bad_round"
    assert "tahap1" in caught.value.hint


def test_what_is_no_intake_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageError) as caught:
        new(desk, intake="k1999")
    assert caught.value.code == "bad_intake"
    assert "k2021" in caught.value.hint


@pytest.mark.parametrize("round_name", [ROUND, "2026"])
def test_the_same_visit_is_not_started_twice(desk: Desk, round_name: str) -> None:
    with pytest.raises(UsageError) as caught:
        new(desk, REGION, round_name, "k2021")
    assert caught.value.code == "visit_exists"
    assert only_visit(desk).id in caught.value.message
    # Another round or intake is another visit.
    new(desk, REGION, "2026-tahap1", "k2021")
    new(desk, REGION, ROUND, "k2022")
    assert len(desk.visits()) == 3


def test_a_visit_is_opened_by_the_beginning_of_its_id(desk: Desk, visit: Visit) -> None:
    assert desk.visit(visit.id[:13]).id == visit.id
    other = desk.new_visit("64.08", ROUND)
    common = next(
        visit.id[:length] for length in range(len(other), 0, -1) if visit.id[:length] == other[:length]
    )
    with pytest.raises(UsageError) as caught:
        desk.visit(common)
    assert caught.value.code == "visit_ambiguous"
    for wrong in ("", "nobody", visit.id + "0", "%", "\U0010ffff", "\ud7ff", visit.id.upper() + "X"):
        with pytest.raises(NotFoundError):
            desk.visit(wrong)


# -- last year's bundle


@pytest.fixture(scope="module")
def bundle(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed visit to Kutai Kartanegara."""
    folder = tmp_path_factory.mktemp("previous")
    with Desk.open(Workspace(Path(shutil.copytree(made / "complete", folder / "workspace")))) as desk:
        visit = only_visit(desk)
        visit.finalise(identity.unlock(desk.workspace, desk.config))
        return Path(visit.export(folder).file)


def test_last_years_answers_stand_beside_the_new_ones(desk: Desk, bundle: Path) -> None:
    visit = desk.visit(desk.new_visit(REGION, "2027-tahap2", "k2021", bundle))
    key = ("gov.GOV-01", "")
    assert visit.previous_bundle
    assert visit.reference_hidden(key)
    assert visit.reference(key) is None
    fill(visit, {"gov.GOV-01": 4})
    reference = visit.reference(key)
    assert reference is not None
    assert (reference.previous_value, reference.previous_note) == (2, "Dilihat langsung")
    assert (reference.self_value, reference.self_note) == (None, "")
    # No rows: those of another year cannot be compared.
    assert not [key for key in visit.references if key[0].startswith("qwn.QWN-REC.")]


def damaged(bundle: Path, folder: Path) -> Path:
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path = folder / bundle.name
    path.write_bytes(data)
    return path


def no_bundle(_bundle: Path, folder: Path) -> Path:
    path = folder / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return path


@pytest.mark.parametrize(
    ("make", "region", "error"),
    [
        (damaged, REGION, BundleError),
        (no_bundle, REGION, BundleError),
        (lambda bundle, _folder: bundle, "64.08", UsageError),
        (lambda _bundle, folder: folder / "nowhere.zip", REGION, UsageError),
    ],
    ids=["damaged", "no bundle", "of another region", "not there"],
)
def test_a_bundle_that_does_not_fit_stops_the_start_and_nothing_is_stored(
    desk: Desk,
    bundle: Path,
    tmp_path: Path,
    make: Callable[[Path, Path], Path],
    region: str,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        desk.new_visit(region, "2027-tahap2", "k2021", make(bundle, tmp_path))
    assert len(desk.visits()) == 1


# -- the region's own answers


def table(folder: Path, text: str | bytes) -> Path:
    path = folder / "self.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "question,value,note\ngov.GOV-01,4,Sudah baik\ngov.GOV-Q1,80.5,\n",
        "\ufeffQuestion;Value;Note\r\ngov.GOV-01;4;Sudah baik\r\ngov.GOV-Q1;80.5;\r\n",
        "note\tvalue\tquestion\nSudah baik\t4\tgov.GOV-01\n\t80.5\tgov.GOV-Q1\n",
        "question,value,note,extra\ngov.GOV-01,4,Sudah baik,x\n,,,\n\ngov.GOV-Q1,80.5\ngov.GOV-02,,\n",
    ],
)
def test_a_self_assessment_is_read_from_what_spreadsheets_write(
    desk: Desk, visit: Visit, tmp_path: Path, text: str
) -> None:
    assert visit.import_self(table(tmp_path, text)) == 2
    fill(visit, {"gov.GOV-01": 3, "gov.GOV-02": 3})
    for opened in (visit, desk.visit(visit.id)):
        reference = opened.reference(("gov.GOV-01", ""))
        assert reference is not None
        assert (reference.self_value, reference.self_note) == (4, "Sudah baik")
        assert opened.references[("gov.GOV-Q1", "")].self_value == "80.5"
        assert ("gov.GOV-02", "") not in opened.references


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question,value\ngov.GOV-01,4\ngov.GOV-02,7\n", "line 3"),
        ("question,value\ngov.GOV-99,4\n", "line 2"),
        ("question,value\ngov.GOV-01,4\ngov.GOV-01,4\n", "twice"),
        ("question,value,note\ngov.GOV-01,4,a\x07\n", "control character"),
        ("question,value\nqwn.QWN-REC[1].nama,x\n", "line 2"),
        ("question,value\ngov.SURVEI,1\n", "line 2"),
        ('question,value\ngov.GOV-01,"4\n', "line 2"),
        ("soal,nilai\ngov.GOV-01,4\n", "question and value"),
        ("", "question and value"),
        (b"question,value\ngov.GOV-01,\xff\n", "UTF-8"),
    ],
)
def test_a_self_assessment_with_a_bad_line_is_not_read_at_all(
    desk: Desk, visit: Visit, tmp_path: Path, text: str | bytes, said: str
) -> None:
    visit.import_self(table(tmp_path, "question,value\ngov.GOV-03,5\n"))
    before = dict(visit.references)
    with pytest.raises(UsageError, match=said):
        visit.import_self(table(tmp_path, text))
    assert visit.references == before
    assert desk.visit(visit.id).references == before


def test_a_second_self_assessment_takes_the_place_of_the_first_beside_last_years_answers(
    desk: Desk, bundle: Path, tmp_path: Path
) -> None:
    visit = desk.visit(desk.new_visit(REGION, "2027-tahap2", "k2021", bundle))
    visit.import_self(table(tmp_path, "question,value\ngov.GOV-01,5\ngov.GOV-02,5\n"))
    desk.import_self(visit.id, table(tmp_path, "question,value\ngov.GOV-02,1\n"))
    again = desk.visit(visit.id)
    assert again.references[("gov.GOV-01", "")].self_value is None
    assert again.references[("gov.GOV-01", "")].previous_value == 2
    assert again.references[("gov.GOV-02", "")].self_value == 1
