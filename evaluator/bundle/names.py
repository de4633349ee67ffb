"""The names inside a bundle: so narrow that no file system, archive or checksum tool reads them in two ways."""

from __future__ import annotations

import re

BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
STATEMENT = "bundle.json"
VERIFY = "VERIFY.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = "tagmanifest-sha256.txt.sig"

# In the order in which they stand in the archive, before the payload.
TAG_FILES = (BAGIT, BAG_INFO, STATEMENT, VERIFY, MANIFEST, TAG_MANIFEST, SIGNATURE)
# What the tag manifest lists, in its order (by bytes).
LISTED_TAG_FILES = tuple(sorted((BAGIT, BAG_INFO, STATEMENT, VERIFY, MANIFEST)))

PAYLOAD = "data/"
ANSWERS = "data/answers.json"
AUDIT = "data/audit.jsonl"
REPORT = "data/report.html"
INSTRUMENT = "data/instrument/"
EVIDENCE = "data/evidence/"
REQUIRED_PAYLOAD = (ANSWERS, AUDIT, REPORT)

MAX_NAME_BYTES = 200

_PART = r"[a-z0-9][a-z0-9._-]{0,99}"
_NAME = re.compile(rf"{_PART}(/{_PART}){{1,7}}")
_UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_UUID7_ONLY = re.compile(_UUID7)
_ROOT = re.compile(rf"visit-({_UUID7})-r(0[1-9]|[1-9][0-9]{{1,5}})")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def root_name(visit: str, revision: int) -> str:
    """The name of the folder inside the bundle: `visit-<uuid7>-r<NN>`. Raises ValueError."""
    name = f"visit-{visit}-r{revision:02d}"
    if not _ROOT.fullmatch(name):
        raise ValueError(name)
    return name


def file_name(visit: str, revision: int) -> str:
    """The name of a bundle's file: `visit-<uuid7>-r<NN>.zip`. Raises ValueError."""
    return root_name(visit, revision) + ".zip"


def parse_root(name: str) -> tuple[str, int] | None:
    """Visit and revision of a root name, or None for another name."""
    match = _ROOT.fullmatch(name)
    return (match[1], int(match[2])) if match else None


def is_uuid7(text: str) -> bool:
    """Whether `text` is a UUID version 7 in lower case."""
    return _UUID7_ONLY.fullmatch(text) is not None


def is_allowed(full_name: str) -> bool:
    """Whether a file may have the name `full_name`, root and all."""
    if full_name.partition("/")[2] == VERIFY:
        full_name = full_name.lower()  # the one name with capitals
    if len(full_name) > MAX_NAME_BYTES or not _NAME.fullmatch(full_name):
        return False
    return not any(part.endswith(".") or _DEVICE.fullmatch(part) for part in full_name.split("/"))


def is_payload(name: str) -> bool:
    """Whether `name`, without the root, may be a payload file."""
    return name.startswith(PAYLOAD) and is_allowed(f"visit/{name}")
