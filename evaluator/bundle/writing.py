"""Making a bundle: the same content gives the same bytes, and the file is there whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evaluator.bundle import archive, bag, names
from evaluator.bundle.keys import Signer
from evaluator.bundle.statement import BUNDLE_NAMESPACE, Statement, parse_statement_bytes, statement_bytes
from evaluator.bundle.verify_text import VERIFY_TEXT
from evaluator.bundle.zipwriting import Source, write_zip
from evaluator.errors import BundleError, DiskFullError
from evaluator.language import _
from evaluator.paths import disk_errors, free_bytes, replace
from evaluator.text import line as one_line


@dataclass(frozen=True, slots=True)
class PayloadFile:
    """A file of the payload, such as `data/answers.json`; `sha256` and `bytes` are what it must be."""

    name: str
    source: bytes | Path
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Written:
    """A bundle that is on the disk; `sha256` and `bytes` are those of the ZIP."""

    bundle_id: str
    sha256: str
    bytes: int


def payload_file(name: str, data: bytes) -> PayloadFile:
    """A payload file from bytes in memory."""
    return PayloadFile(name, data, hashlib.sha256(data).hexdigest(), len(data))


def write_bundle(
    target: Path, statement: Statement, payload: Sequence[PayloadFile], signer: Signer
) -> Written:
    """Write the signed bundle of `payload` to `target`, replacing what is there only when all is well.

    The files are hashed again while they are copied. Raises BundleError: `hash_mismatch` where one has changed,
    `missing_file` where one is gone or the documents that every bundle has are not given, `name_not_allowed`,
    `statement_malformed`, `statement_mismatch` where the statement names another key; StorageError or DiskFullError.
    """
    root = _check(statement, payload, signer)
    ordered = sorted(payload, key=lambda file: file.name)
    tags = {
        names.BAGIT: bag.BAGIT_TXT,
        names.BAG_INFO: bag.bag_info(
            statement.app, statement.created, statement.visit, [file.bytes for file in ordered]
        ),
        names.STATEMENT: statement_bytes(statement),
        names.VERIFY: VERIFY_TEXT,
        names.MANIFEST: bag.manifest({file.name: file.sha256 for file in ordered}),
    }
    tag_manifest = bag.manifest({name: hashlib.sha256(tags[name]).hexdigest() for name in tags})
    tags[names.TAG_MANIFEST] = tag_manifest
    tags[names.SIGNATURE] = signer.sign(BUNDLE_NAMESPACE, tag_manifest)
    return _write(target, root, tags, ordered)


def rebuild_bundle(target: Path, tags: Mapping[str, bytes], payload: Sequence[PayloadFile]) -> Written:
    """Write again, byte for byte, the bundle whose seven tag files are `tags`, as a delivery record carries them.

    The result is as genuine as its parts: verify it. Raises as `write_bundle` does.
    """
    for name in names.TAG_FILES:
        if name not in tags:
            raise BundleError("missing_file", _("{name} is missing").format(name=name))
    statement = parse_statement_bytes(tags[names.STATEMENT])
    root = _check_payload(statement, payload)
    return _write(target, root, tags, sorted(payload, key=lambda file: file.name))


def _check(statement: Statement, payload: Sequence[PayloadFile], signer: Signer) -> str:
    statement_bytes(statement)
    if statement.key != signer.fingerprint:
        raise BundleError("statement_mismatch", _("The statement names another key than the one that signs"))
    return _check_payload(statement, payload)


def _check_payload(statement: Statement, payload: Sequence[PayloadFile]) -> str:
    """The root name, if a bundle can be made of this."""
    root = names.root_name(statement.visit, statement.revision)
    given = [file.name for file in payload]
    for name in given:
        if not names.is_payload(name) or not names.is_allowed(f"{root}/{name}"):
            raise BundleError(
                "name_not_allowed", _("A file may not be called {name}").format(name=one_line(name, 210))
            )
    for name in names.REQUIRED_PAYLOAD:
        if name not in given:
            raise BundleError("missing_file", _("{name} is missing").format(name=name))
    if not any(name.startswith(names.INSTRUMENT) for name in given):
        raise BundleError("missing_file", _("The instrument is missing"))
    if len(set(given)) != len(given) or len(given) + len(names.TAG_FILES) > archive.MAX_ENTRIES:
        raise BundleError("zip_limit", _("A file is given twice, or there are too many for one bundle"))
    for file in payload:
        if isinstance(file.source, Path) and not file.source.is_file():
            raise BundleError(
                "missing_file",
                _("{path}, which is {name} in the bundle, is missing").format(
                    path=file.source, name=file.name
                ),
                _("Restore the file from a backup, or remove it from the answer and attach it again"),
            )
    return root


def _write(target: Path, root: str, tags: Mapping[str, bytes], payload: Sequence[PayloadFile]) -> Written:
    sources = [
        Source(f"{root}/{name}", tags[name], hashlib.sha256(tags[name]).hexdigest(), len(tags[name]))
        for name in names.TAG_FILES
    ]
    sources += [Source(f"{root}/{file.name}", file.source, file.sha256, file.bytes) for file in payload]
    needed = sum(source.size for source in sources)
    if needed > free_bytes(target.parent):
        raise DiskFullError(
            "disk_full",
            _("The bundle needs {size} MB more than the disk has").format(
                size=max(1, (needed - free_bytes(target.parent)) >> 20)
            ),
            _("Free some space and try again; everything saved before is kept"),
        )
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    with disk_errors(target):
        try:
            temporary.unlink(missing_ok=True)
            sha256, size = write_zip(temporary, sources)
            replace(temporary, target)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return Written(hashlib.sha256(tags[names.TAG_MANIFEST]).hexdigest(), sha256, size)
