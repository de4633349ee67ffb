"""What keeps a visit from being finalised, in the order of the forms, and which of it comes next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from evaluator.tui.form.page import Key

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

Rank = tuple[float, ...]
LAST = float("inf")


def unfinished(visit: Visit) -> frozenset[Key]:
    """Questions without the answer they want, or with a wrong one, and repeats with too few rows."""
    filling = visit.filling
    found = (*filling.required_missing(), *filling.invalid_keys())
    return frozenset(key for key in found if not filling.state(key).read_only)


def next_unfinished(visit: Visit, form: str, section: str, here: Key | None) -> Key | None:
    """What comes next: after `here` (or from `section` on) in the form, then before it, then in the other forms."""
    order = {question.path: float(at) for at, question in enumerate(visit.instrument.walk())}
    forms = [entry.id for entry in visit.instrument.forms]
    start = rank(visit, here, order) if here is not None else _beginning(visit, form, section, order)
    turn = forms.index(form)

    def distance(key: Key) -> tuple[int, bool, Rank]:
        at = rank(visit, key, order)
        behind = (forms.index(visit.filling.question(key).form) - turn) % len(forms)
        return behind, not behind and at <= start, at

    left = [key for key in unfinished(visit) if key != here]
    return min(left, key=distance, default=None)


def next_of(visit: Visit, keys: Iterable[Key], here: Key | None, *, back: bool = False) -> Key | None:
    """The one of `keys` that comes after `here` in the order of the forms (before it if `back`), round and round."""
    order = {question.path: float(at) for at, question in enumerate(visit.instrument.walk())}
    ranks = sorted(((rank(visit, key, order), key) for key in keys), reverse=back)
    if here is None:
        return ranks[0][1] if ranks else None
    start = rank(visit, here, order)
    ahead = (key for at, key in ranks if (at < start if back else at > start))
    return next(ahead, ranks[0][1] if ranks else None)


def rank(visit: Visit, key: Key, order: dict[str, float]) -> Rank:
    """Where a question, a row or the end of a repeat stands among all; rows count before the questions in them."""
    filling = visit.filling
    question, row = filling.question(key), key[1]
    tail: list[float] = []
    if question.type == "repeat":
        if row and filling.row(row).repeat == key[0]:
            tail = [filling.row(row).position]
            row = filling.row(row).parent
        else:
            tail = [LAST]
    ranks = [order[question.path], *tail]
    while row:
        found = filling.row(row)
        ranks = [order[found.repeat], found.position, *ranks]
        row = found.parent
    return tuple(ranks)


def _beginning(visit: Visit, form: str, section: str, order: dict[str, float]) -> Rank:
    """Just before the first question of a section."""
    for entry in visit.instrument.form(form).sections:
        if entry.name == section and entry.questions:
            return (order[entry.questions[0].path] - 0.5,)
    return (-1.0,)
