"""The first start: language, then who is here."""

from __future__ import annotations

from evaluator.tui.place import Place


class FirstStart(Place):
    """Asks for the language, a name and an e-mail, and makes the workspace."""
