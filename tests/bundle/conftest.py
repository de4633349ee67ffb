"""A small bundle, ways to damage it, and the stock tools that judge us."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from evaluator import canonical, language
from evaluator.bundle import bag, keys, names
from evaluator.bundle.keys import FileSigner
from evaluator.bundle.statement import BUNDLE_NAMESPACE, FormUsed, Statement
from evaluator.bundle.writing import PayloadFile, Written, payload_file, write_bundle
from evaluator.bundle.zipwriting import Source, write_zip

VISIT = "01931b6e-7a5c-7c3e-8f00-0123456789ab"
ROOT = f"visit-{VISIT}-r01"
PRINCIPAL = "assessor@org.example"
INSTRUMENT = b'id = "gov"\nversion = "7"\n'
EVIDENCE = bytes(range(256)) * 8

Forge = Callable[..., Path]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences in the language of the tests."""
    before = language.current()
    language.use("en")
    yield
    language.use(before)


@pytest.fixture(scope="session")
def signer() -> FileSigner:
    """The assessor's key."""
    return keys.generate()


@pytest.fixture
def statement(signer: FileSigner) -> Statement:
    """The statement of the first revision."""
    return Statement(
        visit=VISIT,
        revision=1,
        principal=PRINCIPAL,
        key=signer.fingerprint,
        device="lt-014",
        device_seq=118,
        created="2026-11-21T20:14:03Z",
        finalised="2026-11-21T20:14:03Z",
        app="evaluator/0.1.0",
        forms=(FormUsed("gov", hashlib.sha256(INSTRUMENT).hexdigest(), "7"),),
    )


def audit(count: int = 3) -> bytes:
    """An audit trail of `count` events."""
    lines = []
    previous = ""
    for seq in range(1, count + 1):
        event: dict[str, Any] = {
            "seq": seq, "at": "2026-11-21T20:14:03.120+08:00", "mono_ns": 5, "boot": "b", "actor": PRINCIPAL,
            "device": "lt-014", "path": "gov.GOV-01", "row": "", "op": "set", "old": None, "new": seq % 6,
            "reason": "", "prev": previous,
        }  # fmt: skip
        previous = hashlib.sha256(canonical.dumps(event)).hexdigest()
        lines.append(canonical.dumps({**event, "hash": previous}) + b"\n")
    return b"".join(lines)


def answers(**changes: Any) -> dict[str, Any]:
    """An answers document with one piece of evidence."""
    return {
        "schema": "evaluator-answers/1",
        "visit": VISIT,
        "revision": 1,
        "region": {"code": "64.02", "name": "Kutai Kartanegara"},
        "round": "2026-tahap2",
        "intake": "k2021",
        "assessor": {"principal": PRINCIPAL, "name": "Siti"},
        "instrument": {"id": "smart-city", "version": "7"},
        "answers": [{"path": "gov.GOV-01", "row": None, "status": "answered", "value": 3}],
        "evidence": [
            {
                "id": "ev-0001",
                "file": "data/evidence/ev-0001.jpg",
                "sha256": hashlib.sha256(EVIDENCE).hexdigest(),
                "bytes": len(EVIDENCE),
                "name": "IMG 0001 (façade).JPG",
            }
        ],
        "score": {"state": "provisional", "total": "2.75"},
        **changes,
    }


def payload(**changes: bytes) -> list[PayloadFile]:
    """The payload files; keywords replace the bytes of one."""
    files = {
        "answers": (names.ANSWERS, canonical.dumps(answers()) + b"\n"),
        "audit": (names.AUDIT, audit()),
        "report": (names.REPORT, b"<!doctype html><title>r</title>"),
        "instrument": (f"{names.INSTRUMENT}gov.toml", INSTRUMENT),
        "evidence": (f"{names.EVIDENCE}ev-0001.jpg", EVIDENCE),
    }
    return [payload_file(name, changes.get(key, data)) for key, (name, data) in files.items()]


@pytest.fixture
def samples() -> SimpleNamespace:
    """What the sound bundle is made of, for tests that change a part."""
    return SimpleNamespace(
        visit=VISIT,
        root=ROOT,
        principal=PRINCIPAL,
        evidence=EVIDENCE,
        answers=answers,
        audit=audit,
        payload=payload,
        write_members=write_members,
    )


@pytest.fixture
def written(tmp_path: Path, statement: Statement, signer: FileSigner) -> tuple[Path, Written]:
    """A sound bundle and what its writer said of it."""
    target = tmp_path / f"{ROOT}.zip"
    return target, write_bundle(target, statement, payload(), signer)


@pytest.fixture
def bundle(written: tuple[Path, Written]) -> Path:
    """A sound bundle."""
    return written[0]


@pytest.fixture
def members(bundle: Path) -> dict[str, bytes]:
    """The files of the sound bundle by full name, in order."""
    with zipfile.ZipFile(bundle) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def write_members(path: Path, members: Mapping[str, bytes]) -> Path:
    """A canonical ZIP of whatever `members` are."""
    path.unlink(missing_ok=True)
    sources = [
        Source(name, data, hashlib.sha256(data).hexdigest(), len(data)) for name, data in members.items()
    ]
    write_zip(path, sources)
    return path


@pytest.fixture
def forge(tmp_path: Path, members: dict[str, bytes], signer: FileSigner) -> Forge:
    """Make a bundle with other files, its manifests and signature made to fit by somebody who has the key."""

    def make(changes: Mapping[str, bytes | None], root: str = ROOT, by: FileSigner = signer) -> Path:
        files = {name.partition("/")[2]: data for name, data in members.items()}
        for name, data in changes.items():
            if data is None:
                files.pop(name)
            else:
                files[name] = data
        content = {name: data for name, data in files.items() if name.startswith("data/")}
        if names.MANIFEST not in changes:
            files[names.MANIFEST] = bag.manifest(_hashes(content))
        if names.BAG_INFO not in changes:
            old = bag.parse_bag_info(files[names.BAG_INFO])
            files[names.BAG_INFO] = bag.bag_info(
                old["agent"], old["date"], old["visit"], map(len, content.values())
            )
        if names.TAG_MANIFEST not in changes:
            listed = {name: files[name] for name in names.LISTED_TAG_FILES if name in files}
            files[names.TAG_MANIFEST] = bag.manifest(_hashes(listed))
        if names.SIGNATURE not in changes:
            files[names.SIGNATURE] = by.sign(BUNDLE_NAMESPACE, files[names.TAG_MANIFEST])
        ordered = [name for name in names.TAG_FILES if name in files]
        ordered += sorted(name for name in files if name not in names.TAG_FILES)
        return write_members(tmp_path / "forged.zip", {f"{root}/{name}": files[name] for name in ordered})

    return make


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def run() -> Run:
    """Run a stock tool, or skip where this machine has none."""

    def runner(*command: str | Path, data: bytes = b"", **options: Any) -> subprocess.CompletedProcess[bytes]:
        if shutil.which(str(command[0])) is None:
            pytest.skip(f"{command[0]} is not installed")
        return subprocess.run(
            [str(part) for part in command],
            input=data,
            capture_output=True,
            check=False,
            timeout=60,
            **options,
        )

    return runner
