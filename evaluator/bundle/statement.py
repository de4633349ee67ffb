"""What is signed: the statement inside a bundle, and the documents that travel beside bundles.

A document is canonical JSON and lies beside its signature, `NAME.json` and `NAME.json.sig`. It is verified as the
bytes that are there. Each kind has its own SSHSIG namespace, so that a key for one cannot be used for another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from evaluator.bundle import names, shapes, sshsig
from evaluator.bundle.keys import Signer
from evaluator.bundle.publickeys import PublicKey
from evaluator.bundle.shapes import count, label, list_of, moment, optional, ordinal, record, sha256, text
from evaluator.errors import BundleError
from evaluator.language import _
from evaluator.paths import read_input, write_atomically

BUNDLE_NAMESPACE: Final = "evaluator-bundle"
BUNDLE_SCHEMA: Final = "evaluator-bundle/1"

_BUNDLE_FIELDS: Final[Mapping[str, shapes.Check]] = {
    "app": label,
    "assignment": optional(shapes.prefixed_sha256),
    "created": moment,
    "device": label,
    "device_seq": ordinal,
    "finalised": moment,
    "forms": list_of(record(id=label, sha256=sha256, version=text)),
    "journal_prev": optional(shapes.prefixed_sha256),
    "key": shapes.fingerprint,
    "org": optional(label),
    "prev": optional(sha256),
    "principal": label,
    "reason": text,
    "revision": ordinal,
    "roster": optional(count),
    "schema": label,
    "visit": shapes.visit,
}


@dataclass(frozen=True, slots=True)
class FormUsed:
    """A file of the instrument that the visit was answered with; `sha256` is that of its exact bytes."""

    id: str
    sha256: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`bundle.json`: whose bundle this is, of which visit, and what came before it.

    `prev` is the bundle id of the revision before; `device_seq` and `journal_prev` (`sha256:` and the bundle id that
    the device sealed before this one) make the device's journal. Times are UTC to the second. `org` and `roster` are
    None before an office is known. `extra` holds the keys of a newer schema, which are kept.
    """

    visit: str
    revision: int
    principal: str
    key: str
    device: str
    device_seq: int
    created: str
    finalised: str
    app: str
    forms: tuple[FormUsed, ...]
    prev: str | None = None
    reason: str = ""
    org: str | None = None
    roster: int | None = None
    assignment: str | None = None
    journal_prev: str | None = None
    schema: str = BUNDLE_SCHEMA
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The keys of `bundle.json`."""
        document = {name: getattr(self, name) for name in _BUNDLE_FIELDS}
        document["forms"] = [
            {"id": form.id, "sha256": form.sha256, "version": form.version} for form in self.forms
        ]
        return {**self.extra, **document}


def statement_bytes(statement: Statement) -> bytes:
    """`bundle.json`. Raises BundleError `statement_malformed` for a value that cannot stand in it."""
    document = statement.as_json()
    shapes.check_fields(document, names.STATEMENT, BUNDLE_SCHEMA, _BUNDLE_FIELDS)
    _check_chain(document)
    return shapes.document_bytes(document)


def parse_statement_bytes(data: bytes) -> Statement:
    """The statement in `bundle.json`. Raises BundleError `statement_malformed`."""
    document = shapes.parse_document(data, names.STATEMENT, BUNDLE_SCHEMA, _BUNDLE_FIELDS)
    _check_chain(document)
    known = {key: document[key] for key in _BUNDLE_FIELDS}
    forms = tuple(FormUsed(**form) for form in known.pop("forms"))
    extra = {key: value for key, value in document.items() if key not in _BUNDLE_FIELDS}
    return Statement(**known, forms=forms, extra=extra)


def _check_chain(document: Mapping[str, Any]) -> None:
    if (document["revision"] > 1) != (document["prev"] is not None):
        raise shapes.malformed(
            names.STATEMENT, _("every revision but the first names the one before it, and the first none")
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document beside bundles; its `schema` is the newest that we write."""

    name: str
    schema: str
    namespace: str
    fields: Mapping[str, shapes.Check]


_ABOUT_BUNDLE: Final[Mapping[str, shapes.Check]] = {
    "schema": label,
    "org": optional(label),
    "bundle_id": sha256,
    "visit": shapes.visit,
    "revision": ordinal,
    "key": shapes.fingerprint,
}

RECEIPT: Final = Kind(
    "receipt",
    "evaluator-receipt/1",
    "evaluator-receipt",
    {
        **_ABOUT_BUNDLE,
        "received_at": moment,
        "verdict": shapes.one_of("stored", "quarantined"),
        "reason": text,
        "device": label,
        "device_seq": ordinal,
    },
)
REVIEW: Final = Kind(
    "review",
    "evaluator-review/1",
    "evaluator-review",
    {
        **_ABOUT_BUNDLE,
        "decision": shapes.one_of("approved", "has_issues", "rejected"),
        "summary": text,
        "comments": list_of(record(path=text, row=optional(text), text=text)),
        "at": moment,
        "prev": optional(sha256),
    },
)
DELIVERY: Final = Kind(
    "delivery",
    "evaluator-delivery/1",
    "evaluator-dispatch",
    {
        "schema": label,
        "device": label,
        "seq": ordinal,
        "prev": optional(sha256),
        "bundle_id": sha256,
        "zip_sha256": sha256,
        "tags": shapes.mapping(lambda name: name in names.TAG_FILES, text),
        "files": list_of(
            record(
                name=lambda name: isinstance(name, str) and names.is_payload(name),
                bytes=count,
                sha256=sha256,
                pieces=list_of(
                    lambda piece: (
                        isinstance(piece, list) and len(piece) == 2 and sha256(piece[0]) and count(piece[1])
                    )
                ),
            )
        ),
        "at": moment,
        "key": shapes.fingerprint,
    },
)
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (RECEIPT, REVIEW, DELIVERY)}


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A document whose signature holds. Whether its key may sign it is for `signers.trust` to say."""

    kind: Kind
    document: Mapping[str, Any]
    data: bytes
    signature: bytes
    signer: PublicKey

    @property
    def id(self) -> str:
        """SHA-256 of the document, which `prev` of the next one names."""
        return hashlib.sha256(self.data).hexdigest()


def sign_statement(kind: Kind, document: Mapping[str, Any], signer: Signer) -> SignedStatement:
    """Sign `document`; its `schema` and `key` are filled in. Raises BundleError `statement_malformed`."""
    complete = {**document, "schema": kind.schema, "key": signer.fingerprint}
    shapes.check_fields(complete, kind.name, kind.schema, kind.fields)
    data = shapes.document_bytes(complete)
    return SignedStatement(kind, complete, data, signer.sign(kind.namespace, data), signer.public_key)


def parse_statement(kind: Kind, data: bytes, signature: bytes, name: str = "") -> SignedStatement:
    """The document in `data` if `signature` holds.

    Raises BundleError with one of the codes `statement_malformed`, `statement_mismatch`, `signature_malformed`,
    `signature_invalid`, `key_not_allowed`. `name` is the file in messages.
    """
    document = shapes.parse_document(data, name or kind.name, kind.schema, kind.fields)
    signer = sshsig.verify(signature, data, kind.namespace)
    if document["key"] != signer.fingerprint:
        raise BundleError(
            "statement_mismatch",
            _("{name} names another key than the one that signed it").format(name=name or kind.name),
        )
    return SignedStatement(kind, document, data, signature, signer)


def signature_path(path: Path) -> Path:
    """Where the signature of the document at `path` lies."""
    return path.with_name(path.name + ".sig")


def write_statement(path: Path, kind: Kind, document: Mapping[str, Any], signer: Signer) -> SignedStatement:
    """Sign `document` and write it to `path`, its signature first: where the document is, both are."""
    signed = sign_statement(kind, document, signer)
    write_atomically(signature_path(path), signed.signature, 0o644)
    write_atomically(path, signed.data, 0o644)
    return signed


def read_statement(path: Path, kind: Kind) -> SignedStatement:
    """The document at `path` with its signature beside it.

    Raises as `parse_statement` does, and BundleError `signature_missing`, NotFoundError or UsageError.
    """
    data = read_input(path, shapes.MAX_JSON)
    if not signature_path(path).exists():
        raise BundleError(
            "signature_missing",
            _("The signature {name} is missing").format(name=signature_path(path).name),
            _("Copy it beside the document"),
        )
    return parse_statement(kind, data, read_input(signature_path(path), sshsig.MAX_BYTES), path.name)
