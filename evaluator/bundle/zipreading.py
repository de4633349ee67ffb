"""Reading a ZIP as hostile bytes: its directory is taken apart, written anew, and compared.

What `zipfile` and `unzip` tolerate (prefixes, gaps, overlaps, duplicates, hidden or doubled entries, comments, data
descriptors) makes the bytes differ from what `archive` writes, and so needs no rule of its own here.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from evaluator.bundle import archive
from evaluator.bundle.archive import Member
from evaluator.errors import BundleError
from evaluator.language import _
from evaluator.text import line as one_line

_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_END = struct.Struct("<4sHHHHIIH")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_FULL = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Listing:
    """The members of an archive; `irregular` says how its bytes differ from the canonical ones, "" if they do not."""

    members: tuple[Member, ...]
    irregular: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    size: int
    crc: int
    header: int
    plain: bool


def list_members(handle: BinaryIO) -> Listing:
    """The members of the ZIP in `handle`.

    An archive that is not canonical is still listed where its members are stored and do not overlap, so that
    somebody can be told what else is wrong. Raises BundleError: `zip_not_canonical` where even that cannot be done,
    `zip_limit` for too much, `name_not_allowed` for a name that is not ASCII.
    """
    size = handle.seek(0, 2)
    start, length, count = _find_directory(handle, size)
    raw = _read(handle, start, size - start)
    entries = _parse_directory(raw[:length], count)
    if sum(entry.size for entry in entries) > archive.MAX_TOTAL:
        raise BundleError("zip_limit", _("The files in the ZIP are too large together"))
    *offsets, end = archive.layout((entry.name, entry.size) for entry in entries)
    members = tuple(
        Member(entry.name, entry.size, entry.crc, offset)
        for entry, offset in zip(entries, offsets, strict=True)
    )
    irregular = _difference(handle, members, start, end, raw)
    if irregular:
        members = _as_found(handle, entries, start)
    return Listing(members, irregular)


def _find_directory(handle: BinaryIO, size: int) -> tuple[int, int, int]:
    """Start, length and count of the central directory, from the very end of the file."""
    longest = _END64.size + _LOCATOR.size + _END.size
    tail = _read(handle, max(0, size - longest), min(size, longest))
    if len(tail) < _END.size or tail[-_END.size :][:4] != b"PK\5\6":
        raise not_canonical(_("it does not end as a ZIP does: it was cut off, or something was added"))
    _magic, _disk, _first, _here, count, length, start, _comment = _END.unpack(tail[-_END.size :])
    if start == _FULL and len(tail) == longest:
        end64 = _END64.unpack(tail[: _END64.size])
        count, length, start = end64[7], end64[8], end64[9]
    if count > archive.MAX_ENTRIES or length > archive.MAX_DIRECTORY:
        raise BundleError(
            "zip_limit",
            _("The ZIP has more than {count} files").format(count=archive.MAX_ENTRIES),
        )
    if start + length > size or size - start > archive.MAX_DIRECTORY + longest:
        raise not_canonical(_("its directory is not where its end says"))
    return start, length, count


def _parse_directory(raw: bytes, count: int) -> list[_Entry]:
    entries: list[_Entry] = []
    at = 0
    try:
        while at < len(raw):
            fields = _CENTRAL.unpack_from(raw, at)
            if fields[0] != b"PK\1\2" or len(entries) >= archive.MAX_ENTRIES:
                raise struct.error
            name_length, extra_length, comment_length = fields[10], fields[11], fields[12]
            at += _CENTRAL.size
            name = raw[at : at + name_length].decode("ascii")
            extra = raw[at + name_length : at + name_length + extra_length]
            at += name_length + extra_length + comment_length
            if at > len(raw):
                raise struct.error
            size, header = _wide(fields[9], fields[16], extra)
            plain = fields[3] & 1 == 0 and fields[4] == 0 and fields[8] == fields[9]
            entries.append(_Entry(name, size, fields[7], header, plain))
    except struct.error:
        raise not_canonical(_("its directory cannot be read")) from None
    except UnicodeDecodeError:
        raise BundleError("name_not_allowed", _("The ZIP holds a name that is not plain ASCII")) from None
    if len(entries) != count or len({entry.name for entry in entries}) != count:
        raise not_canonical(_("its directory lists a file twice, or miscounts"))
    return entries


def _wide(size: int, header: int, extra: bytes) -> tuple[int, int]:
    """Size and header offset, from the ZIP64 extra field where the 32-bit fields are full."""
    numbers = (
        list(struct.unpack(f"<{(len(extra) - 4) // 8}Q", extra[4:])) if len(extra) in (12, 20, 28) else []
    )
    if size == _FULL and len(numbers) >= 2:
        size, numbers = numbers[0], numbers[2:]
    if header == _FULL and numbers:
        header = numbers[0]
    return size, header


def _difference(handle: BinaryIO, members: Sequence[Member], start: int, end: int, raw: bytes) -> str:
    """How the archive differs from the one that `archive` writes for `members`."""
    if start != end:
        return _("there are bytes before, between or after its files that belong to none")
    if archive.directory(members, end) != raw:
        return _("its directory is not written in the one way allowed")
    for member in members:
        expected = archive.local_header(member.name, member.size, member.crc)
        if _read(handle, member.offset - len(expected), len(expected)) != expected:
            return _("the header of {name} is not written in the one way allowed").format(
                name=one_line(member.name, 210)
            )
    return ""


def _as_found(handle: BinaryIO, entries: Sequence[_Entry], start: int) -> tuple[Member, ...]:
    """The members where their own headers say they are, if that is safe."""
    members = []
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header):
        header = _read(handle, entry.header, _LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4") or not entry.plain:
            raise not_canonical(
                _("{name} is compressed, encrypted or not where the directory says").format(
                    name=one_line(entry.name, 210)
                )
            )
        name_length, extra_length = _LOCAL.unpack(header)[9:]
        offset = entry.header + _LOCAL.size + name_length + extra_length
        if entry.header < end or offset + entry.size > start:
            raise not_canonical(_("its files overlap"))
        end = offset + entry.size
        members.append(Member(entry.name, entry.size, entry.crc, offset))
    order = {entry.name: position for position, entry in enumerate(entries)}
    return tuple(sorted(members, key=lambda member: order[member.name]))


def not_canonical(reason: str) -> BundleError:
    """The error for a ZIP that is not the one way to write its contents."""
    return BundleError(
        "zip_not_canonical", _("The ZIP is not as a bundle is: {reason}").format(reason=reason)
    )


def _read(handle: BinaryIO, offset: int, count: int) -> bytes:
    handle.seek(offset)
    return handle.read(count)
