"""Ingest killed at random moments: nothing is lost, nothing is there twice, no receipt is without its commit."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.demo.building import build
from evaluator.store import bundles, received
from tests.cli.inside import inside
from tests.conftest import COUNTED
from tests.journeys.program import Program
from tests.office.homes import Homes
from tests.torture.victim import Victim

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")

SHORT, LONG = 10, 150
REVISIONS = 3
EVIDENCE_BYTES = 2 << 20


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Homes with three revisions at the remote, of which the office has none."""
    root = tmp_path_factory.mktemp("ingest") / "demo"
    build(root, lambda _text: None)
    homes = Homes(root)
    visit = homes.sealed_visit()
    for number in range(2, REVISIONS + 1):
        homes.ok(homes.assessor_1, "visit", "reopen", visit, "--reason", "Bukti baru")
        piece = root / f"bukti-{number}.bin"
        piece.write_bytes(random.Random(number).randbytes(EVIDENCE_BYTES))
        homes.ok(homes.assessor_1, "attach", visit, "gov.GOV-01", piece, "--type", "dokumen")
        homes.ok(homes.assessor_1, "visit", "finalise", visit)
    homes.ok(homes.assessor_1, "sync")
    return root


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """The moments to kill at, repeatable by the seed that is printed."""
    seed = request.config.getoption("--seed")
    if seed is None:
        seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    return random.Random(f"{seed} ingest")


def test_a_killed_ingest_neither_loses_nor_repeats(
    delivered: Path,
    tmp_path: Path,
    rng: random.Random,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    kills = rounds = 0
    span = measured(Homes.copy(delivered, tmp_path / "whole"))
    while kills < (LONG if request.config.getoption("--long") else SHORT):
        rounds += 1
        assert rounds < 20 * LONG, "it is never at work when it is killed"
        homes = Homes.copy(delivered, tmp_path / "round")
        for _attempt in range(rng.randrange(1, 4)):
            victim = Victim(Program(homes.office, homes.root), "office", "ingest")
            time.sleep(rng.uniform(0.1 * span, span))
            kills += victim.kill()
            check_what_is_said(homes)
        finish(homes)
        shutil.rmtree(homes.root)
    record_property(f"{COUNTED}ingest killed at work", kills)


def measured(homes: Homes) -> float:
    """How long ingest takes here when nobody kills it."""
    before = time.monotonic()
    assert Victim(Program(homes.office, homes.root), "office", "ingest").wait() == 0
    return time.monotonic() - before


def check_what_is_said(homes: Homes) -> None:
    """What stands after a kill is true: a receipt means a bundle with its file, its evidence and its trail."""
    with homes.opened(homes.office) as opened, opened.transaction() as connection:
        stored = {bundle.bundle_id: bundle for bundle in received.all_bundles(connection)}
    for receipt in homes.receipts():
        bundle = stored[receipt["bundle_id"]]
        assert receipt["verdict"] == "stored"
        original = homes.assessor_1 / "outbox" / f"visit-{bundle.visit}-r{bundle.revision:02d}.zip"
        assert (homes.office / "inbox" / bundle.file).read_bytes() == original.read_bytes()
    found: dict[str, Any] = inside(homes.office, "doctor").json
    assert [item for item in found["findings"] if item["severity"] == "error"] == []


def finish(homes: Homes) -> None:
    """One more run, undisturbed, has everything once; another has nothing to do."""
    ran = inside(homes.office, "office", "ingest")
    assert ran.code == 0, ran
    assert all(line["verdict"] == "stored" for line in ran.lines)
    assert homes.ingest() == []
    visit = homes.sealed_visit()
    with homes.opened(homes.office) as opened, opened.transaction() as connection:
        assert [found.revision for found in bundles.of_visit(connection, visit)] == [1, 2, 3]
    names = [f"visit-{visit}-r{number:02d}.zip" for number in range(1, REVISIONS + 1)]
    assert sorted(path.name for path in (homes.office / "inbox").glob("*.zip")) == names
    for name in names:
        assert (homes.office / "inbox" / name).read_bytes() == (
            homes.assessor_1 / "outbox" / name
        ).read_bytes()
    receipts = homes.receipts()
    assert sorted((receipt["revision"], receipt["verdict"]) for receipt in receipts) == [
        (number, "stored") for number in range(1, REVISIONS + 1)
    ]
    numbers = sorted(path.name[:8] for path in (homes.remote / "in" / homes.device).glob("*.json"))
    assert numbers == [f"{number:08d}" for number in range(1, REVISIONS + 1)]
    assert list((homes.office / "tmp").glob("*")) == []
    assert not list((homes.office / "inbox" / "quarantine").glob("*"))
    told = homes.ok(homes.assessor_1, "sync")
    assert (len(told["receipts"]), told["problems"]) == (REVISIONS, [])
    assert homes.ok(homes.assessor_1, "visit", "show", visit)["state"] == "received"
    homes.sound()
    assert json.loads((homes.remote / "evaluator-remote.json").read_bytes())["schema"] == "evaluator-remote/1"
