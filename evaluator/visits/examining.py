"""What `doctor` looks at in a workspace."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from evaluator.errors import EvaluatorError
from evaluator.identity import key_path, public_line
from evaluator.language import _
from evaluator.paths import free_bytes
from evaluator.store.examine import examine

if TYPE_CHECKING:
    from evaluator.visits.desk import Desk

_LOW_SPACE = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that needs attention, and what to do."""

    code: str
    severity: str
    message: str
    fix: str

    def as_json(self) -> dict[str, str]:
        """One finding of `doctor --json`."""
        return asdict(self)


def examine_desk(desk: Desk) -> list[Finding]:
    """Everything that is not as it should be: store, evidence, key, disk."""
    found = [
        Finding(item.code, item.severity, item.message, item.fix)
        for item in examine(desk.database, desk.workspace.evidence)
    ]
    try:
        public_line(key_path(desk.workspace, desk.config))
    except EvaluatorError as error:
        found.append(Finding(error.code, "error", error.message, error.hint))
    free = free_bytes(desk.workspace.root)
    if free < _LOW_SPACE:
        found.append(
            Finding(
                "low_space",
                "warning",
                _("Only {free} MB are free on the disk of the workspace").format(free=free >> 20),
                _("Free some space before the next evidence is attached"),
            )
        )
    return found
