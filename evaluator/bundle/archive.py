"""The canonical ZIP: a list of names and contents has exactly one byte sequence.

Members are stored, not compressed, with fixed times and modes, without gaps, comments or extra fields; ZIP64 fields
appear where a 32-bit field would be 0xFFFFFFFF or more, and nowhere else. So the whole layout follows from names, sizes
and checksums, and a reader can regenerate every header and compare (APPNOTE.TXT 4.3; `layout` and `directory`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_ENTRIES = 5_000
MAX_DIRECTORY = 2 * 1024 * 1024
MAX_TOTAL = 64 * 1024**3

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
END_BYTES = _END.size
_TAIL_BYTES = _END64.size + _LOCATOR.size + _END.size

_FULL = 0xFFFFFFFF
_UNIX = 0x03 << 8
_NEED, _NEED64 = 20, 45
_DATE = 0x0021  # 1980-01-01, the zero of DOS
_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive; `offset` is where its data begin."""

    name: str
    size: int
    crc: int
    offset: int


def local_header(name: str, size: int, crc: int) -> bytes:
    """The header before the data of a member."""
    raw = name.encode("ascii")
    if size < _FULL:
        return _LOCAL.pack(b"PK\3\4", _NEED, 0, 0, 0, _DATE, crc, size, size, len(raw), 0) + raw
    extra = struct.pack("<HHQQ", 1, 16, size, size)
    fixed = _LOCAL.pack(b"PK\3\4", _NEED64, 0, 0, 0, _DATE, crc, _FULL, _FULL, len(raw), len(extra))
    return fixed + raw + extra


def layout(sizes: Iterable[tuple[str, int]]) -> list[int]:
    """Where the data of each member begin, and at the end where the central directory does."""
    offsets = []
    at = 0
    for name, size in sizes:
        at += len(local_header(name, size, 0))
        offsets.append(at)
        at += size
    return [*offsets, at]


def directory(members: Sequence[Member], start: int) -> bytes:
    """Everything after the last member: the central directory, which begins at `start`, and its end records."""
    entries = b"".join(_central_header(member) for member in members)
    size, count = len(entries), len(members)
    if start < _FULL:
        return entries + _END.pack(b"PK\5\6", 0, 0, count, count, size, start, 0)
    made = _UNIX | _NEED64
    end64 = _END64.pack(b"PK\6\6", _END64.size - 12, made, _NEED64, 0, 0, count, count, size, start)
    locator = _LOCATOR.pack(b"PK\6\7", 0, start + size, 1)
    return entries + end64 + locator + _END.pack(b"PK\5\6", 0, 0, count, count, size, _FULL, 0)


def _central_header(member: Member) -> bytes:
    raw = member.name.encode("ascii")
    header = member.offset - len(local_header(member.name, member.size, 0))
    wide = [member.size, member.size] if member.size >= _FULL else []
    if header >= _FULL:
        wide.append(header)
    need = _NEED64 if wide else _NEED
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    size = min(member.size, _FULL)
    return (
        _CENTRAL.pack(
            b"PK\1\2", _UNIX | need, need, 0, 0, 0, _DATE, member.crc, size, size,
            len(raw), len(extra), 0, 0, 0, _MODE, min(header, _FULL),
        )
        + raw
        + extra
    )  # fmt: skip
