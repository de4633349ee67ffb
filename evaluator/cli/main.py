"""The door of every command: language first, then arguments, then one module, and every error as one line.

Nothing heavy is imported here: `evaluator --help` costs an interpreter and argparse.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO, cast

from evaluator import language, paths
from evaluator.cli.arguments import build_parser, early_options
from evaluator.cli.output import complain, emit
from evaluator.config import read_config
from evaluator.errors import EvaluatorError, OutsideError, UsageError
from evaluator.language import _
from evaluator.text import line

INTERRUPTED = 130
_BAD_NAMES = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOENT, errno.ENOTDIR, errno.EISDIR)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 a finding, 2 wrong usage, 3 the outside, 130 interrupted)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.umask(0o077)
    _speak_utf8()
    home, lang, as_json = early_options(given)
    try:
        language.use(language.choose(lang, None))
        language.use(language.choose(lang, read_config(paths.workspace(home)).language))
        options = build_parser().parse_args(given)
        options.workspace = paths.workspace(options.home)
        return _run(options)
    except EvaluatorError as error:
        return _report(error, as_json)
    except KeyboardInterrupt:
        print(_("Interrupted; everything confirmed before is kept"), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away, as `| head` does; there is nobody left to tell.
        _settle_output()
        return 0
    except OSError as error:
        return _report(_system_error(error), as_json)


def _run(options: Namespace) -> int:
    module = importlib.import_module(f"evaluator.cli.{options.module}")
    code: int = getattr(module, options.function)(options)
    sys.stdout.flush()
    return code


def _report(error: EvaluatorError, as_json: bool) -> int:
    if as_json:
        details = {"code": error.code, "message": line(error, 2000)}
        extra = {name: list(getattr(error, name)) for name in ("missing", "checks") if hasattr(error, name)}
        with suppress(OSError):
            emit({"error": details, **extra})
    _settle_output()
    with suppress(OSError):
        complain(error)
    return error.exit_code


def _system_error(error: OSError) -> EvaluatorError:
    """What the system refused, where nothing below knew better what that means."""
    where = f"{error.filename}: " if error.filename else ""
    kind = UsageError if error.errno in _BAD_NAMES else OutsideError
    return kind("system_error", f"{where}{error.strerror or error}")


def _settle_output() -> None:
    """Write out what is left, or send it nowhere: the interpreter would complain of it on its way out."""
    try:
        sys.stdout.flush()
    except OSError:  # a full disk behind `>`, a reader that left
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _nowhere(mode: str) -> TextIO:
    descriptor = os.open(os.devnull, os.O_RDWR)
    return cast(TextIO, open(descriptor, mode, encoding="utf-8", closefd=False))


def _speak_utf8() -> None:
    for name in ("stdin", "stdout", "stderr"):
        # Started with a closed stream, as `>&-` does: the next file to be opened must not take its number.
        if getattr(sys, name) is None:
            setattr(sys, name, _nowhere("r" if name == "stdin" else "w"))
    # A Windows console or a POSIX locale of "C" would refuse the first dash or arrow.
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace" if stream is not sys.stdin else "surrogateescape")
