"""What changed from one sealed revision to the next: two bundles in, differences out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.language import _, current
from evaluator.reviews.values import AnswerChange, Changes, Key, RowChange
from evaluator.scoring.mean import plain
from evaluator.sealed.reading import Sealed
from evaluator.text import line

FINDINGS = ("strengths", "weaknesses", "recommendations")
_COMPANIONS = (
    "note", "flag", "confidence", "evidence_quality", "respondents", "data_year", "source", "data_quality",
    "gate_reason",
)  # fmt: skip
_TEXT = 80


def differences(before: Sealed, after: Sealed) -> Changes:
    """The differences of `after` to `before`, which is an earlier revision of the same visit.

    Rows are followed by their lasting ids, so that a row that only moved is no difference.
    """
    answers = {}
    for key in after.filling.keys():
        change = _answer(before, after, key)
        if change:
            answers[key] = change
    old, new = _files(before), _files(after)
    return Changes(
        revision=before.revision,
        answers=answers,
        rows=(*_rows(after, before, added=True), *_rows(before, after, added=False)),
        evidence_added=tuple(piece for piece in new if old.get(piece) != new[piece]),
        evidence_removed=tuple(piece for piece in old if old[piece] != new.get(piece)),
        old_total=plain(before.score().total),
        new_total=plain(after.score().total),
    )


def _files(sealed: Sealed) -> dict[str, str]:
    return {piece.id: piece.sha256 for piece in sealed.evidence.values()}


def _answer(before: Sealed, after: Sealed, key: Key) -> AnswerChange | None:
    """The change of one question; None where nothing is different, or its row is new and has no answer."""
    known = before.filling.has(key)
    old, new = _value(before, key) if known else None, _value(after, key)
    companions = _companions(before, after, key)
    was, has = set(before.links.get(key, ())), set(after.links.get(key, ()))
    if old == new and not companions and was == has:
        return None
    return AnswerChange(
        key=key,
        path=after.filling.path_of(key),
        label=after.filling.label_text(key),
        old=_shown(before, key) if known else "",
        new=_shown(after, key),
        old_value=old,
        new_value=new,
        first_score=after.stored(key).first_score,
        companions=companions,
        evidence_added=tuple(sorted(has - was)),
        evidence_removed=tuple(sorted(was - has)),
    )


def _value(sealed: Sealed, key: Key) -> Any:
    """What counts: the value, the reason for N/A, or nothing where the question is not relevant."""
    state = sealed.filling.state(key)
    if not state.relevant:
        return None
    return {"na": state.na} if state.na else state.value


def _shown(sealed: Sealed, key: Key) -> str:
    state = sealed.filling.state(key)
    if not state.relevant:
        return _("not relevant")
    if state.na:
        reasons = {reason.value: reason.label for reason in sealed.instrument.na_reasons}
        return _("N/A: {reason}").format(reason=reasons[state.na].text(current()))
    return sealed.filling.shown(key)


def _companions(before: Sealed, after: Sealed, key: Key) -> Mapping[str, tuple[Any, Any]]:
    old, new = before.stored(key), after.stored(key)
    return {
        name: (getattr(old, name), getattr(new, name))
        for name in _COMPANIONS
        if getattr(old, name) != getattr(new, name)
    }


def _rows(here: Sealed, there: Sealed, *, added: bool) -> list[RowChange]:
    """The rows that are here and not there."""
    known = {row.id for row in there.rows}
    lists = {here.instrument.settings.get(name): name for name in FINDINGS}
    return [
        RowChange(
            repeat=row.repeat,
            row=row.id,
            path=here.filling.path_of((row.repeat, row.id)),
            text=_row_text(here, row.repeat, row.id),
            added=added,
            finding=lists.get(row.repeat, ""),
        )
        for row in here.rows
        if row.id not in known
    ]


def _row_text(sealed: Sealed, repeat: str, row: str) -> str:
    """The beginning of what stands in a row, for people who have to recognise it."""
    texts = (
        sealed.filling.shown((question.path, row))
        for question in sealed.instrument.walk()
        if question.repeats[-1:] == (repeat,) and sealed.filling.has((question.path, row))
    )
    return line(" · ".join(text for text in texts if text), _TEXT)
