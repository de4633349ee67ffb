"""Who works here: the workspace's person and key, and the office that it trusts."""

from __future__ import annotations

import getpass
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evaluator import clock
from evaluator.bundle import agent, keys
from evaluator.bundle.keys import Signer
from evaluator.bundle.office import Office, read_office
from evaluator.bundle.publickeys import parse_line
from evaluator.bundle.signers import (
    NOBODY_REVOKED,
    Revoked,
    Signers,
    allowed_signer,
    read_revoked,
    read_signers,
)
from evaluator.config import Config, read_config, write_config
from evaluator.errors import NotFoundError, PassphraseError, UsageError
from evaluator.language import _
from evaluator.paths import Workspace, make_directory, read_input, write_atomically
from evaluator.text import clean

PASSPHRASE_VARIABLE = "EVALUATOR_PASSPHRASE"
ASSESSOR_NAMESPACES = ("evaluator-bundle", "evaluator-dispatch", "evaluator-enrol")
KEY_NAME = "id_ed25519"
OFFICE_NAME = "office.pub"
SIGNERS_NAME = "allowed_signers"
REVOKED_NAME = "revoked_keys"
_PERSON_LIMIT = 254  # the longest e-mail address there is
_EMAIL = re.compile(r"[^\s@,\"'*?!]+@[^\s@,\"'*?!]+\.[^\s@,\"'*?!]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """The public half of the person of a workspace; the principal is the e-mail."""

    name: str
    principal: str
    fingerprint: str
    public_key: str
    allowed_signers: str

    def as_json(self) -> dict[str, str]:
        """`key show --json`."""
        return {
            "principal": self.principal,
            "fingerprint": self.fingerprint,
            "public_key": self.public_key,
            "allowed_signers": self.allowed_signers,
        }


def init(
    workspace: Workspace,
    *,
    name: str,
    email: str,
    passphrase: str | None,
    key: Path | None = None,
    office: Path | None = None,
    language: str = "",
) -> Identity:
    """Make the workspace with its key; nothing is left behind where it cannot be completed.

    `passphrase` None leaves the key unprotected; `key` uses a key that is there already (a `.pub` means: in the
    agent). config.toml is written last: only then the workspace exists. Raises UsageError for bad input or an
    existing workspace.
    """
    if workspace.exists():
        raise UsageError(
            "workspace_exists",
            _("There is a workspace at {path} already").format(path=workspace.root),
            _("Use it, or choose another place with --home"),
        )
    _check_person(name, email)
    pinned = read_office(read_input(office)) if office else None
    if key is not None:
        parse_line(public_line(key))  # fails here, before anything is made
    make_directory(workspace.root)
    for folder in (
        workspace.keys,
        workspace.outbox,
        workspace.inbox,
        workspace.evidence,
        workspace.snapshots,
    ):
        make_directory(folder)
    where = key.absolute() if key else workspace.keys / KEY_NAME
    if key is None and not where.exists():
        keys.save(keys.generate(), where, passphrase, comment=email)
    if pinned and office:
        write_atomically(workspace.keys / OFFICE_NAME, read_input(office), 0o644)
    write_config(
        workspace,
        Config(
            name=name.strip(),
            email=email.strip(),
            device=f"dev-{clock.uuid7()[-12:]}",
            language=language,
            key=KEY_NAME if key is None else str(where),
        ),
    )
    return read_identity(workspace)


def _check_person(name: str, email: str) -> None:
    try:
        clean(name)
    except ValueError:
        raise UsageError("bad_name", _("The name holds a control character")) from None
    if not name.strip():
        raise UsageError("bad_name", _("The name is empty"))
    if len(name) > _PERSON_LIMIT or len(email) > _PERSON_LIMIT:
        raise UsageError(
            "bad_name",
            _("Name and e-mail have at most {count} characters each").format(count=_PERSON_LIMIT),
        )
    if not _EMAIL.fullmatch(email.strip()) or not email.strip().isascii():
        raise UsageError("bad_email", _("{email} is not an e-mail address").format(email=email))


def read_identity(workspace: Workspace) -> Identity:
    """The identity of `workspace`. Raises NotFoundError where there is none."""
    config = _config(workspace)
    line = public_line(key_path(workspace, config))
    key = parse_line(line)
    return Identity(
        name=config.name,
        principal=config.email,
        fingerprint=key.fingerprint,
        public_key=key.line(config.email),
        allowed_signers=allowed_signer(config.email, key, ASSESSOR_NAMESPACES, comment=config.device).line(),
    )


def _config(workspace: Workspace) -> Config:
    config = read_config(workspace)
    if not config.email:
        raise NotFoundError(
            "no_workspace",
            _("There is no workspace at {path}").format(path=workspace.root),
            _("Make one with `evaluator init --name NAME --email EMAIL`"),
        )
    return config


def key_path(workspace: Workspace, config: Config) -> Path:
    """Where the private key lies, or the `.pub` of a key in the agent."""
    path = Path(config.key or KEY_NAME)
    return path if path.is_absolute() else workspace.keys / path


def public_line(path: Path) -> str:
    """The public key of the private key at `path`, or of a `.pub` there.

    Without a `.pub` beside it an encrypted key cannot say who it is; then PassphraseError is raised.
    """
    public = path if path.suffix == ".pub" else keys.public_path(path)
    try:
        if public.exists():
            return read_input(public, keys.MAX_KEY_BYTES).decode("ascii").strip()
        return keys.load(path, os.environ.get(PASSPHRASE_VARIABLE)).public_key.line("")
    except UnicodeDecodeError:
        raise UsageError("key_unusable", _("{path} is not a public key").format(path=public)) from None


def needs_passphrase(workspace: Workspace, config: Config) -> bool:
    """Whether signing will ask for a passphrase."""
    path = key_path(workspace, config)
    return path.suffix != ".pub" and keys.is_encrypted(path)


def unlock(workspace: Workspace, config: Config, passphrase: str | None = None) -> Signer:
    """The signer of this workspace.

    The passphrase is the one given, else `EVALUATOR_PASSPHRASE`, else asked for at a terminal.
    """
    path = key_path(workspace, config)
    if path.suffix == ".pub":
        return agent.agent_signer(parse_line(public_line(path)))
    given = passphrase if passphrase is not None else os.environ.get(PASSPHRASE_VARIABLE)
    if given is None and keys.is_encrypted(path):
        given = _ask(_("Passphrase of your key: "))
    return keys.load(path, given)


def new_passphrase(ask: Callable[[str], str] | None = None) -> str:
    """A passphrase for a new key: `EVALUATOR_PASSPHRASE`, else asked for twice."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if given:
        return given
    prompt = ask or _ask
    first = prompt(_("New passphrase for your key: "))
    if not first:
        raise PassphraseError(
            "passphrase_empty",
            _("The passphrase is empty"),
            _("Say --no-passphrase if that is what you want"),
        )
    if prompt(_("Once more: ")) != first:
        raise PassphraseError("passphrase_differs", _("The two passphrases differ"), _("Try again"))
    return first


def _ask(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise PassphraseError(
            "passphrase_missing",
            _("A passphrase is needed and there is nobody to ask"),
            _("Set {variable}, or say --no-passphrase when making a key").format(
                variable=PASSPHRASE_VARIABLE
            ),
        )
    return getpass.getpass(prompt)


def trust_office(workspace: Workspace, file: Path) -> Office:
    """Pin the office of an office.pub; its statements count from now on."""
    _config(workspace)
    data = read_input(file, keys.MAX_KEY_BYTES)
    office = read_office(data)
    write_atomically(workspace.keys / OFFICE_NAME, data, 0o644)
    return office


def pinned_office(workspace: Workspace) -> Office | None:
    """The office that this workspace trusts, None before one is known."""
    path = workspace.keys / OFFICE_NAME
    return read_office(read_input(path, keys.MAX_KEY_BYTES)) if path.exists() else None


def office_file(workspace: Workspace) -> Path:
    """The office.pub that an office hands out; where it lies, the workspace is an office."""
    return workspace.root / OFFICE_NAME


def is_office(workspace: Workspace) -> bool:
    """Whether this workspace is an office."""
    return office_file(workspace).exists()


def assessors(workspace: Workspace) -> Signers | None:
    """The people whose bundles count here, None where nobody was ever enrolled and so nobody can be checked."""
    path = workspace.keys / SIGNERS_NAME
    return read_signers(read_input(path), path.name) if path.exists() else None


def revoked_keys(workspace: Workspace) -> Revoked:
    """The keys whose bundles are refused, whenever they were sealed."""
    path = workspace.keys / REVOKED_NAME
    return read_revoked(read_input(path), path.name) if path.exists() else NOBODY_REVOKED
