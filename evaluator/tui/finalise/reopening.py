"""Opening a sealed visit again, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator.language import _
from evaluator.tui.dialogs.ask import AskLine

if TYPE_CHECKING:
    from evaluator.tui.app import EvaluatorApp
    from evaluator.visits.visit import Visit


async def reopen_with_reason(app: EvaluatorApp, visit: Visit, reason: str = "") -> bool:
    """Ask why, proposing `reason`, and make the visit a draft again; whether that was done."""
    given = await app.push_screen_wait(
        AskLine(
            _("Reopen the visit"),
            _("The visit becomes a draft again and will be sealed as the next revision. Why?"),
            value=reason,
            check=lambda text: (
                "" if text.strip() else _("A reason is needed; it travels with the next revision")
            ),
        )
    )
    if given is None:
        return False
    await app.work(visit.reopen, given)
    return True
