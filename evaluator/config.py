"""config.toml: the few settings of a workspace that are not answers."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass

from evaluator.errors import ConfigError
from evaluator.language import _
from evaluator.paths import Workspace, read_input, write_atomically
from evaluator.text import clean


@dataclass(frozen=True, slots=True)
class Config:
    """What config.toml holds; an empty text means not set.

    `device` names this installation in bundles and audit, `key` is the file name of the private key below
    `keys/` or a path elsewhere, `remote` where `sync` goes.
    """

    name: str = ""
    email: str = ""
    device: str = ""
    language: str = ""
    key: str = ""
    remote: str = ""
    theme: str = ""


def read_config(workspace: Workspace) -> Config:
    """The settings of `workspace`; defaults where there is no file. Raises ConfigError, naming the key."""
    if not workspace.config.exists():
        return Config()
    where = workspace.config
    try:
        values = tomllib.loads(read_input(where, 1 << 20).decode("utf-8"))
    except ValueError as error:
        raise ConfigError(
            "config_unreadable",
            _("{path} is not valid TOML: {reason}").format(path=where, reason=error),
            _("Correct the line, or delete the file and run `evaluator init` again; no answer is lost"),
        ) from None
    known = asdict(Config())
    for key, value in values.items():
        if key not in known or not isinstance(value, str):
            raise ConfigError(
                "config_key",
                _("{path}: `{key}` is not a setting with a text").format(path=where, key=key),
                _("Known settings: {names}").format(names=", ".join(known)),
            )
    return Config(**values)


def write_config(workspace: Workspace, config: Config) -> None:
    """Replace config.toml. Raises ConfigError for control characters, StorageError for the disk."""
    import tomli_w

    values = {key: value for key, value in asdict(config).items() if value}
    for key, value in values.items():
        try:
            clean(value)
        except ValueError as error:
            raise ConfigError(
                "config_value",
                _("`{key}` holds a character that cannot be kept: {reason}").format(key=key, reason=error),
            ) from None
    write_atomically(workspace.config, tomli_w.dumps(values).encode("utf-8"))
