"""The charts of a report, drawn in SVG inside the page. Each repeats what a table beside it says in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from evaluator.bundle.report_data import two_places
from evaluator.bundle.report_html import Html, join, tag

_WIDTH, _HEIGHT, _RADIUS = 460, 372, 120
_LINE_LENGTH = 15


@dataclass(frozen=True, slots=True)
class Axis:
    """One spoke of the radar; without a value it stays empty."""

    name: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Segment:
    """One band of the scale, from `start` to the start of the next."""

    name: str
    start: Decimal


def radar(axes: Sequence[Axis], top: int, title: str) -> Html | None:
    """The axes as a radar from 0 to `top`; None for fewer than three, which make no area."""
    if len(axes) < 3:
        return None
    rings = [
        tag("polygon", points=_points([Decimal(level)] * len(axes), top), class_="ring")
        for level in range(1, top + 1)
    ]
    spokes = [
        tag("line", **_ends(index, len(axes)), class_="spoke" if axis.value is not None else "spoke none")
        for index, axis in enumerate(axes)
    ]
    known = [(index, axis.value) for index, axis in enumerate(axes) if axis.value is not None]
    corners = [_at(index, len(axes), float(value) / top) for index, value in known]
    area = tag("polygon", points=_joined(corners), class_="area") if len(corners) > 2 else None
    dots = [tag("circle", cx=_text(x), cy=_text(y), r=4, class_="dot") for x, y in corners]
    names = [_name(index, len(axes), axis) for index, axis in enumerate(axes)]
    return tag(
        "svg",
        tag("title", title),
        *rings,
        *spokes,
        area,
        *dots,
        *names,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        class_="radar",
        role="img",
    )


def scale(segments: Sequence[Segment], value: Decimal, top: int, title: str) -> Html:
    """The bands from 0 to `top` with a mark at `value`."""
    width, left, bar = 640.0, 8.0, 22
    ordered = sorted(segments, key=lambda segment: segment.start)
    edges = [float(segment.start) / top for segment in ordered] + [1.0]
    drawn = []
    for index, segment in enumerate(ordered):
        start, end = left + edges[index] * width, left + max(edges[index + 1], edges[index]) * width
        reached = value >= segment.start and (index + 1 == len(ordered) or value < ordered[index + 1].start)
        state = "segment here" if reached else "segment"
        drawn += [
            tag(
                "rect",
                x=_text(start),
                y=20,
                width=_text(max(end - start - 2, 0)),
                height=bar,
                rx=3,
                class_=state,
            ),
            tag("text", segment.name, x=_text((start + end - 2) / 2), y=35, class_=f"{state} name"),
            tag("text", two_places(segment.start), x=_text(start), y=58, class_="edge"),
        ]
    at = left + min(max(float(value) / top, 0.0), 1.0) * width
    mark = tag("path", d=f"M{_text(at - 7)} 3 h14 l-7 12 z", class_="mark")
    last = tag("text", two_places(Decimal(top)), x=_text(left + width), y=58, class_="edge last")
    return tag(
        "svg", tag("title", title), *drawn, last, mark, viewBox="0 0 656 64", class_="scale", role="img"
    )


def bar(value: Decimal | None, top: int) -> Html | None:
    """A bar for a cell of a table; nothing without a value."""
    if value is None:
        return None
    width = _text(min(float(value) / top, 1.0) * 100)
    drawn = join(
        tag("rect", x=0, y=0, width=100, height=8, rx=2, class_="track"),
        tag("rect", x=0, y=0, width=width, height=8, rx=2, class_="fill"),
    )
    return tag(
        "svg", drawn, viewBox="0 0 100 8", class_="bar", aria_hidden="true", preserveAspectRatio="none"
    )


def _name(index: int, count: int, axis: Axis) -> Html:
    x, y = _at(index, count, 1.17)
    side = round(math.sin(2 * math.pi * index / count), 3)
    anchor = "middle" if side == 0 else ("start" if side > 0 else "end")
    lines = [*_wrapped(axis.name), two_places(axis.value)]
    # The lines stand above the end of a spoke that points up, below one that points down, else around it.
    above = {1: 1.0, -1: 0.0}.get(round(math.cos(2 * math.pi * index / count)), 0.5)
    top = y - 15 * len(lines) * above + 11
    spans = [
        tag(
            "tspan",
            line,
            x=_text(x),
            y=_text(top + 15 * number),
            class_="value" if line is lines[-1] else None,
        )
        for number, line in enumerate(lines)
    ]
    return tag("text", *spans, text_anchor=anchor, class_="axis")


def _wrapped(name: str) -> list[str]:
    """A name in at most two lines, the second cut if need be."""
    first, rest = "", ""
    for word in name.split():
        if not rest and len(f"{first} {word}".strip()) <= _LINE_LENGTH:
            first = f"{first} {word}".strip()
        elif not first:
            first = word[:_LINE_LENGTH]
        else:
            rest = f"{rest} {word}".strip()
    if len(rest) > _LINE_LENGTH + 3:
        rest = rest[: _LINE_LENGTH + 2] + "…"
    return [line for line in (first, rest) if line]


def _at(index: int, count: int, share: float) -> tuple[float, float]:
    angle = 2 * math.pi * index / count
    reach = _RADIUS * min(max(share, 0.0), 1.2)
    return _WIDTH / 2 + reach * math.sin(angle), _HEIGHT / 2 - reach * math.cos(angle)


def _points(values: Sequence[Decimal], top: int) -> str:
    return _joined([_at(index, len(values), float(value) / top) for index, value in enumerate(values)])


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_text(x)},{_text(y)}" for x, y in points)


def _ends(index: int, count: int) -> dict[str, str]:
    x, y = _at(index, count, 1)
    return {"x1": _text(_WIDTH / 2), "y1": _text(_HEIGHT / 2), "x2": _text(x), "y2": _text(y)}


def _text(value: float) -> str:
    """One decimal: enough for the eye, and the same on every machine."""
    return f"{value:.1f}".replace("-0.0", "0.0")
