"""The values of expressions and how each turns into text, number and truth.

A scalar is a text, a number, a truth, a date or a date-time; the blank answer is the text `""`. `Nodes` are the
answers of several rows, and the answer that is not there at all is an empty `Nodes`. Integers and decimals are
welcome wherever a scalar is: they are read as numbers. Scores never pass here; they use decimals.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

Scalar: TypeAlias = str | float | bool | date | datetime | Decimal


class Nodes(tuple[Scalar, ...]):
    """The answers of several rows, in row order."""

    __slots__ = ()


Value: TypeAlias = Scalar | Nodes
