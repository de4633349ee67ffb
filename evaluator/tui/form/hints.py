"""What the visit says of a question besides its answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evaluator.tui.form.facts import RUBRIC
from evaluator.tui.form.page import Key
from evaluator.tui.form.paint import Hints

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

_GATE = re.compile(r"G\d+")  # findings of evidence gates, which are shown as what is still wanted


def hints_of(visit: Visit, key: Key) -> Hints:
    """What the visit says of a question besides its answer. In the thread of the desk."""
    gaps = visit.gate_gaps(key)
    reference = visit.reference(key)
    stored = visit.stored(key)
    level = stored.value
    differs = (
        reference is not None
        and isinstance(level, int)
        and isinstance(reference.self_value, int)
        and visit.filling.question(key).type == RUBRIC
        and abs(level - reference.self_value) >= visit.instrument.scoring.self_spread
        and not stored.note
    )
    findings = tuple(
        f"{found.code}: {found.message}"
        for found in visit.checks()
        if key in found.keys and not _GATE.fullmatch(found.code)
    )
    return Hints(
        gaps=gaps,
        findings=findings,
        reference=reference,
        reference_hidden=visit.reference_hidden(key),
        differs=differs,
        changed_after_reveal=visit.changed_after_reveal(key),
    )
