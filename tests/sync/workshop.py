"""An assessor with sealed visits, an office that signs, and a remote that fails wherever it is told to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evaluator import canonical, clock, identity
from evaluator.bundle import keys, names
from evaluator.bundle.keys import FileSigner
from evaluator.bundle.office import office_bytes
from evaluator.bundle.signers import Signers, allowed_signer
from evaluator.bundle.statement import (
    DELIVERY,
    RECEIPT,
    REVIEW,
    FormUsed,
    Kind,
    SignedStatement,
    Statement,
    parse_statement,
    sign_statement,
)
from evaluator.bundle.writing import PayloadFile, payload_file, rebuild_bundle, write_bundle
from evaluator.errors import RemoteError
from evaluator.paths import Workspace
from evaluator.remotes import layout
from evaluator.remotes.folder import FolderRemote
from evaluator.remotes.remote import Content, Remote
from evaluator.store import bundles, visits
from evaluator.store.bundles import StoredBundle
from evaluator.store.visits import StoredVisit
from evaluator.sync.exchange import synchronise
from evaluator.sync.values import SyncResult
from evaluator.workspaces import OpenWorkspace

ASSESSOR = "sari@contoh.example"
REVIEWER = "rina@kantor.example"
INSTRUMENT = b'id = "gov"\nversion = "7"\n'


class Office:
    """An office as far as an assessor sees it: keys, office.pub, signed statements, a place at the remote."""

    def __init__(self) -> None:
        self.root = keys.generate()
        self.ingest = keys.generate()
        self.reviewer = keys.generate()
        entries = (
            allowed_signer("kepala@kantor.example", self.root.public_key, ("evaluator-roster",)),
            allowed_signer("mesin@kantor.example", self.ingest.public_key, ("evaluator-receipt",)),
            allowed_signer(REVIEWER, self.reviewer.public_key, ("evaluator-review",)),
        )
        self.pub = office_bytes("Kantor", Signers(entries))
        self.org = self.pub.split()[2].decode()

    def receipt(self, bundle: StoredBundle, by: FileSigner | None = None, **changes: Any) -> SignedStatement:
        document = {
            "org": self.org,
            "bundle_id": bundle.bundle_id,
            "visit": bundle.visit,
            "revision": bundle.revision,
            "received_at": clock.utc(),
            "verdict": "stored",
            "reason": "",
            "device": bundle.device,
            "device_seq": bundle.device_seq,
        }
        return sign_statement(RECEIPT, {**document, **changes}, by or self.ingest)

    def review(self, bundle: StoredBundle, by: FileSigner | None = None, **changes: Any) -> SignedStatement:
        document = {
            "org": self.org,
            "bundle_id": bundle.bundle_id,
            "visit": bundle.visit,
            "revision": bundle.revision,
            "decision": "has_issues",
            "summary": "Dua butir perlu dibetulkan",
            "comments": [
                {"path": "gov.GOV-01", "row": None, "text": "Foto tidak terbaca"},
                {"path": "gov.GOV-02", "row": None, "text": "Nilai terlalu tinggi"},
            ],
            "at": clock.utc(),
            "prev": None,
        }
        return sign_statement(REVIEW, {**document, **changes}, by or self.reviewer)


def place(remote: FolderRemote, device: str, seq: int, signed: SignedStatement) -> str:
    """Lay a statement into the folder of a device, as an office does; its name."""
    name = layout.record(layout.IN, device, seq, signed.id)
    for path, data in ((layout.signature(name), signed.signature), (name, signed.data)):
        (remote.root / path).parent.mkdir(parents=True, exist_ok=True)
        (remote.root / path).write_bytes(data)
    return name


@dataclass
class Assessor:
    """A workspace with an assessor in it. `opened` is open; `restart` closes it and opens it again."""

    workspace: Workspace
    opened: OpenWorkspace
    signed: int = 0

    @classmethod
    def start(cls, folder: Path, office: bytes | None) -> Assessor:
        workspace = Workspace(folder)
        pub = folder.with_suffix(".pub")
        if office:
            pub.write_bytes(office)
        identity.init(workspace, name="Sari", email=ASSESSOR, passphrase=None, office=pub if office else None)
        return cls(workspace, OpenWorkspace.open(workspace))

    @property
    def device(self) -> str:
        return self.opened.config.device

    def restart(self) -> None:
        self.opened.close()
        self.opened = OpenWorkspace.open(self.workspace)

    def signer(self) -> FileSigner:
        self.signed += 1
        found = identity.unlock(self.workspace, self.opened.config)
        assert isinstance(found, FileSigner)
        return found

    def sync(self, remote: Remote) -> SyncResult:
        return synchronise(self.opened, remote, self.signer)

    def new_visit(self) -> str:
        visit = clock.uuid7()
        with self.opened.transaction() as connection:
            visits.add(
                connection,
                StoredVisit(visit, "64.02", "Kutai Kartanegara", "2026-tahap2", "k2021", "smart-city", "7",
                            "a" * 64, ASSESSOR, "Sari"),
            )  # fmt: skip
        return visit

    def seal(self, visit: str, evidence: bytes = bytes(range(256)) * 40) -> StoredBundle:
        """Seal the next revision of a visit, as `Visit.finalise` does."""
        signer = identity.unlock(self.workspace, self.opened.config)
        with self.opened.transaction() as connection:
            before = bundles.latest(connection, visit)
            seq = bundles.next_device_seq(connection, self.device)
            revision = before.revision + 1 if before else 1
            now = clock.utc()
            statement = Statement(
                visit=visit,
                revision=revision,
                principal=ASSESSOR,
                key=signer.fingerprint,
                device=self.device,
                device_seq=seq,
                created=now,
                finalised=now,
                app="evaluator/0.1.0",
                forms=(FormUsed("gov", hashlib.sha256(INSTRUMENT).hexdigest(), "7"),),
                prev=before.bundle_id if before else None,
                reason="foto buram" if before else "",
            )
            name = names.file_name(visit, revision)
            written = write_bundle(
                self.workspace.outbox / name, statement, _payload(visit, revision, evidence), signer
            )
            sealed = StoredBundle(
                written.bundle_id, visit, revision, name, written.sha256, written.bytes, now, statement.prev,
                self.device, seq,
            )  # fmt: skip
            bundles.add(connection, sealed)
            visits.set_state(connection, visit, "final", revision=revision)
        return sealed

    def reopen(self, visit: str) -> None:
        with self.opened.transaction() as connection:
            visits.set_state(connection, visit, "draft")

    def state(self, visit: str) -> str:
        with self.opened.transaction() as connection:
            return visits.get(connection, visit).state

    def bundle_state(self, bundle: StoredBundle) -> str:
        with self.opened.transaction() as connection:
            return bundles.get(connection, bundle.bundle_id).state


def _payload(visit: str, revision: int, evidence: bytes) -> list[PayloadFile]:
    answers = {
        "schema": "evaluator-answers/1",
        "visit": visit,
        "revision": revision,
        "region": {"code": "64.02", "name": "Kutai Kartanegara"},
        "round": "2026-tahap2",
        "intake": "k2021",
        "assessor": {"principal": ASSESSOR, "name": "Sari"},
        "instrument": {"id": "smart-city", "version": "7"},
        "answers": [],
        "evidence": [
            {
                "id": "ev-0001",
                "file": "data/evidence/ev-0001.jpg",
                "sha256": hashlib.sha256(evidence).hexdigest(),
                "bytes": len(evidence),
            }
        ],
        "score": {},
    }
    return [
        payload_file(names.ANSWERS, canonical.dumps(answers) + b"\n"),
        payload_file(names.AUDIT, b""),
        payload_file(names.REPORT, b"<!doctype html><title>r</title>"),
        payload_file(f"{names.INSTRUMENT}gov.toml", INSTRUMENT),
        payload_file(f"{names.EVIDENCE}ev-0001.jpg", evidence),
    ]


def delivered(root: Path, device: str, folder: Path) -> list[StoredBundle | str]:
    """What a careful reader finds at the remote for a device: bundle ids, every byte checked.

    Numbers run from 1, each record names the one before it, every piece has its hash, and each bundle can be built
    again as it was.
    """
    remote = FolderRemote(root)
    found: list[StoredBundle | str] = []
    before = None
    listed = [layout.parse_record(name) for name in remote.list(f"{layout.OUT}/{device}")]
    for number, record in enumerate((record for record in listed if record), 1):
        path = root / layout.OUT / device / record.name
        signed = parse_statement(DELIVERY, path.read_bytes(), Path(f"{path}.sig").read_bytes())
        said = signed.document
        assert (record.seq, said["seq"], said["device"], said["prev"]) == (number, number, device, before)
        assert record.id16 == signed.id[:16]
        before = signed.id
        payload = []
        for file in said["files"]:
            data = b"".join((root / layout.blob(sha256)).read_bytes() for sha256, _size in file["pieces"])
            payload.append(PayloadFile(file["name"], data, file["sha256"], file["bytes"]))
        tags = {name: text.encode() for name, text in said["tags"].items()}
        written = rebuild_bundle(folder / f"{number}.zip", tags, payload)
        assert (written.bundle_id, written.sha256) == (said["bundle_id"], said["zip_sha256"])
        found.append(written.bundle_id)
    return found


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Faulty:
    """A remote that works `steps` operations long and then does what `fault` says, once."""

    inner: FolderRemote
    steps: int
    fault: str
    used: int = 0
    done: list[str] = field(default_factory=list)

    @property
    def identity(self) -> str:
        return self.inner.identity

    def _step(self, operation: str, act: Callable[[], Any], torn: Callable[[], None] | None = None) -> Any:
        self.used += 1
        self.done.append(operation)
        if self.used != self.steps:
            return act()
        if self.fault == "lost reply":
            act()
            raise RemoteError("remote_refuses", f"after {operation}")
        if self.fault == "killed after":
            act()
            raise Killed
        if self.fault == "killed before":
            raise Killed
        if self.fault == "torn" and torn:
            torn()
        raise RemoteError("remote_refuses", f"at {operation}")

    def list(self, folder: str) -> list[str]:
        return list(self._step(f"list {folder}", lambda: self.inner.list(folder)))

    def size(self, name: str) -> int | None:
        found = self._step(f"size {name}", lambda: self.inner.size(name))
        return None if found is None else int(found)

    def read(self, name: str) -> Iterator[bytes]:
        yield self._step(f"read {name}", lambda: b"".join(self.inner.read(name)))

    def write_new(self, name: str, content: Content) -> bool:
        def torn() -> None:
            # What a store without rename leaves: half of it under the final name.
            path = self.inner.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = b"".join(content.chunks())
            path.write_bytes(data[: len(data) // 2])

        return bool(self._step(f"write {name}", lambda: self.inner.write_new(name, content), torn))

    def remove(self, name: str) -> None:
        self._step(f"remove {name}", lambda: self.inner.remove(name))


def altered(signed: SignedStatement, **changes: Any) -> tuple[bytes, bytes]:
    """A statement changed after it was signed."""
    return canonical.dumps({**json.loads(signed.data), **changes}) + b"\n", signed.signature


def resigned(kind: Kind, document: Mapping[str, Any], by: FileSigner) -> SignedStatement:
    """A statement signed by whoever likes to."""
    return sign_statement(kind, document, by)
