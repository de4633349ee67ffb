"""The counts of a visit, kept up to date change by change: what is done, open, flagged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from evaluator import canonical
from evaluator.form.definition import CONTAINER_TYPES
from evaluator.visits.values import Key, Progress

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

Counts = tuple[int, int, int, int, int, int, int]  # done, total, open, flagged, na, invalid, answered
Place = tuple[str, str]
_NOTHING: Counts = (0, 0, 0, 0, 0, 0, 0)
_UNCOUNTED_TYPES = CONTAINER_TYPES | {"note", "calculate"}


class Tally:
    """Counts by form and section.

    `done`, `total` and `open` count the questions that the visit cannot be finalised without: every rubric and
    what is required. `flagged`, `na`, `invalid` and `answered` count all.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._shares: dict[Key, tuple[Place, Counts]] = {}
        self._sums: dict[Place, Counts] = {}
        self.update(None)

    def update(self, keys: Iterable[Key] | None) -> None:
        """Count `keys` anew, or everything if None (after rows came or went)."""
        if keys is None:
            self._shares = {}
            self._sums = {}
            keys = list(self._visit.filling.keys())
        for key in keys:
            place, share = self._share(key)
            old = self._shares.get(key, (place, _NOTHING))[1]
            if old != share:
                self._shares[key] = (place, share)
                was = self._sums.get(place, _NOTHING)
                now = tuple(
                    total - before + after for total, before, after in zip(was, old, share, strict=True)
                )
                self._sums[place] = now  # type: ignore[assignment]  # zip keeps the seven

    def _share(self, key: Key) -> tuple[Place, Counts]:
        filling = self._visit.filling
        question = filling.question(key)
        place = (question.form, question.section)
        state = filling.state(key)
        if state.status == "not_relevant" or state.read_only or question.type in _UNCOUNTED_TYPES:
            return place, _NOTHING
        open_na = state.status == "na" and self._visit.na_is_open(state.na)
        answered = state.status != "unanswered"
        done = answered and not open_na
        wanted = question.type == "rubric" or state.required or open_na
        return place, (
            int(wanted and done),
            int(wanted),
            int(wanted and not done),
            int(self._visit.stored(key).flag),
            int(state.status == "na"),
            int(bool(state.invalid)),
            int(answered),
        )

    def progress(self, form: str, section: str | None = None) -> Progress:
        """The counts of a form, or of one section of it."""
        return _progress(
            share
            for (of_form, of_section), share in self._sums.items()
            if of_form == form and section in (None, of_section)
        )

    def total(self) -> Progress:
        """The counts of the whole visit."""
        return _progress(self._sums.values())

    def answered(self) -> int:
        """How many questions have an answer, required or not."""
        return sum(share[6] for share in self._sums.values())

    def as_json(self) -> str:
        """Done and total by form, for the list of visits."""
        counts = {form.id: self.progress(form.id) for form in self._visit.instrument.forms}
        return canonical.dumps({form: [found.done, found.total] for form, found in counts.items()}).decode()


def _progress(shares: Iterable[Counts]) -> Progress:
    sums = [sum(column) for column in zip(_NOTHING, *shares, strict=True)]
    return Progress(*sums[:6])
