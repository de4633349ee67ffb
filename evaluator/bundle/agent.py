"""Signing with a key that an ssh-agent holds (draft-ietf-sshm-ssh-agent): the private key never comes here."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evaluator.bundle import publickeys, sshsig, wire
from evaluator.bundle.publickeys import PublicKey
from evaluator.errors import BundleError, OutsideError, UsageError
from evaluator.language import _

WINDOWS_PIPE = r"\\.\pipe\openssh-ssh-agent"
TIMEOUT = 120.0  # seconds; somebody may have to find the security key and touch it

_REQUEST_IDENTITIES, _IDENTITIES = 11, 12
_SIGN_REQUEST, _SIGN_RESPONSE = 13, 14
_RSA_SHA2_512 = 4
_MAX_REPLY = 256 * 1024


class _Stream(Protocol):
    def read(self, count: int, /) -> bytes | None: ...
    def write(self, data: bytes, /) -> int | None: ...


@dataclass(frozen=True, slots=True)
class AgentSigner:
    """A key held by the agent that listens at `address`."""

    public_key: PublicKey
    address: str

    @property
    def fingerprint(self) -> str:
        """`SHA256:…` of the public key."""
        return self.public_key.fingerprint

    def sign(self, namespace: str, message: bytes) -> bytes:
        """The armoured SSHSIG signature over `message`; checked before it is given out."""
        armoured = sshsig.sign(message, namespace, self.public_key, self._raw_sign)
        try:
            sshsig.verify(armoured, message, namespace)
        except BundleError as error:
            raise OutsideError("agent_failed", error.message) from None
        return armoured

    def _raw_sign(self, data: bytes) -> bytes:
        flags = _RSA_SHA2_512 if self.public_key.kind == publickeys.RSA else 0
        reply = _ask(
            self.address,
            bytes([_SIGN_REQUEST])
            + wire.string(self.public_key.blob)
            + wire.string(data)
            + flags.to_bytes(4, "big"),
        )
        try:
            reader = wire.Reader(reply)
            if reader.take(1)[0] != _SIGN_RESPONSE:
                raise UsageError(
                    "agent_refused",
                    _("The agent did not sign with the key {key}").format(key=self.fingerprint),
                    _("Load the key with ssh-add and confirm when the agent asks"),
                )
            return reader.string()
        except ValueError as error:
            raise _unreachable(self.address, str(error)) from None


def address() -> str:
    """Where the agent listens: `$SSH_AUTH_SOCK`, or the pipe of Windows' own agent. Raises UsageError."""
    chosen = os.environ.get("SSH_AUTH_SOCK") or (WINDOWS_PIPE if sys.platform == "win32" else "")
    if not chosen:
        raise UsageError(
            "agent_unknown",
            _("No ssh-agent is running: SSH_AUTH_SOCK is not set"),
            _("Start one with ssh-agent, or name a private key file"),
        )
    return chosen


def keys(at: str | None = None) -> list[PublicKey]:
    """The keys that the agent holds and we accept. Raises OutsideError where it does not answer."""
    where = at or address()
    reader = wire.Reader(_ask(where, bytes([_REQUEST_IDENTITIES])))
    found = []
    try:
        if reader.take(1)[0] != _IDENTITIES:
            raise ValueError("unexpected reply")
        for _index in range(reader.uint32()):
            blob, _comment = reader.string(), reader.string()
            try:
                found.append(publickeys.parse_blob(blob))
            except BundleError:
                continue  # a kind that we do not use; the agent may hold it for something else
        reader.end()
    except ValueError as error:
        raise _unreachable(where, str(error)) from None
    return found


def agent_signer(key: PublicKey, at: str | None = None) -> AgentSigner:
    """The signer for `key`. Raises UsageError where the agent does not hold it."""
    where = at or address()
    if key not in keys(where):
        raise UsageError(
            "agent_without_key",
            _("The agent does not hold the key {key}").format(key=key.fingerprint),
            _("Load it with ssh-add"),
        )
    return AgentSigner(key, where)


def _ask(where: str, request: bytes) -> bytes:
    with _connection(where) as stream:
        stream.write(wire.string(request))
        length = int.from_bytes(_exactly(stream, 4, where), "big")
        if not 0 < length <= _MAX_REPLY:
            raise _unreachable(where, "unexpected reply")
        return _exactly(stream, length, where)


def _exactly(stream: _Stream, count: int, where: str) -> bytes:
    data = b""
    while len(data) < count:
        piece = stream.read(count - len(data))
        if not piece:
            raise _unreachable(where, "it hung up")
        data += piece
    return data


@contextmanager
def _connection(where: str) -> Iterator[_Stream]:
    try:
        if sys.platform == "win32":
            with Path(where).open("r+b", buffering=0) as pipe:
                yield pipe
        else:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(TIMEOUT)
                connection.connect(where)
                with connection.makefile("rwb", buffering=0) as stream:
                    yield stream
    except OSError as error:
        raise _unreachable(where, error.strerror or str(error)) from None


def _unreachable(where: str, reason: str) -> OutsideError:
    return OutsideError(
        "agent_unreachable",
        _("The ssh-agent at {where} does not answer: {reason}").format(where=where, reason=reason),
        _("Start it again with ssh-agent and ssh-add, or name a private key file"),
    )
