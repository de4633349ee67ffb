"""`answer` and `attach`: the scripting door to what an assessor does on the form screen."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from evaluator.cli.output import emit, say
from evaluator.errors import AnswerError, EvaluatorError, OutsideError, UsageError
from evaluator.language import _
from evaluator.text import clean
from evaluator.text import line as one_line
from evaluator.visits.desk import Desk
from evaluator.visits.values import Entry, EvidenceDetails, Saved

_ENTRY_KEYS = frozenset(field.name for field in fields(Entry))
_CHANGING = _ENTRY_KEYS - {"question", "token"}
_TEXTS = ("na", "action", "token")
_NAME_LIMIT = 1000
_BYTE_ORDER_MARK = "\ufeff"


def answer(options: Namespace) -> int:
    """Store one answer, or a line of JSON each from standard input."""
    if options.stdin:
        with Desk.open(options.workspace) as desk:
            return _answer_lines(desk, options.visit)
    if options.question is None or (options.value is None and options.note is None):
        raise UsageError("usage", _("Name a question and a value, or --stdin"))
    entry: dict[str, Any] = {"question": options.question}
    if options.value is not None:
        entry["value"] = options.value
    if options.note is not None:
        entry["note"] = options.note
    with Desk.open(options.workspace) as desk:
        saved = desk.visit(options.visit).answer(Entry(**entry))
    if options.json:
        emit(_reply(saved))
    else:
        say(_("Saved as {seq}").format(seq=saved.seq))
        for message in saved.invalid:
            say(message)
    return 0


def _answer_lines(desk: Desk, visit_id: str) -> int:
    visit = desk.visit(visit_id)
    code = 0
    for count, text in _numbered_lines():
        try:
            reply = _reply(visit.answer(_entry(text)))
        except OutsideError:
            raise  # the disk or the lock: going on would only repeat it
        except EvaluatorError as error:
            reply = {
                "ok": False,
                "line": count,
                "error": {"code": error.code, "message": one_line(error, 2000)},
            }
            code = 1
        try:
            emit(reply)
        except BrokenPipeError:
            raise OutsideError(
                "reader_gone",
                _("Nobody reads the replies any more; lines after {line} were not stored").format(line=count),
                _("Send them again"),
            ) from None
    return code


def _numbered_lines() -> Iterator[tuple[int, str]]:
    for count, text in enumerate(sys.stdin, start=1):
        if count == 1:
            text = text.removeprefix(_BYTE_ORDER_MARK)  # PowerShell puts one before what it pipes
        if text.strip():
            yield count, text


def _entry(text: str) -> Entry:
    try:
        # Numbers stay exact: 3.41 must not become the nearest binary fraction.
        values = json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_once_each,
        )
    except (ValueError, RecursionError):
        raise AnswerError("not_json", _("The line is not a JSON object")) from None
    if not isinstance(values, dict) or not isinstance(values.get("question"), str):
        raise AnswerError(
            "no_question", _('The line names no question, as in {"question": "gov.GOV-01", "value": 3}')
        )
    unknown = sorted(set(values) - _ENTRY_KEYS)
    if unknown:
        raise AnswerError("unknown_key", _("Unknown key: {names}").format(names=", ".join(unknown)))
    for name in _TEXTS:
        _check_text(name, values.get(name))
    # Programs that fill in every key say null or "" where they have no token and no action.
    given = {name: value for name, value in values.items() if value or name not in ("token", "action")}
    if not _CHANGING & set(given):
        raise AnswerError("nothing_to_do", _("The line changes nothing: give value, na, note or action"))
    return Entry(**given)


def _check_text(name: str, value: Any) -> None:
    """Raises AnswerError for what is no text, or cannot be kept."""
    if value is None:
        return
    try:
        sound = isinstance(value, str) and len(clean(value)) <= _NAME_LIMIT
    except ValueError:
        sound = False
    if not sound:
        raise AnswerError(
            "bad_key",
            _("`{name}` wants a plain text of at most {count} characters").format(
                name=name, count=_NAME_LIMIT
            ),
        )


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse_constant(text: str) -> None:
    raise ValueError(text)


def _reply(saved: Saved) -> dict[str, Any]:
    return {"ok": True, "seq": saved.seq, "invalid": list(saved.invalid)}


def attach(options: Namespace) -> int:
    """Attach files, or link evidence that is there, to a question."""
    if bool(options.files) == bool(options.evidence):
        raise UsageError("usage", _("Name files to attach, or --evidence ID to link"))
    details = EvidenceDetails(
        type=options.type,
        title=options.title,
        holder=options.holder,
        date=options.date,
        page=options.page,
        caption=options.caption,
        verified_by=options.verified_by,
    )
    with Desk.open(options.workspace) as desk:
        visit = desk.visit(options.visit)
        if options.evidence:
            attached = [visit.link(options.question, options.evidence)]
        else:
            attached = list(
                visit.attach_all(options.question, [Path(name) for name in options.files], details)
            )
    if options.json:
        emit([{"evidence": piece.id, "sha256": piece.sha256, "bytes": piece.bytes} for piece in attached])
    else:
        for piece in attached:
            say(f"{piece.id}  {piece.sha256[:12]}  {piece.bytes}  {piece.name}")
    return 0
