"""Answers and rows: reading what was entered, judging it, and making it durable."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evaluator import clock
from evaluator.errors import AnswerError, EvaluatorError, NotFoundError
from evaluator.form.definition import CONTAINER_TYPES, NUMERIC_TYPES, Choice, Question
from evaluator.form.filling import Change
from evaluator.language import _, current
from evaluator.store import answers, events, replies, rows
from evaluator.store import visits as visit_table
from evaluator.store.answers import StoredAnswer
from evaluator.store.rows import StoredRow
from evaluator.text import clean
from evaluator.visits.values import COMPANIONS, UNSET, Entry, Key, Saved

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

_TEXT_LIMIT = 100_000


def answer(visit: Visit, entry: Entry) -> Saved:
    """Store one entry in one transaction; see `Visit.answer`."""
    visit.require_draft()
    if entry.token:
        with visit.desk.transaction() as connection:
            reply = replies.find(connection, visit.id, entry.token)
        if reply is not None:
            return Saved(reply["seq"], tuple(reply["invalid"]))
    if entry.action:
        return _row_action(visit, entry)
    key, fresh_row = _locate(visit, entry.question)
    if fresh_row is None:
        return store(visit, key, entry)
    visit.filling.add_row(fresh_row.repeat, fresh_row.parent, fresh_row.id, fresh_row.position)
    try:
        return store(visit, key, entry, fresh_row)
    except EvaluatorError:
        visit.filling.remove_row(fresh_row.id)
        visit.tally.update(None)
        raise


def store(
    visit: Visit, key: Key, entry: Entry, fresh_row: StoredRow | None = None, reason: str = ""
) -> Saved:
    """Read, judge and keep the entry for `key`, with the row it stands in if that is new."""
    question = visit.filling.question(key)
    path = visit.filling.path_of(key)
    before = visit.stored(key)
    after = _applied(visit, question, key, path, before, entry)
    if after.value != before.value or after.na != before.na:
        change = visit.filling.set(key, after.value, after.na)
    else:
        change = visit.filling.refresh(key)
    visit.answers[key] = after
    try:
        seq = _write(visit, key, before, after, change, entry.token, fresh_row, reason)
    except EvaluatorError:
        visit.answers[key] = before
        visit.filling.set(key, before.value, before.na)
        visit.changed(None)
        raise
    return Saved(seq, tuple(visit.filling.state(key).invalid), change.states, clock.local())


def _write(
    visit: Visit,
    key: Key,
    before: StoredAnswer,
    after: StoredAnswer,
    change: Change,
    token: str,
    fresh_row: StoredRow | None,
    reason: str,
) -> int:
    counters = visit.changed(None if fresh_row or change.rows else (key, *change.states))
    author = visit.desk.author
    with visit.desk.transaction() as connection:
        if fresh_row is not None:
            rows.insert(connection, visit.id, fresh_row, author)
        stored = answers.save(connection, visit.id, before, after, author, reason=reason, counters=counters)
        # Saving the same again makes no event; what it asks for stands since the last one at the latest.
        seq = stored.seq if stored.seq > before.seq else events.last_seq(connection)
        if token:
            reply = {"seq": seq, "invalid": list(visit.filling.state(key).invalid)}
            replies.put(connection, visit.id, token, reply)
    visit.answers[key] = stored
    return seq


def _applied(
    visit: Visit, question: Question, key: Key, path: str, before: StoredAnswer, entry: Entry
) -> StoredAnswer:
    if question.type in CONTAINER_TYPES or question.type in ("note", "calculate"):
        raise AnswerError("not_answerable", _("{path} takes no answer").format(path=path), path=path)
    state = visit.filling.state(key)
    changes: dict[str, Any] = {}
    if entry.value is not UNSET or entry.na is not UNSET:
        if state.read_only:
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
    after = replace(before, **changes)
    if question.type == "rubric" and before.first_score is None and isinstance(after.value, int):
        after = replace(after, first_score=after.value)
    return after


def _value_or_na(visit: Visit, key: Key, path: str, entry: Entry) -> dict[str, Any]:
    reason = "" if entry.na is UNSET or entry.na is None else entry.na
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
    if name in ("evidence_quality", "data_year"):
        text = str(given)
        if isinstance(given, bool) or not re.fullmatch(r"\d{1,4}", text):
            raise _companion_refused(name, path, "0–3" if name == "evidence_quality" else "2026")
        if name == "evidence_quality":
            _listed(visit.instrument.evidence_quality, text, name, path)
        return int(text)
    if not isinstance(given, str):
        if name == "respondents" and isinstance(given, list):
            return [_text(str(item), name, path) for item in given]
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
    place = position or len(visit.filling.rows(repeat, parent)) + 1
    row = StoredRow(clock.uuid7(), repeat, parent, place)
    _insert(visit, row)
    return row.id


def _insert(visit: Visit, row: StoredRow, token: str = "", reason: str = "") -> Saved:
    change = visit.filling.add_row(row.repeat, row.parent, row.id, row.position)
    try:
        counters = visit.changed(None)
        with visit.desk.transaction() as connection:
            seq = rows.insert(connection, visit.id, row, visit.desk.author, reason=reason, counters=counters)
            _remember(visit, connection, token, seq)
    except EvaluatorError:
        visit.filling.remove_row(row.id)
        visit.changed(None)
        raise
    return Saved(seq, (), change.states, clock.local())


def _remember(visit: Visit, connection: Any, token: str, seq: int) -> None:
    if token:
        replies.put(connection, visit.id, token, {"seq": seq, "invalid": []})


def delete_row(visit: Visit, row: str, token: str = "", reason: str = "") -> Saved:
    """See `Visit.delete_row`."""
    visit.require_draft()
    with visit.desk.transaction() as connection:
        seq = rows.delete(connection, visit.id, row, visit.desk.author, reason=reason)
        _remember(visit, connection, token, seq)
    return _after_rows(visit, visit.filling.remove_row(row), seq)


def restore_row(visit: Visit, row: str, reason: str = "") -> Saved:
    """Bring a deleted row back with all that was in it."""
    visit.require_draft()
    with visit.desk.transaction() as connection:
        seq = rows.restore(connection, visit.id, row, visit.desk.author, reason=reason)
        living = rows.load(connection, visit.id)
    found = next(known for known in living if known.id == row)
    change = visit.filling.add_row(found.repeat, found.parent, row, found.position)
    present = {known.id for known in visit.filling.all_rows()}
    for inner in living:
        if inner.id not in present:
            visit.filling.add_row(inner.repeat, inner.parent, inner.id, inner.position)
    for key, kept in visit.answers.items():
        if key[1] and visit.filling.has(key) and (kept.value is not None or kept.na):
            visit.filling.set(key, kept.value, kept.na)
    return _after_rows(visit, change, seq)


def move_row(visit: Visit, row: str, position: int, token: str = "", reason: str = "") -> Saved:
    """See `Visit.move_row`."""
    visit.require_draft()
    with visit.desk.transaction() as connection:
        seq = rows.move(connection, visit.id, row, position, visit.desk.author, reason=reason)
        _remember(visit, connection, token, seq)
    return _after_rows(visit, visit.filling.move_row(row, position), seq)


def _after_rows(visit: Visit, change: Change, seq: int) -> Saved:
    """Counters follow a row change in a transaction of their own: they can be recounted at any time."""
    counters = visit.changed(None)
    with visit.desk.transaction() as connection:
        visit_table.set_counters(connection, visit.id, counters)
    return Saved(seq, (), change.states, clock.local())


def duplicate_row(visit: Visit, row: str) -> str:
    """See `Visit.duplicate_row`. First scores are not copied: the copy has none yet."""
    visit.require_draft()
    source = visit.filling.row(row)
    new = insert_row(visit, source.repeat, source.position + 1, source.parent)
    for (path, of_row), found in list(visit.answers.items()):
        if of_row != row or not visit.filling.has((path, new)):
            continue
        if found.value is None and not found.na and not found.note:
            continue
        if visit.filling.state((path, new)).read_only:
            continue
        copy = Entry((path, new), value=found.value, na=found.na or UNSET, note=found.note)
        store(visit, (path, new), copy)
    return new
