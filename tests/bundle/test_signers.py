"""allowed_signers and revoked_keys mean here what they mean to ssh-keygen."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.bundle import keys
from evaluator.bundle.signers import (
    Signers,
    allowed_signer,
    parse_signers,
    read_revoked,
    read_signers,
    trust,
)
from evaluator.errors import UsageError

NAMESPACE = "evaluator-bundle"
KEY = keys.generate()
OTHER = keys.generate()
LINE = KEY.public_key.line()
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def our_verdict(text: str, principal: str, namespace: str, at: datetime, revoked: str = "") -> str:
    return trust(
        KEY.public_key,
        principal,
        namespace,
        [at],
        read_signers(text.encode()),
        read_revoked(revoked.encode()),
    )


LINES = {
    "anything": f"a@b.c {LINE}",
    "with a comment": f"a@b.c {LINE} lt-014 of Siti",
    "one namespace": f'a@b.c namespaces="{NAMESPACE}" {LINE}',
    "two namespaces": f'a@b.c namespaces="other,{NAMESPACE}" {LINE}',
    "another namespace": f'a@b.c namespaces="other" {LINE}',
    "in time": f'a@b.c valid-after="20260101000000Z",valid-before="20270101Z" {LINE}',
    "to the second": f'a@b.c valid-after="20261121120000Z" {LINE}',
    "up to the second": f'a@b.c valid-before="20261121120000Z" {LINE}',
    "a second late": f'a@b.c valid-before="20261121115959Z" {LINE}',
    "a second early": f'a@b.c valid-after="20261121120001Z" {LINE}',
    "minutes": f'a@b.c valid-after="202611211200Z",valid-before="202611211201Z" {LINE}',
    "local time": f'a@b.c valid-before="20261121130000" {LINE}',
    "all options": f'a@b.c namespaces="{NAMESPACE}",VALID-AFTER="20260101Z",valid-before="20270101Z" {LINE}',
    "another key": f"a@b.c {OTHER.public_key.line()}",
    "another principal": f"x@y.z {LINE}",
    "two lines": f'# comment\n\n  a@b.c namespaces="other" {LINE}\n\ta@b.c {LINE}\n',
    "tabs": f'a@b.c \tnamespaces="{NAMESPACE}"\t{LINE}',
    "closed and opened": (f'a@b.c valid-before="20260601Z" {LINE}\na@b.c valid-after="20261101Z" {LINE}\n'),
}


@pytest.mark.parametrize("name", LINES)
def test_the_verdict_is_that_of_ssh_keygen(name: str, tmp_path: Path, run, monkeypatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    text = LINES[name] + "\n"
    (tmp_path / "allowed").write_text(text)
    (tmp_path / "sig").write_bytes(KEY.sign(NAMESPACE, b"message"))
    stock = run(
        "ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", "a@b.c", "-n", NAMESPACE,
        "-s", tmp_path / "sig", "-Overify-time=20261121120000Z", data=b"message",
    )  # fmt: skip
    ours = our_verdict(text, "a@b.c", NAMESPACE, NOW)
    assert (ours == "trusted") == (stock.returncode == 0), (ours, stock.stderr)


def test_revoked_is_that_of_ssh_keygen(tmp_path: Path, run) -> None:
    (tmp_path / "allowed").write_text(f"a@b.c {LINE}\n")
    (tmp_path / "sig").write_bytes(KEY.sign(NAMESPACE, b"message"))
    for revoked, expected in ((f"{LINE}\n", "revoked"), (f"# none\n{OTHER.public_key.line()}\n", "trusted")):
        (tmp_path / "revoked").write_text(revoked)
        stock = run(
            "ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", "a@b.c", "-n", NAMESPACE,
            "-s", tmp_path / "sig", "-r", tmp_path / "revoked", data=b"message",
        )  # fmt: skip
        assert our_verdict(f"a@b.c {LINE}\n", "a@b.c", NAMESPACE, NOW, revoked) == expected
        assert (stock.returncode == 0) == (expected == "trusted")


def test_the_reason_is_told() -> None:
    expected = {
        "another namespace": "wrong_role",
        "a second late": "expired",
        "a second early": "expired",
        "another key": "unknown",
        "another principal": "unknown",
        "two lines": "trusted",
        "closed and opened": "trusted",
    }
    for name, verdict in expected.items():
        assert our_verdict(LINES[name], "a@b.c", NAMESPACE, NOW) == verdict


def test_a_document_without_principal_is_trusted_by_its_key() -> None:
    signers = Signers((allowed_signer("office@b.c", KEY.public_key, ["evaluator-receipt"]),))
    assert trust(KEY.public_key, None, "evaluator-receipt", [NOW], signers) == "trusted"
    assert trust(KEY.public_key, None, "evaluator-review", [NOW], signers) == "wrong_role"
    assert trust(OTHER.public_key, None, "evaluator-receipt", [NOW], signers) == "unknown"
    assert trust(KEY.public_key, None, "evaluator-receipt", [NOW], None) == "not_checked"


@pytest.mark.parametrize(
    "line",
    [
        "a@b.c",
        "*@b.c KEY_LINE",
        "a@b.c,d@e.f KEY_LINE",
        '"a@b.c" KEY_LINE',
        "!a@b.c KEY_LINE",
        "a@b.c cert-authority KEY_LINE",
        'a@b.c cert-authority,namespaces="x" KEY_LINE',
        'a@b.c namespaces="evaluator-*" KEY_LINE',
        'a@b.c namespaces="" KEY_LINE',
        "a@b.c namespaces=x KEY_LINE",
        'a@b.c namespaces="x",namespaces="y" KEY_LINE',
        'a@b.c namespaces="x", KEY_LINE',
        'a@b.c from="x" KEY_LINE',
        'a@b.c valid-after="2026" KEY_LINE',
        'a@b.c valid-after="20261399Z" KEY_LINE',
        'a@b.c valid-after="20270101Z",valid-before="20260101Z" KEY_LINE',
        'a@b.c namespaces="x KEY_LINE',
        "a@b.c ssh-ed25519 AAAA",
        "a@b.c ssh-rsa KEY_BLOB",
        "a@b.c ssh-ed25519 !!!!",
        "KEY_LINE",
    ],
)
def test_a_line_beyond_the_profile_refuses_the_file(line: str) -> None:
    # The key is new in every run and must not be part of a test's name: two workers would disagree on it.
    line = line.replace("KEY_LINE", LINE).replace("KEY_BLOB", LINE.split()[1])
    with pytest.raises(UsageError, match="line 2"):
        parse_signers(f"x@y.z {OTHER.public_key.line()}\n{line}\n")


def test_a_line_that_is_no_key_refuses_the_revoked_keys() -> None:
    with pytest.raises(UsageError, match="revoked_keys, line 2"):
        read_revoked(f"{LINE}\nSHA256:abc\n".encode())
    with pytest.raises(UsageError, match="binary"):
        read_revoked(b"SSHKRL\n\0" + bytes(40))
    with pytest.raises(UsageError):
        read_revoked(b"\xff\xfe")


moments = st.one_of(
    st.none(), st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
)  # fmt: skip


@given(
    st.from_regex(r"[a-z0-9.+-]{1,20}@[a-z0-9.-]{1,20}", fullmatch=True),
    st.lists(st.from_regex(r"[a-z.@-]{1,20}", fullmatch=True), max_size=3),
    moments,
    st.integers(1, 10**8),
    st.booleans(),
    st.from_regex(r"[a-zA-Z0-9 ]{0,30}", fullmatch=True),
)
@settings(deadline=None)
def test_what_is_written_is_read_back(
    principal: str,
    namespaces: list[str],
    after: datetime | None,
    seconds: int,
    closed: bool,
    comment: str,
) -> None:
    before = (after or datetime(1990, 1, 1, tzinfo=UTC)) + timedelta(seconds=seconds) if closed else None
    entry = allowed_signer(
        principal, KEY.public_key, namespaces, valid_after=after, valid_before=before, comment=comment
    )
    assert parse_signers(Signers((entry,)).text()).entries == (entry,)


def test_what_cannot_be_written() -> None:
    for principal in ("", "a b", "a,b", "*@b.c", 'a"b', "#a", "a\nb"):
        with pytest.raises(UsageError):
            allowed_signer(principal, KEY.public_key, [])
    with pytest.raises(UsageError):
        allowed_signer("a@b.c", KEY.public_key, ["evaluator-*"])


def test_looking_up() -> None:
    entries = tuple(
        allowed_signer(principal, key.public_key, ["n"])
        for principal, key in itertools.product(("a@b.c", "d@e.f"), (KEY, OTHER))
    )
    assert Signers(entries).principals_of(KEY.public_key) == ("a@b.c", "d@e.f")
    assert len(Signers(entries).of_principal("a@b.c")) == 2
