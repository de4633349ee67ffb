"""What commands print: JSON lines for scripts, aligned plain lines for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from evaluator.errors import EvaluatorError
from evaluator.text import line, shown


def emit(value: Any) -> None:
    """Print one JSON document on one line, at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Print a line for people; whatever foreign text it holds is made harmless."""
    print(shown(text))


def complain(error: EvaluatorError) -> None:
    """Print an error as its one line on standard error."""
    print(f"evaluator: {line(error, 2000)}", file=sys.stderr)


def table(rows: Iterable[Sequence[object]]) -> None:
    """Print rows as aligned columns, two blanks apart."""
    cells = [[line(cell, 60) for cell in row] for row in rows]
    if not cells:
        return
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
