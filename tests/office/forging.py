"""Bundles that somebody with a good key made badly: every signature and hash fits, the content does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluator import canonical
from evaluator.bundle import names
from evaluator.bundle.keys import Signer
from evaluator.bundle.reading import open_bundle
from evaluator.bundle.statement import FormUsed
from evaluator.bundle.writing import payload_file, write_bundle

Change = Callable[[dict[str, bytes]], None]


def reseal(
    source: Path, target: Path, signer: Signer, change: Change | None = None, **statement: Any
) -> Path:
    """Write the bundle at `source` again, changed by `change` and `statement`, sealed by `signer`."""
    bundle = open_bundle(source)
    files = {name: bundle.read(name) for name in bundle.hashes}
    if change:
        change(files)
    said = replace(bundle.statement, key=signer.fingerprint, **statement)
    hashes = {
        json_id(data): hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if name.startswith(names.INSTRUMENT) and name.endswith(".toml")
    }
    forms = tuple(FormUsed(form.id, hashes.get(form.id, form.sha256), form.version) for form in said.forms)
    write_bundle(
        target, replace(said, forms=forms), [payload_file(name, data) for name, data in files.items()], signer
    )
    return target


def json_id(data: bytes) -> str:
    """The id on the first line of a form file that has one."""
    found = [line for line in data.decode("utf-8", "replace").splitlines() if line.startswith("id = ")]
    return found[0].split('"')[1] if found else ""


def answers(files: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> None:
    """Change answers.json."""
    document = json.loads(files[names.ANSWERS])
    change(document)
    files[names.ANSWERS] = canonical.dumps(document) + b"\n"


def trail(files: dict[str, bytes], change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the events, and chain them again as if they had always been so."""
    events = [json.loads(line) for line in files[names.AUDIT].splitlines()]
    change(events)
    files[names.AUDIT] = chained(events)


def chained(events: list[dict[str, Any]]) -> bytes:
    """An audit trail of these events, with hashes that fit."""
    previous = ""
    lines = []
    for event in events:
        bare = {**event, "prev": previous}
        bare.pop("hash", None)
        previous = hashlib.sha256(canonical.dumps(bare)).hexdigest()
        lines.append(canonical.dumps({**bare, "hash": previous}) + b"\n")
    return b"".join(lines)


def entry(document: dict[str, Any], path: str) -> dict[str, Any]:
    """The entry of one question in answers.json."""
    found: dict[str, Any] = next(item for item in document["answers"] if item["path"] == path)
    return found
