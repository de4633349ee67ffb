"""The tag files of a bag (BagIt 1.0, RFC 8493), each with exactly one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from evaluator.bundle import names
from evaluator.errors import BundleError
from evaluator.language import _
from evaluator.text import line as one_line

BAGIT_TXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_LINE = re.compile(rb"([0-9a-f]{64})  ([A-Za-z0-9._/-]{1,200})")
_INFO = re.compile(
    rb"Bag-Software-Agent: (?P<agent>[^\n]{1,200})\n"
    rb"Bagging-Date: (?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})\n"
    rb"External-Identifier: urn:uuid:(?P<visit>[0-9a-f-]{36})\n"
    rb"Payload-Oxum: (?P<oxum>[0-9]{1,18}\.[0-9]{1,6})\n"
)


def bag_info(app: str, created: str, visit: str, sizes: Iterable[int]) -> bytes:
    """bag-info.txt; `created` is the statement's time, `sizes` are those of the payload files."""
    return (
        f"Bag-Software-Agent: {app}\n"
        f"Bagging-Date: {created[:10]}\n"
        f"External-Identifier: urn:uuid:{visit}\n"
        f"Payload-Oxum: {oxum(sizes)}\n"
    ).encode()


def oxum(sizes: Iterable[int]) -> str:
    """Bytes and count of the payload: `octets.files`."""
    listed = list(sizes)
    return f"{sum(listed)}.{len(listed)}"


def parse_bag_info(data: bytes) -> dict[str, str]:
    """`agent`, `date`, `visit` and `oxum` of bag-info.txt. Raises BundleError `bagit_malformed`."""
    match = _INFO.fullmatch(data)
    try:
        if match:
            return {key: value.decode("utf-8") for key, value in match.groupdict().items()}
    except UnicodeDecodeError:
        pass
    raise BundleError("bagit_malformed", _("bag-info.txt does not hold its four lines"))


def manifest(hashes: Mapping[str, str]) -> bytes:
    """A manifest of `hashes` by name, sorted by the bytes of the names."""
    return "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode("ascii")


def parse_manifest(data: bytes, name: str) -> dict[str, str]:
    """The hashes of a manifest by name, in order. Raises BundleError `manifest_malformed`."""
    hashes: dict[str, str] = {}
    *lines, rest = data.split(b"\n")
    before = b""
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if not match:
            raise _malformed(name, _("line {line} is not a hash and a name").format(line=number))
        if match[2] <= before:
            raise _malformed(name, _("line {line} is out of order or repeated").format(line=number))
        before = match[2]
        hashes[before.decode("ascii")] = match[1].decode("ascii")
    if rest:
        raise _malformed(name, _("the last line is cut off"))
    wrong = next((entry for entry in hashes if not _may_stand_in(name, entry)), None)
    if wrong is not None:
        raise _malformed(name, _("{entry} has no place in it").format(entry=one_line(wrong, 210)))
    return hashes


def _may_stand_in(manifest_name: str, entry: str) -> bool:
    return names.is_payload(entry) if manifest_name == names.MANIFEST else entry in names.LISTED_TAG_FILES


def _malformed(name: str, reason: str) -> BundleError:
    return BundleError("manifest_malformed", _("{name}: {reason}").format(name=name, reason=reason))
