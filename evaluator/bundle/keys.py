"""Private keys: made, kept in OpenSSH's format, opened, and used to sign.

A key lies in a file that `ssh-keygen` reads too, or in an agent (see `agent`); whoever signs sees only a `Signer`.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from evaluator.bundle import publickeys, sshsig, wire
from evaluator.bundle.publickeys import PublicKey
from evaluator.errors import BundleError, PassphraseError, UsageError
from evaluator.language import _
from evaluator.paths import read_input, write_atomically

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

KDF_ROUNDS = 64  # half a second a guess on a laptop; OpenSSH's own 16 give a seventh of one
MAX_KEY_BYTES = 64 * 1024

_BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_END = b"-----END OPENSSH PRIVATE KEY-----"
_MAGIC = b"openssh-key-v1\0"


class Signer(Protocol):
    """Something that signs: a key in a file, or one that an agent holds."""

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signs."""

    @property
    def fingerprint(self) -> str:
        """`SHA256:…` of the public key."""

    def sign(self, namespace: str, message: bytes) -> bytes:
        """The armoured SSHSIG signature over `message`."""


@dataclass(frozen=True, slots=True, repr=False)
class FileSigner:
    """A private key in memory."""

    public_key: PublicKey
    private: Any

    @property
    def fingerprint(self) -> str:
        """`SHA256:…` of the public key."""
        return self.public_key.fingerprint

    def sign(self, namespace: str, message: bytes) -> bytes:
        """The armoured SSHSIG signature over `message`."""
        return sshsig.sign(message, namespace, self.public_key, self._raw_sign)

    def _raw_sign(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

        kind = self.public_key.kind
        if kind == publickeys.RSA:
            value = self.private.sign(data, padding.PKCS1v15(), hashes.SHA512())
            return wire.string(b"rsa-sha2-512") + wire.string(value)
        if kind == publickeys.ECDSA:
            r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
            return wire.string(kind.encode()) + wire.string(wire.mpint(r) + wire.mpint(s))
        return wire.string(kind.encode()) + wire.string(self.private.sign(data))


def generate() -> FileSigner:
    """A new Ed25519 key, in memory only; see `save`."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return _signer(Ed25519PrivateKey.generate())


def private_bytes(signer: FileSigner, passphrase: str | None) -> bytes:
    """The key as an OpenSSH private key file, encrypted unless `passphrase` is None or empty."""
    from cryptography.hazmat.primitives import serialization

    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        builder = serialization.PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(KDF_ROUNDS)
        encryption = builder.build(passphrase.encode("utf-8"))
    key: PrivateKeyTypes = signer.private
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, encryption)


def save(signer: FileSigner, path: Path, passphrase: str | None, comment: str = "") -> None:
    """Write the private key to `path` (mode 0600) and the public line to `path`.pub.

    Raises UsageError where a key lies already: a key is never overwritten.
    """
    if path.exists():
        raise UsageError(
            "key_exists",
            _("There is a key at {path} already").format(path=path),
            _("Choose another file, or use that key with --key"),
        )
    write_atomically(path, private_bytes(signer, passphrase))
    write_atomically(public_path(path), (signer.public_key.line(comment) + "\n").encode("utf-8"), 0o644)


def public_path(path: Path) -> Path:
    """Where the public line of the private key at `path` lies."""
    return path.with_name(path.name + ".pub")


def is_encrypted(path: Path) -> bool:
    """Whether the private key at `path` asks for a passphrase. Raises UsageError for what is no such key."""
    return _cipher(read_input(path, MAX_KEY_BYTES), path) != "none"


def load(path: Path, passphrase: str | None = None) -> FileSigner:
    """The private key at `path`.

    Raises PassphraseError where the passphrase is missing or wrong, UsageError for a file that is no OpenSSH
    private key or holds a kind of key that we do not accept, NotFoundError where there is no file.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    data = read_input(path, MAX_KEY_BYTES)
    encrypted = _cipher(data, path) != "none"
    if encrypted and not passphrase:
        raise PassphraseError(
            "passphrase_missing",
            _("The key {path} needs its passphrase").format(path=path),
            _("Type it when asked, or set EVALUATOR_PASSPHRASE"),
        )
    try:
        private = load_ssh_private_key(data, (passphrase or "").encode("utf-8") if encrypted else None)
    except UnsupportedAlgorithm as error:
        raise _unusable(path, str(error)) from None
    except (ValueError, TypeError) as error:
        if encrypted:
            raise PassphraseError(
                "passphrase_wrong",
                _("The passphrase does not open the key {path}").format(path=path),
                _("Type it again; capital letters count"),
            ) from None
        raise _unusable(path, str(error)) from None
    try:
        return _signer(private)
    except BundleError as error:
        raise _unusable(path, error.message) from None


def _signer(private: PrivateKeyTypes) -> FileSigner:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    line = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return FileSigner(publickeys.parse_blob(base64.b64decode(line.split()[1])), private)


def _cipher(data: bytes, path: Path) -> str:
    """The name of the cipher in the head of an OpenSSH private key file."""
    text = data.strip()
    if not (text.startswith(_BEGIN) and text.endswith(_END)):
        raise _unusable(path, _("it is not an OpenSSH private key"))
    try:
        blob = base64.b64decode(text[len(_BEGIN) : -len(_END)])
        if not blob.startswith(_MAGIC):
            raise ValueError("another format")
        return wire.Reader(blob[len(_MAGIC) :]).text()
    except (ValueError, binascii.Error) as error:
        raise _unusable(path, str(error)) from None


def _unusable(path: Path, reason: str) -> UsageError:
    return UsageError(
        "key_unusable",
        _("The key {path} cannot be used: {reason}").format(path=path, reason=reason),
        _("Use an Ed25519 key as ssh-keygen -t ed25519 makes it"),
    )
