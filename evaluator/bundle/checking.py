"""The closed-world check of a bundle: everything that must be there is, is unchanged, and nothing else is there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from evaluator.bundle import bag, contents, names, shapes, sshsig
from evaluator.bundle.contents import Checksums, Contents
from evaluator.bundle.publickeys import PublicKey
from evaluator.bundle.statement import BUNDLE_NAMESPACE, Statement, parse_statement_bytes
from evaluator.errors import BundleError
from evaluator.language import _

THREADED_FROM = 8 * 1024 * 1024  # below it a pool costs more than it gives


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a bundle; `code` is stable, `message` a sentence for people."""

    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        """For `--json`."""
        return {"code": self.code, "message": self.message}


@dataclass(slots=True)
class Findings:
    """What a check has found so far; what could not be read stays None or empty."""

    problems: list[Problem] = field(default_factory=list)
    bundle_id: str | None = None
    statement: Statement | None = None
    signer: PublicKey | None = None
    tags: dict[str, bytes] = field(default_factory=dict)
    manifest: dict[str, str] | None = None

    def add(self, code: str, message: str) -> None:
        """Note a problem, once."""
        problem = Problem(code, message)
        if problem not in self.problems:
            self.problems.append(problem)

    def add_error(self, error: BundleError) -> None:
        """Note a problem that was raised."""
        self.add(error.code, error.message)


def check_tags(files: Contents, findings: Findings) -> None:
    """Everything but the payload: container, names, tag files, statement and signature."""
    for code, message in files.problems:
        findings.add(code, message)
    _check_names(files, findings)
    _read_tags(files, findings)
    tags = findings.tags
    if tags.get(names.BAGIT, bag.BAGIT_TXT) != bag.BAGIT_TXT:
        findings.add("bagit_malformed", _("bagit.txt is not that of BagIt 1.0 in UTF-8"))
    _check_tag_manifest(files, findings)
    try:
        if names.MANIFEST in tags:
            findings.manifest = bag.parse_manifest(tags[names.MANIFEST], names.MANIFEST)
    except BundleError as error:
        findings.add_error(error)
    _check_signature(findings)
    _check_statement(files, findings)
    _check_presence(files, findings)
    _check_bag_info(files, findings)


def check_payload(files: Contents, findings: Findings) -> dict[str, bool]:
    """The hashes of the payload; whether each listed file is there and unchanged."""
    listed = findings.manifest or {}
    present = [name for name in files.sizes if name in listed]
    sound = dict.fromkeys(listed, False)
    for name, found in digests(files, present):
        sound[name] = _check_hash(files, findings, name, listed[name], found)
    return sound


def digests(files: Contents, wanted: Iterable[str]) -> Iterator[tuple[str, Checksums]]:
    """The checksums of each of `wanted`, in order; large ones by two threads."""
    ordered = list(wanted)
    large = sum(files.sizes[name] for name in ordered) >= THREADED_FROM
    if not large or (os.cpu_count() or 1) == 1:
        yield from ((name, contents.digest(files, name)) for name in ordered)
        return
    with ThreadPoolExecutor(2) as pool:
        yield from zip(ordered, pool.map(lambda name: contents.digest(files, name), ordered), strict=True)


def _check_names(files: Contents, findings: Findings) -> None:
    for name in names.TAG_FILES:
        if name in files.sizes:
            continue
        if name == names.SIGNATURE:
            findings.add("signature_missing", _("The signature {name} is missing").format(name=name))
        else:
            findings.add("missing_file", _("{name} is missing").format(name=name))
    for name in files.sizes:
        if name not in names.TAG_FILES and not name.startswith(names.PAYLOAD):
            findings.add("extra_file", _("{name} does not belong to the bundle").format(name=name))
    payload = sorted(name for name in files.sizes if name.startswith(names.PAYLOAD))
    ordered = [name for name in names.TAG_FILES if name in files.sizes] + payload
    stored = [name for name in files.sizes if name in ordered]
    if files.crcs and stored != ordered:
        findings.add("zip_not_canonical", _("The files in the ZIP are not in the order of a bundle"))


def _read_tags(files: Contents, findings: Findings) -> None:
    for name in names.TAG_FILES:
        if files.sizes.get(name, 0) > shapes.MAX_JSON:
            findings.add("zip_limit", _("{name} is too large").format(name=name))
        elif name in files.sizes:
            findings.tags[name] = contents.read(files, name)


def _check_tag_manifest(files: Contents, findings: Findings) -> None:
    data = findings.tags.get(names.TAG_MANIFEST)
    if data is None:
        return
    findings.bundle_id = hashlib.sha256(data).hexdigest()
    for name in (names.TAG_MANIFEST, names.SIGNATURE):
        if name in findings.tags:
            _check_crc(files, findings, name, contents.checksums(findings.tags[name]))
    try:
        listed = bag.parse_manifest(data, names.TAG_MANIFEST)
    except BundleError as error:
        findings.add_error(error)
        return
    for name in names.LISTED_TAG_FILES:
        if name not in listed:
            findings.add(
                "manifest_malformed",
                _("{manifest} does not list {name}").format(manifest=names.TAG_MANIFEST, name=name),
            )
        elif name in findings.tags:
            _check_hash(files, findings, name, listed[name], contents.checksums(findings.tags[name]))


def _check_hash(files: Contents, findings: Findings, name: str, expected: str, found: Checksums) -> bool:
    if found.sha256 != expected:
        findings.add("hash_mismatch", _("{name} was changed: its SHA-256 differs").format(name=name))
        return False
    _check_crc(files, findings, name, found)
    return True


def _check_crc(files: Contents, findings: Findings, name: str, found: Checksums) -> None:
    if files.crcs and files.crcs[name] != found.crc:
        findings.add("zip_not_canonical", _("The ZIP has a wrong CRC-32 for {name}").format(name=name))


def _check_signature(findings: Findings) -> None:
    signed = findings.tags.get(names.TAG_MANIFEST)
    signature = findings.tags.get(names.SIGNATURE)
    if signed is None or signature is None:
        return
    try:
        findings.signer = sshsig.verify(signature, signed, BUNDLE_NAMESPACE)
    except BundleError as error:
        findings.add_error(error)


def _check_statement(files: Contents, findings: Findings) -> None:
    data = findings.tags.get(names.STATEMENT)
    if data is None:
        return
    try:
        statement = parse_statement_bytes(data)
    except BundleError as error:
        findings.add_error(error)
        return
    findings.statement = statement
    if findings.signer and findings.signer.fingerprint != statement.key:
        findings.add(
            "statement_mismatch", _("bundle.json names another key than the one that signed the bundle")
        )
    if files.root is not None:
        check_root(files.root, statement, findings)


def check_root(root: str, statement: Statement, findings: Findings) -> None:
    """That a folder or file called `root` says what the statement says."""
    if names.parse_root(root) != (statement.visit, statement.revision):
        findings.add(
            "statement_mismatch",
            _("The name {name} does not fit the visit and revision in bundle.json").format(name=root),
        )


def _check_presence(files: Contents, findings: Findings) -> None:
    """That payload and manifest list the same files, and that those every bundle has are among them."""
    if findings.manifest is None:
        return
    present = {name for name in files.sizes if name.startswith(names.PAYLOAD)}
    for name in sorted(findings.manifest.keys() - present):
        findings.add("missing_file", _("{name} is missing").format(name=name))
    for name in sorted(present - findings.manifest.keys()):
        findings.add("extra_file", _("{name} does not belong to the bundle").format(name=name))
    for name in names.REQUIRED_PAYLOAD:
        if name not in findings.manifest:
            findings.add("missing_file", _("{name} is missing").format(name=name))
    if not any(name.startswith(names.INSTRUMENT) for name in findings.manifest):
        findings.add("missing_file", _("The instrument is missing"))


def _check_bag_info(files: Contents, findings: Findings) -> None:
    data = findings.tags.get(names.BAG_INFO)
    if data is None:
        return
    try:
        info = bag.parse_bag_info(data)
    except BundleError as error:
        findings.add_error(error)
        return
    statement = findings.statement
    said = (info["agent"], info["date"], info["visit"])
    if statement and said != (statement.app, statement.created[:10], statement.visit):
        findings.add("statement_mismatch", _("bag-info.txt and bundle.json do not say the same"))
    payload = {name: size for name, size in files.sizes.items() if name.startswith(names.PAYLOAD)}
    # Where a file is missing or added, or was changed in length, that is the problem to tell.
    if payload.keys() == (findings.manifest or {}).keys() and info["oxum"] != bag.oxum(payload.values()):
        findings.add("bagit_malformed", _("Payload-Oxum in bag-info.txt does not fit the files"))
