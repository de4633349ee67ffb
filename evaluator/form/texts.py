"""Texts of a form with the answers that stand in them as `${…}`."""

from __future__ import annotations

from collections.abc import Iterable

from evaluator import language
from evaluator.form.linking import Place, split_label
from evaluator.form.nodes import Reference
from evaluator.form.propagation import Propagation
from evaluator.form.rows import RowState, Slot
from evaluator.form.surroundings import slots_behind
from evaluator.form.values import shown_value

_UNANSWERED = "…"


class Writer:
    """Writes the texts of one visit; keeps how each label is cut at its references."""

    def __init__(self, state: Propagation) -> None:
        self._state = state
        self._kept: dict[tuple[str, int], tuple[str | Reference, ...]] = {}

    def filled(self, text: str, place: Place, row: RowState, lang: str) -> str:
        """The text with the answers as people read them; an ellipsis stands for one that is not there."""
        if "${" not in text:
            return text
        written = []
        for piece in self._pieces(text, place):
            if isinstance(piece, str):
                written.append(piece)
            else:
                slots = slots_behind(piece, row, self._state.root)
                shown = ", ".join(self.shown(slot, lang) for slot in slots if slot.relevant)
                written.append(shown or _UNANSWERED)
        return "".join(written)

    def codes(self, texts: Iterable[str], place: Place, row: RowState) -> tuple[str, ...]:
        """Codes, each once, with the stored answer in place of a reference; what is unanswered is left out."""
        found: dict[str, None] = {}
        for text in texts:
            for piece in self._pieces(text, place):
                if isinstance(piece, str):
                    found[piece] = None
                else:
                    slots = slots_behind(piece, row, self._state.root)
                    found.update((str(slot.stored), None) for slot in slots if slot.value != "")
        return tuple(found)

    def shown(self, slot: Slot, lang: str = "") -> str:
        """The answer as people read it, or why the question does not apply."""
        if slot.na:
            reasons = self._state.program.instrument.na_reasons
            for reason in reasons:
                if reason.value == slot.na:
                    return reason.label.text(lang or language.current())
            return slot.na
        if slot.node.kind != "question":
            return ""
        choices = self._state.new_judge().all_choices(slot)
        return shown_value(slot.node.asked, slot.stored, choices, lang)

    def _pieces(self, text: str, place: Place) -> tuple[str | Reference, ...]:
        names = self._state.program.names
        if place.own is None or place.aliases:
            return split_label(text, names, place)
        at = text, place.own.index
        kept = self._kept.get(at)
        if kept is None:
            kept = self._kept[at] = split_label(text, names, place)
        return kept
