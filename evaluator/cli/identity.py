"""`init`, `key show`, `key trust`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from evaluator import identity
from evaluator.cli.output import emit, say
from evaluator.language import _


def init(options: Namespace) -> int:
    """Make the workspace and the key."""
    made = identity.init(
        options.workspace,
        name=options.name,
        email=options.email,
        passphrase=None if options.no_passphrase or options.key else identity.new_passphrase(),
        key=Path(options.key) if options.key else None,
        office=Path(options.office) if options.office else None,
        language=options.lang or "",
    )
    return _tell(made, options.json)


def show(options: Namespace) -> int:
    """Show the public half of the key."""
    return _tell(identity.read_identity(options.workspace), options.json)


def trust(options: Namespace) -> int:
    """Pin an office."""
    office = identity.trust_office(options.workspace, Path(options.file))
    if options.json:
        emit({"org": office.org, "principals": list(office.principals)})
    else:
        say(
            _("Trusted: {org} ({principals})").format(org=office.org, principals=", ".join(office.principals))
        )
    return 0


def _tell(made: identity.Identity, as_json: bool) -> int:
    if as_json:
        emit(made.as_json())
    else:
        say(f"{made.name} <{made.principal}>")
        say(made.fingerprint)
        say(made.allowed_signers)
    return 0
