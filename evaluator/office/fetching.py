"""From a delivery record at the remote to the bundle it speaks of, byte for byte."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.bundle import names, shapes, sshsig
from evaluator.bundle.statement import (
    DELIVERY,
    SignedStatement,
    Statement,
    parse_statement,
    parse_statement_bytes,
)
from evaluator.bundle.writing import PayloadFile, rebuild_bundle
from evaluator.errors import BundleError, DiskFullError, RemoteMissingError
from evaluator.language import _
from evaluator.office.keeping import MAX_BYTES, Copied, drop
from evaluator.paths import disk_errors, free_bytes, make_directory
from evaluator.remotes import layout
from evaluator.remotes.layout import RecordName
from evaluator.remotes.remote import Remote, read_all

INCOMPLETE = "delivery_incomplete"
DAMAGED = "piece_damaged"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery record whose signature holds, with the statement of the bundle that it delivers.

    `sha256` is of the record's bytes; nothing says yet that its signer is known here.
    """

    name: str
    sha256: str
    record: SignedStatement
    statement: Statement

    @property
    def bundle_id(self) -> str:
        """The bundle that it delivers."""
        return str(self.record.document["bundle_id"])

    @property
    def bytes(self) -> int:
        """The length of its payload."""
        return sum(file["bytes"] for file in self.record.document["files"])

    @property
    def root(self) -> str:
        """The name of the folder inside the bundle."""
        return names.root_name(self.statement.visit, self.statement.revision)


def read_record(remote: Remote, device: str, entry: RecordName) -> Delivered:
    """The record `entry` of `device`.

    Raises BundleError: `delivery_incomplete` while a part of it is missing, otherwise what is wrong with it.
    """
    name = f"{layout.device_folder(layout.OUT, device)}/{entry.name}"
    data = read_all(remote, name, shapes.MAX_JSON)
    signature = read_all(remote, layout.signature(name), sshsig.MAX_BYTES)
    if data is None or signature is None:
        raise BundleError(
            INCOMPLETE, _("The delivery record {name} is not there as a whole").format(name=name)
        )
    record = parse_statement(DELIVERY, data, signature, entry.name)
    document = record.document
    tags = _tags(document)
    statement = parse_statement_bytes(tags[names.STATEMENT])
    said = (document["device"], document["seq"], hashlib.sha256(tags[names.TAG_MANIFEST]).hexdigest())
    if said != (device, entry.seq, document["bundle_id"]) or statement.device != device:
        raise BundleError(
            "statement_mismatch", _("The delivery record {name} speaks of something else").format(name=name)
        )
    if not (record.id.startswith(entry.id16) or document["bundle_id"].startswith(entry.id16)):
        raise BundleError(
            "statement_mismatch", _("The delivery record {name} has a wrong name").format(name=name)
        )
    return Delivered(name, hashlib.sha256(data).hexdigest(), record, statement)


def _tags(document: Mapping[str, Any]) -> dict[str, bytes]:
    tags = {name: text.encode("utf-8") for name, text in document["tags"].items()}
    for name in names.TAG_FILES:
        if name not in tags:
            raise BundleError("missing_file", _("{name} is missing").format(name=name))
    return tags


def fetch(remote: Remote, delivered: Delivered, tmp: Path) -> Copied:
    """The bundle, built again from its pieces in `tmp`.

    Raises BundleError: `delivery_incomplete` while a piece is missing or cut short, `piece_damaged` for one that is
    not what its name says, otherwise what is wrong with the record; RemoteError, DiskFullError.
    """
    document = delivered.record.document
    needed = 2 * delivered.bytes
    make_directory(tmp)
    if needed > min(2 * MAX_BYTES, free_bytes(tmp)):
        raise DiskFullError(
            "disk_full",
            _("The disk has no room for the bundle {name}").format(name=delivered.root),
            _("Free some space and ingest again"),
        )
    _check_pieces(remote, document["files"])
    target = tmp / f"{os.getpid()}-{os.urandom(8).hex()}.part"
    with ExitStack() as stack:
        payload = []
        for number, file in enumerate(document["files"]):
            part = tmp / f"{target.stem}-{number}.part"
            stack.callback(drop, part)
            _gather(remote, file, part)
            payload.append(PayloadFile(file["name"], part, file["sha256"], file["bytes"]))
        written = rebuild_bundle(target, _tags(document), payload)
    if (written.bundle_id, written.sha256) != (delivered.bundle_id, document["zip_sha256"]):
        drop(target)
        raise BundleError(
            "statement_mismatch",
            _("The delivery record {name} does not fit the bundle that it delivers").format(
                name=delivered.name
            ),
        )
    return Copied(target, written.sha256, written.bytes)


def _check_pieces(remote: Remote, files: list[dict[str, Any]]) -> None:
    """That all pieces are there in full length, before the first one is fetched."""
    for file in files:
        if sum(size for _sha256, size in file["pieces"]) != file["bytes"]:
            raise BundleError(
                "statement_malformed",
                _("The pieces of {name} do not make up its length").format(name=file["name"]),
            )
        for sha256, size in file["pieces"]:
            found = remote.size(layout.blob(sha256))
            if found is None or found < size:
                raise BundleError(
                    INCOMPLETE,
                    _("A piece of {name} is missing or cut short at the remote ({piece})").format(
                        name=file["name"], piece=sha256[:16]
                    ),
                    _("It may still be on its way; ingest again later, or ask the assessor to sync again"),
                )


def _gather(remote: Remote, file: Mapping[str, Any], part: Path) -> None:
    with disk_errors(part), part.open("xb") as target:
        for sha256, size in file["pieces"]:
            digest, count = hashlib.sha256(), 0
            try:
                for chunk in remote.read(layout.blob(sha256)):
                    digest.update(chunk)
                    count += len(chunk)
                    if count > size:
                        break
                    target.write(chunk)
            except RemoteMissingError as error:
                raise BundleError(INCOMPLETE, error.message, error.hint) from None
            if count != size or digest.hexdigest() != sha256:
                raise BundleError(
                    DAMAGED,
                    _("A piece of {name} at the remote is damaged ({piece})").format(
                        name=file["name"], piece=sha256[:16]
                    ),
                    _("The assessor should send it again, or bring the bundle on a stick"),
                )
