"""The hash chain of a visit's audit trail, as values: no database.

An entry is one line of `audit.jsonl`. Its hash is SHA-256 over the canonical JSON of all its keys but `hash`; `prev`
is the hash of the entry before it in the same visit, "" for the first. Whoever holds the head holds the whole trail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator import canonical


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a visit.

    What `old` and `new` hold depends on `op`:

    * `set`: the value, or, where other fields of the answer changed, an object of those fields by name
    * `clear`: the value that went, and null; `na`: the reason; `flag`: true or false
    * `attach`: the evidence id, or an object of its description where that changed; `detach`: the id, in `old`
    * `row_add`, `row_move`, `row_delete`: `{"parent": …, "position": …}`; `path` is the repeat, `row` the row's id
    * `finalise`, `reopen`, `migrate`: free, such as the bundle id
    """

    seq: int
    at: str
    mono_ns: int
    boot: str
    actor: str
    device: str
    path: str
    row: str
    op: str
    old: Any
    new: Any
    reason: str
    prev: str
    hash: str = ""

    def as_json(self) -> dict[str, Any]:
        """The keys of a line of `audit.jsonl`, without `hash` while it is not known."""
        line: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        if not self.hash:
            del line["hash"]
        return line


def entry_hash(line: Mapping[str, Any]) -> str:
    """The hash that the entry `line` must carry."""
    return hashlib.sha256(
        canonical.dumps({key: value for key, value in line.items() if key != "hash"})
    ).hexdigest()


def verify_chain(entries: Iterable[Entry], *, head: str | None = None, partial: bool = False) -> list[int]:
    """The `seq` of each entry of one visit, in order, whose hash or link is wrong; empty for a sound chain.

    With `head`, the last entry must have that hash: otherwise the result ends with 0, for entries cut off the end.
    `partial` takes the first entry's `prev` as given, for the end of a long chain.
    """
    wrong: list[int] = []
    previous: str | None = None if partial else ""
    for entry in entries:
        linked = previous is None or entry.prev == previous
        if not linked or entry_hash(entry.as_json()) != entry.hash:
            wrong.append(entry.seq)
        previous = entry.hash
    if head is not None and (previous or "") != head:
        wrong.append(0)
    return wrong


def as_jsonl(entries: Iterable[Entry]) -> bytes:
    """`audit.jsonl`: one canonical JSON line for each entry."""
    return b"".join(canonical.dumps(entry.as_json()) + b"\n" for entry in entries)
