"""What the next exchange will send, for people to see before it starts."""

from __future__ import annotations

import json
from dataclasses import dataclass

from evaluator.store import bundles, outgoing, visits
from evaluator.workspaces import OpenWorkspace


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that is to go out; `kind` is bundle, receipt or review. `sent` says that it lies at the remote already,
    and the office has not confirmed it."""

    kind: str
    region: str
    revision: int
    bytes: int
    sent: bool = False


def waiting(opened: OpenWorkspace) -> tuple[Waiting, ...]:
    """The bundles that the office has not confirmed, and what this workspace signed and did not publish."""
    with opened.transaction() as connection:
        regions = {visit.id: visit.region_name for visit in visits.overview(connection)}
        sealed = [
            Waiting(
                "bundle",
                regions.get(found.visit, found.visit),
                found.revision,
                found.bytes,
                found.state == "sent",
            )
            for found in bundles.unconfirmed(connection, opened.config.device)
        ]
        signed = []
        for entry in outgoing.pending(connection):
            said = json.loads(entry.data)
            region = regions.get(said["visit"] or "", entry.bundle_id[:16])
            signed.append(Waiting(entry.kind, region, said["revision"] or 0, len(entry.data)))
    return (*sealed, *signed)
