"""Opening a bundle, seeing what it is worth and what changed, and deciding."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from evaluator.bundle import keys
from evaluator.bundle.statement import REVIEW, read_statement
from evaluator.errors import BundleError, NotFoundError, UsageError
from evaluator.identity import pinned_office
from evaluator.paths import Workspace
from evaluator.reviews import commenting
from evaluator.reviews.deciding import decide
from evaluator.reviews.opening import Review, draft_comments, open_review
from tests.office.forging import answers, entry, reseal
from tests.office.homes import CORRECTED, Homes


def codes(review: Review) -> dict[str, str]:
    return {fact.code: fact.severity for fact in review.facts()}


def look(homes: Homes, path: Path, home: Path | None = None) -> Review:
    with homes.opened(home or homes.office) as opened:
        return open_review(path, opened)


def test_a_received_bundle_of_a_known_person_is_well(homes: Homes) -> None:
    homes.ingest(homes.bundle())
    review = look(homes, homes.bundle())
    assert codes(review) == {"signed": "ok", "signer_trusted": "ok", "received": "ok", "checks": "note"}
    assert all(fact.text for fact in review.facts())
    assert review.filling.state(("gov.GOV-01", "")).value == 3


def test_without_a_workspace_only_the_bundle_itself_is_judged(homes: Homes) -> None:
    review = open_review(homes.bundle())
    assert review.trust == "not_checked"
    assert codes(review)["signer_not_checked"] == "warning"
    ran = homes.run(homes.root / "nowhere", "open", homes.bundle())
    assert ran.code == 0
    assert ran.json["trust"] == "not_checked"


def test_a_damaged_bundle_is_opened_to_say_what_is_wrong(homes: Homes, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    data = bytearray(homes.bundle().read_bytes())
    data[len(data) // 2] ^= 1
    bad.write_bytes(data)
    review = look(homes, bad)
    assert review.sealed is None
    worst = review.facts()[0]
    assert worst.severity == "bad"
    assert "ask for it again" in worst.meaning
    with pytest.raises(BundleError):
        review.require_sound()
    ran = homes.run(homes.office, "open", bad)
    assert (ran.code, ran.json["ok"]) == (1, False)
    assert homes.run(homes.office, "review", bad, "--decision", "approved").code == 1


def test_content_that_no_workspace_seals_is_told(homes: Homes, tmp_path: Path) -> None:
    signer = homes.signer(homes.assessor_1)
    forged = reseal(
        homes.bundle(), tmp_path / "a.zip", signer,
        lambda files: answers(files, lambda document: entry(document, "gov.GOV-01").update(value=5)),
    )  # fmt: skip
    review = look(homes, forged)
    assert review.verification.ok
    assert review.sealed is None
    assert codes(review)["statement_mismatch"] == "bad"


@pytest.mark.parametrize(
    ("change", "said", "code", "severity"),
    [
        (lambda document: document["score"].update(total="5", rounded="5.00"), {}, "score_differs", "bad"),
        (
            lambda document: document["score"].update(total=[1], rounded={}, checks=7),
            {},
            "score_differs",
            "bad",
        ),
        (
            lambda document: entry(document, "gov.GOV-01").update(status="not_relevant", value=None),
            {},
            "recomputed",
            "warning",
        ),
        (
            lambda document: entry(document, "gov.GOV-01").update(after_reveal=True),
            {},
            "after_reveal",
            "note",
        ),
        (lambda _document: None, {"org": "org-0123456789abcdef"}, "other_org", "bad"),
    ],
)
def test_what_a_reviewer_has_to_know(
    homes: Homes, tmp_path: Path, change: Any, said: dict[str, Any], code: str, severity: str
) -> None:
    signer = homes.signer(homes.assessor_1)
    forged = reseal(homes.bundle(), tmp_path / "a.zip", signer, lambda files: answers(files, change), **said)
    facts = {fact.code: fact for fact in look(homes, forged).facts()}
    assert facts[code].severity == severity
    assert facts[code].meaning


def test_other_forms_are_told(homes: Homes, tmp_path: Path) -> None:
    def reword(files: dict[str, bytes]) -> None:
        files["data/instrument/gov.toml"] += b"# another wording\n"

    forged = reseal(homes.bundle(), tmp_path / "a.zip", homes.signer(homes.assessor_1), reword)
    assert codes(look(homes, forged))["other_forms"] == "warning"


def test_an_unknown_signer_is_told_and_never_approved(homes: Homes) -> None:
    (homes.office / "keys" / "allowed_signers").write_text("")
    review = look(homes, homes.bundle())
    assert codes(review)["signer_unknown"] == "bad"
    ran = homes.run(homes.office, "review", homes.bundle(), "--decision", "approved")
    assert (ran.code, ran.json["error"]["code"]) == (2, "signer_not_trusted")
    assert homes.run(homes.office, "review", homes.bundle(), "--decision", "rejected").code == 0


def change_much(homes: Homes, visit: str) -> Path:
    """A second revision with a changed level, number and note, a new finding, evidence, and a row that went."""
    homes.ok(homes.assessor_1, "visit", "reopen", visit, "--reason", "Diminta penilai")
    photo = homes.root / "foto.jpg"
    photo.write_bytes(b"foto" * 500)
    homes.ok(homes.assessor_1, "attach", visit, "gov.GOV-02", photo, "--type", "observasi")
    lines = [
        {"question": "gov.GOV-01", "value": 4, "note": "Dilihat lagi"},
        {"question": CORRECTED, "value": 40},
        {"question": "pnt.PNT-KUAT[1]", "action": "insert"},
        {"question": "pnt.PNT-KUAT[1].uraian", "value": "Warga dilibatkan"},
        {"question": "pnt.PNT-LEMAH[1]", "action": "insert"},
        {"question": "pnt.PNT-LEMAH[1].uraian", "value": "Data tercecer"},
    ]
    from tests.cli.inside import inside

    given = "".join(json.dumps(line) + "\n" for line in lines).encode()
    ran = inside(homes.assessor_1, "answer", visit, "--stdin", given=given)
    assert all(line["ok"] for line in ran.lines), ran
    return Path(homes.ok(homes.assessor_1, "visit", "finalise", visit)["file"])


def test_differences_to_the_revision_before(homes: Homes) -> None:
    visit = homes.sealed_visit()
    homes.ingest(homes.bundle(1))
    second = change_much(homes, visit)
    homes.ingest(second)
    review = look(homes, second)
    assert review.changes is not None
    by_path = {change.path: change for change in review.changes.answers.values()}
    level = by_path["gov.GOV-01"]
    assert (level.old_value, level.new_value, level.first_score) == (3, 4, 3)
    assert level.companions["note"][1] == "Dilihat lagi"
    assert by_path[CORRECTED].new_value == 40
    assert by_path["gov.GOV-02"].evidence_added == ("ev-0001",)
    assert not by_path["gov.GOV-02"].answer_changed
    assert review.changes.evidence_added == ("ev-0001",)
    findings = {(row.finding, row.text.split(" · ")[-1]) for row in review.changes.rows}
    assert findings == {("strengths", "Warga dilibatkan"), ("weaknesses", "Data tercecer")}
    moved = [path for path in by_path if path.startswith("pnt.PNT-KUAT[2]")]
    assert moved == [], "a row that only moved is no difference"
    assert review.changed_keys()[0] in review.changes.answers
    assert codes(review)["changed"] == "note"

    back = open_review(homes.bundle(1))
    assert back.changes is None
    told = homes.ok(homes.office, "open", second)["differences"]
    assert [row["change"] for row in told["findings"]] == ["added", "added"]
    assert told["total"][0] != told["total"][1]


def test_the_revision_before_may_lie_beside_the_file(homes: Homes, tmp_path: Path) -> None:
    second = homes.correct(homes.sealed_visit())
    beside = [shutil.copy(path, tmp_path) for path in (homes.bundle(1), second)]
    review = open_review(Path(beside[1]))
    assert review.changes is not None
    assert next(iter(review.changes.answers.values())).path == CORRECTED
    Path(beside[0]).unlink()
    assert codes(open_review(Path(beside[1])))["previous_missing"] == "warning"


def test_comments_last_and_are_signed_with_the_decision(homes: Homes) -> None:
    homes.ingest(homes.bundle())
    path = homes.bundle()
    with homes.opened(homes.office) as opened:
        review = open_review(path, opened)
        kept = commenting.add_comment(opened, review, "gov.GOV-01", "  Bukti kurang  ")
        gone = commenting.add_comment(opened, review, ("gov.GOV-02", ""), "Salah")
        commenting.remove_comment(opened, review, gone.id)
        with pytest.raises(NotFoundError):
            commenting.remove_comment(opened, review, gone.id)
        for question, text, error in (
            ("gov.GOV-99", "x", NotFoundError),
            ("pnt.PNT-KUAT[99].uraian", "x", NotFoundError),
            ("gov.GOV-01", "  ", UsageError),
            ("gov.GOV-01", "a\x00b", UsageError),
            ("gov.GOV-01", "x" * 10_001, UsageError),
        ):
            with pytest.raises(error):
                commenting.add_comment(opened, review, question, text)
    with homes.opened(homes.office) as opened:
        review = open_review(path, opened)
        assert [draft.text for draft in draft_comments(opened, review)] == [kept.text] == ["Bukti kurang"]
        signer = homes.signer(homes.office)
        decided = decide(
            opened,
            review,
            "has_issues",
            signer,
            summary="Lengkapi",
            given=[("pnt.PNT-KUAT[1].uraian", "Jelaskan")],
        )
        assert draft_comments(opened, review) == ()
    signed = read_statement(decided.file, REVIEW)
    row = signed.document["comments"][1]["row"]
    assert row is not None, "a comment in a row names the row, whose position may change"
    assert signed.document["comments"] == [
        {"path": "gov.GOV-01", "row": None, "text": "Bukti kurang"},
        {"path": "pnt.PNT-KUAT[1].uraian", "row": row, "text": "Jelaskan"},
    ]
    assert decided.file.name == f"review-{signed.id[:16]}.json"
    again = look(homes, path)
    assert [(earlier.decision, len(earlier.comments)) for earlier in again.earlier] == [("has_issues", 2)]
    assert [text for _review, text in again.said_before(("gov.GOV-01", ""))] == ["Bukti kurang"]
    assert codes(again)["reviewed"] == "note"


def test_reviews_of_a_visit_make_a_chain(homes: Homes, tmp_path: Path) -> None:
    homes.ingest(homes.bundle())
    ids = [None]
    for decision in ("has_issues", "rejected", "approved"):
        made = homes.ok(homes.office, "review", homes.bundle(), "--decision", decision, "-o", tmp_path)
        signed = read_statement(Path(made["file"]), REVIEW)
        assert signed.document["prev"] == ids[-1]
        assert Path(made["file"]).parent == tmp_path
        ids.append(made["id"])
    assert homes.ok(homes.office, "visit", "list")[0]["state"] == "approved"


def test_nobody_decides_on_their_own_visit(homes: Homes) -> None:
    """Not by the name and not by the key, even with the right of a reviewer."""
    line = homes.ok(homes.assessor_1, "key", "show")["allowed_signers"]
    homes.ok(homes.office, "office", "enrol", "--reviewer", line)
    homes.ok(homes.assessor_1, "key", "trust", homes.office / "office.pub")
    ran = homes.run(homes.assessor_1, "review", homes.bundle(), "--decision", "approved")
    assert (ran.code, ran.json["error"]["code"]) == (2, "own_review")
    assert codes(look(homes, homes.bundle(), homes.assessor_1))["own_visit"] == "warning"
    with homes.opened(homes.office) as opened, pytest.raises(UsageError) as caught:
        decide(opened, open_review(homes.bundle(), opened), "approved", homes.signer(homes.assessor_1))
    assert caught.value.code == "own_review"


def test_only_reviewers_decide(homes: Homes, tmp_path: Path) -> None:
    ran = homes.run(homes.assessor_2, "review", homes.bundle(), "--decision", "approved")
    assert (ran.code, ran.json["error"]["code"]) == (2, "not_a_reviewer")
    with homes.opened(homes.office) as opened:
        review = open_review(homes.bundle(), opened)
        ingest = keys.load(homes.office / "keys" / "ingest_ed25519")
        for key in (ingest, keys.generate()):
            with pytest.raises(UsageError) as caught:
                decide(opened, review, "approved", key)
            assert caught.value.code == "not_a_reviewer"
    line = homes.ok(homes.assessor_2, "key", "show")["allowed_signers"]
    homes.ok(homes.office, "office", "enrol", "--reviewer", line)
    homes.ok(homes.assessor_2, "key", "trust", homes.office / "office.pub")
    made = homes.ok(
        homes.assessor_2, "review", homes.bundle(), "--decision", "has_issues", "--comment",
        "gov.GOV-01=Kurang jelas", "-o", tmp_path,
    )  # fmt: skip
    assert made["queued"] is False, "only the office publishes; this one is carried"
    homes.ok(homes.assessor_1, "key", "trust", homes.office / "office.pub")
    taken = homes.ok(homes.assessor_1, "import", made["file"])
    assert taken["state"] == "applied"
    assert homes.ok(homes.assessor_1, "visit", "show", homes.sealed_visit())["state"] == "returned"


def test_no_decision_without_an_office(homes: Homes) -> None:
    (homes.assessor_2 / "keys" / "office.pub").unlink()
    ran = homes.run(homes.assessor_2, "review", homes.bundle(), "--decision", "approved")
    assert (ran.code, ran.json["error"]["code"]) == (2, "no_office")


def test_an_old_revision_is_not_decided_on(homes: Homes) -> None:
    first = homes.bundle(1)
    homes.ingest(first, homes.correct(homes.sealed_visit()))
    assert codes(look(homes, first))["superseded"] == "warning"
    ran = homes.run(homes.office, "review", first, "--decision", "approved")
    assert (ran.code, ran.json["error"]["code"]) == (2, "superseded")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--comment", "gov.GOV-99=x"], "question_unknown"),
        (["--comment", "no equals sign"], "bad_comment"),
        (["--comment", "gov.GOV-01= "], "no_text"),
        (["-o", "/nowhere/at/all"], "no_such_folder"),
    ],
)
def test_a_decision_that_cannot_be_signed_changes_nothing(
    homes: Homes, arguments: list[str], code: str
) -> None:
    homes.ingest(homes.bundle())
    ran = homes.run(homes.office, "review", homes.bundle(), "--decision", "has_issues", *arguments)
    assert (ran.code, ran.json["error"]["code"]) == (2, code)
    assert not list((homes.office / "outbox").glob("review-*"))
    assert homes.ok(homes.office, "visit", "list")[0]["state"] == "received"


def test_the_office_names_bundles_by_their_visit(homes: Homes) -> None:
    visit = homes.sealed_visit()
    homes.ingest(homes.bundle(1), homes.correct(visit))
    told = homes.ok(homes.office, "open", visit[:23])
    assert told["revision"] == 2
    assert homes.run(homes.office, "open", "0000000000").json["error"]["code"] == "file_not_found"


def test_a_review_is_trusted_by_who_pinned_the_office(homes: Homes) -> None:
    homes.ingest(homes.bundle())
    made = homes.ok(homes.office, "review", homes.bundle(), "--decision", "approved")
    office = pinned_office(Workspace(homes.assessor_1))
    assert office is not None
    assert read_statement(Path(made["file"]), REVIEW).signer in {
        entry.key for entry in office.signers.entries
    }


def test_people_read_the_banner_and_the_differences(homes: Homes) -> None:
    from tests.cli.inside import inside

    homes.ingest(homes.bundle(), homes.correct(homes.sealed_visit()))
    told = inside(homes.office, "open", homes.sealed_visit(), plain=True).out
    assert "OK The signer is enrolled here" in told
    assert CORRECTED in told
    assert "→" in told


def test_replies_of_the_assessor_come_with_the_next_revision(homes: Homes) -> None:
    visit = homes.sealed_visit()
    homes.ok(homes.assessor_1, "sync")
    homes.ingest()
    homes.ok(homes.office, "review", visit, "--decision", "has_issues", "--comment", f"{CORRECTED}=Berapa?")
    homes.ok(homes.office, "sync")
    homes.ok(homes.assessor_1, "sync")
    homes.ok(homes.assessor_1, "visit", "reopen", visit, "--reason", "Berapa?")
    (comment,) = homes.ok(homes.assessor_1, "visit", "show", visit)["comments"]
    homes.ok(homes.assessor_1, "visit", "reply", visit, comment["id"], "Sudah dihitung ulang")
    second = homes.ok(homes.assessor_1, "visit", "finalise", visit)["file"]
    (told,) = homes.ok(homes.office, "open", second)["answers"]
    assert (told["path"], told["comment"], told["answer"]) == (CORRECTED, "Berapa?", "Sudah dihitung ulang")
