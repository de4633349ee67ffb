"""Public keys of the kinds we accept, read completely, and the signatures they make.

Accepted: Ed25519, ECDSA on P-256, RSA from 3072 bits, and the security-key forms of the first two. Everything
else is refused at the door, as are Ed25519 points of small order, with which one signature fits any message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from evaluator.bundle import wire
from evaluator.errors import BundleError, UsageError
from evaluator.language import _
from evaluator.text import line as one_line

ED25519 = "ssh-ed25519"
ECDSA = "ecdsa-sha2-nistp256"
RSA = "ssh-rsa"
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
KINDS = (ED25519, ECDSA, RSA, SK_ED25519, SK_ECDSA)

MIN_RSA_BITS = 3072
MAX_RSA_BITS = 16384

_FIELD = 2**255 - 19
_ORDER_25519 = 2**252 + 27742317777372353535851937790883648493
_ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# The y coordinates of the eight points whose order divides 8.
_SMALL_ORDER = frozenset((0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8))
_USER_PRESENT = 0x01


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key as OpenSSH writes it; `blob` is its wire form, `point` or `modulus` what is in it."""

    blob: bytes
    kind: str
    point: bytes = b""
    exponent: int = 0
    modulus: int = 0
    application: bytes = b""

    @property
    def fingerprint(self) -> str:
        """`SHA256:…` as `ssh-keygen -l` prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    def line(self, comment: str = "") -> str:
        """The line of an `id_….pub` file, without the line feed."""
        parts = [self.kind, base64.b64encode(self.blob).decode()]
        return " ".join([*parts, comment] if comment else parts)


def parse_blob(blob: bytes) -> PublicKey:
    """The key in wire form.

    Raises BundleError `key_not_allowed` for a kind, size or point that we refuse, `signature_malformed` for
    bytes that are no key.
    """
    reader = wire.Reader(blob)
    try:
        kind = reader.text()
        if kind in (ED25519, SK_ED25519):
            key = PublicKey(
                blob, kind, reader.string(), application=reader.string() if kind == SK_ED25519 else b""
            )
        elif kind in (ECDSA, SK_ECDSA):
            if reader.text() != "nistp256":
                raise ValueError("another curve")
            key = PublicKey(
                blob, kind, reader.string(), application=reader.string() if kind == SK_ECDSA else b""
            )
        elif kind == RSA:
            key = PublicKey(blob, kind, exponent=reader.mpint(), modulus=reader.mpint())
        else:
            raise _refused(
                _("keys of the kind {kind} are not accepted; use Ed25519").format(kind=one_line(kind, 60))
            )
        reader.end()
    except ValueError as error:
        raise BundleError(
            "signature_malformed", _("The public key cannot be read: {reason}").format(reason=error)
        ) from None
    _check_strength(key)
    return key


def parse_line(text: str) -> PublicKey:
    """The key of a line `kind base64 [comment]`. Raises UsageError for anything else."""
    parts = text.split(None, 2)
    try:
        if len(parts) < 2:
            raise ValueError("no key")
        key = parse_blob(base64.b64decode(parts[1], validate=True))
        if parts[0] != key.kind:
            raise ValueError("kind and key differ")
    except (ValueError, binascii.Error):
        raise UsageError(
            "key_unreadable",
            _("Not a public key: {line}").format(line=one_line(text, 60)),
            _("A public key is one line that begins with ssh-ed25519"),
        ) from None
    except BundleError as error:
        raise UsageError("key_not_allowed", error.message) from None
    return key


def _check_strength(key: PublicKey) -> None:
    if key.kind in (ED25519, SK_ED25519):
        if len(key.point) != 32:
            raise _refused(_("the Ed25519 key does not have 32 bytes"))
        y = int.from_bytes(key.point, "little") & (1 << 255) - 1
        if y >= _FIELD or y in _SMALL_ORDER:
            raise _refused(_("the Ed25519 key is a point of small order, so anybody could sign with it"))
    elif key.kind in (ECDSA, SK_ECDSA):
        if len(key.point) != 65 or key.point[0] != 4:
            raise _refused(_("the ECDSA key is not an uncompressed point"))
    elif not MIN_RSA_BITS <= key.modulus.bit_length() <= MAX_RSA_BITS:
        raise _refused(_("RSA keys need {bits} bits or more").format(bits=MIN_RSA_BITS))
    elif key.exponent < 65537 or key.exponent % 2 == 0 or key.exponent.bit_length() > 64:
        raise _refused(_("the RSA key has an unusual exponent"))


def _refused(reason: str) -> BundleError:
    return BundleError("key_not_allowed", _("The key is not accepted: {reason}").format(reason=reason))


def check_signature(key: PublicKey, signature: bytes, message: bytes) -> None:
    """That `signature` (wire form) was made over `message` by `key`.

    Raises BundleError: `signature_malformed` for one with more than one spelling, `signature_invalid` for one
    that does not hold, `key_not_allowed` for a weak algorithm.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        algorithm, value, signed = _take_apart(key, signature, message)
        _check_value(key, algorithm, value, signed)
    except ValueError as error:
        raise BundleError(
            "signature_malformed", _("The signature cannot be read: {reason}").format(reason=error)
        ) from None
    except InvalidSignature:
        raise BundleError(
            "signature_invalid", _("The signature does not fit the signed text: one of them was changed")
        ) from None


def _take_apart(key: PublicKey, signature: bytes, message: bytes) -> tuple[str, bytes, bytes]:
    """Algorithm, value, and what was signed, which a security key wraps once more (PROTOCOL.u2f)."""
    reader = wire.Reader(signature)
    algorithm, value = reader.text(), reader.string()
    signed = message
    if key.kind in (SK_ED25519, SK_ECDSA):
        flags, counter = reader.take(1), reader.take(4)
        if not flags[0] & _USER_PRESENT:
            raise ValueError("the security key was not touched")
        signed = hashlib.sha256(key.application).digest() + flags + counter + hashlib.sha256(message).digest()
    reader.end()
    return algorithm, value, signed


def _check_value(key: PublicKey, algorithm: str, value: bytes, signed: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

    if key.kind == RSA:
        digest = {"rsa-sha2-512": hashes.SHA512, "rsa-sha2-256": hashes.SHA256}.get(algorithm)
        if digest is None:
            raise _refused(_("signatures of the kind {kind} are weak").format(kind=one_line(algorithm, 60)))
        if len(value) != (key.modulus.bit_length() + 7) // 8:
            raise ValueError("wrong length")
        numbers = rsa.RSAPublicNumbers(key.exponent, key.modulus)
        numbers.public_key().verify(value, signed, padding.PKCS1v15(), digest())
        return
    if algorithm != key.kind:
        raise ValueError("key and signature are of different kinds")
    if key.kind in (ED25519, SK_ED25519):
        if len(value) != 64 or int.from_bytes(value[32:], "little") >= _ORDER_25519:
            raise ValueError("not the one spelling of an Ed25519 signature")
        ed25519.Ed25519PublicKey.from_public_bytes(key.point).verify(value, signed)
        return
    reader = wire.Reader(value)
    r, s = reader.mpint(), reader.mpint()
    reader.end()
    if not (0 < r < _ORDER_P256 and 0 < s < _ORDER_P256):
        raise ValueError("number out of range")
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.point)
    point.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
