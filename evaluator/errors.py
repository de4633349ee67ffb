"""Every error that a person may meet.

Each is one line that says what is wrong, where, and what to do; `code` is the stable name that scripts read
from `--json`. Only `evaluator.cli.main` and the application class of the interface catch `EvaluatorError`;
nothing below them turns one into text.

    EvaluatorError            exit code
      FindingError            1   the object itself is bad or unfinished
        DefinitionError           a form file
        BundleError               a bundle, a signature, a signed statement
        IncompleteError           a visit that cannot be finalised yet
      UsageError              2   an argument, a file name, a question, a passphrase
        AnswerError               a value that cannot be read as the type of its question
        NotFoundError             something named that is not there
        PassphraseError           a key that does not open
        ConfigError               config.toml
      OutsideError            3   the machine failed, not the user
        StorageError              the database or the disk
          DiskFullError
          DatabaseDamagedError
          DatabaseTooNewError
        WorkspaceHeldError        another process holds the workspace
        RemoteError               a remote is away
          RemoteMissingError        a name that is not there
          RemoteConflictError       a name that holds something else
"""

from __future__ import annotations

from collections.abc import Sequence


class EvaluatorError(Exception):
    """The base of all errors with a message for people.

    `code` is lower_snake_case and stable, `message` one sentence in the user's language without a full stop at
    the end of a file name, `hint` what to do about it.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class FindingError(EvaluatorError):
    """What was looked at is bad or unfinished."""

    exit_code = 1


class DefinitionError(FindingError):
    """A form file that cannot be used; `file`, `line` and `column` count from 1, 0 where unknown."""

    def __init__(
        self, code: str, message: str, hint: str = "", *, file: str = "", line: int = 0, column: int = 0
    ) -> None:
        super().__init__(code, message, hint)
        self.file = file
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        text = super().__str__()
        return f"{place}: {text}" if place else text


class BundleError(FindingError):
    """A bundle, signature or signed statement that is refused; `code` is one of the verifier's problem codes."""


class IncompleteError(FindingError):
    """A visit that cannot be finalised; `missing` and `checks` list why, ready for `--json`."""

    def __init__(
        self,
        code: str,
        message: str,
        hint: str = "",
        *,
        missing: Sequence[object] = (),
        checks: Sequence[object] = (),
    ) -> None:
        super().__init__(code, message, hint)
        self.missing = tuple(missing)
        self.checks = tuple(checks)


class UsageError(EvaluatorError):
    """Wrong usage or bad input; nothing was changed."""

    exit_code = 2


class AnswerError(UsageError):
    """A value that is refused for its question; `path` is the question as it was named."""

    def __init__(self, code: str, message: str, hint: str = "", *, path: str = "") -> None:
        super().__init__(code, message, hint)
        self.path = path


class NotFoundError(UsageError):
    """Something was named that is not there: a region, visit, question, file."""


class PassphraseError(UsageError):
    """A private key that does not open."""


class ConfigError(UsageError):
    """config.toml holds something that cannot be used."""


class OutsideError(EvaluatorError):
    """The world outside failed; the same call may work later."""

    exit_code = 3


class StorageError(OutsideError):
    """The database or the disk failed; what was acknowledged before stays."""


class DiskFullError(StorageError):
    """No room on the disk."""


class DatabaseDamagedError(StorageError):
    """The database does not pass its integrity check."""


class DatabaseTooNewError(StorageError):
    """The database was written by a newer version; it was not touched."""


class WorkspaceHeldError(OutsideError):
    """Another process holds the workspace."""


class RemoteError(OutsideError):
    """A remote cannot be reached or refuses."""


class RemoteMissingError(RemoteError):
    """There is nothing under this name at the remote."""


class RemoteConflictError(RemoteError):
    """Something else stands under a name that is written once."""
