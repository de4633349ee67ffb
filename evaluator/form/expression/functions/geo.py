"""Functions on places: geopoints `lat lon alt accuracy`, lines and areas of them parted by `;` or one a row."""

from __future__ import annotations

import math
from itertools import pairwise

from evaluator.form.expression.functions.function import Function, Table, table, values
from evaluator.form.expression.functions.numbers import half_up
from evaluator.form.expression.values import NAN, Value, nodes_of, to_text
from evaluator.language import _

_EARTH_RADIUS = 6_378_100.0  # metres, the figure that the field's other engines use

Point = tuple[float, float]


def points_of(value: Value) -> list[Point] | None:
    """Latitude and longitude of each point; None where one cannot be read."""
    points = []
    for node in nodes_of(value):
        for part in to_text(node).strip().strip(";").split(";"):
            point = _point(part.split())
            if point is None:
                return None
            points.append(point)
    return points


def _point(parts: list[str]) -> Point | None:
    if not 2 <= len(parts) <= 4:
        return None
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _area(value: Value) -> float:
    points = points_of(value)
    if points is None:
        return NAN
    total = 0.0
    for (south, west), (north, east) in pairwise([*points, points[0]] if points else []):
        heights = 2 + math.sin(math.radians(south)) + math.sin(math.radians(north))
        total += math.radians(east - west) * heights
    return half_up(abs(total) * _EARTH_RADIUS * _EARTH_RADIUS / 2, 2)


def _distance(*arguments: Value) -> float:
    points: list[Point] = []
    for value in arguments:
        found = points_of(value)
        if found is None:
            return NAN
        points.extend(found)
    return half_up(math.fsum(_between(*ends) for ends in pairwise(points)), 2)


def _between(start: Point, end: Point) -> float:
    """The great circle between two points in metres."""
    (south, west), (north, east) = start, end
    phi, psi = math.radians(south), math.radians(north)
    turn = math.radians(west - east)
    cosine = math.sin(phi) * math.sin(psi) + math.cos(phi) * math.cos(psi) * math.cos(turn)
    return math.acos(max(-1.0, min(1.0, cosine))) * _EARTH_RADIUS


def _geofence(point: Value, area: Value) -> bool:
    """Whether a point lies inside an area that is closed: whose last point is its first."""
    places, corners = points_of(point), points_of(area)
    if not places or not corners or len(corners) < 4 or corners[0] != corners[-1]:
        return False
    y, x = places[0]
    inside = False
    for (y1, x1), (y2, x2) in pairwise(corners):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _check_geofence(literals: tuple[str | None, ...]) -> str:
    for text in literals:
        if text is not None and points_of(text) is None:
            return _("“{text}” is not a place").format(text=text)
    return ""


GEO: Table = table(
    {
        "area": values(_area, 1),
        "distance": values(_distance, 1, endless=True),
        "geofence": Function(("value", "value"), 2, plain=_geofence, check=_check_geofence),
    }
)
