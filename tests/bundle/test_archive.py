"""The canonical ZIP beyond four gigabytes, where its fields grow."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from evaluator.bundle import archive, zipreading
from evaluator.bundle.archive import Member

GIB4 = 0xFFFFFFFF


def sparse(path: Path, sizes: list[tuple[str, int]]) -> list[Member]:
    """An archive of zeros that takes no room: headers where they belong, holes between."""
    *offsets, start = archive.layout(sizes)
    members = [Member(name, size, 0, at) for (name, size), at in zip(sizes, offsets, strict=True)]
    with path.open("wb") as file:
        for member in members:
            header = archive.local_header(member.name, member.size, member.crc)
            file.seek(member.offset - len(header))
            file.write(header)
        file.seek(start)
        file.write(archive.directory(members, start))
    return members


def test_the_first_header_byte_by_byte() -> None:
    header = archive.local_header("r/bagit.txt", 54, 0x01020304)
    assert header == bytes.fromhex(
        "504b0304 1400 0000 0000 0000 2100 04030201 36000000 36000000 0b00 0000".replace(" ", "")
    ) + b"r/bagit.txt"  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system with holes")
@pytest.mark.parametrize(
    ("sizes", "wide"),
    [
        ([("r/a", GIB4 - 9300), ("r/b", 9000)], False),
        ([("r/a", GIB4 - 1)], True),  # the directory lies beyond
        ([("r/a", GIB4), ("r/b", 9000)], True),
        ([("r/a", GIB4 + 7), ("r/b", 9000), ("r/c", GIB4 + 1)], True),
        ([(f"r/{letter}", 3 << 30) for letter in "abc"], True),
        ([("r/a", 2**31), ("r/b", 2**31 - 400)], False),  # Python's writer would use ZIP64 from 2 GiB
        ([("r/a", 5 << 30)], True),
    ],
)
def test_zip64_where_a_field_is_full_and_nowhere_else(
    sizes: list[tuple[str, int]], wide: bool, tmp_path: Path, run
) -> None:
    path = tmp_path / "big.zip"
    members = sparse(path, sizes)
    with path.open("rb") as file:
        assert zipreading.list_members(file) == zipreading.Listing(tuple(members))
        file.seek(-200, 2)
        assert (b"PK\6\6" in file.read()) == wide
    with zipfile.ZipFile(path) as stock:
        assert [(info.filename, info.file_size) for info in stock.infolist()] == sizes
        with stock.open(sizes[-1][0]) as member:
            assert member.read(1) == b"\0"
    if GIB4 not in dict(sizes).values():  # unzip 6.0 stumbles over this one size, whoever wrote it
        listed = run("unzip", "-l", path)
        assert listed.returncode == 0, listed.stderr


def test_a_wide_header_that_is_not_needed_is_not_canonical(tmp_path: Path) -> None:
    """The same content with ZIP64 end records, as another writer would make it."""
    path = tmp_path / "small.zip"
    sparse(path, [("r/a", 5)])
    data = path.read_bytes()
    with (
        zipfile.ZipFile(tmp_path / "wide.zip", "w") as stock,
        stock.open("r/a", "w", force_zip64=True) as member,
    ):
        member.write(bytes(5))
    with (tmp_path / "wide.zip").open("rb") as file:
        assert zipreading.list_members(file).irregular
    with path.open("rb") as file:
        assert not zipreading.list_members(file).irregular
    assert len(data) < (tmp_path / "wide.zip").stat().st_size
