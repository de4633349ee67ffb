"""Opening a bundle to look inside. What is given out has been checked; what is damaged is refused."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.bundle import checking, contents, documents, names
from evaluator.bundle.checking import Findings
from evaluator.bundle.contents import Contents
from evaluator.bundle.publickeys import PublicKey
from evaluator.bundle.statement import Statement
from evaluator.bundle.verifying import verify_file
from evaluator.errors import BundleError, DiskFullError, UsageError
from evaluator.language import _
from evaluator.paths import disk_errors, free_bytes, fsync_file, make_directory, replace


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose statement, manifests and signature hold; `sizes` and `hashes` are by payload name.

    `tags` are the tag files as they are, which is all one needs besides the payload to build the ZIP again.
    No file is kept open: each read opens it and checks the hash.
    """

    path: Path
    bundle_id: str
    statement: Statement
    signer: PublicKey
    tags: Mapping[str, bytes]
    hashes: Mapping[str, str]
    sizes: Mapping[str, int]

    def read(self, name: str) -> bytes:
        """A payload file. Raises BundleError `hash_mismatch` where it was changed, `missing_file` where it is not."""
        if name not in self.hashes:
            raise BundleError("missing_file", _("{name} is missing").format(name=name))
        with contents.opened(self.path) as files:
            data = contents.read(files, name) if name in files.sizes else b""
        if hashlib.sha256(data).hexdigest() != self.hashes[name]:
            raise BundleError("hash_mismatch", _("{name} was changed: its SHA-256 differs").format(name=name))
        return data

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a payload file piece by piece, not checked: whoever takes them compares the hash at the end."""
        with contents.opened(self.path) as files:
            if name not in files.sizes:
                raise BundleError("missing_file", _("{name} is missing").format(name=name))
            for chunk in files.chunks(name):
                yield bytes(chunk)

    def answers(self) -> dict[str, Any]:
        """`answers.json`."""
        return documents.parse_answers(self.read(names.ANSWERS))


def open_bundle(path: Path) -> Bundle:
    """The bundle at `path`, a ZIP or an unpacked folder.

    Checks everything but the payload, whose files are checked when they are read. Raises BundleError with the first
    thing that is wrong, NotFoundError or UsageError where there is nothing to read.
    """
    findings = Findings()
    with contents.opened(path) as files:
        checking.check_tags(files, findings)
        sizes = {name: files.sizes[name] for name in findings.manifest or {} if name in files.sizes}
    if findings.problems:
        raise BundleError(findings.problems[0].code, findings.problems[0].message)
    if not (findings.bundle_id and findings.statement and findings.signer and findings.manifest):
        raise BundleError("statement_malformed", _("{path} is not a bundle").format(path=path))
    return Bundle(
        path, findings.bundle_id, findings.statement, findings.signer, findings.tags, findings.manifest, sizes
    )


def unpack(path: Path, folder: Path) -> Path:
    """Verify the bundle at `path` and unpack it below `folder`; the folder `visit-…` that was made.

    It appears whole or not at all. Raises BundleError where the bundle is damaged, UsageError where the folder is
    there already, StorageError from the disk.
    """
    verdict = verify_file(path)
    if verdict.statement is None or verdict.problems:
        problem = verdict.problems[0]
        raise BundleError(problem.code, problem.message, _("A damaged bundle is not unpacked"))
    bundle = open_bundle(path)
    target = folder / names.root_name(bundle.statement.visit, bundle.statement.revision)
    if target.exists():
        raise UsageError(
            "folder_exists",
            _("There is a {path} already").format(path=target),
            _("Remove it, or unpack to another folder"),
        )
    if sum(bundle.sizes.values()) > free_bytes(folder):
        raise DiskFullError("disk_full", _("The disk has no room to unpack {path}").format(path=path))
    temporary = folder / f".{target.name}.{os.getpid()}.part"
    make_directory(temporary)
    with disk_errors(target):
        try:
            with contents.opened(path) as files:
                for name in files.sizes:
                    _copy(files, name, temporary / name, _expected(bundle, name))
            replace(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return target


def _expected(bundle: Bundle, name: str) -> str:
    if name in bundle.tags:
        return hashlib.sha256(bundle.tags[name]).hexdigest()
    return bundle.hashes.get(name, "")


def _copy(files: Contents, name: str, target: Path, expected: str) -> None:
    sha256 = hashlib.sha256()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with target.open("xb") as handle:
        for chunk in files.chunks(name):
            sha256.update(chunk)
            handle.write(chunk)
        handle.flush()
        fsync_file(handle.fileno())
    if sha256.hexdigest() != expected:
        raise BundleError("hash_mismatch", _("{name} was changed while it was unpacked").format(name=name))
