"""The audit trail of a bundle as events that can be followed: hostile until every line has the shape of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from evaluator import canonical
from evaluator.bundle import names, shapes
from evaluator.bundle.documents import audit_fault
from evaluator.errors import BundleError
from evaluator.language import _
from evaluator.store.audit import Entry
from evaluator.store.tables import OPERATIONS
from evaluator.text import clean

MAX_EVENTS = 200_000

_KEYS = frozenset(Entry.__slots__)
_TEXTS = ("at", "boot", "actor", "device", "path", "row", "op", "reason", "prev", "hash")


def read_trail(data: bytes, revision: int) -> tuple[Entry, ...]:
    """The events of `audit.jsonl`, oldest first, as a trail that ends with sealing `revision`.

    Raises BundleError: `statement_malformed` for a line that is no event, `statement_mismatch` where the chain or the
    order does not hold.
    """
    broken = audit_fault(data)
    if broken:
        raise BundleError(
            "statement_mismatch",
            _("The audit trail does not hold together at line {line}").format(line=broken),
        )
    lines = data.splitlines()
    if len(lines) > MAX_EVENTS:
        raise shapes.malformed(names.AUDIT, _("it is too long"))
    entries = tuple(_entry(canonical.loads(line), number) for number, line in enumerate(lines, 1))
    for before, after in pairwise(entries):
        # The store looks for its newest events by number: a trail that runs backwards would look like damage there.
        if after.seq <= before.seq:
            raise BundleError("statement_mismatch", _("The events of the audit trail are not in order"))
    if not entries or entries[-1].op != "finalise" or entries[-1].new != revision:
        raise BundleError(
            "statement_mismatch",
            _("The audit trail does not end with sealing revision {revision}").format(revision=revision),
        )
    return entries


def _entry(event: Any, number: int) -> Entry:
    if not isinstance(event, dict) or event.keys() != _KEYS or not _has_shape(event):
        raise shapes.malformed(names.AUDIT, _("line {line} is no event").format(line=number))
    return Entry(**event)


def _has_shape(event: Mapping[str, Any]) -> bool:
    if not all(_is_text(event[name]) for name in _TEXTS):
        return False
    if not shapes.ordinal(event["seq"]) or not shapes.count(event["mono_ns"]):
        return False
    if not _is_time(event["at"]) or not event["device"] or event["op"] not in OPERATIONS:
        return False
    has_shape: Callable[[Mapping[str, Any]], bool] = _SHAPES.get(event["op"], _free)
    return has_shape(event)


def _is_text(value: Any) -> bool:
    if not isinstance(value, str) or not shapes.text(value):
        return False
    try:
        return clean(value) == value
    except ValueError:
        return False


def _is_time(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _whole_or_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


_texts = shapes.list_of(_is_text)
_is_id = shapes.label
_is_place = shapes.record(parent=_is_text, position=shapes.ordinal)

_COMPANIONS: Mapping[str, Callable[[Any], bool]] = {
    "note": _is_text,
    "confidence": _is_text,
    "evidence_quality": _whole_or_nothing,
    "respondents": lambda value: value is None or _is_text(value) or _texts(value),
    "data_year": _whole_or_nothing,
    "source": _is_text,
    "data_quality": _is_text,
    "gate_reason": _is_text,
}


def _of_answer(event: Mapping[str, Any]) -> bool:
    new = event["new"]
    if not event["path"]:
        return False
    if isinstance(new, dict):
        return all(_COMPANIONS[name](value) for name, value in new.items() if name in _COMPANIONS)
    return event["op"] == "set" or new is None


def _of_na(event: Mapping[str, Any]) -> bool:
    return bool(event["path"]) and _is_text(event["new"]) and bool(event["new"])


def _of_flag(event: Mapping[str, Any]) -> bool:
    return bool(event["path"]) and isinstance(event["new"], bool)


def _of_attach(event: Mapping[str, Any]) -> bool:
    new = event["new"]
    return bool(event["path"]) and (_is_id(new) or (isinstance(new, dict) and _is_id(new.get("evidence"))))


def _of_detach(event: Mapping[str, Any]) -> bool:
    return bool(event["path"]) and _is_id(event["old"])


def _of_row(event: Mapping[str, Any]) -> bool:
    place = event["old"] if event["op"] == "row_delete" else event["new"]
    if event["op"] == "row_delete" and event["new"] is not None:
        return False
    return _is_id(event["path"]) and _is_id(event["row"]) and _is_place(place)


def _free(_event: Mapping[str, Any]) -> bool:
    return True


_SHAPES: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "set": _of_answer,
    "clear": _of_answer,
    "na": _of_na,
    "flag": _of_flag,
    "attach": _of_attach,
    "detach": _of_detach,
    "row_add": _of_row,
    "row_move": _of_row,
    "row_delete": _of_row,
}
