"""Signing, in the thread of the workspace."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluator.visits.desk import Desk
    from evaluator.visits.values import Finalised
    from evaluator.visits.visit import Visit
    from evaluator.workspaces import OpenWorkspace


def must_ask(desk: OpenWorkspace) -> bool:
    """Whether a passphrase has to be asked for."""
    from evaluator.identity import PASSPHRASE_VARIABLE, needs_passphrase

    return PASSPHRASE_VARIABLE not in os.environ and needs_passphrase(desk.workspace, desk.config)


def sign(desk: Desk, visit: Visit, passphrase: str | None) -> Finalised:
    """Seal `visit`. Raises PassphraseError, IncompleteError, StorageError."""
    from evaluator.identity import unlock

    return visit.finalise(unlock(desk.workspace, desk.config, passphrase))
