"""Replies by token: the same line sent again gets the first reply and changes nothing."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, bindparam, select

from evaluator import canonical
from evaluator.store.tables import REPLY

_FIND = select(REPLY.c.reply).where(REPLY.c.visit == bindparam("visit"), REPLY.c.token == bindparam("token"))


def find(connection: Connection, visit: str, token: str) -> Any | None:
    """The reply that `token` was given in this visit, None for a new one."""
    found = connection.execute(_FIND, {"visit": visit, "token": token}).scalar()
    return None if found is None else json.loads(found)


def put(connection: Connection, visit: str, token: str, reply: Any) -> None:
    """Remember `reply` (a JSON value), in the transaction of the change it speaks of."""
    connection.execute(
        REPLY.insert(), {"visit": visit, "token": token, "reply": canonical.dumps(reply).decode()}
    )
