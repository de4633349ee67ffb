"""`evaluator` without a command: the interface."""

from __future__ import annotations

import sys
from argparse import Namespace

from evaluator.errors import UsageError
from evaluator.language import _


def run(options: Namespace) -> int:
    """Open the interface on the list of visits, or on the first start."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "no_terminal",
            _("The interface needs a terminal"),
            _("`evaluator --help` lists the commands for scripts"),
        )
    from evaluator.tui.app import run as run_interface

    return run_interface(options.workspace)
