"""Text on its way to a widget: the only door, so that nothing foreign is ever parsed as markup."""

from __future__ import annotations

from textual.content import Content

from evaluator.text import SHOWN_LIMIT, line, shown


def content(text: object, style: str = "", limit: int = SHOWN_LIMIT) -> Content:
    """`text` as content without markup, control characters made visible; `style` is ours, never data."""
    return Content.styled(shown(text, limit), style)


def one_line(text: object, style: str = "", limit: int = 200) -> Content:
    """`content` on a single line."""
    return Content.styled(line(text, limit), style)


def fitted(text: object, width: int, style: str = "", *, right: bool = False) -> Content:
    """`one_line` in exactly `width` cells: cut with an ellipsis or filled with blanks on the other side."""
    if width <= 0:
        return Content("")
    found = one_line(text, style)
    if found.cell_length > width:
        found = found.truncate(width, ellipsis=True)
    gap = width - found.cell_length
    return found.pad_left(gap) if right else found.pad_right(gap)
