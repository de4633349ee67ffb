"""Who is trusted to sign what, and when: OpenSSH's `allowed_signers` and `revoked_keys` files.

What we read is the part of `ssh-keygen(1)`, ALLOWED SIGNERS, that leaves nothing to guess: one principal a line, no
patterns, no certificate authorities. A line beyond that refuses the file, so that nobody trusts less or more than
the file says. Within it a file means here what it means to `ssh-keygen -Y verify`.
"""

from __future__ import annotations

import re
import time
from calendar import timegm
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from evaluator.bundle import publickeys
from evaluator.bundle.publickeys import PublicKey
from evaluator.errors import UsageError
from evaluator.language import _
from evaluator.text import line as one_line

Trust = Literal["trusted", "unknown", "expired", "revoked", "wrong_role", "not_checked"]

_OPTION = re.compile(r'([A-Za-z-]+)="([^"\\]*)"')
_TIME = re.compile(r"(\d{8})(\d{4}(\d{2})?)?(Z?)")
_PRINCIPAL = re.compile(r"""[^\s,"'*?!#=]+""")
_NAMESPACE = re.compile(r"[A-Za-z0-9._@-]+")


@dataclass(frozen=True, slots=True)
class AllowedSigner:
    """A line of `allowed_signers`.

    Without `namespaces` the key may sign everything; the times are inclusive seconds since 1970, None for open.
    """

    principal: str
    key: PublicKey
    namespaces: tuple[str, ...] = ()
    valid_after: int | None = None
    valid_before: int | None = None
    comment: str = ""

    def line(self) -> str:
        """The line, without the line feed; times always in UTC."""
        options = []
        if self.namespaces:
            options.append(f'namespaces="{",".join(self.namespaces)}"')
        if self.valid_after is not None:
            options.append(f'valid-after="{_timestamp(self.valid_after)}"')
        if self.valid_before is not None:
            options.append(f'valid-before="{_timestamp(self.valid_before)}"')
        return " ".join(
            part for part in (self.principal, ",".join(options), self.key.line(self.comment)) if part
        )

    def covers(self, at: int) -> bool:
        """Whether the key is valid at `at`, seconds since 1970."""
        return (self.valid_after is None or at >= self.valid_after) and (
            self.valid_before is None or at <= self.valid_before
        )


@dataclass(frozen=True, slots=True)
class Signers:
    """The lines of an `allowed_signers` file."""

    entries: tuple[AllowedSigner, ...] = ()

    def text(self) -> str:
        """The file."""
        return "".join(f"{entry.line()}\n" for entry in self.entries)

    def of_principal(self, principal: str) -> tuple[AllowedSigner, ...]:
        """The lines of `principal`."""
        return tuple(entry for entry in self.entries if entry.principal == principal)

    def principals_of(self, key: PublicKey) -> tuple[str, ...]:
        """Under which principals `key` stands; more than one is a mistake at enrolment."""
        return tuple(dict.fromkeys(entry.principal for entry in self.entries if entry.key == key))


Revoked = frozenset[PublicKey]
NOBODY_REVOKED: Final[Revoked] = frozenset()


def allowed_signer(
    principal: str,
    key: PublicKey,
    namespaces: Sequence[str],
    *,
    valid_after: datetime | None = None,
    valid_before: datetime | None = None,
    comment: str = "",
) -> AllowedSigner:
    """A new line. Raises UsageError for a principal or namespace that OpenSSH would read as something else."""
    if not _PRINCIPAL.fullmatch(principal):
        raise UsageError(
            "principal_not_allowed",
            _("{principal} cannot name a signer").format(principal=one_line(principal, 80)),
            _("Use an e-mail address"),
        )
    if not all(_NAMESPACE.fullmatch(namespace) for namespace in namespaces):
        raise UsageError("namespace_not_allowed", _("A namespace is letters, digits, and any of . _ @ -"))
    return AllowedSigner(
        principal,
        key,
        tuple(namespaces),
        None if valid_after is None else int(valid_after.timestamp()),
        None if valid_before is None else int(valid_before.timestamp()),
        " ".join(comment.split()),
    )


def parse_signers(text: str, name: str = "allowed_signers") -> Signers:
    """The signers of a file's text; `name` is the file in messages. Raises UsageError naming the line."""
    return Signers(tuple(_parse_line(line, name, number) for number, line in _lines(text)))


def parse_revoked(text: str, name: str = "revoked_keys") -> Revoked:
    """The keys of a plain list, one a line. Raises UsageError naming the line."""
    keys = set()
    for number, line in _lines(text):
        try:
            keys.add(publickeys.parse_line(line))
        except UsageError as error:
            raise _bad_line(name, number, error.message) from None
    return frozenset(keys)


def read_signers(data: bytes, name: str = "allowed_signers") -> Signers:
    """The signers of a file's bytes. Raises UsageError."""
    return parse_signers(_text(data, name), name)


def read_revoked(data: bytes, name: str = "revoked_keys") -> Revoked:
    """The revoked keys of a file's bytes. Raises UsageError."""
    return parse_revoked(_text(data, name), name)


def trust(
    key: PublicKey,
    principal: str | None,
    namespace: str,
    moments: Iterable[datetime],
    signers: Signers | None,
    revoked: Revoked = NOBODY_REVOKED,
) -> Trust:
    """How far `key` may sign for `principal` in `namespace` at each of `moments`.

    `expired` also stands for a key whose time has not come; `unknown` for a key that is not this principal's.
    `principal` None asks for the key alone, for documents that name none.
    """
    if key in revoked:
        return "revoked"
    if signers is None:
        return "not_checked"
    lines = [entry for entry in signers.entries if entry.key == key]
    if principal is not None:
        lines = [entry for entry in lines if entry.principal == principal]
    if not lines:
        return "unknown"
    lines = [entry for entry in lines if not entry.namespaces or namespace in entry.namespaces]
    if not lines:
        return "wrong_role"
    seconds = [int(moment.timestamp()) for moment in moments]
    if not any(all(entry.covers(second) for second in seconds) for entry in lines):
        return "expired"
    return "trusted"


def _text(data: bytes, name: str) -> str:
    if data.startswith(b"SSHKRL\n"):
        raise UsageError(
            "krl_not_supported",
            _("{name} is a key revocation list in binary form").format(name=name),
            _("Give the public keys themselves, one a line"),
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("not_text", _("{name} is not a text file").format(name=name)) from None


def _lines(text: str) -> list[tuple[int, str]]:
    numbered = ((number, line.strip(" \t\r")) for number, line in enumerate(text.split("\n"), 1))
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _parse_line(line: str, name: str, number: int) -> AllowedSigner:
    principal, blank, rest = line.partition(" ")
    if not blank or not _PRINCIPAL.fullmatch(principal):
        raise _bad_line(
            name, number, _("it must begin with one principal, without patterns, commas or quotes")
        )
    rest = rest.lstrip(" \t")
    options: dict[str, str] = {}
    if rest.split(None, 1)[:1] and rest.split(None, 1)[0] not in publickeys.KINDS:
        rest = _take_options(rest, options, name, number)
    try:
        key = publickeys.parse_line(rest)
    except UsageError as error:
        raise _bad_line(name, number, error.message) from None
    namespaces = tuple(options["namespaces"].split(",")) if "namespaces" in options else ()
    if not all(_NAMESPACE.fullmatch(namespace) for namespace in namespaces):
        raise _bad_line(name, number, _("a namespace is letters, digits, and any of . _ @ -"))
    after = _moment(options.get("valid-after"), name, number)
    before = _moment(options.get("valid-before"), name, number)
    if after is not None and before is not None and after >= before:
        raise _bad_line(name, number, _("valid-after must lie before valid-before"))
    comment = rest.split(None, 2)[2] if len(rest.split(None, 2)) > 2 else ""
    return AllowedSigner(principal, key, namespaces, after, before, comment)


def _take_options(rest: str, options: dict[str, str], name: str, number: int) -> str:
    """Fill `options` from the front of `rest`; what follows them."""
    at = 0
    while match := _OPTION.match(rest, at):
        option = match[1].lower()
        if option not in ("namespaces", "valid-after", "valid-before") or option in options:
            raise _bad_line(
                name, number, _("the option {option} is unknown or given twice").format(option=option)
            )
        options[option] = match[2]
        at = match.end() + 1
        if rest[match.end() : at] in (" ", "\t"):
            return rest[at:].lstrip(" \t")
        if rest[match.end() : at] != ",":
            break
    raise _bad_line(
        name, number, _('after the principal come options such as namespaces="…", then the public key')
    )


def _moment(text: str | None, name: str, number: int) -> int | None:
    """Seconds since 1970 of YYYYMMDD[HHMM[SS]][Z]; without Z in the local time zone, as OpenSSH has it."""
    if text is None:
        return None
    match = _TIME.fullmatch(text)
    try:
        if not match:
            raise ValueError(text)
        digits = (match[1] + (match[2] or "")).ljust(14, "0")
        parsed = time.strptime(digits, "%Y%m%d%H%M%S")
        return timegm(parsed) if match[4] else int(time.mktime(parsed))
    except (ValueError, OverflowError):
        raise _bad_line(name, number, _("a time is written 20261121000000Z")) from None


def _timestamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d%H%M%SZ")


def _bad_line(name: str, number: int, reason: str) -> UsageError:
    return UsageError(
        "signers_malformed",
        _("{file}, line {line}: {reason}").format(file=name, line=number, reason=reason),
        _("Correct the line, or take the file from the office again"),
    )
