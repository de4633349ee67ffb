"""What an office has, what waits, and what is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from evaluator.bundle.office import read_office
from evaluator.bundle.reading import open_bundle
from evaluator.errors import BundleError
from evaluator.identity import office_file
from evaluator.office import setup
from evaluator.office.receipts import last_receipt
from evaluator.paths import read_input
from evaluator.store import outgoing, received, visits
from evaluator.workspaces import OpenWorkspace


@dataclass(frozen=True, slots=True)
class Waiting:
    """A bundle in quarantine and why it is there."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What a device has sealed and not delivered: the numbers between those that came; and numbers that came twice."""

    device: str
    missing: tuple[int, ...]
    twice: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OfficeStatus:
    """An office at a glance. `visits` counts by state, `unpublished` the statements that wait for the remote."""

    org: str
    name: str
    remote: str
    assessors: tuple[str, ...]
    reviewers: tuple[str, ...]
    visits: dict[str, int]
    bundles: int
    quarantined: tuple[Waiting, ...]
    gaps: tuple[Gap, ...]
    unpublished: int

    def as_json(self) -> dict[str, Any]:
        """`office status --json`."""
        return {
            "org": self.org,
            "name": self.name,
            "remote": self.remote,
            "assessors": list(self.assessors),
            "reviewers": list(self.reviewers),
            "visits": self.visits,
            "bundles": self.bundles,
            "quarantined": [{"file": found.file, "reason": found.reason} for found in self.quarantined],
            "gaps": [
                {"device": gap.device, "missing": list(gap.missing), "twice": list(gap.twice)}
                for gap in self.gaps
            ],
            "unpublished": self.unpublished,
        }


def office_status(desk: OpenWorkspace) -> OfficeStatus:
    """The state of an office. Raises UsageError where the workspace is none."""
    setup.require_office(desk.workspace)
    office = read_office(read_input(office_file(desk.workspace)))
    with desk.transaction() as connection:
        numbers: dict[str, list[int]] = {}
        known = received.all_bundles(connection)
        for bundle in known:
            numbers.setdefault(bundle.device, []).append(bundle.device_seq)
        listed = visits.overview(connection)
        waiting = []
        for path in sorted(desk.workspace.quarantine.glob("*.zip")):
            waiting.append(Waiting(path.name, _reason(connection, path)))
        unpublished = len(outgoing.pending(connection))
    return OfficeStatus(
        org=office.org,
        name=office.name,
        remote=desk.config.remote,
        assessors=tuple(dict.fromkeys(entry.principal for entry in setup.assessors(desk.workspace).entries)),
        reviewers=tuple(
            dict.fromkeys(
                entry.principal
                for entry in office.signers.entries
                if set(setup.REVIEW_NAMESPACES) <= set(entry.namespaces)
            )
        ),
        visits=dict(Counter(visit.state for visit in listed)),
        bundles=len(known),
        quarantined=tuple(waiting),
        gaps=tuple(gap for device, given in sorted(numbers.items()) if (gap := _gap(device, given))),
        unpublished=unpublished,
    )


def _reason(connection: Connection, path: Path) -> str:
    """Why a bundle was put aside, as its assessor was told."""
    try:
        found = last_receipt(connection, open_bundle(path).bundle_id)
    except BundleError as error:
        return error.message
    return str(found["reason"]) if found else ""


def _gap(device: str, given: list[int]) -> Gap | None:
    missing = tuple(sorted(set(range(min(given), max(given))) - set(given)))
    twice = tuple(sorted(number for number, count in Counter(given).items() if count > 1))
    return Gap(device, missing, twice) if missing or twice else None
