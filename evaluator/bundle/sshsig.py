"""OpenSSH signatures (SSHSIG, `PROTOCOL.sshsig`): written as `ssh-keygen -Y sign` writes them, read strictly.

There is one spelling of a signature. What differs from it by a byte (text around the armour, a second armour,
another line width, another hash, bytes left over) is refused, because stock tools disagree about it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from evaluator.bundle import publickeys, wire
from evaluator.bundle.publickeys import PublicKey
from evaluator.errors import BundleError
from evaluator.language import _
from evaluator.text import line as one_line

_MAGIC = b"SSHSIG"
_VERSION = 1
_HASH = "sha512"
_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"
_WIDTH = 70
MAX_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as read: by which key, for which namespace; `value` is the key's own signature in wire form."""

    key: PublicKey
    namespace: str
    value: bytes


def sign(message: bytes, namespace: str, key: PublicKey, raw_sign: Callable[[bytes], bytes]) -> bytes:
    """The armoured signature over `message`; `raw_sign` gives the wire form of the key's signature of its input."""
    return armour(Signature(key, namespace, raw_sign(_signed_text(message, namespace))))


def armour(signature: Signature) -> bytes:
    """The one spelling of `signature`."""
    blob = (
        _MAGIC
        + _VERSION.to_bytes(4, "big")
        + wire.string(signature.key.blob)
        + wire.string(signature.namespace.encode())
        + wire.string(b"")
        + wire.string(_HASH.encode())
        + wire.string(signature.value)
    )
    text = base64.b64encode(blob)
    lines = [text[at : at + _WIDTH] + b"\n" for at in range(0, len(text), _WIDTH)]
    return _BEGIN + b"".join(lines) + _END


def parse(data: bytes) -> Signature:
    """The signature in `data`, not yet checked against a message.

    Raises BundleError `signature_malformed`, or `key_not_allowed` for a key that we refuse.
    """
    if len(data) > MAX_BYTES:
        raise _malformed("too long")
    if not (data.startswith(_BEGIN) and data.endswith(_END)):
        raise _malformed("no armour, or text around it")
    try:
        blob = base64.b64decode(data[len(_BEGIN) : -len(_END)].replace(b"\n", b""), validate=True)
        signature = _parse_blob(blob)
    except (ValueError, binascii.Error) as error:
        raise _malformed(str(error)) from None
    if armour(signature) != data:
        raise _malformed("not written as ssh-keygen writes it")
    return signature


def _parse_blob(blob: bytes) -> Signature:
    reader = wire.Reader(blob)
    if reader.take(len(_MAGIC)) != _MAGIC or reader.uint32() != _VERSION:
        raise ValueError("another format or version")
    key_blob, namespace = reader.string(), reader.text()
    if not namespace or reader.string():
        raise ValueError("no namespace, or something in the reserved field")
    if reader.text() != _HASH:
        raise ValueError("the hash is not sha512")
    value = reader.string()
    reader.end()
    return Signature(publickeys.parse_blob(key_blob), namespace, value)


def verify(data: bytes, message: bytes, namespace: str) -> PublicKey:
    """The key that signed `message` for `namespace`.

    Raises BundleError `signature_malformed`, `signature_invalid` or `key_not_allowed`. Whether the key is
    anybody's is not asked here; see `signers`.
    """
    signature = parse(data)
    if signature.namespace != namespace:
        raise BundleError(
            "signature_invalid",
            _("The signature was made for {found}, not for {expected}").format(
                found=one_line(signature.namespace, 60), expected=namespace
            ),
        )
    publickeys.check_signature(signature.key, signature.value, _signed_text(message, namespace))
    return signature.key


def _signed_text(message: bytes, namespace: str) -> bytes:
    return (
        _MAGIC
        + wire.string(namespace.encode())
        + wire.string(b"")
        + wire.string(_HASH.encode())
        + wire.string(hashlib.sha512(message).digest())
    )


def _malformed(reason: str) -> BundleError:
    return BundleError(
        "signature_malformed", _("The signature is not one OpenSSH signature: {reason}").format(reason=reason)
    )
