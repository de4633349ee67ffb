"""Lines of text as values: wrapped and cut by cells, each piece with a role that the theme gives a look.

Painting a question makes such lines and nothing else, so what a screen shows can be read in a test without a
screen. All text goes through `shown` here, the only way from data to a line.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len, chop_cells, set_cell_size

from evaluator.text import shown

ROLES = (
    "text", "bar", "code", "label", "muted", "value", "done", "open", "wrong", "warning", "flag", "chosen",
    "heading", "cursor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line."""

    text: str
    role: str = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the screen; `option` is the number of the choice that it offers to the mouse."""

    spans: tuple[Span, ...] = ()
    option: int | None = None

    @property
    def text(self) -> str:
        """What can be read on it."""
        return "".join(span.text for span in self.spans)


def line(*spans: Span | str, option: int | None = None) -> Line:
    """A line of spans; plain texts become spans without a role."""
    return Line(tuple(Span(span) if isinstance(span, str) else span for span in spans), option)


def one_line(text: object, limit: int = 400) -> str:
    """`text` without line feeds."""
    return " ".join(shown(text, limit).split())


def fit(text: object, width: int) -> str:
    """`text` on one line of at most `width` cells, with an ellipsis where it was cut."""
    flat = one_line(text)
    if cell_len(flat) <= width:
        return flat
    return set_cell_size(flat, max(0, width - 1)).rstrip() + "…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """`text` made exactly `width` cells wide."""
    return set_cell_size(text, width)


def wrap(text: object, width: int, limit: int = 0) -> list[str]:
    """`text` in lines of at most `width` cells; beyond `limit` lines it is cut with an ellipsis."""
    width = max(width, 4)
    lines: list[str] = []
    for paragraph in shown(text, 20_000).split("\n"):
        lines.extend(_wrapped(paragraph, width))
        if limit and len(lines) > limit:
            break
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    if limit and len(lines) > limit:
        lines = [*lines[: limit - 1], fit(" ".join(lines[limit - 1 : limit + 1]), width - 1)]
        if not lines[-1].endswith("…"):
            lines[-1] += "…"
    return lines


def _wrapped(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    current, used = "", 0
    for word in paragraph.split():
        size = cell_len(word)
        if current and used + 1 + size <= width:
            current, used = f"{current} {word}", used + 1 + size
            continue
        if current:
            lines.append(current)
        if size > width:
            *full, word = chop_cells(word, width)
            lines.extend(full)
            size = cell_len(word)
        current, used = word, size
    lines.append(current)
    return lines
