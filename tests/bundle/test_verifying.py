"""Verification: every damage is found and named, and stock tools agree about a sound bundle."""

from __future__ import annotations

import hashlib
import os
import random
import struct
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evaluator import canonical
from evaluator.bundle import keys, names
from evaluator.bundle.signers import Signers, allowed_signer
from evaluator.bundle.verifying import parse_time, verify_file
from evaluator.errors import NotFoundError, UsageError

CODES = {
    *("zip_not_canonical", "zip_limit", "name_not_allowed", "missing_file", "extra_file", "hash_mismatch"),
    *("manifest_malformed", "bagit_malformed", "statement_malformed", "statement_mismatch"),
    *("signature_missing", "signature_malformed", "signature_invalid", "key_not_allowed"),
}


def codes(path: Path) -> list[str]:
    found = verify_file(path)
    assert {problem.code for problem in found.problems} <= CODES
    assert all(len(problem.message) > 10 for problem in found.problems)
    assert found.ok == (not found.problems)
    return [problem.code for problem in found.problems]


def test_a_sound_bundle(bundle: Path, written, signer, samples) -> None:
    assert verify_file(bundle).as_json() == {
        "file": str(bundle),
        "ok": True,
        "bundle_id": written[1].bundle_id,
        "signer": signer.fingerprint,
        "principal": samples.principal,
        "trust": "not_checked",
        "visit": samples.visit,
        "revision": 1,
        "problems": [],
    }


def test_a_file_may_be_renamed_but_not_to_another_bundle(bundle: Path, samples) -> None:
    assert codes(bundle.rename(bundle.with_name("from mail (1).zip"))) == []
    other = bundle.with_name(f"{samples.root[:-2]}02.zip")
    bundle.with_name("from mail (1).zip").rename(other)
    assert codes(other) == ["statement_mismatch"]


# --- stock tools ------------------------------------------------------------------------------------------------


def unzipped(bundle: Path, samples) -> Path:
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(bundle.parent / "out")
    return bundle.parent / "out" / samples.root


def test_unzip_finds_it_whole(bundle: Path, run) -> None:
    assert run("unzip", "-tq", bundle).returncode == 0


def test_sha256sum_agrees_with_both_manifests(bundle: Path, run, samples) -> None:
    folder = unzipped(bundle, samples)
    for manifest in (names.MANIFEST, names.TAG_MANIFEST):
        assert run("sha256sum", "--strict", "-c", manifest, cwd=folder).returncode == 0


def test_ssh_keygen_verifies_the_signature(bundle: Path, run, signer, samples, tmp_path: Path) -> None:
    folder = unzipped(bundle, samples)
    line = allowed_signer(samples.principal, signer.public_key, ["evaluator-bundle"]).line()
    (tmp_path / "allowed_signers").write_text(line + "\n")
    command = (
        "ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed_signers", "-I", samples.principal,
        "-n", "evaluator-bundle", "-s", folder / names.SIGNATURE,
    )  # fmt: skip
    signed = (folder / names.TAG_MANIFEST).read_bytes()
    assert run(*command, data=signed).returncode == 0
    assert run(*command, data=signed + b"\n").returncode != 0


def test_bagit_validates_it(bundle: Path, samples) -> None:
    bagit = pytest.importorskip("bagit")
    bag = bagit.Bag(str(unzipped(bundle, samples)))
    assert bag.validate(processes=1)
    assert bag.info["External-Identifier"] == f"urn:uuid:{samples.visit}"


# --- bytes ------------------------------------------------------------------------------------------------------


def test_a_flipped_byte_is_found_wherever_it_is(bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    places = random.Random(7).sample(range(len(data)), 1200)
    damaged = bundle.with_name("damaged.zip")
    for place in places:
        data[place] ^= 0x20
        damaged.write_bytes(data)
        assert codes(damaged), f"byte {place} may be changed"
        data[place] ^= 0x20


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (names.ANSWERS, {"hash_mismatch"}),
        (names.AUDIT, {"hash_mismatch"}),
        ("data/evidence/ev-0001.jpg", {"hash_mismatch"}),
        ("data/instrument/gov.toml", {"hash_mismatch"}),
        (names.VERIFY, {"hash_mismatch"}),
        (names.BAGIT, {"hash_mismatch", "bagit_malformed"}),
        (names.BAG_INFO, {"hash_mismatch", "bagit_malformed", "statement_mismatch"}),
        (names.STATEMENT, {"hash_mismatch", "statement_malformed", "statement_mismatch"}),
        (
            names.MANIFEST,
            {"hash_mismatch", "manifest_malformed", "missing_file", "extra_file", "statement_mismatch"},
        ),
        (names.TAG_MANIFEST, {"signature_invalid", "hash_mismatch", "manifest_malformed"}),
        (names.SIGNATURE, {"signature_malformed", "signature_invalid", "key_not_allowed"}),
    ],
)
def test_the_damage_is_named(name: str, expected: set[str], bundle: Path, members, samples) -> None:
    """Each byte of each member, with the checksums of the ZIP made to fit."""
    full = f"{samples.root}/{name}"
    step = max(1, len(members[full]) // 40)
    for place in range(0, len(members[full]), step):
        changed = bytearray(members[full])
        changed[place] ^= 1
        path = samples.write_members(bundle.with_name("d.zip"), {**members, full: bytes(changed)})
        found = codes(path)
        assert found
        assert set(found) <= expected


def test_truncated_and_appended(bundle: Path) -> None:
    data = bundle.read_bytes()
    for size in [*range(0, len(data), 97), len(data) - 1]:
        bundle.write_bytes(data[:size])
        assert codes(bundle) == ["zip_not_canonical"]
    for extra in (b"\0", b"\n", b"PK\5\6" + bytes(18), data):
        bundle.write_bytes(data + extra)
        assert "zip_not_canonical" in codes(bundle)
    for prefix in (b"\0", b"#!/bin/sh\n", data):
        bundle.write_bytes(prefix + data)
        assert "zip_not_canonical" in codes(bundle)


def test_a_removed_member(bundle: Path, members, samples) -> None:
    for name in members:
        rest = {key: data for key, data in members.items() if key != name}
        found = codes(samples.write_members(bundle.with_name("d.zip"), rest))
        short = name.partition("/")[2]
        assert ("signature_missing" if short == names.SIGNATURE else "missing_file") in found


def test_an_added_member(bundle: Path, members, samples) -> None:
    for name in ("data/evidence/ev-0002.jpg", "data/zzz", "fetch.txt", "data/instrument/gov2.toml"):
        rest = {**members, f"{samples.root}/{name}": b"x"}
        assert "extra_file" in codes(samples.write_members(bundle.with_name("d.zip"), rest))


def test_another_order(bundle: Path, members, samples) -> None:
    turned = dict(reversed(members.items()))
    assert codes(samples.write_members(bundle.with_name("d.zip"), turned)) == ["zip_not_canonical"]


def test_a_wrong_checksum_in_both_headers(bundle: Path, samples) -> None:
    """Nothing else is wrong, and unzip -t would complain."""
    data = bundle.read_bytes()
    with zipfile.ZipFile(bundle) as archive:
        crc = struct.pack("<I", archive.getinfo(f"{samples.root}/data/evidence/ev-0001.jpg").CRC)
    assert data.count(crc) == 2
    bundle.write_bytes(data.replace(crc, b"\1\2\3\4"))
    assert codes(bundle) == ["zip_not_canonical"]


# --- archives that other tools make -----------------------------------------------------------------------------


def rewritten(bundle: Path, members, **options) -> Path:
    path = bundle.with_name("other.zip")
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_the_same_files_in_another_zip(bundle: Path, members) -> None:
    assert codes(rewritten(bundle, members)) == ["zip_not_canonical"]
    assert codes(rewritten(bundle, members, compression=zipfile.ZIP_DEFLATED)) == ["zip_not_canonical"]


def test_what_else_is_wrong_is_told_too(bundle: Path, members, samples) -> None:
    """Somebody repacked the bundle with a common tool and changed it."""
    less = {name: data for name, data in members.items() if "ev-0001" not in name}
    assert set(codes(rewritten(bundle, less))) >= {"zip_not_canonical", "missing_file"}
    more = {**members, f"{samples.root}/data/evidence/ev-0009.jpg": b"x"}
    assert set(codes(rewritten(bundle, more))) >= {"zip_not_canonical", "extra_file"}
    other = {**members, f"{samples.root}/{names.REPORT}": b"x"}
    assert set(codes(rewritten(bundle, other))) >= {"zip_not_canonical", "hash_mismatch"}


def test_data_descriptors(bundle: Path, members) -> None:
    class Pipe:
        """A file that cannot seek, so that sizes come after the data."""

        def __init__(self, file) -> None:
            self.write, self.flush = file.write, file.flush

    path = bundle.with_name("streamed.zip")
    with path.open("wb") as file, zipfile.ZipFile(Pipe(file), "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert codes(path) == ["zip_not_canonical"]


def test_a_comment(bundle: Path) -> None:
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.comment = b"hello"
    assert codes(bundle) == ["zip_not_canonical"]


def test_a_name_twice(bundle: Path, samples) -> None:
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr(f"{samples.root}/{names.ANSWERS}", b"{}")
    assert codes(bundle) == ["zip_not_canonical"]


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "/etc/passwd", "{root}/../../evil", "{root}/data/../x", "{root}\\data\\x", "{root}/data/A.jpg",
        "{root}/data/con.txt", "{root}/data/evidence/nul", "{root}/data/x.", "{root}/data//x", "{root}/data/ x",
        "{root}/data/a:b", "{root}/data/-x", "other/data/x", "{root}/data/é.jpg", "{root}/data/" + "x" * 101,
        "{root}/data/a/b/c/d/e/f/g/h/i", "{root}/data/", "{root}/bundle.JSON", "plain",
    ],
)  # fmt: skip
def test_names_that_may_not_be(name: str, bundle: Path, samples) -> None:
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name.format(root=samples.root)), b"x")
    assert "name_not_allowed" in codes(bundle)


def test_overlapping_members(bundle: Path) -> None:
    """The last entry of the directory is pointed at the data of the first."""
    data = bytearray(bundle.read_bytes())
    last = data.rindex(b"PK\1\2")
    data[last + 42 : last + 46] = bytes(4)
    bundle.write_bytes(data)
    assert codes(bundle) == ["zip_not_canonical"]


def test_too_many_entries_and_too_large_members(bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    end = len(data) - 22
    data[end + 8 : end + 12] = struct.pack("<HH", 6000, 6000)
    bundle.write_bytes(data)
    assert codes(bundle) == ["zip_limit"]


def test_a_large_statement(forge) -> None:
    assert "zip_limit" in codes(forge({names.STATEMENT: b" " * (16 * 1024 * 1024 + 1)}))


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\5\6" + bytes(18), bytes(1000), b"PK\3\4" * 100])
def test_what_is_no_bundle(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    found = codes(tmp_path / "x.zip")
    assert found


def test_random_bytes_never_raise(bundle: Path) -> None:
    """Blocks of a sound bundle overwritten, moved and doubled."""
    source = bundle.read_bytes()
    chance = random.Random(11)
    for _round in range(400):
        data = bytearray(source)
        for _change in range(chance.randrange(1, 4)):
            at, size = chance.randrange(len(data)), chance.randrange(1, 60)
            data[at : at + size] = chance.choice([chance.randbytes(size), data[:size], b"", b"\xff" * size])
        if data != source:
            bundle.write_bytes(data)
            assert codes(bundle)


# --- what somebody with a key could make ---------------------------------------------------------------------


def test_a_forged_bundle_is_sound_as_long_as_nothing_is_changed(forge, bundle: Path) -> None:
    assert forge({}).read_bytes() == bundle.read_bytes()


def document(**changes) -> bytes:
    return canonical.dumps(changes) + b"\n"


def test_answers_of_another_visit(forge, samples) -> None:
    other = samples.visit.replace("01931b6e", "01931b6f")
    for changes in ({"visit": other}, {"revision": 2}, {"assessor": {"principal": "x@y.z", "name": "X"}}):
        assert codes(forge({names.ANSWERS: document(**samples.answers(**changes))})) == ["statement_mismatch"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]\n",
        b'{"a":1,"a":2}\n',
        b"\xff\n",
        b"[" * 100_000,
        b'{"schema":"evaluator-answers/1"}\n',
    ],
)
def test_answers_that_cannot_be_read(data: bytes, forge) -> None:
    assert codes(forge({names.ANSWERS: data})) == ["statement_malformed"]


def test_answers_in_another_spelling_or_with_a_float(forge, samples) -> None:
    good = document(**samples.answers())
    assert codes(forge({names.ANSWERS: good.replace(b'":', b'": ')})) == ["statement_malformed"]
    assert codes(forge({names.ANSWERS: good.replace(b'"bytes":2048', b'"bytes":2048.0')})) == [
        "statement_malformed"
    ]


def test_evidence_that_is_described_otherwise(forge, samples) -> None:
    piece = samples.answers()["evidence"][0]
    for change in ({"sha256": "0" * 64}, {"bytes": 1}, {"file": "data/evidence/ev-0002.jpg"}, {"file": 7}):
        changed = samples.answers(evidence=[{**piece, **change}])
        assert codes(forge({names.ANSWERS: document(**changed)})) == ["statement_mismatch"]
    reference = samples.answers(evidence=[piece, {"id": "ev-0002", "file": None, "title": "Perda 3/2020"}])
    assert codes(forge({names.ANSWERS: document(**reference)})) == []


def test_an_audit_trail_that_was_edited(forge, samples) -> None:
    lines = samples.audit(4).splitlines(keepends=True)
    for broken in (
        lines[:1] + lines[2:],
        lines[1:],
        [lines[0].replace(b'"new":1', b'"new":2'), *lines[1:]],
        [lines[0], lines[2], lines[1], lines[3]],
        [*lines, b"{}\n"],
        [*lines[:3], lines[3][:-1]],
        [*lines, b"\n"],
    ):
        assert codes(forge({names.AUDIT: b"".join(broken)})) == ["statement_mismatch"]
    assert codes(forge({names.AUDIT: b""})) == []


def test_another_instrument_than_the_one_named(forge) -> None:
    assert codes(forge({"data/instrument/gov.toml": b"x"})) == ["statement_mismatch"]
    assert set(codes(forge({"data/instrument/gov.toml": None}))) == {"missing_file", "statement_mismatch"}


def test_a_statement_with_changes(forge, members, samples) -> None:
    good = members[f"{samples.root}/{names.STATEMENT}"]
    for old, new, expected in (
        (b'"revision":1', b'"revision":2', "statement_malformed"),  # and no prev
        (b'"prev":null', b'"prev":"' + b"0" * 64 + b'"', "statement_malformed"),  # and revision 1
        (b'"roster":null', b'"roster":null,"rosters":1', "statement_malformed"),
        (b'"org":null,', b"", "statement_malformed"),
        (b'"device_seq":118', b'"device_seq":"118"', "statement_malformed"),
        (b'"device_seq":118', b'"device_seq":118.5', "statement_malformed"),
        (b'"device_seq":118', b'"device_seq":NaN', "statement_malformed"),
        (b'"device_seq":118', b'"device_seq":118,"device_seq":118', "statement_malformed"),
        (b"evaluator-bundle/1", b"evaluator-receipt/1", "statement_malformed"),
        (b"20:14:03Z", b"20:14:63Z", "statement_malformed"),
        (b"\n", b"\n\n", "statement_malformed"),
        (b"SHA256:", b"SHA256:A", "statement_malformed"),
        (samples.principal.encode(), b"someone@org.example", "statement_mismatch"),
        (b"evaluator/0.1.0", b"evaluator/0.2.0", "statement_mismatch"),
        (
            samples.visit.encode(),
            samples.visit.replace("01931b6e", "01931b6f").encode(),
            "statement_mismatch",
        ),
    ):
        assert old in good
        assert expected in codes(forge({names.STATEMENT: good.replace(old, new)}))


def test_a_newer_schema_may_hold_more(forge, members, samples) -> None:
    good = members[f"{samples.root}/{names.STATEMENT}"]
    newer = good.replace(b'"roster":null', b'"roster":null,"rosters":1').replace(b"bundle/1", b"bundle/2")
    path = forge({names.STATEMENT: newer})
    assert codes(path) == []
    statement = verify_file(path).statement
    assert statement
    assert statement.extra == {"rosters": 1}


def test_another_signer_than_the_one_named(forge) -> None:
    assert codes(forge({}, by=keys.generate())) == ["statement_mismatch"]


def test_another_root(forge, samples) -> None:
    assert codes(forge({}, root=f"{samples.root[:-2]}02")) == ["statement_mismatch"]
    assert codes(forge({}, root="bundle")) == ["statement_mismatch"]


def test_manifests_with_more_or_other_lines(forge, members, samples) -> None:
    manifest = members[f"{samples.root}/{names.MANIFEST}"]
    tags = members[f"{samples.root}/{names.TAG_MANIFEST}"]
    first = manifest.splitlines(keepends=True)[0]
    zeros = b"0" * 64
    for broken in (
        manifest + zeros + b"  data/../x\n",
        manifest + zeros + b"  bagit.txt\n",
        manifest[:-1],
        manifest + b"\n",
        manifest.replace(b"  ", b" *"),
        first + manifest,
        manifest.replace(b"\n", b"\r\n"),
        manifest.upper(),
    ):
        assert "manifest_malformed" in codes(forge({names.MANIFEST: broken}))
    for broken in (
        tags + zeros + b"  data/answers.json\n",
        b"".join(tags.splitlines(keepends=True)[1:]),
        b"",
    ):
        assert "manifest_malformed" in codes(forge({names.TAG_MANIFEST: broken}))
    assert "missing_file" in codes(forge({names.MANIFEST: manifest + zeros + b"  data/zzz\n"}))


def test_bag_files_that_are_not_ours(forge, members, samples) -> None:
    info = members[f"{samples.root}/{names.BAG_INFO}"]
    assert codes(forge({names.BAGIT: b"BagIt-Version: 0.97\n"})) == ["bagit_malformed"]
    assert codes(forge({names.BAG_INFO: info + b"Contact-Name: x\n"})) == ["bagit_malformed"]
    assert codes(forge({names.BAG_INFO: info.replace(b".5\n", b".6\n")})) == ["bagit_malformed"]
    assert codes(forge({names.BAG_INFO: info.replace(b"2026-11", b"2026-12")})) == ["statement_mismatch"]


# --- folders ----------------------------------------------------------------------------------------------------


def test_an_unpacked_bundle(bundle: Path, samples, written) -> None:
    folder = unzipped(bundle, samples)
    assert codes(folder) == []
    assert verify_file(folder).bundle_id == written[1].bundle_id
    assert codes(folder.parent) == []  # as unzip leaves it, one level up
    assert codes(folder.rename(folder.with_name("renamed"))) == []


def test_an_unpacked_bundle_that_was_touched(bundle: Path, samples) -> None:
    folder = unzipped(bundle, samples)
    extra = folder / "data" / "evidence" / "ev-0002.jpg"
    extra.write_bytes(b"x")
    assert codes(folder) == ["extra_file"]
    extra.unlink()

    (folder / "fetch.txt").write_bytes(b"x")
    assert codes(folder) == ["extra_file"]
    (folder / "fetch.txt").unlink()

    (folder / "data" / "Thumbs.db").write_bytes(b"x")
    assert codes(folder) == ["name_not_allowed"]
    (folder / "data" / "Thumbs.db").unlink()

    evidence = folder / "data" / "evidence" / "ev-0001.jpg"
    evidence.write_bytes(samples.evidence[:-1] + b"x")
    assert codes(folder) == ["hash_mismatch"]
    evidence.unlink()
    assert codes(folder) == ["missing_file"]
    evidence.write_bytes(samples.evidence)

    (folder / names.SIGNATURE).unlink()
    (folder / names.TAG_MANIFEST).unlink()
    assert codes(folder) == ["missing_file", "signature_missing"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_links_are_not_followed(bundle: Path, samples) -> None:
    folder = unzipped(bundle, samples)
    (folder / "data").rename(folder.parent / "elsewhere")
    (folder / "data").symlink_to(folder.parent / "elsewhere", target_is_directory=True)
    assert set(codes(folder)) >= {"missing_file"}
    (folder / "data").unlink()
    (folder.parent / "elsewhere").rename(folder / "data")
    report = folder / names.REPORT
    report.rename(folder.parent / "report")
    report.symlink_to(folder.parent / "report")
    assert set(codes(folder)) == {"extra_file", "missing_file"}
    report.unlink()
    os.mkfifo(report)
    assert set(codes(folder)) == {"extra_file", "missing_file"}


def test_a_folder_that_is_no_bundle(tmp_path: Path) -> None:
    assert set(codes(tmp_path)) == {"missing_file", "signature_missing"}


# --- trust and time ---------------------------------------------------------------------------------------------


def test_trust(bundle: Path, signer, samples) -> None:
    def trust(
        principal=samples.principal,
        key=signer.public_key,
        namespaces=("evaluator-bundle",),
        at=None,
        **window,
    ):
        entry = allowed_signer(principal, key, namespaces, **window)
        return verify_file(bundle, Signers((entry,)), at=at).trust

    day = datetime(2026, 11, 22, tzinfo=UTC)
    assert trust() == "trusted"
    assert trust(namespaces=()) == "trusted"
    assert trust(principal="someone@org.example") == "unknown"
    assert trust(key=keys.generate().public_key) == "unknown"
    assert trust(namespaces=("evaluator-review",)) == "wrong_role"
    assert trust(valid_after=datetime(2026, 1, 1, tzinfo=UTC), valid_before=day, at=day) == "trusted"
    assert trust(valid_before=day, at=datetime(2026, 11, 23, tzinfo=UTC)) == "expired"
    assert trust(valid_after=day, at=datetime(2026, 11, 23, tzinfo=UTC)) == "expired"  # finalised before
    assert trust(at=datetime(2026, 11, 20, tzinfo=UTC)) == "trusted"  # a clock may be a day wrong
    assert trust(at=datetime(2026, 11, 10, tzinfo=UTC)) == "expired"  # but not ten
    assert verify_file(bundle, revoked=frozenset((signer.public_key,))).trust == "revoked"
    entry = allowed_signer(samples.principal, signer.public_key, ())
    assert verify_file(bundle, Signers((entry,)), frozenset((signer.public_key,))).trust == "revoked"
    assert verify_file(bundle, Signers()).trust == "unknown"


def test_nobody_is_trusted_with_a_signature_that_does_not_hold(
    bundle: Path, members, signer, samples
) -> None:
    full = f"{samples.root}/{names.SIGNATURE}"
    spoiled = samples.write_members(
        bundle.with_name("d.zip"), {**members, full: signer.sign("evaluator-review", b"x")}
    )
    found = verify_file(spoiled, Signers((allowed_signer(samples.principal, signer.public_key, ()),)))
    assert (found.ok, found.trust, found.signer) == (False, "unknown", None)


def test_times() -> None:
    assert parse_time("2026-11-21T20:14:03Z") == datetime(2026, 11, 21, 20, 14, 3, tzinfo=UTC)
    assert parse_time("2026-11-21T20:14:03+08:00") == datetime(2026, 11, 21, 12, 14, 3, tzinfo=UTC)
    assert parse_time("2026-11-21T20:14:03").tzinfo is UTC
    with pytest.raises(UsageError):
        parse_time("yesterday")


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        verify_file(tmp_path / "nothing.zip")
    if sys.platform != "win32":
        with pytest.raises(UsageError):
            verify_file(Path("/dev/null"))


def test_large_files_take_the_road_of_two_threads(forge, samples) -> None:
    large = os.urandom(1 << 20) * 9
    piece = {"id": "ev-0002", "file": "data/evidence/ev-0002.bin", "bytes": len(large)}
    piece["sha256"] = hashlib.sha256(large).hexdigest()
    listed = samples.answers(evidence=[*samples.answers()["evidence"], piece])
    path = forge({"data/evidence/ev-0002.bin": large, names.ANSWERS: document(**listed)})
    assert codes(path) == []
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - (4 << 20))
        file.write(b"?")
    assert "hash_mismatch" in codes(path)
