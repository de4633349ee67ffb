"""Where things lie at a remote.

evaluator-remote.json                         says that this is one; trusted for nothing
blobs/<aa>/<sha256>                           pieces of files, by their hash
out/<device>/<seq>-<id16>.json(.sig)          delivery records of a device; the presence of the .json commits
in/<device>/<seq>-<id16>.json(.sig)           receipts and reviews of the office for a device
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evaluator.errors import UsageError
from evaluator.language import _
from evaluator.text import line

MARKER = "evaluator-remote.json"
MARKER_BYTES = b'{"schema":"evaluator-remote/1"}\n'
BLOBS = "blobs"
OUT = "out"
IN = "in"

_RECORD = re.compile(r"([0-9]{8})-([0-9a-f]{16})\.json")
_DEVICE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RecordName:
    """The name of a record in the folder of a device: its number and the beginning of the SHA-256 of its bytes."""

    name: str
    seq: int
    id16: str


def blob(sha256: str) -> str:
    """Where the piece with this hash lies."""
    return f"{BLOBS}/{sha256[:2]}/{sha256}"


def is_device(device: str) -> bool:
    """Whether `device` can name a folder: what signed documents say may be anything."""
    return _DEVICE.fullmatch(device) is not None and not device.endswith(".")


def device_folder(side: str, device: str) -> str:
    """The folder of a device, `side` being OUT or IN. Raises UsageError for a device that cannot name a folder."""
    if not is_device(device):
        raise UsageError(
            "bad_device", _("{device} cannot name a device at a remote").format(device=line(device, 80))
        )
    return f"{side}/{device}"


def record(side: str, device: str, seq: int, identity: str) -> str:
    """Where record number `seq` with the SHA-256 `identity` lies."""
    return f"{device_folder(side, device)}/{seq:08d}-{identity[:16]}.json"


def signature(name: str) -> str:
    """Where the signature of the record `name` lies."""
    return f"{name}.sig"


def parse_record(name: str) -> RecordName | None:
    """What the name of a file in a device's folder says, None for other files."""
    match = _RECORD.fullmatch(name)
    return RecordName(name, int(match[1]), match[2]) if match else None
