"""Time and identity, asked for in one place.

Wall time is a label and never an order: events are ordered by their sequence number, so a clock that jumps
neither re-orders nor loses anything.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant: `wall` in ISO 8601 with the local offset, `mono_ns` since an arbitrary start, `boot` names the
    run of the machine within which `mono_ns` may be compared."""

    wall: str
    mono_ns: int
    boot: str


def now() -> Moment:
    """This instant."""
    return Moment(local(), time.monotonic_ns(), _boot())


def local() -> str:
    """Local time with its offset, to the millisecond: `2026-11-21T20:14:03.120+08:00`."""
    return datetime.now(UTC).astimezone().isoformat(timespec="milliseconds")


def utc() -> str:
    """RFC 3339 in UTC, to the second: `2026-11-21T12:14:03Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def uuid7() -> str:
    """A new UUID version 7 (RFC 9562 5.7): sorts by time of creation."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=value))


_boot_id = ""


def _boot() -> str:
    global _boot_id
    if not _boot_id:
        try:
            _boot_id = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        except OSError:
            # No such file on Windows and macOS: this process is then the span of comparable times.
            _boot_id = uuid7()
    return _boot_id
