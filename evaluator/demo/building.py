"""A ready office for practice: four workspaces, four regions, a visit half filled, last year's bundle.

Built through the same functions that people use, so whatever holds of a real workspace holds of this one. Regions are
real, everything said of them is invented.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from evaluator import identity
from evaluator.bundle.signers import parse_signers
from evaluator.config import read_config, write_config
from evaluator.errors import UsageError
from evaluator.language import _
from evaluator.office import setup
from evaluator.paths import Workspace, make_directory
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry, EvidenceDetails
from evaluator.visits.visit import Visit

ASSESSORS = (
    ("assessor-1", "Dr. Sari Wulandari", "sari.wulandari@contoh.example"),
    ("assessor-2", "Ir. Bagus Prasetyo", "bagus.prasetyo@contoh.example"),
)
FULL_REGION = "64.02"
OTHER_REGIONS = ("64.08", "63.03", "62.02")


@dataclass(frozen=True, slots=True)
class Demo:
    """The four folders of the practice office, and the visit to look at first."""

    office: str
    assessor_1: str
    assessor_2: str
    remote: str

    def as_json(self) -> dict[str, str]:
        """`demo --json`."""
        return asdict(self)


def build(folder: Path | None, tell: Callable[[str], None]) -> Demo:
    """Build the practice office below `folder`, or in a new temporary folder; `tell` hears what is being done.

    Raises UsageError where the folder holds something already.
    """
    root = folder or Path(tempfile.mkdtemp(prefix="evaluator-demo-"))
    if root.exists() and any(root.iterdir()):
        raise UsageError(
            "folder_not_empty",
            _("{path} is not empty").format(path=root),
            _("Name a new folder, or none for a temporary one"),
        )
    root = root.absolute()
    office, remote = Workspace(root / "office"), root / "remote"
    tell(_("Making the office, two assessors and a shared folder"))
    identity.init(office, name="Sekretariat Contoh", email="sekretariat@contoh.example", passphrase=None)
    make_directory(remote)
    office_file = Path(setup.init_office(office, remote=str(remote)).file)
    assessors = [Workspace(root / name) for name, _name, _email in ASSESSORS]
    for workspace, (_folder, name, email) in zip(assessors, ASSESSORS, strict=True):
        person = identity.init(workspace, name=name, email=email, passphrase=None, office=office_file)
        write_config(workspace, replace(read_config(workspace), remote=str(remote)))
        setup.enrol(office, parse_signers(person.allowed_signers).entries)
    tell(_("Sealing last year's visit"))
    previous = _last_year(assessors[0])
    tell(_("Filling half of this year's visit"))
    _this_year(assessors[0], previous)
    _second_assessor(assessors[1], previous)
    return Demo(str(office.root), str(assessors[0].root), str(assessors[1].root), str(remote))


def _last_year(workspace: Workspace) -> Path:
    content = _content("last_year.toml")
    with Desk.open(workspace) as desk:
        visit = desk.visit(desk.new_visit(FULL_REGION, content["round"], content["intake"]))
        _fill(visit, content)
        visit.finalise(identity.unlock(desk.workspace, desk.config))
        return Path(visit.export(workspace.inbox).file)


def _this_year(workspace: Workspace, previous: Path) -> None:
    content = _content("this_year.toml")
    with Desk.open(workspace) as desk:
        for region in OTHER_REGIONS:
            desk.new_visit(region, content["round"])
        visit = desk.visit(desk.new_visit(FULL_REGION, content["round"], content["intake"], previous))
        with resources.as_file(_files() / "self_assessment.csv") as file:
            visit.import_self(file)
        _fill(visit, content)


def _second_assessor(workspace: Workspace, previous: Path) -> None:
    content = _content("this_year.toml")
    with Desk.open(workspace) as desk:
        desk.new_visit(FULL_REGION, content["round"], content["intake"], previous)


def _fill(visit: Visit, content: dict[str, Any]) -> None:
    notes, flags, sure = (content.get(name, {}) for name in ("notes", "flags", "confidence"))
    for path, value in content["answers"].items():
        entry: dict[str, Any] = {"question": path, "value": value}
        if path in notes:
            entry["note"] = notes[path]
        if path in flags:
            entry["flag"] = flags[path]
        if path in sure:
            entry["confidence"] = sure[path]
        if visit.filling.question(visit.key(path)).type == "rubric" and content["gate_reason"]:
            entry["gate_reason"] = content["gate_reason"]
        visit.answer(Entry(**entry))
    for path, reason in content.get("na", {}).items():
        visit.answer(Entry(path, na=reason))
    for row in content["rows"]:
        _fill_row(visit, row, content["gate_reason"])
    for piece in content.get("evidence", ()):
        _attach(visit, piece)


def _fill_row(visit: Visit, row: dict[str, Any], gate_reason: str) -> None:
    repeat = row["repeat"]
    number = len(visit.filling.rows(repeat)) + 1
    rubrics = {found.path for found in visit.instrument.walk() if found.type == "rubric"}
    for name, value in row.items():
        if name == "repeat":
            continue
        path = f"{repeat}[{number}].{name}"
        entry: dict[str, Any] = {"question": path, "value": value}
        if gate_reason and f"{repeat}.{name}" in rubrics:
            entry["gate_reason"] = gate_reason
        visit.answer(Entry(**entry))


def _attach(visit: Visit, piece: dict[str, Any]) -> None:
    details = EvidenceDetails(
        **{name: value for name, value in piece.items() if name not in ("file", "questions")}
    )
    first, *others = piece["questions"]
    with resources.as_file(_files() / "evidence" / piece["file"]) as file:
        kept = visit.attach(first, file, details)
    for question in others:
        visit.link(question, kept.id)


def _content(name: str) -> dict[str, Any]:
    return tomllib.loads((_files() / name).read_text("utf-8"))


def _files() -> Traversable:
    return resources.files("evaluator.demo")
