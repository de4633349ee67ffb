"""The commands inside this process: the same door, without what starting a process costs."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from evaluator import language
from evaluator.cli.main import main
from tests.journeys.program import Ran


def inside(home: Path, *arguments: str | Path, given: bytes = b"", plain: bool = False) -> Ran:
    """Run one command on the workspace `home`, with `--json` unless `plain`."""
    words = ["--home", str(home), "--lang", "en", *([] if plain else ["--json"]), *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _stream in range(2))
    mask, spoken, stdin = os.umask(0o077), language.current(), sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(given), "utf-8")
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(words)
    finally:
        os.umask(mask)
        language.use(spoken)
        sys.stdin = stdin
    return Ran(code, _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
