"""`demo`: build a practice office and open it."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from evaluator.cli.output import emit, say
from evaluator.demo.building import build
from evaluator.language import _
from evaluator.paths import Workspace


def run(options: Namespace) -> int:
    """Build, print where, and open the first assessor's workspace unless `--no-tui`."""
    demo = build(Path(options.folder or options.home) if options.folder or options.home else None, _narrate)
    if options.json:
        emit(demo.as_json())
    else:
        for name, folder in demo.as_json().items():
            say(f"{name}: {folder}")
    if options.no_tui:
        return 0
    from evaluator.tui.app import run as run_interface

    code = run_interface(Workspace(Path(demo.assessor_1)))
    if not options.json:
        say(
            _("The practice workspace stays at {path}; open it again with `evaluator --home {path}`").format(
                path=demo.assessor_1
            )
        )
    return code


def _narrate(text: str) -> None:
    print(text, file=sys.stderr)
