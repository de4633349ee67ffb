"""The four homes of the practice office, and what is done in them by commands inside this process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evaluator.bundle import keys
from evaluator.bundle.keys import FileSigner
from evaluator.config import read_config, write_config
from evaluator.paths import Workspace
from evaluator.workspaces import OpenWorkspace
from tests.cli.inside import inside
from tests.journeys.program import Ran

CORRECTED = "gov.GOV-Q3"


@dataclass(frozen=True)
class Homes:
    """An office, two assessors, and the folder between them; assessor 1 has one sealed visit."""

    root: Path

    @classmethod
    def copy(cls, built: Path, root: Path) -> Homes:
        """A copy that may be changed, of homes that were built once."""
        shutil.copytree(built, root)
        homes = cls(root)
        for home in (homes.office, homes.assessor_1, homes.assessor_2):
            config = read_config(Workspace(home))
            write_config(Workspace(home), replace(config, remote=str(homes.remote)))
        return homes

    @property
    def office(self) -> Path:
        return self.root / "office"

    @property
    def assessor_1(self) -> Path:
        return self.root / "assessor-1"

    @property
    def assessor_2(self) -> Path:
        return self.root / "assessor-2"

    @property
    def remote(self) -> Path:
        return self.root / "remote"

    @property
    def device(self) -> str:
        """The device of assessor 1."""
        return read_config(Workspace(self.assessor_1)).device

    def ok(self, home: Path, *arguments: str | Path) -> Any:
        """Run a command that must succeed; its JSON."""
        ran = self.run(home, *arguments)
        assert ran.code == 0, (arguments, ran)
        return ran.json

    def run(self, home: Path, *arguments: str | Path) -> Ran:
        """Run one command."""
        return inside(home, *arguments)

    def ingest(self, *sources: str | Path) -> list[dict[str, Any]]:
        """The lines of `office ingest`."""
        ran = self.run(self.office, "office", "ingest", *sources)
        assert ran.code in (0, 1), ran
        assert (ran.code == 0) == all(line["verdict"] == "stored" for line in ran.lines)
        return ran.lines

    def sealed_visit(self) -> str:
        """The id of the visit that assessor 1 has sealed."""
        (found,) = [line for line in self.ok(self.assessor_1, "visit", "list") if line["revision"] > 0]
        return str(found["visit"])

    def bundle(self, revision: int = 1) -> Path:
        """The sealed bundle in the outbox of assessor 1."""
        return self.assessor_1 / "outbox" / f"visit-{self.sealed_visit()}-r{revision:02d}.zip"

    def correct(self, visit: str, value: int = 40) -> Path:
        """Reopen, change one number, seal the next revision."""
        self.ok(self.assessor_1, "visit", "reopen", visit, "--reason", "Angka keliru")
        assert self.run(self.assessor_1, "answer", visit, CORRECTED, str(value)).code == 0
        return Path(self.ok(self.assessor_1, "visit", "finalise", visit)["file"])

    def receipts(self, device: str = "") -> list[dict[str, Any]]:
        """The receipts that lie at the remote, in order."""
        folder = self.remote / "in" / (device or self.device)
        found = sorted(folder.glob("*.json")) if folder.is_dir() else []
        documents = [json.loads(path.read_bytes()) for path in found]
        return [document for document in documents if document["schema"].startswith("evaluator-receipt")]

    def status(self) -> Any:
        """`office status`."""
        return self.ok(self.office, "office", "status")

    def signer(self, home: Path) -> FileSigner:
        """The key of the person of a home."""
        return keys.load(home / "keys" / "id_ed25519")

    @contextmanager
    def opened(self, home: Path) -> Iterator[OpenWorkspace]:
        """A home, open."""
        with OpenWorkspace.open(Workspace(home)) as opened:
            yield opened

    def sound(self) -> None:
        """Assert that `doctor` finds nothing in any home."""
        for home in (self.office, self.assessor_1, self.assessor_2):
            found = self.run(home, "doctor").json
            assert [item for item in found["findings"] if item["severity"] == "error"] == []
