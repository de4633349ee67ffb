"""Signed documents beside bundles: receipts, reviews, delivery records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluator.bundle import keys, sshsig
from evaluator.bundle.statement import (
    DELIVERY,
    RECEIPT,
    REVIEW,
    Kind,
    parse_statement,
    read_statement,
    sign_statement,
    write_statement,
)
from evaluator.errors import BundleError, NotFoundError

VISIT = "01931b6e-7a5c-7c3e-8f00-0123456789ab"
ABOUT = {"org": None, "bundle_id": "a" * 64, "visit": VISIT, "revision": 1}
SAMPLES: list[tuple[Kind, dict[str, Any]]] = [
    (
        RECEIPT,
        {
            **ABOUT, "received_at": "2026-11-22T01:02:03Z", "verdict": "quarantined", "reason": "unknown signer",
            "device": "lt-014", "device_seq": 118,
        },
    ),
    (
        REVIEW,
        {
            **ABOUT, "decision": "has_issues", "summary": "Foto 3 buram.", "at": "2026-11-22T01:02:03Z",
            "comments": [{"path": "gov.GOV-01", "row": None, "text": "Mana buktinya?"}], "prev": "b" * 64,
        },
    ),
    (
        DELIVERY,
        {
            "device": "lt-014", "seq": 3, "prev": None, "bundle_id": "a" * 64, "zip_sha256": "c" * 64,
            "tags": {"bagit.txt": "x"}, "at": "2026-11-22T01:02:03Z",
            "files": [{"name": "data/answers.json", "bytes": 5, "sha256": "d" * 64, "pieces": [["d" * 64, 5]]}],
        },
    ),
]  # fmt: skip


def code_of(call, *arguments) -> str:
    with pytest.raises(BundleError) as caught:
        call(*arguments)
    return caught.value.code


@pytest.mark.parametrize(("kind", "document"), SAMPLES, ids=lambda value: getattr(value, "name", ""))
def test_a_document_and_its_signature(
    kind: Kind, document: dict[str, Any], signer, tmp_path: Path, run
) -> None:
    path = tmp_path / "00000001-abc.json"
    signed = write_statement(path, kind, document, signer)
    found = read_statement(path, kind)
    assert found == signed
    assert found.document == {**document, "schema": kind.schema, "key": signer.fingerprint}
    assert found.signer == signer.public_key
    assert found.data.endswith(b"}\n")
    checked = run(
        "ssh-keygen", "-Y", "check-novalidate", "-n", kind.namespace, "-s", path.with_name(path.name + ".sig"),
        data=path.read_bytes(),
    )  # fmt: skip
    assert checked.returncode == 0


@pytest.mark.parametrize(("kind", "document"), SAMPLES, ids=lambda value: getattr(value, "name", ""))
def test_damage(kind: Kind, document: dict[str, Any], signer) -> None:
    signed = sign_statement(kind, document, signer)
    other = sign_statement(kind, {**document, "bundle_id": "e" * 64}, signer)
    assert code_of(parse_statement, kind, other.data, signed.signature) == "signature_invalid"
    assert code_of(parse_statement, kind, signed.data + b"\n", signed.signature) == "statement_malformed"
    assert code_of(parse_statement, kind, b"{", signed.signature) == "statement_malformed"
    assert code_of(parse_statement, kind, signed.data, b"x") == "signature_malformed"
    for wrong in (
        {"bundle_id": "x"},
        {"unknown": 1},
        {"prev": 7} if "prev" in document else {"revision": "1"},
    ):
        assert code_of(sign_statement, kind, {**document, **wrong}, signer) == "statement_malformed"
    for key in document:
        less = {name: value for name, value in document.items() if name != key}
        assert code_of(sign_statement, kind, less, signer) == "statement_malformed"


def test_a_kind_cannot_pass_for_another(signer) -> None:
    receipt = sign_statement(*SAMPLES[0], signer)
    assert code_of(parse_statement, REVIEW, receipt.data, receipt.signature) == "statement_malformed"
    forged = signer.sign(REVIEW.namespace, receipt.data)
    assert code_of(parse_statement, RECEIPT, receipt.data, forged) == "signature_invalid"


def test_the_key_in_the_document_is_the_one_that_signed(signer) -> None:
    receipt = sign_statement(*SAMPLES[0], signer)
    stolen = keys.generate().sign(RECEIPT.namespace, receipt.data)
    assert sshsig.verify(stolen, receipt.data, RECEIPT.namespace)
    assert code_of(parse_statement, RECEIPT, receipt.data, stolen) == "statement_mismatch"


def test_a_newer_version_is_read_with_what_it_adds(signer) -> None:
    receipt = sign_statement(*SAMPLES[0], signer)
    newer = receipt.data.replace(b"evaluator-receipt/1", b"evaluator-receipt/2").replace(
        b'"visit":', b'"verified_by":"x","visit":'
    )
    found = parse_statement(RECEIPT, newer, signer.sign(RECEIPT.namespace, newer))
    assert found.document["verified_by"] == "x"


def test_files_that_are_not_there(signer, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    with pytest.raises(NotFoundError):
        read_statement(path, RECEIPT)
    write_statement(path, *SAMPLES[0], signer)
    path.with_name("r.json.sig").unlink()
    assert code_of(read_statement, path, RECEIPT) == "signature_missing"
