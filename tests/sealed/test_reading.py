"""A sealed visit read back: the same as it was sealed, and nothing that no workspace would have sealed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.bundle import names
from evaluator.bundle.keys import FileSigner
from evaluator.bundle.verifying import verify_file
from evaluator.errors import BundleError
from evaluator.sealed.reading import open_sealed
from tests.office.forging import Change, answers, entry, json_id, reseal, trail
from tests.office.homes import Homes

Events = list[dict[str, Any]]
Document = dict[str, Any]


@pytest.fixture(scope="session")
def sealed_home(built: Path) -> Homes:
    return Homes(built)


@pytest.fixture(scope="session")
def bundle(sealed_home: Homes) -> Path:
    (found,) = (sealed_home.assessor_1 / "outbox").glob("*.zip")
    return found


@pytest.fixture(scope="session")
def signer(sealed_home: Homes) -> FileSigner:
    return sealed_home.signer(sealed_home.assessor_1)


def test_a_bundle_comes_back_as_it_was_sealed(bundle: Path) -> None:
    sealed = open_sealed(bundle)
    assert sealed.recomputed == ()
    said = sealed.document["score"]
    ours = sealed.score().as_json()
    assert {name: said[name] for name in ours if name != "checks"} == {
        name: ours[name] for name in ours if name != "checks"
    }
    for key, answer in sealed.said.items():
        state = sealed.filling.state(key)
        assert state.status == answer.status
        if state.status != "not_relevant":
            assert (state.value, state.na) == (answer.value, answer.na)
            assert sealed.stored(key).first_score == answer.first_score


def on_answers(change: Callable[[Document], Any]) -> Change:
    return lambda files: answers(files, change)


def on_trail(change: Callable[[Events], Any]) -> Change:
    return lambda files: trail(files, change)


def on_entry(path: str, /, **values: Any) -> Change:
    return on_answers(lambda document: entry(document, path).update(values))


def first(events: Events, op: str = "set") -> dict[str, Any]:
    return next(event for event in events if event["op"] == op)


def of(events: Events, path: str) -> dict[str, Any]:
    return next(event for event in events if event["path"] == path)


def replaced(name: str, old: bytes, new: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name], (name, old)
        files[name] = files[name].replace(old, new)

    return change


def extra(name: str, data: bytes) -> Change:
    return lambda files: files.__setitem__(name, data)


def broken_instrument(files: dict[str, bytes]) -> None:
    name = f"{names.INSTRUMENT}gov.toml"
    assert json_id(files[name]) == "gov"
    files[name] += b"\n[[section]]\n"


HOSTILE: dict[str, Change] = {
    # answers.json against the forms
    "another question": on_entry("gov.GOV-01", path="gov.GOV-99"),
    "a question twice": on_answers(lambda document: document["answers"].append(document["answers"][0])),
    "a question left out": on_answers(lambda document: document["answers"].pop()),
    "another order": on_answers(lambda document: document["answers"].reverse()),
    "a row that is not there": on_entry("pnt.PNT-KUAT[1].uraian", row="01a2007c-541a-74de-8ee8-000000000000"),
    "another instrument": on_answers(lambda document: document["instrument"].update(version="other")),
    "an entry without shape": on_answers(lambda document: document["answers"][0].pop("note")),
    "a status of its own": on_entry("gov.GOV-01", status="perfect"),
    "a flag that is a text": on_entry("gov.GOV-01", flag="no"),
    "comments that are none": on_entry("gov.GOV-01", comments=[{"text": 5}]),
    # answers.json against the trail
    "another level than the trail": on_entry("gov.GOV-01", value=0),
    "another note than the trail": on_entry("gov.GOV-01", note="Sudah dicek"),
    "another first score": on_entry("gov.GOV-01", first_score=0),
    "evidence from nowhere": on_entry("gov.GOV-01", evidence=["ev-0001"]),
    "evidence listed and unused": on_answers(
        lambda document: document["evidence"].append(
            {"id": "ev-0001", "file": "data/evidence/ev-0001.txt", "sha256": "0" * 64, "bytes": 1, "name": "x"}
        )
    ),
    # the trail
    "an op of its own": on_trail(lambda events: first(events).update(op="destroy")),
    "a key too many": on_trail(lambda events: first(events).update(more=1)),
    "numbers that run backwards": on_trail(lambda events: events[5].update(seq=1)),
    "a time without zone": on_trail(lambda events: first(events).update(at="2026-11-21T20:14:03")),
    "a control character": on_trail(lambda events: first(events).update(actor="a\u0000b")),
    "a device without name": on_trail(lambda events: first(events).update(device="")),
    "no end": on_trail(lambda events: events.pop()),
    "another revision at the end": on_trail(lambda events: events[-1].update(new=2)),
    "nothing at all": on_trail(lambda events: events.clear()),
    "a level off the scale": on_trail(lambda events: of(events, "gov.GOV-01").update(new=99)),
    "a text for a level": on_trail(lambda events: of(events, "gov.GOV-01").update(new="3")),
    "a list for a date": on_trail(lambda events: of(events, "knj.KNJ-05").update(new=["2026-11-17"])),
    "a date that is none": on_trail(lambda events: of(events, "knj.KNJ-05").update(new="2026-13-77")),
    "a region that is none": on_trail(lambda events: of(events, "knj.KNJ-01").update(new="99.99")),
    "a question that is none": on_trail(lambda events: of(events, "gov.GOV-01").update(path="gov.GOV-99")),
    "a reason that is none": on_trail(lambda events: of(events, "gov.GOV-01").update(op="na", new="malas")),
    "a note that is a list": on_trail(lambda events: of(events, "gov.GOV-01").update(new={"note": ["x"]})),
    "a row without a place": on_trail(lambda events: first(events, "row_add").update(new=None)),
    "a row at no position": on_trail(lambda events: first(events, "row_add")["new"].update(position=0)),
    "a row in no repeat": on_trail(lambda events: first(events, "row_add").update(path="gov.GOV-01")),
    "a row in a row that is not there": on_trail(lambda events: first(events, "row_add")["new"].update(parent="x")),
    # the instrument
    "forms that do not parse": broken_instrument,
    "forms with a circle": replaced(
        f"{names.INSTRUMENT}gov.toml", b'[[section]]', b'#'
    ),
    "forms in folders": extra(f"{names.INSTRUMENT}more/gov.toml", b'id = "x"\n'),
    "no text": extra(f"{names.INSTRUMENT}gov.toml", b"\xff\xfe"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_no_workspace_seals_is_refused(
    case: str, bundle: Path, signer: FileSigner, tmp_path: Path
) -> None:
    try:
        forged = reseal(bundle, tmp_path / "a.zip", signer, HOSTILE[case])
    except UnicodeDecodeError:
        pytest.fail("the test could not make it")
    with pytest.raises(BundleError) as caught:
        open_sealed(forged)
    assert caught.value.code in ("statement_malformed", "statement_mismatch", "zip_limit")
    assert str(caught.value)


def test_the_verifier_alone_would_let_some_of_it_pass(
    bundle: Path, signer: FileSigner, tmp_path: Path
) -> None:
    """Why the content is judged again: a signature says who, not what."""
    forged = reseal(bundle, tmp_path / "a.zip", signer, HOSTILE["another level than the trail"])
    assert verify_file(forged).ok


def test_a_hostile_report_is_never_looked_at(bundle: Path, signer: FileSigner, tmp_path: Path) -> None:
    script = extra(names.REPORT, b"<script>alert(1)</script>")
    sealed = open_sealed(reseal(bundle, tmp_path / "a.zip", signer, script))
    assert sealed.recomputed == ()


def test_a_status_that_comes_out_otherwise_is_told(bundle: Path, signer: FileSigner, tmp_path: Path) -> None:
    hidden = on_entry("gov.GOV-01", status="not_relevant", value=None)
    sealed = open_sealed(reseal(bundle, tmp_path / "a.zip", signer, hidden))
    assert sealed.recomputed == (("gov.GOV-01", ""),)
    assert sealed.filling.state(("gov.GOV-01", "")).status == "answered", "what counts is worked out here"


def test_the_score_is_worked_out_here(bundle: Path, signer: FileSigner, tmp_path: Path) -> None:
    better = on_answers(lambda document: document["score"].update(total="5", rounded="5.00"))
    sealed = open_sealed(reseal(bundle, tmp_path / "a.zip", signer, better))
    assert sealed.score().as_json()["rounded"] != "5.00"
    assert json.loads(json.dumps(sealed.document["score"]["rounded"])) == "5.00"
