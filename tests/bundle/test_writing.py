"""Writing a bundle: the same bytes each time, whole or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator import canonical
from evaluator.bundle import bag, keys, names
from evaluator.bundle.reading import open_bundle, unpack
from evaluator.bundle.verifying import verify_file
from evaluator.bundle.writing import PayloadFile, payload_file, rebuild_bundle, write_bundle
from evaluator.errors import BundleError, DiskFullError, StorageError, UsageError


def test_two_writes_give_the_same_bytes(
    bundle: Path, written, statement, signer, samples, tmp_path: Path
) -> None:
    again = write_bundle(tmp_path / "again.zip", statement, list(reversed(samples.payload())), signer)
    assert again == written[1]
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_what_the_writer_says(bundle: Path, written, members, samples) -> None:
    said = written[1]
    assert said.bytes == bundle.stat().st_size
    assert said.sha256 == hashlib.sha256(bundle.read_bytes()).hexdigest()
    assert said.bundle_id == hashlib.sha256(members[f"{samples.root}/{names.TAG_MANIFEST}"]).hexdigest()


def test_order_and_tag_files(members, samples) -> None:
    assert [name.partition("/")[2] for name in members] == [
        "bagit.txt", "bag-info.txt", "bundle.json", "VERIFY.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt",
        "tagmanifest-sha256.txt.sig", "data/answers.json", "data/audit.jsonl", "data/evidence/ev-0001.jpg",
        "data/instrument/gov.toml", "data/report.html",
    ]  # fmt: skip
    assert len(members[f"{samples.root}/bagit.txt"]) == 55 - 1
    total = sum(len(data) for name, data in members.items() if "/data/" in name)
    assert members[f"{samples.root}/bag-info.txt"].decode() == (
        "Bag-Software-Agent: evaluator/0.1.0\n"
        "Bagging-Date: 2026-11-21\n"
        f"External-Identifier: urn:uuid:{samples.visit}\n"
        f"Payload-Oxum: {total}.5\n"
    )


def test_evidence_from_files(statement, signer, samples, tmp_path: Path) -> None:
    content = os.urandom(1 << 20) * 9
    stored = tmp_path / "stored"
    stored.write_bytes(content)
    piece = PayloadFile(
        "data/evidence/ev-0001.jpg", stored, hashlib.sha256(content).hexdigest(), len(content)
    )
    listed = samples.answers(evidence=[{"file": piece.name, "sha256": piece.sha256, "bytes": piece.bytes}])
    files = [*samples.payload(answers=canonical.dumps(listed) + b"\n")[:-1], piece]
    written = write_bundle(tmp_path / "b.zip", statement, files, signer)
    assert verify_file(tmp_path / "b.zip").ok
    assert written.sha256 == hashlib.sha256((tmp_path / "b.zip").read_bytes()).hexdigest()
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("change", ["flipped", "longer", "shorter", "gone"])
def test_evidence_that_changed_since_it_was_attached(
    change: str, bundle: Path, statement, signer, samples, tmp_path: Path
) -> None:
    stored = tmp_path / "stored"
    data = samples.evidence
    stored.write_bytes(
        {"flipped": b"x" + data[1:], "longer": data + b"x", "shorter": data[:-1], "gone": b""}[change]
    )
    if change == "gone":
        stored.unlink()
    piece = PayloadFile("data/evidence/ev-0001.jpg", stored, hashlib.sha256(data).hexdigest(), len(data))
    before = bundle.read_bytes()
    with pytest.raises(BundleError) as caught:
        write_bundle(bundle, statement, [*samples.payload()[:-1], piece], signer)
    assert caught.value.code == ("missing_file" if change == "gone" else "hash_mismatch")
    assert bundle.read_bytes() == before
    assert not list(tmp_path.glob(".*")), "something was left behind"


def test_what_is_refused(statement, signer, samples, tmp_path: Path) -> None:
    def refused(code: str, statement=statement, files=None, signer=signer) -> None:
        with pytest.raises(BundleError) as caught:
            write_bundle(tmp_path / "b.zip", statement, files or samples.payload(), signer)
        assert caught.value.code == code
        assert not (tmp_path / "b.zip").exists()

    good = samples.payload()
    refused("statement_mismatch", signer=keys.generate())
    refused("missing_file", files=good[1:])
    refused("missing_file", files=[file for file in good if names.INSTRUMENT not in file.name])
    refused("zip_limit", files=[*good, good[0]])
    for name in ("data/A.jpg", "data/../x", "x", "data/con", "bagit.txt", "data/" + "y" * 101):
        refused("name_not_allowed", files=[*good, payload_file(name, b"")])
    for change in (
        {"revision": 2}, {"revision": 0}, {"prev": "0" * 64}, {"visit": "x"}, {"key": "x"}, {"created": "now"},
        {"device_seq": 0}, {"principal": ""}, {"app": "a\nb"}, {"journal_prev": "0" * 64}, {"schema": "x/1"},
    ):  # fmt: skip
        refused("statement_malformed", statement=dataclasses.replace(statement, **change))


def test_the_second_revision(statement, signer, samples, tmp_path: Path, written) -> None:
    second = dataclasses.replace(
        statement, revision=2, prev=written[1].bundle_id, reason="returned: photo 3 blurred", device_seq=119,
        journal_prev=f"sha256:{written[1].bundle_id}", org="org-7f3a", roster=7,
    )  # fmt: skip
    files = samples.payload(answers=canonical.dumps(samples.answers(revision=2)) + b"\n")
    target = tmp_path / names.file_name(samples.visit, 2)
    write_bundle(target, second, files, signer)
    found = verify_file(target)
    assert (found.ok, found.revision, found.statement) == (True, 2, second)


def test_a_full_disk(statement, signer, samples, tmp_path: Path) -> None:
    huge = PayloadFile("data/evidence/ev-0009.mp4", b"", "0" * 64, 1 << 60)
    with pytest.raises(DiskFullError):
        write_bundle(tmp_path / "b.zip", statement, [*samples.payload(), huge], signer)


def test_a_folder_that_is_not_there(statement, signer, samples, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        write_bundle(tmp_path / "nowhere" / "b.zip", statement, samples.payload(), signer)


names_in_payload = st.from_regex(r"data/evidence/ev-[0-9]{4}\.[a-z0-9]{1,8}", fullmatch=True)


@given(
    st.dictionaries(names_in_payload, st.binary(max_size=300), max_size=8),
    st.text(st.characters(codec="utf-8"), max_size=50),
    st.integers(1, 120),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back(
    statement, signer, samples, tmp_path: Path, evidence: dict[str, bytes], reason: str, revision: int
) -> None:
    said = dataclasses.replace(
        statement, revision=revision, prev="f" * 64 if revision > 1 else None, reason=reason
    )
    listed = [
        {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in evidence.items()
    ]
    document = samples.answers(evidence=listed, revision=revision, region={"code": "64.02", "name": "Kukar"})
    files = samples.payload(answers=canonical.dumps(document) + b"\n")[:-1]
    files += [payload_file(name, data) for name, data in evidence.items()]
    target = tmp_path / names.file_name(said.visit, revision)
    written = write_bundle(target, said, files, signer)
    assert verify_file(target).problems == ()
    opened = open_bundle(target)
    assert (opened.statement, opened.bundle_id, opened.signer) == (said, written.bundle_id, signer.public_key)
    assert opened.answers() == document
    assert {name: opened.read(name) for name in evidence} == evidence


def test_opening_a_damaged_bundle(bundle: Path, members, samples) -> None:
    full = f"{samples.root}/{names.AUDIT}"
    samples.write_members(bundle, {**members, full: b"x" * len(members[full])})
    opened = open_bundle(bundle)  # the payload is checked when it is read
    assert opened.answers()["visit"] == samples.visit
    with pytest.raises(BundleError) as caught:
        opened.read(names.AUDIT)
    assert caught.value.code == "hash_mismatch"
    with pytest.raises(BundleError, match="missing"):
        opened.read("data/nothing")
    with pytest.raises(BundleError):
        unpack(bundle, bundle.parent / "out")
    assert not (bundle.parent / "out").exists()
    full = f"{samples.root}/{names.STATEMENT}"
    samples.write_members(bundle, {**members, full: b"x"})
    with pytest.raises(BundleError):
        open_bundle(bundle)


def test_unpacking(bundle: Path, members, samples) -> None:
    folder = unpack(bundle, bundle.parent / "out")
    assert folder == bundle.parent / "out" / samples.root
    found = {path.relative_to(folder.parent).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == set(members)
    assert verify_file(folder).ok
    assert open_bundle(folder).answers()["visit"] == samples.visit
    assert [path.name for path in folder.parent.iterdir()] == [samples.root]
    with pytest.raises(UsageError, match="already"):
        unpack(bundle, bundle.parent / "out")


def test_the_zip_can_be_built_again_from_the_tag_files(bundle: Path, written, tmp_path: Path) -> None:
    """A delivery record carries the tag files; the office has the payload in pieces."""
    opened = open_bundle(bundle)
    files = [payload_file(name, opened.read(name)) for name in opened.hashes]
    assert rebuild_bundle(tmp_path / "rebuilt.zip", opened.tags, files) == written[1]
    assert (tmp_path / "rebuilt.zip").read_bytes() == bundle.read_bytes()
    less = {name: data for name, data in opened.tags.items() if name != names.SIGNATURE}
    with pytest.raises(BundleError):
        rebuild_bundle(tmp_path / "less.zip", less, files)


def test_manifests_are_sorted_by_bytes() -> None:
    data = bag.manifest({"data/b": "0" * 64, "data/a.x": "1" * 64, "data/a-x": "2" * 64})
    assert [line[66:] for line in data.decode().splitlines()] == ["data/a-x", "data/a.x", "data/b"]
    assert list(bag.parse_manifest(data, names.MANIFEST)) == ["data/a-x", "data/a.x", "data/b"]
