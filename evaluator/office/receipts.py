"""Receipts: what the office has of an assessor, said under the office's own key, and only after it is true."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from evaluator import clock
from evaluator.bundle.keys import Signer
from evaluator.bundle.statement import RECEIPT, sign_statement
from evaluator.store import bundles, outgoing, received
from evaluator.workspaces import OpenWorkspace

Verdict = Literal["stored", "quarantined"]


@dataclass(frozen=True, slots=True)
class About:
    """The bundle that a receipt speaks of."""

    bundle_id: str
    visit: str
    revision: int
    device: str
    device_seq: int


def confirm(
    desk: OpenWorkspace, signer: Signer, org: str, about: About, verdict: Verdict, reason: str = ""
) -> bool:
    """Sign a receipt and queue it for the assessor's device; whether there was something new to say.

    Call it after the commit that it speaks of.
    """
    with desk.transaction() as connection:
        last = last_receipt(connection, about.bundle_id)
        if last and (last["verdict"], last["reason"]) == (verdict, reason):
            return False
        highest = max(about.device_seq, bundles.next_device_seq(connection, about.device) - 1)
        signed = sign_statement(
            RECEIPT,
            {
                "org": org,
                "bundle_id": about.bundle_id,
                "visit": about.visit,
                "revision": about.revision,
                "received_at": clock.utc(),
                "verdict": verdict,
                "reason": reason,
                "device": about.device,
                "device_seq": highest if verdict == "stored" else about.device_seq,
            },
            signer,
        )
        outgoing.queue(
            connection, about.device, RECEIPT.name, about.bundle_id, signed.id, signed.data, signed.signature
        )
    return True


def confirm_what_is_stored(desk: OpenWorkspace, signer: Signer, org: str) -> int:
    """Sign the receipts that a crash after a commit has left out; how many they were."""
    with desk.transaction() as connection:
        waiting = [bundles.get(connection, bundle) for bundle in received.unconfirmed(connection)]
    for bundle in waiting:
        about = About(bundle.bundle_id, bundle.visit, bundle.revision, bundle.device, bundle.device_seq)
        confirm(desk, signer, org, about, "stored")
    return len(waiting)


def last_receipt(connection: Connection, bundle_id: str) -> dict[str, Any] | None:
    """The newest receipt for a bundle."""
    found = [entry for entry in outgoing.of_bundle(connection, bundle_id) if entry.kind == RECEIPT.name]
    return dict(json.loads(found[-1].data)) if found else None
