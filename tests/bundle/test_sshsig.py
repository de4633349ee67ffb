"""Signatures: the same bytes as ssh-keygen, and a stricter reader."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.bundle import keys, publickeys, sshsig, wire
from evaluator.errors import BundleError

NAMESPACE = "evaluator-bundle"
MESSAGE = b"9f86d081  bagit.txt\n"


@pytest.fixture(params=["ed25519", "ecdsa", "rsa"])
def stock_key(request, tmp_path, run):
    """A key that ssh-keygen made."""
    path = tmp_path / "stock"
    bits = {"ecdsa": ["-b", "256"], "rsa": ["-b", "3072"]}.get(request.param, [])
    assert run("ssh-keygen", "-q", "-t", request.param, *bits, "-N", "", "-f", path).returncode == 0
    return path


def test_bytes_are_those_of_ssh_keygen(tmp_path: Path, run) -> None:
    keys.save(keys.generate(), tmp_path / "key", None)
    for size in (0, 1, 1000, 70_000):
        message = b"x" * size
        stock = run("ssh-keygen", "-Y", "sign", "-q", "-f", tmp_path / "key", "-n", NAMESPACE, data=message)
        assert keys.load(tmp_path / "key").sign(NAMESPACE, message) == stock.stdout


def test_each_side_verifies_the_other(stock_key: Path, run, tmp_path: Path) -> None:
    signer = keys.load(stock_key)
    assert publickeys.parse_line(stock_key.with_suffix(".pub").read_text()) == signer.public_key
    stock = run("ssh-keygen", "-Y", "sign", "-q", "-f", stock_key, "-n", NAMESPACE, data=MESSAGE).stdout
    assert sshsig.verify(stock, MESSAGE, NAMESPACE) == signer.public_key

    (tmp_path / "sig").write_bytes(signer.sign(NAMESPACE, MESSAGE))
    (tmp_path / "allowed").write_text(f"a@b.c {signer.public_key.line()}\n")
    checked = run(
        "ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", "a@b.c", "-n", NAMESPACE,
        "-s", tmp_path / "sig", data=MESSAGE,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr


def test_fingerprint_is_that_of_ssh_keygen(stock_key: Path, run) -> None:
    listed = run("ssh-keygen", "-l", "-f", stock_key.with_suffix(".pub")).stdout.split()[1].decode()
    assert keys.load(stock_key).fingerprint == listed


def test_rsa_signatures_are_those_of_ssh_keygen(tmp_path: Path, run) -> None:
    run("ssh-keygen", "-q", "-t", "rsa", "-b", "3072", "-N", "", "-f", tmp_path / "key")
    stock = run("ssh-keygen", "-Y", "sign", "-q", "-f", tmp_path / "key", "-n", NAMESPACE, data=MESSAGE)
    assert keys.load(tmp_path / "key").sign(NAMESPACE, MESSAGE) == stock.stdout


def refused(code: str, data: bytes, message: bytes = MESSAGE, namespace: str = NAMESPACE) -> None:
    with pytest.raises(BundleError) as caught:
        sshsig.verify(data, message, namespace)
    assert caught.value.code == code


def test_another_message_or_namespace_is_refused(signer) -> None:
    good = signer.sign(NAMESPACE, MESSAGE)
    refused("signature_invalid", good, MESSAGE + b" ")
    refused("signature_invalid", good, namespace="evaluator-review")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda good: good + b"\n", id="a line feed after"),
        pytest.param(lambda good: good + b"hello", id="text after"),
        pytest.param(lambda good: b"hello\n" + good, id="text before"),
        pytest.param(lambda good: good + good, id="two armours"),
        pytest.param(lambda good: good.replace(b"\n", b"\r\n"), id="line ends of Windows"),
        pytest.param(lambda good: good[:-1], id="no last line feed"),
        pytest.param(lambda good: good.replace(b"\n", b"\n\n", 1), id="an empty line"),
        pytest.param(lambda good: good.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"), id="another armour"),
        pytest.param(lambda good: good[:100] + good[101:], id="a letter less"),
        pytest.param(lambda good: good[:40] + b" " + good[40:], id="a blank inside"),
        pytest.param(lambda _good: b"", id="empty"),
        pytest.param(lambda good: good[:30] + b"A" * 100_000 + good[30:], id="very long"),
    ],
)
def test_another_spelling_is_refused(signer, spoil) -> None:
    refused("signature_malformed", spoil(signer.sign(NAMESPACE, MESSAGE)))


def blob_of(armoured: bytes) -> bytes:
    return base64.b64decode(b"".join(armoured.splitlines()[1:-1]))


def rearmoured(blob: bytes) -> bytes:
    text = base64.b64encode(blob)
    lines = b"".join(text[at : at + 70] + b"\n" for at in range(0, len(text), 70))
    return b"-----BEGIN SSH SIGNATURE-----\n" + lines + b"-----END SSH SIGNATURE-----\n"


def test_bytes_left_over_in_the_blob_are_refused(signer) -> None:
    good = signer.sign(NAMESPACE, MESSAGE)
    assert rearmoured(blob_of(good)) == good
    refused("signature_malformed", rearmoured(blob_of(good) + b"\0"))
    refused("signature_malformed", rearmoured(blob_of(good)[:-1]))
    refused("signature_malformed", rearmoured(blob_of(good).replace(b"SSHSIG\0\0\0\1", b"SSHSIG\0\0\0\2")))


def test_the_other_hash_and_the_reserved_field_are_refused(signer) -> None:
    good = blob_of(signer.sign(NAMESPACE, MESSAGE))
    refused("signature_malformed", rearmoured(good.replace(b"sha512", b"sha256")))
    namespace = wire.string(NAMESPACE.encode())
    refused(
        "signature_malformed",
        rearmoured(good.replace(namespace + wire.string(b""), namespace + wire.string(b"x"))),
    )


def test_a_malleable_signature_is_refused(signer) -> None:
    """S plus the order of the group fits the same equation (RFC 8032 5.1.7)."""
    good = sshsig.parse(signer.sign(NAMESPACE, MESSAGE))
    s = int.from_bytes(good.value[-32:], "little") + 2**252 + 27742317777372353535851937790883648493
    other = good.value[:-32] + s.to_bytes(32, "little")
    refused("signature_malformed", sshsig.armour(sshsig.Signature(good.key, NAMESPACE, other)))


@given(st.integers(min_value=0, max_value=10_000), st.integers(min_value=0, max_value=7))
@settings(max_examples=150, deadline=None)
def test_no_bit_of_a_signature_is_free(place: int, bit: int) -> None:
    signer = keys.generate()
    good = signer.sign(NAMESPACE, MESSAGE)
    place %= len(good)
    spoiled = good[:place] + bytes([good[place] ^ 1 << bit]) + good[place + 1 :]
    with pytest.raises(BundleError):
        sshsig.verify(spoiled, MESSAGE, NAMESPACE)


SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    # spellings of the same points that are not reduced
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_a_point_of_small_order_is_no_key(point: str) -> None:
    """With such a key R = identity, S = 0 would fit any message, in OpenSSH too."""
    blob = wire.string(b"ssh-ed25519") + wire.string(bytes.fromhex(point))
    value = wire.string(b"ssh-ed25519") + wire.string(bytes([1]) + bytes(63))
    forged = rearmoured(
        b"SSHSIG\0\0\0\1"
        + b"".join(wire.string(part) for part in (blob, NAMESPACE.encode(), b"", b"sha512", value))
    )
    refused("key_not_allowed", forged)


@pytest.mark.parametrize("kind", ["dsa", "ecdsa-384", "rsa-2048"])
def test_weak_and_foreign_keys_are_refused(kind: str, tmp_path: Path, run) -> None:
    name, _dash, bits = kind.partition("-")
    made = run(
        "ssh-keygen", "-q", "-t", name, *(["-b", bits] if bits else []), "-N", "", "-f", tmp_path / "key"
    )
    if made.returncode:
        pytest.skip("this ssh-keygen makes no such keys any more")
    signed = run("ssh-keygen", "-Y", "sign", "-q", "-f", tmp_path / "key", "-n", NAMESPACE, data=MESSAGE)
    refused("key_not_allowed", signed.stdout)


def test_sha1_with_rsa_is_refused(tmp_path: Path, run) -> None:
    run("ssh-keygen", "-q", "-t", "rsa", "-b", "3072", "-N", "", "-f", tmp_path / "key")
    good = sshsig.parse(keys.load(tmp_path / "key").sign(NAMESPACE, MESSAGE))
    value = wire.string(b"ssh-rsa") + good.value[len(wire.string(b"rsa-sha2-512")) :]
    refused("key_not_allowed", sshsig.armour(sshsig.Signature(good.key, NAMESPACE, value)))


def security_key(kind: str, flags: int = 1):
    """A signature as a FIDO key makes it (OpenSSH's PROTOCOL.u2f), and what verifies it."""
    application = b"ssh:"
    if kind == publickeys.SK_ED25519:
        private = ed25519.Ed25519PrivateKey.generate()
        fields = [private.public_key().public_bytes_raw()]
    else:
        private = ec.generate_private_key(ec.SECP256R1())
        numbers = private.public_key().public_numbers()
        fields = [b"nistp256", b"\4" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")]
    blob = b"".join(wire.string(part) for part in (kind.encode(), *fields, application))

    def raw_sign(data: bytes) -> bytes:
        tail = bytes([flags]) + (7).to_bytes(4, "big")
        signed = hashlib.sha256(application).digest() + tail + hashlib.sha256(data).digest()
        if kind == publickeys.SK_ED25519:
            value = private.sign(signed)
        else:
            r, s = utils.decode_dss_signature(private.sign(signed, ec.ECDSA(hashes.SHA256())))
            value = wire.mpint(r) + wire.mpint(s)
        return wire.string(kind.encode()) + wire.string(value) + tail

    key = publickeys.parse_blob(blob)
    return key, sshsig.sign(MESSAGE, NAMESPACE, key, raw_sign)


@pytest.mark.parametrize("kind", [publickeys.SK_ED25519, publickeys.SK_ECDSA])
def test_security_keys_verify_here_and_in_ssh_keygen(kind: str, tmp_path: Path, run) -> None:
    key, signature = security_key(kind)
    assert sshsig.verify(signature, MESSAGE, NAMESPACE) == key
    refused("signature_invalid", signature, MESSAGE + b"x")

    (tmp_path / "sig").write_bytes(signature)
    (tmp_path / "allowed").write_text(f"a@b.c {key.line()}\n")
    checked = run(
        "ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", "a@b.c", "-n", NAMESPACE,
        "-s", tmp_path / "sig", data=MESSAGE,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr


def test_a_security_key_must_have_been_touched() -> None:
    _key, signature = security_key(publickeys.SK_ED25519, flags=0)
    refused("signature_malformed", signature)
