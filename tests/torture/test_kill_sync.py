"""`sync` killed at random moments: the office finds every bundle whole and once, the assessor every word once."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.remotes.folder import FolderRemote
from evaluator.store import arrivals, comments
from evaluator.store.bundles import StoredBundle
from tests.conftest import COUNTED
from tests.journeys.program import Program
from tests.sync.workshop import Assessor, Office, delivered, place
from tests.torture.victim import Victim

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")

SHORT, LONG = 10, 100  # kills that hit; a round that was over before its kill does not count
PHOTO = 400_000


def test_a_killed_sync_loses_and_repeats_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Each round has a bundle to send and statements to fetch; `sync` is killed, then run to its end."""
    seed = request.config.getoption("--seed") or random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    rng = random.Random(seed)
    office = Office()
    assessor = Assessor.start(tmp_path / "home", office.pub)
    program = Program(assessor.workspace.root, tmp_path)
    (tmp_path / "remote").mkdir()
    remote = FolderRemote(tmp_path / "remote", "tests")
    sealed: list[StoredBundle] = []
    number, turn, kills, span = 0, 0, 0, 0.0
    wanted = LONG if request.config.getoption("--long") else SHORT
    while kills < wanted:
        for bundle in sealed[-2:]:
            place(remote, assessor.device, number := number + 1, office.receipt(bundle, reason=f"{number}"))
        if sealed:
            place(remote, assessor.device, number := number + 1, office.review(sealed[-1]))
        sealed += [
            assessor.seal(assessor.new_visit(), rng.randbytes(PHOTO)) for _bundle in range(rng.randint(1, 3))
        ]
        assessor.opened.close()
        victim = Victim(program, "sync", remote.root)
        _wait_for_the_log(victim, assessor.workspace.sync_log)
        began = time.monotonic()
        if turn == 0:
            assert victim.wait() == 0  # how long it takes when nobody disturbs it
            span = time.monotonic() - began
        else:
            time.sleep(rng.uniform(0, span))
            kills += victim.kill()
        turn += 1
        assert turn < 10 * wanted, "the kills come too late"
        assessor.restart()
        _what_is_said_is_true(assessor, remote, sealed)
        assert assessor.sync(remote).problems == []
        _all_is_well(assessor, remote, sealed, tmp_path)
    assessor.opened.close()
    record_property(f"{COUNTED}sync: kills", kills)
    record_property(f"{COUNTED}sync: bundles", len(sealed))


def _wait_for_the_log(victim: Victim, log: Path) -> None:
    before = log.stat().st_size if log.exists() else 0
    while victim.running and (log.stat().st_size if log.exists() else 0) == before:
        time.sleep(0.0005)


def _what_is_said_is_true(assessor: Assessor, remote: FolderRemote, sealed: list[StoredBundle]) -> None:
    """Right after the kill: whatever the database calls sent lies at the remote with its record."""
    records = list((remote.root / "out" / assessor.device).glob("*.json"))
    said = sum(assessor.bundle_state(bundle) != "sealed" for bundle in sealed)
    assert said <= len(records) <= len(sealed)


def _all_is_well(assessor: Assessor, remote: FolderRemote, sealed: list[StoredBundle], folder: Path) -> None:
    assert delivered(remote.root, assessor.device, folder) == [bundle.bundle_id for bundle in sealed]
    assert {assessor.bundle_state(bundle) for bundle in sealed} <= {"sent", "received"}
    with assessor.opened.transaction() as connection:
        assert arrivals.not_applied(connection) == []
        for bundle in sealed:
            reviews = arrivals.applied(connection, bundle.visit, "review")
            assert len(comments.of_visit(connection, bundle.visit)) == 2 * len(reviews)
    placed = len(list((remote.root / "in" / assessor.device).glob("*.json")))
    with assessor.opened.transaction() as connection:
        assert len(arrivals.names(connection, remote.identity)) == placed
