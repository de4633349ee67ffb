"""office.pub: what an office hands out so that assessors can check its receipts and reviews.

A text file: a first line `# evaluator-office ORG NAME`, then one allowed_signers line for each role of the office.
ORG is `org-` and the first 16 hex digits of the SHA-256 of the root key, the key of the first line.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from evaluator.bundle.publickeys import PublicKey
from evaluator.bundle.signers import Signers, parse_signers
from evaluator.errors import UsageError
from evaluator.language import _

_HEAD = re.compile(r"# evaluator-office (org-[0-9a-f]{16})(?: (.*))?")


@dataclass(frozen=True, slots=True)
class Office:
    """An office as its office.pub describes it."""

    org: str
    name: str
    signers: Signers

    @property
    def principals(self) -> tuple[str, ...]:
        """Everybody who signs for the office, each once."""
        return tuple(dict.fromkeys(entry.principal for entry in self.signers.entries))


def org_id(root: PublicKey) -> str:
    """The id of the organisation whose root key is `root`."""
    return f"org-{hashlib.sha256(root.blob).hexdigest()[:16]}"


def office_bytes(name: str, signers: Signers) -> bytes:
    """The office.pub of `signers`, whose first key is the root."""
    head = f"# evaluator-office {org_id(signers.entries[0].key)} {' '.join(name.split())}\n"
    return (head + signers.text()).encode("utf-8")


def read_office(data: bytes) -> Office:
    """The office of an office.pub. Raises UsageError for anything else, or an id that is not its root key's."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    found = _HEAD.fullmatch(text.partition("\n")[0].rstrip())
    if not found:
        raise UsageError(
            "not_an_office",
            _("This is no office.pub"),
            _("Ask the office for the file that `office init` wrote"),
        )
    signers = parse_signers(text, "office.pub")
    if not signers.entries or org_id(signers.entries[0].key) != found[1]:
        raise UsageError(
            "office_mismatch",
            _("The id in office.pub does not belong to its key"),
            _("Do not use this file; ask the office for it again, by another way"),
        )
    return Office(found[1], found[2] or "", signers)
