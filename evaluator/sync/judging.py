"""Whether a statement of the office counts here, and why not: values and a look into the database, nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from evaluator import canonical
from evaluator.bundle import shapes
from evaluator.bundle.office import Office
from evaluator.bundle.signers import trust
from evaluator.bundle.statement import RECEIPT, REVIEW, Kind, SignedStatement, parse_statement
from evaluator.errors import BundleError, NotFoundError
from evaluator.language import _
from evaluator.store import arrivals, bundles, visits
from evaluator.store.arrivals import APPLIED, CONFLICT, HELD, QUARANTINED
from evaluator.store.bundles import StoredBundle
from evaluator.text import line

_KINDS = (RECEIPT, REVIEW)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of a statement: `state` as in the store; `document` only where the signature holds."""

    state: str
    kind: str = ""
    code: str = ""
    reason: str = ""
    document: Mapping[str, Any] | None = None
    principal: str = ""
    bundle: StoredBundle | None = None


class _RefusedError(Exception):
    def __init__(self, code: str, reason: str, state: str = QUARANTINED) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.state = state


def identity(data: bytes) -> str:
    """The id of the statement with these bytes."""
    return hashlib.sha256(data).hexdigest()


def judge(connection: Connection, office: Office | None, data: bytes, signature: bytes, name: str) -> Verdict:
    """The verdict on a statement. `office` is the one that is trusted here, `name` the file in messages.

    What fails is quarantined: it may count later, when its bundle or its key is known. Held is a review whose
    predecessor has not arrived; a second one after the same predecessor is a conflict.
    """
    kind = _kind(data)
    if kind is None:
        reason = _("{name} is neither a receipt nor a review").format(name=line(name, 100))
        return Verdict(QUARANTINED, code="statement_malformed", reason=reason)
    try:
        signed = parse_statement(kind, data, signature, name)
    except BundleError as error:
        return Verdict(QUARANTINED, kind.name, error.code, error.message)
    document = signed.document
    principal, bundle = "", None
    try:
        principal = _signer(signed, office)
        bundle = _bundle(connection, document)
        if kind is REVIEW:
            _check_review(connection, document, principal)
    except _RefusedError as refused:
        return Verdict(refused.state, kind.name, refused.code, refused.reason, document, principal, bundle)
    return Verdict(APPLIED, kind.name, document=document, principal=principal, bundle=bundle)


def _kind(data: bytes) -> Kind | None:
    """The kind that a document says it is; one that only a device may sign is none here."""
    try:
        document = canonical.loads(data[: shapes.MAX_JSON])
    except ValueError:
        return None
    schema = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(schema, str):
        return None
    return next((kind for kind in _KINDS if schema.partition("/")[0] == kind.schema.partition("/")[0]), None)


def _signer(signed: SignedStatement, office: Office | None) -> str:
    """The principal who signed for the office that is trusted here."""
    document = signed.document
    if office is None:
        raise _RefusedError(
            "key_not_checked",
            _(
                "No office is trusted here yet, so the key could not be checked. Run `evaluator key trust office.pub`"
            ),
        )
    at = shapes.parse_moment(document["at" if signed.kind is REVIEW else "received_at"])
    found = trust(signed.signer, None, signed.kind.namespace, (at,), office.signers)
    if found != "trusted":
        raise _RefusedError(*_untrusted(found, signed))
    if document["org"] != office.org:
        raise _RefusedError(
            "other_org",
            _("It was made for another office: {org}").format(org=line(document["org"], 80)),
        )
    return office.signers.principals_of(signed.signer)[0]


def _untrusted(found: str, signed: SignedStatement) -> tuple[str, str]:
    key = signed.signer.fingerprint
    if found == "wrong_role":
        return "wrong_role", _("The key {key} may not sign a {kind}").format(key=key, kind=signed.kind.name)
    if found == "expired":
        return "key_expired", _("The key {key} was not valid at the time of the statement").format(key=key)
    return "key_unknown", _("The key {key} is not one of the office that is trusted here").format(key=key)


def _bundle(connection: Connection, document: Mapping[str, Any]) -> StoredBundle:
    try:
        bundle = bundles.get(connection, document["bundle_id"])
    except NotFoundError:
        raise _RefusedError(
            "unknown_bundle",
            _("It is about a bundle that is not known here: {bundle}").format(
                bundle=document["bundle_id"][:16]
            ),
        ) from None
    said = [document["visit"], document["revision"]]
    meant: list[object] = [bundle.visit, bundle.revision]
    if "device" in document:
        said.append(document["device"])
        meant.append(bundle.device)
    if said != meant:
        raise _RefusedError(
            "statement_mismatch", _("It names another visit, revision or device than its bundle has")
        )
    return bundle


def _check_review(connection: Connection, document: Mapping[str, Any], principal: str) -> None:
    visit = visits.get(connection, document["visit"])
    if visit.principal == principal:
        raise _RefusedError("own_review", _("An assessor cannot review their own visit"))
    before = [found.id for found in arrivals.applied(connection, visit.id, REVIEW.name)]
    prev = document["prev"]
    if prev == (before[-1] if before else None):
        return
    if prev is None or prev in before:
        raise _RefusedError(
            "review_conflict",
            _("Another review follows the same one before it; both are kept and the first counts"),
            CONFLICT,
        )
    raise _RefusedError("review_waits", _("It follows a review that has not arrived yet"), HELD)
