"""Private keys in files and agents, exchanged with OpenSSH's tools."""

from __future__ import annotations

import base64
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.bundle import agent, keys, publickeys, sshsig
from evaluator.errors import NotFoundError, OutsideError, PassphraseError, UsageError

PASSPHRASE = "kata sandi – résumé"


def test_ssh_keygen_opens_our_encrypted_key(tmp_path: Path, run) -> None:
    signer = keys.generate()
    keys.save(signer, tmp_path / "key", PASSPHRASE, "a@b.c")
    shown = run("ssh-keygen", "-y", "-P", PASSPHRASE, "-f", tmp_path / "key")
    assert shown.stdout.decode().split()[:2] == signer.public_key.line().split()
    assert run("ssh-keygen", "-y", "-P", "wrong", "-f", tmp_path / "key").returncode != 0


def test_we_open_the_encrypted_key_of_ssh_keygen(tmp_path: Path, run) -> None:
    run("ssh-keygen", "-q", "-t", "ed25519", "-a", "4", "-N", PASSPHRASE, "-f", tmp_path / "key")
    signer = keys.load(tmp_path / "key", PASSPHRASE)
    assert signer.public_key == publickeys.parse_line((tmp_path / "key.pub").read_text())


def test_the_key_is_encrypted_with_64_rounds_and_closed_to_others(tmp_path: Path) -> None:
    keys.save(keys.generate(), tmp_path / "key", PASSPHRASE)
    blob = base64.b64decode(b"".join((tmp_path / "key").read_bytes().splitlines()[1:-1]))
    assert b"aes256-ctr" in blob[:64]
    assert b"bcrypt" in blob[:64]
    assert (64).to_bytes(4, "big") in blob[:80]
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_a_passphrase_that_is_missing_or_wrong(tmp_path: Path) -> None:
    signer = keys.generate()
    keys.save(signer, tmp_path / "key", PASSPHRASE)
    assert keys.is_encrypted(tmp_path / "key")
    for passphrase, code in (
        (None, "passphrase_missing"),
        ("", "passphrase_missing"),
        ("x", "passphrase_wrong"),
    ):
        with pytest.raises(PassphraseError) as caught:
            keys.load(tmp_path / "key", passphrase)
        assert caught.value.code == code
    assert keys.load(tmp_path / "key", PASSPHRASE).public_key == signer.public_key


def test_an_unprotected_key_ignores_a_passphrase(tmp_path: Path) -> None:
    signer = keys.generate()
    keys.save(signer, tmp_path / "key", None)
    assert not keys.is_encrypted(tmp_path / "key")
    assert keys.load(tmp_path / "key", "anything").public_key == signer.public_key


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    keys.save(keys.generate(), tmp_path / "key", None)
    before = (tmp_path / "key").read_bytes()
    with pytest.raises(UsageError):
        keys.save(keys.generate(), tmp_path / "key", None)
    assert (tmp_path / "key").read_bytes() == before


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n!!!!\n-----END OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
        b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDxPVFl0",
    ],
)
def test_what_is_no_private_key(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(data)
    with pytest.raises(UsageError) as caught:
        keys.load(tmp_path / "key")
    assert caught.value.code == "key_unusable"


def test_a_damaged_key(tmp_path: Path) -> None:
    keys.save(keys.generate(), tmp_path / "key", None)
    lines = (tmp_path / "key").read_bytes().splitlines(keepends=True)
    (tmp_path / "key").write_bytes(b"".join([*lines[:2], *lines[3:]]))
    with pytest.raises(UsageError):
        keys.load(tmp_path / "key")


def test_a_kind_of_key_that_we_do_not_use(tmp_path: Path, run) -> None:
    run("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", tmp_path / "key")
    with pytest.raises(UsageError, match="3072"):
        keys.load(tmp_path / "key")


def test_no_key(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        keys.load(tmp_path / "key")


def test_the_private_key_is_not_in_its_repr(signer) -> None:
    assert "private" not in repr(signer).lower()


@pytest.fixture
def running_agent(tmp_path_factory, monkeypatch):
    """An ssh-agent of our own."""
    if sys.platform == "win32" or not shutil.which("ssh-agent"):
        pytest.skip("ssh-agent is not installed")
    where = tmp_path_factory.mktemp("a") / "s"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(where)], stdout=subprocess.DEVNULL)
    try:
        for _attempt in range(200):
            if where.exists():
                break
            process.poll()
            subprocess.run(["sleep", "0.02"], check=True)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(where))
        yield where
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.usefixtures("running_agent")
@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_the_agent_signs_as_the_file_does(kind: str, tmp_path: Path, run) -> None:
    bits = ["-b", "3072"] if kind == "rsa" else []
    run("ssh-keygen", "-q", "-t", kind, *bits, "-N", "", "-f", tmp_path / "key")
    assert run("ssh-add", "-q", tmp_path / "key").returncode == 0
    file_signer = keys.load(tmp_path / "key")
    assert agent.keys() == [file_signer.public_key]
    signer = agent.agent_signer(file_signer.public_key)
    assert signer.fingerprint == file_signer.fingerprint
    assert signer.sign("evaluator-bundle", b"message") == file_signer.sign("evaluator-bundle", b"message")


@pytest.mark.usefixtures("running_agent")
def test_the_agent_without_the_key(tmp_path: Path, run) -> None:
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key")
    run("ssh-add", "-q", tmp_path / "key")
    with pytest.raises(UsageError, match="ssh-add"):
        agent.agent_signer(keys.generate().public_key)
    signer = agent.agent_signer(keys.load(tmp_path / "key").public_key)
    run("ssh-add", "-q", "-D")
    with pytest.raises(UsageError, match="did not sign"):
        signer.sign("evaluator-bundle", b"message")


def test_no_agent(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "nobody"))
    with pytest.raises(OutsideError):
        agent.keys()
    monkeypatch.delenv("SSH_AUTH_SOCK")
    if os.name != "nt":
        with pytest.raises(UsageError):
            agent.keys()


def test_signatures_hold(signer) -> None:
    assert sshsig.verify(signer.sign("n", b"m"), b"m", "n") == signer.public_key
