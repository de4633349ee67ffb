"""Receiving: judged, in order, once, and nothing that is wrong stops what is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator import identity
from evaluator.bundle import keys
from evaluator.bundle.statement import RECEIPT, REVIEW, SignedStatement
from evaluator.errors import RemoteError
from evaluator.remotes import layout
from evaluator.remotes.folder import FolderRemote
from evaluator.store import arrivals, comments
from evaluator.store.bundles import StoredBundle

from .workshop import REVIEWER, Assessor, Faulty, Killed, Office, altered, place, resigned


@pytest.fixture
def visit(assessor: Assessor) -> str:
    return assessor.new_visit()


@pytest.fixture
def sent(assessor: Assessor, visit: str, remote: FolderRemote) -> StoredBundle:
    bundle = assessor.seal(visit)
    assessor.sync(remote)
    return bundle


def remarks(assessor: Assessor, visit: str) -> list[tuple[str, str]]:
    with assessor.opened.transaction() as connection:
        return [(found.path, found.text) for found in comments.of_visit(connection, visit)]


def states(assessor: Assessor) -> list[tuple[str, str]]:
    """State and code of everything that does not count."""
    with assessor.opened.transaction() as connection:
        return sorted((found.state, found.code) for found in arrivals.not_applied(connection))


def test_a_receipt_and_a_review_move_the_visit_once(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    place(remote, assessor.device, 1, office.receipt(sent))
    result = assessor.sync(remote)
    assert [found["verdict"] for found in result.receipts] == ["stored"]
    assert (assessor.state(visit), assessor.bundle_state(sent)) == ("received", "received")
    place(remote, assessor.device, 2, office.review(sent))
    result = assessor.sync(remote)
    assert [(found["decision"], found["comments"], found["reviewer"]) for found in result.reviews] == [
        ("has_issues", 2, REVIEWER)
    ]
    assert result.received == result.reviews
    assert assessor.state(visit) == "returned"
    assert [path for path, _text in remarks(assessor, visit)] == ["gov.GOV-01", "gov.GOV-02"]
    again = assessor.sync(remote)
    assert (again.received, again.problems, again.sent) == ([], [], [])
    assert len(remarks(assessor, visit)) == 2


@pytest.mark.parametrize(
    ("decision", "state"), [("approved", "approved"), ("has_issues", "returned"), ("rejected", "rejected")]
)
def test_each_decision_has_its_state_even_without_a_receipt(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle,
    decision: str, state: str,
) -> None:  # fmt: skip
    place(remote, assessor.device, 1, office.review(sent, decision=decision))
    assessor.sync(remote)
    assert assessor.state(visit) == state
    place(remote, assessor.device, 2, office.receipt(sent))
    assessor.sync(remote)
    assert assessor.state(visit) == state, "a receipt that comes late does not take the review back"
    assert assessor.bundle_state(sent) == "received"


Make = Callable[[Office, Assessor, StoredBundle], tuple[bytes, bytes]]


def _by(signed: SignedStatement) -> tuple[bytes, bytes]:
    return signed.data, signed.signature


def _assessor_key(assessor: Assessor) -> Any:
    return identity.unlock(assessor.workspace, assessor.opened.config)


FORGERIES: dict[str, tuple[str, Make]] = {
    "a receipt changed after it was signed": (
        "signature_invalid",
        lambda office, _assessor, bundle: altered(
            office.receipt(bundle, verdict="quarantined", reason="x"), verdict="stored"
        ),
    ),
    "a receipt by a stranger": (
        "key_unknown",
        lambda office, _assessor, bundle: _by(office.receipt(bundle, by=keys.generate())),
    ),
    "a receipt by the reviewer": (
        "wrong_role",
        lambda office, _assessor, bundle: _by(office.receipt(bundle, by=office.reviewer)),
    ),
    "a receipt for a bundle that nobody here knows": (
        "unknown_bundle",
        lambda office, _assessor, bundle: _by(office.receipt(bundle, bundle_id="0" * 64)),
    ),
    "a receipt for another organisation": (
        "other_org",
        lambda office, _assessor, bundle: _by(office.receipt(bundle, org="org-0000000000000000")),
    ),
    "a receipt that names no organisation": (
        "other_org",
        lambda office, _assessor, bundle: _by(office.receipt(bundle, org=None)),
    ),
    "a receipt that names another revision": (
        "statement_mismatch",
        lambda office, _assessor, bundle: _by(office.receipt(bundle, revision=2)),
    ),
    "a receipt for another device": (
        "statement_mismatch",
        lambda office, _assessor, bundle: _by(office.receipt(bundle, device="lt-999")),
    ),
    "a review by the key of the assessor": (
        "key_unknown",
        lambda office, assessor, bundle: _by(office.review(bundle, by=_assessor_key(assessor))),
    ),
    "a review by the machine of the office": (
        "wrong_role",
        lambda office, _assessor, bundle: _by(office.review(bundle, by=office.ingest)),
    ),
    "a review with the signature of a receipt": (
        "signature_invalid",
        lambda office, _assessor, bundle: (
            office.review(bundle).data,
            office.reviewer.sign("evaluator-receipt", office.review(bundle).data),
        ),
    ),
    "a document of another kind": (
        "statement_malformed",
        lambda office, _assessor, _bundle: (
            b'{"schema":"evaluator-roster/1"}\n',
            office.root.sign("evaluator-roster", b"{}"),
        ),
    ),
    "no JSON at all": ("statement_malformed", lambda *_given: (b"\xff\x00<html>", b"none")),
    "JSON that is no object": ("statement_malformed", lambda *_given: (b"[[[[]]]]\n", b"none")),
}


@pytest.mark.parametrize("case", FORGERIES)
def test_what_is_forged_is_quarantined_and_the_rest_goes_on(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle, case: str
) -> None:
    code, make = FORGERIES[case]
    data, signature = make(office, assessor, sent)
    name = _place_bytes(remote, assessor.device, 1, data, signature)
    place(remote, assessor.device, 2, office.receipt(sent))
    result = assessor.sync(remote)
    assert [problem.code for problem in result.problems] == [code], name
    assert all(problem.message for problem in result.problems)
    assert [found["verdict"] for found in result.receipts] == ["stored"]
    assert assessor.state(visit) == "received"
    assert remarks(assessor, visit) == []
    assert states(assessor) == [("quarantined", code)]
    aside = [path for path in assessor.workspace.quarantine.iterdir() if path.suffix == ".json"]
    assert [path.read_bytes() for path in aside] == [data]
    again = assessor.sync(remote)
    assert (again.problems, again.received) == ([], []), "told once"


def _place_bytes(remote: FolderRemote, device: str, seq: int, data: bytes, signature: bytes) -> str:
    import hashlib

    name = layout.record(layout.IN, device, seq, hashlib.sha256(data).hexdigest())
    path = remote.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(f"{path.name}.sig").write_bytes(signature)
    path.write_bytes(data)
    return name


def test_reviews_out_of_order_wait_for_each_other(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    first = office.review(sent)
    second = office.review(sent, decision="rejected", comments=[], prev=first.id)
    third = office.review(sent, decision="approved", comments=[], prev=second.id)
    place(remote, assessor.device, 3, third)
    place(remote, assessor.device, 2, second)
    result = assessor.sync(remote)
    assert {problem.code for problem in result.problems} == {"review_waits", "statement_missing"}
    assert assessor.state(visit) == "sent"
    place(remote, assessor.device, 1, first)
    result = assessor.sync(remote)
    assert [found["decision"] for found in result.reviews] == ["has_issues", "rejected", "approved"]
    assert result.problems == []
    assert assessor.state(visit) == "approved"
    assert list(assessor.workspace.quarantine.glob("*.json")) == []


def test_two_reviews_after_the_same_one_are_a_conflict(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    place(remote, assessor.device, 1, office.review(sent))
    assessor.sync(remote)
    place(remote, assessor.device, 2, office.review(sent, decision="approved", summary="lain"))
    result = assessor.sync(remote)
    assert [problem.code for problem in result.problems] == ["review_conflict"]
    assert assessor.state(visit) == "returned"
    assert states(assessor) == [("conflict", "review_conflict")]
    assert assessor.sync(remote).problems == []


def test_the_same_statement_under_another_number_is_silent(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    receipt, review = office.receipt(sent), office.review(sent)
    place(remote, assessor.device, 1, receipt)
    place(remote, assessor.device, 2, review)
    assessor.sync(remote)
    place(remote, assessor.device, 3, receipt)
    place(remote, assessor.device, 4, review)
    result = assessor.sync(remote)
    assert (result.received, result.problems) == ([], [])
    assert len(remarks(assessor, visit)) == 2


def test_a_spoilt_signature_does_not_displace_the_good_one(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    receipt = office.receipt(sent)
    name = _place_bytes(remote, assessor.device, 1, receipt.data, b"spoilt")
    result = assessor.sync(remote)
    assert [problem.code for problem in result.problems] == ["signature_malformed"]
    (remote.root / layout.signature(name)).unlink()
    (remote.root / name).unlink()
    place(remote, assessor.device, 2, receipt)
    assessor.sync(remote)
    assert assessor.state(visit) == "received"


def test_an_older_word_does_not_take_back_a_receipt(
    assessor: Assessor, office: Office, remote: FolderRemote, sent: StoredBundle
) -> None:
    place(remote, assessor.device, 1, office.receipt(sent))
    place(remote, assessor.device, 2, office.receipt(sent, verdict="quarantined", reason="signer unknown"))
    assessor.sync(remote)
    assert assessor.bundle_state(sent) == "received"


def test_what_is_said_of_an_older_revision_changes_nothing_of_the_new_one(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    assessor.reopen(visit)
    second = assessor.seal(visit)
    place(remote, assessor.device, 1, office.receipt(sent))
    place(remote, assessor.device, 2, office.review(sent, decision="rejected"))
    assessor.sync(remote)
    assert (assessor.state(visit), assessor.bundle_state(sent)) == ("sent", "received")
    assert len(remarks(assessor, visit)) == 2, "its comments are kept"
    assert assessor.bundle_state(second) == "sent"


def test_a_visit_that_is_being_corrected_stays_open(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    assessor.reopen(visit)
    place(remote, assessor.device, 1, office.review(sent))
    result = assessor.sync(remote)
    assert len(result.reviews) == 1
    assert assessor.state(visit) == "draft"
    assert len(remarks(assessor, visit)) == 2


def test_statements_count_once_the_office_is_trusted(
    tmp_path: Path, office: Office, remote: FolderRemote
) -> None:
    assessor = Assessor.start(tmp_path / "early", None)
    visit = assessor.new_visit()
    bundle = assessor.seal(visit)
    assessor.sync(remote)
    place(remote, assessor.device, 1, office.receipt(bundle))
    result = assessor.sync(remote)
    assert [problem.code for problem in result.problems] == ["key_not_checked"]
    assert assessor.state(visit) == "sent"
    (tmp_path / "office.pub").write_bytes(office.pub)
    identity.trust_office(assessor.workspace, tmp_path / "office.pub")
    result = assessor.sync(remote)
    assert [found["verdict"] for found in result.receipts] == ["stored"]
    assert assessor.state(visit) == "received"
    assessor.opened.close()


def test_a_torn_statement_and_one_without_signature_are_read_again(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    torn = remote.root / place(remote, assessor.device, 1, office.receipt(sent))
    whole = torn.read_bytes()
    torn.write_bytes(whole[:100])
    unsigned = remote.root / place(remote, assessor.device, 2, office.review(sent))
    signature = unsigned.with_name(f"{unsigned.name}.sig")
    kept = signature.read_bytes()
    signature.unlink()
    result = assessor.sync(remote)
    assert [problem.code for problem in result.problems] == ["statement_torn", "signature_missing"]
    assert assessor.state(visit) == "sent"
    torn.write_bytes(whole)
    signature.write_bytes(kept)
    result = assessor.sync(remote)
    assert (len(result.received), result.problems) == (2, [])
    assert assessor.state(visit) == "returned"


def test_an_office_that_has_seen_more_than_this_device_is_told(
    assessor: Assessor, office: Office, remote: FolderRemote, sent: StoredBundle
) -> None:
    place(remote, assessor.device, 1, office.receipt(sent, device_seq=9))
    result = assessor.sync(remote)
    assert [problem.code for problem in result.problems] == ["device_behind"]
    assert len(result.receipts) == 1


def test_a_remote_that_goes_back_or_has_gaps_is_told(
    assessor: Assessor, office: Office, remote: FolderRemote, sent: StoredBundle
) -> None:
    first = remote.root / place(remote, assessor.device, 1, office.receipt(sent))
    assessor.sync(remote)
    first.unlink()
    place(remote, assessor.device, 4, office.review(sent))
    result = assessor.sync(remote)
    assert [problem.code for problem in result.problems] == ["remote_went_back", "statement_missing"]
    assert len(result.reviews) == 1


def test_a_huge_statement_and_a_link_are_not_read(
    assessor: Assessor, office: Office, remote: FolderRemote, sent: StoredBundle, tmp_path: Path
) -> None:
    folder = remote.root / "in" / assessor.device
    folder.mkdir(parents=True)
    huge = folder / f"00000001-{'a' * 16}.json"
    with huge.open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    (tmp_path / "secret").write_text("private")
    (folder / f"00000002-{'b' * 16}.json").symlink_to(tmp_path / "secret")
    place(remote, assessor.device, 3, office.receipt(sent))
    result = assessor.sync(remote)
    assert "remote_too_large" in {problem.code for problem in result.problems}
    assert len(result.receipts) == 1
    assert all(
        b"private" not in path.read_bytes() for path in assessor.workspace.inbox.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("fault", ["refused", "killed before", "killed after", "lost reply"])
def test_a_fault_while_receiving_repeats_and_loses_nothing(
    fault: str, assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    first = office.review(sent)
    place(remote, assessor.device, 1, office.receipt(sent))
    place(remote, assessor.device, 2, first)
    place(remote, assessor.device, 3, office.review(sent, decision="approved", prev=first.id))
    step, received = 0, 0
    while True:
        step += 1
        faulty = Faulty(remote, step, fault)
        try:
            received += len(assessor.sync(faulty).received)
        except (RemoteError, Killed):
            assessor.restart()
            continue
        if faulty.used < step:
            break
    assert step > 4
    assert assessor.state(visit) == "approved"
    assert len(remarks(assessor, visit)) == 4
    with assessor.opened.transaction() as connection:
        assert len(arrivals.applied(connection, visit, "review")) == 2
        assert len(arrivals.applied(connection, visit, "receipt")) == 1


def test_a_statement_for_another_device_is_not_looked_at(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    place(remote, "lt-999", 1, office.receipt(sent))
    assert assessor.sync(remote).received == []
    assert assessor.state(visit) == "sent"


def test_an_expired_key_is_judged_at_the_time_of_the_statement(
    assessor: Assessor, office: Office, remote: FolderRemote, sent: StoredBundle, tmp_path: Path
) -> None:
    dated = office.pub.replace(
        b'namespaces="evaluator-review"', b'namespaces="evaluator-review",valid-before="20200101Z"'
    )
    (tmp_path / "dated.pub").write_bytes(dated)
    identity.trust_office(assessor.workspace, tmp_path / "dated.pub")
    place(remote, assessor.device, 1, office.review(sent))
    assert [problem.code for problem in assessor.sync(remote).problems] == ["key_expired"]


def test_an_assessor_who_is_a_reviewer_too_cannot_review_their_own_visit(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle, tmp_path: Path
) -> None:
    (tmp_path / "same.pub").write_bytes(office.pub.replace(REVIEWER.encode(), b"sari@contoh.example"))
    identity.trust_office(assessor.workspace, tmp_path / "same.pub")
    place(remote, assessor.device, 1, office.review(sent, decision="approved"))
    assert [problem.code for problem in assessor.sync(remote).problems] == ["own_review"]
    assert assessor.state(visit) == "sent"


def test_a_review_of_a_newer_schema_counts_with_what_it_adds(
    assessor: Assessor, office: Office, remote: FolderRemote, visit: str, sent: StoredBundle
) -> None:
    from evaluator.bundle.statement import Kind

    newer = Kind(
        "review", "evaluator-review/2", "evaluator-review", {**REVIEW.fields, "score": lambda _value: True}
    )
    document = {**office.review(sent).document, "score": "2.75"}
    place(remote, assessor.device, 1, resigned(newer, document, office.reviewer))
    assert assessor.sync(remote).problems == []
    assert assessor.state(visit) == "returned"
    assert RECEIPT.schema.endswith("/1")
