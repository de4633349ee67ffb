"""Reports of errors in the program itself: where it happened, never with what values."""

from __future__ import annotations

import platform
import sys
import traceback
from pathlib import Path

from evaluator import __version__
from evaluator.clock import local
from evaluator.errors import StorageError
from evaluator.paths import Workspace, make_directory, write_atomically


def write_report(error: BaseException, workspace: Workspace) -> Path | None:
    """Write the frames of `error` below the workspace and give the file; None if the disk refuses.

    Neither messages of exceptions nor local variables are written: both may hold answers and names.
    """
    folder = workspace.root / "reports"
    moment = local()
    path = folder / f"crash-{moment[:19].replace(':', '')}.txt"
    lines = [
        f"evaluator {__version__}, Python {platform.python_version()}, {sys.platform}",
        moment,
        *_frames(error),
        "",
    ]
    try:
        make_directory(folder)
        write_atomically(path, "\n".join(lines).encode("utf-8"))
    except StorageError:
        return None
    return path


def _frames(error: BaseException) -> list[str]:
    lines = []
    at: BaseException | None = error
    while at is not None:
        lines.append(type(at).__qualname__)
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(at.__traceback__)
        ]
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
        if at is not None:
            lines.append("after")
    return lines
