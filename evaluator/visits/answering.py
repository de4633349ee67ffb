"""Answers and rows: reading what was entered, judging it, and making it durable."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from evaluator import clock
from evaluator.errors import AnswerError, NotFoundError
from evaluator.form.definition import CONTAINER_TYPES, NUMERIC_TYPES, Choice, Question
from evaluator.language import _, current
from evaluator.store import answers, events, replies, rows
from evaluator.store import visits as visit_table
from evaluator.store.answers import StoredAnswer
from evaluator.store.rows import StoredRow
from evaluator.text import clean
from evaluator.visits.settling import settle
from evaluator.visits.values import COMPANIONS, UNSET, Entry, Key, Saved

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

_TEXT_LIMIT = 100_000
_YEAR = re.compile(r"[12][0-9]{3}")


def answer(visit: Visit, entry: Entry) -> Saved:
    """Store one entry in one transaction; see `Visit.answer`."""
    if entry.token:
        with visit.desk.transaction() as connection:
            reply = replies.find(connection, visit.id, entry.token)
        if reply is not None:
            return Saved(reply["seq"], tuple(reply["invalid"]))
    visit.require_draft()
    if entry.action:
        return _row_action(visit, entry)
    key, fresh_row = _locate(visit, entry.question)
    if fresh_row is None:
        after = _applied(visit, key, entry)
        with visit.step() as connection:
            return keep(visit, connection, after, entry.token)
    with visit.step() as connection:
        added = _add(visit, connection, fresh_row)
        saved = keep(visit, connection, _applied(visit, key, entry), entry.token)
    return replace(saved, changed=tuple(dict.fromkeys((*added.changed, *saved.changed))))


def keep(
    visit: Visit, connection: Connection, after: StoredAnswer, token: str = "", reason: str = ""
) -> Saved:
    """Take an answer into memory and into the transaction of a step; it was read and judged before."""
    key = after.key
    before = visit.stored(key)
    if after.value != before.value or after.na != before.na:
        change = visit.filling.set(key, after.value, after.na)
        visit.answers[key] = after
    else:
        visit.answers[key] = after
        change = visit.filling.refresh(key)
    counters = visit.changed(None if change.rows else (key, *change.states))
    stored = answers.save(
        connection,
        visit.id,
        before,
        after,
        visit.desk.author,
        reason=reason,
        counters=counters,
        revealed=key in visit.references,
    )
    visit.answers[key] = stored
    settle(visit, connection, change)
    # Saving the same again makes no event; what it asks for stands since the last one at the latest.
    seq = stored.seq if stored.seq > before.seq else events.last_seq(connection)
    invalid = visit.filling.state(key).invalid
    _remember(visit, connection, token, seq, invalid)
    return Saved(seq, invalid, change.states, clock.local())


def _remember(
    visit: Visit, connection: Connection, token: str, seq: int, invalid: tuple[str, ...] = ()
) -> None:
    if token:
        replies.put(connection, visit.id, token, {"seq": seq, "invalid": list(invalid)})


def _applied(visit: Visit, key: Key, entry: Entry) -> StoredAnswer:
    """The answer as `entry` leaves it. Raises AnswerError for what is refused."""
    question = visit.filling.question(key)
    path = visit.filling.path_of(key)
    if question.type in CONTAINER_TYPES or question.type in ("note", "calculate"):
        raise AnswerError("not_answerable", _("{path} takes no answer").format(path=path), path=path)
    changes: dict[str, Any] = {}
    if entry.value is not UNSET or entry.na is not UNSET:
        if visit.filling.state(key).read_only:
            raise AnswerError(
                "read_only",
                _("{path} is filled by the program and cannot be changed").format(path=path),
                path=path,
            )
        changes = _value_or_na(visit, key, path, entry)
    for name in COMPANIONS:
        given = getattr(entry, name)
        if given is not UNSET:
            changes[name] = _companion(visit, question, name, given, path)
    return _scored(question, replace(visit.stored(key), **changes))


def _scored(question: Question, answer: StoredAnswer) -> StoredAnswer:
    """With the first level of a rubric as its first score, which stays for ever."""
    if question.type == "rubric" and answer.first_score is None and isinstance(answer.value, int):
        return replace(answer, first_score=answer.value)
    return answer


def _value_or_na(visit: Visit, key: Key, path: str, entry: Entry) -> dict[str, Any]:
    reason = "" if entry.na is UNSET or entry.na is None else entry.na
    if entry.value is UNSET and not reason:
        return {"na": ""}  # no longer N/A; a value that stands is not spoken of
    value = None if entry.value is UNSET else entry.value
    if reason and value is not None:
        raise AnswerError(
            "value_and_na", _("{path} has a value and a reason for N/A").format(path=path), path=path
        )
    if reason:
        known = [found.value for found in visit.instrument.na_reasons]
        if reason not in known:
            raise AnswerError(
                "unknown_na_reason",
                _("{reason} is no reason for N/A").format(reason=reason),
                _("Reasons: {names}").format(names=", ".join(known)),
                path=path,
            )
        return {"value": None, "na": reason}
    try:
        return {"value": visit.filling.read(key, value), "na": ""}
    except AnswerError as error:
        raise AnswerError(error.code, error.message, error.hint, path=path) from None


def _companion(visit: Visit, question: Question, name: str, given: Any, path: str) -> Any:
    if name == "flag":
        if given not in (True, False, None):
            raise _companion_refused(name, path, "true, false")
        return bool(given)
    if given is None or given == "":
        return None if name in ("evidence_quality", "data_year", "respondents") else ""
    if name == "evidence_quality":
        return int(_listed(visit.instrument.evidence_quality, str(given), name, path))
    if name == "data_year":
        if not _YEAR.fullmatch(str(given)):
            raise _companion_refused(name, path, "2026")
        return int(given)
    if not isinstance(given, str):
        if name == "respondents" and isinstance(given, list) and all(isinstance(one, str) for one in given):
            return [_text(one, name, path) for one in given]
        raise _companion_refused(name, path, _("a text"))
    if name == "confidence":
        return _listed(visit.instrument.confidence, given, name, path)
    if name == "data_quality":
        if question.type not in NUMERIC_TYPES:
            raise _companion_refused(name, path, _("a question with a number"))
        return _listed(visit.instrument.data_quality, given, name, path)
    return _text(given, name, path)


def _text(given: str, name: str, path: str) -> str:
    try:
        text = clean(given).strip()
    except ValueError as error:
        raise AnswerError(
            "control_character",
            _("{path}: {name} holds a control character ({where})").format(path=path, name=name, where=error),
            path=path,
        ) from None
    if len(text) > _TEXT_LIMIT:
        raise _companion_refused(name, path, _("at most {count} characters").format(count=_TEXT_LIMIT))
    return text


def _listed(choices: tuple[Choice, ...], given: str, name: str, path: str) -> str:
    if given not in {choice.value for choice in choices}:
        named = ", ".join(f"{choice.value} ({choice.label.text(current())})" for choice in choices)
        raise _companion_refused(name, path, named)
    return given


def _companion_refused(name: str, path: str, wanted: str) -> AnswerError:
    return AnswerError(
        "companion_refused",
        _("{path}: {name} wants {wanted}").format(path=path, name=name, wanted=wanted),
        path=path,
    )


def _locate(visit: Visit, question: str | Key) -> tuple[Key, StoredRow | None]:
    """The key of a question; a path one row beyond the last makes that row."""
    if not isinstance(question, str):
        return question, None
    following = visit.filling.next_row(question)
    if following is None:
        return visit.filling.locate(question), None
    if not following.rest:
        raise AnswerError("not_answerable", _("{path} takes no answer").format(path=question), path=question)
    if "[" in following.rest:
        raise AnswerError(
            "row_unknown",
            _("There is no row {path}").format(path=question),
            _("Rows are added from the outside in, one by one"),
            path=question,
        )
    position = len(visit.filling.rows(following.repeat, following.parent)) + 1
    row = StoredRow(clock.uuid7(), following.repeat, following.parent, position)
    return (f"{following.repeat}.{following.rest}", row.id), row


# -- rows


def _row_action(visit: Visit, entry: Entry) -> Saved:
    path = entry.question if isinstance(entry.question, str) else visit.filling.path_of(entry.question)
    if entry.action not in ("delete", "insert", "move"):
        raise _bad_action(entry.action, path)
    following = visit.filling.next_row(path)
    if following is not None:
        if entry.action != "insert" or following.rest:
            raise NotFoundError("row_unknown", _("There is no row {path}").format(path=path))
        position = len(visit.filling.rows(following.repeat, following.parent)) + 1
        return _insert(
            visit, StoredRow(clock.uuid7(), following.repeat, following.parent, position), entry.token
        )
    key = visit.filling.locate(path)
    if visit.filling.question(key).type != "repeat" or not path.rstrip().endswith("]"):
        raise _bad_action(entry.action, path)
    row = visit.filling.row(key[1])
    if entry.action == "delete":
        return delete_row(visit, row.id, entry.token)
    if entry.action == "insert":
        return _insert(visit, StoredRow(clock.uuid7(), row.repeat, row.parent, row.position), entry.token)
    target = str(entry.value)
    count = len(visit.filling.rows(row.repeat, row.parent))
    if not re.fullmatch(r"[1-9]\d{0,5}", target) or int(target) > count:
        raise AnswerError(
            "bad_position", _("`value` is the new position, 1 to {count}").format(count=count), path=path
        )
    return move_row(visit, row.id, int(target), entry.token)


def _bad_action(action: str, path: str) -> AnswerError:
    return AnswerError(
        "unknown_action",
        _("{action} is no action on {path}").format(action=action, path=path),
        _("delete, insert and move work on a row, as in qwn.QWN-REC[2]"),
        path=path,
    )


def insert_row(visit: Visit, repeat: str, position: int | None, parent: str) -> str:
    """See `Visit.insert_row`."""
    visit.require_draft()
    place = len(visit.filling.rows(repeat, parent)) + 1 if position is None else position
    row = StoredRow(clock.uuid7(), repeat, parent, place)
    with visit.step() as connection:
        _add(visit, connection, row)
    return row.id


def _insert(visit: Visit, row: StoredRow, token: str) -> Saved:
    with visit.step() as connection:
        return _add(visit, connection, row, token)


def _add(visit: Visit, connection: Connection, row: StoredRow, token: str = "") -> Saved:
    change = visit.filling.add_row(row.repeat, row.parent, row.id, row.position)
    seq = rows.insert(connection, visit.id, row, visit.desk.author, counters=visit.changed(None))
    settle(visit, connection, change)
    _remember(visit, connection, token, seq)
    return Saved(seq, (), change.states, clock.local())


def delete_row(visit: Visit, row: str, token: str = "", reason: str = "") -> Saved:
    """See `Visit.delete_row`."""
    visit.require_draft()
    with visit.step() as connection:
        change = visit.filling.remove_row(row)
        counters = visit.changed(None)
        seq = rows.delete(connection, visit.id, row, visit.desk.author, reason=reason, counters=counters)
        settle(visit, connection, change)
        _remember(visit, connection, token, seq)
    return Saved(seq, (), change.states, clock.local())


def restore_row(visit: Visit, row: str, reason: str) -> None:
    """Bring a deleted row back with all that was in it."""
    with visit.step() as connection:
        rows.restore(connection, visit.id, row, visit.desk.author, reason=reason)
        visit.fill(rows.load(connection, visit.id))
        visit_table.set_counters(connection, visit.id, visit.counters())


def move_row(visit: Visit, row: str, position: int, token: str = "", reason: str = "") -> Saved:
    """See `Visit.move_row`."""
    visit.require_draft()
    with visit.step() as connection:
        change = visit.filling.move_row(row, position)
        counters = visit.changed(None)
        seq = rows.move(
            connection, visit.id, row, position, visit.desk.author, reason=reason, counters=counters
        )
        settle(visit, connection, change)
        _remember(visit, connection, token, seq)
    return Saved(seq, (), change.states, clock.local())


def duplicate_row(visit: Visit, row: str) -> str:
    """See `Visit.duplicate_row`."""
    visit.require_draft()
    source = visit.filling.row(row)
    new = StoredRow(clock.uuid7(), source.repeat, source.parent, source.position + 1)
    with visit.step() as connection:
        _add(visit, connection, new)
        for path, of_row in list(visit.filling.keys()):
            found = visit.stored((path, row))
            if of_row != new.id or (found.value is None and not found.na and not found.note):
                continue
            if visit.filling.state((path, of_row)).read_only:
                continue
            copy = StoredAnswer(path, of_row, value=found.value, na=found.na, note=found.note)
            keep(visit, connection, _scored(visit.filling.question((path, of_row)), copy))
    return new.id
