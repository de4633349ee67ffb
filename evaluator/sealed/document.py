"""What `answers.json` says of each question and piece of evidence, by the keys of the forms that lie beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.bundle import names, shapes
from evaluator.errors import BundleError
from evaluator.form.filling import Filling
from evaluator.language import _
from evaluator.store.evidence import StoredEvidence
from evaluator.text import clean
from evaluator.text import line as one_line

Key = tuple[str, str]

_STATUSES = ("answered", "unanswered", "na", "special", "not_relevant")
_DESCRIPTION = ("title", "holder", "date", "page", "caption", "verified_by", "verified_at")


@dataclass(frozen=True, slots=True)
class Reply:
    """A comment of an earlier review, and what the assessor wrote back; empty where that is nothing."""

    text: str
    author: str
    at: str
    answer: str
    answered_at: str


@dataclass(frozen=True, slots=True)
class SaidAnswer:
    """One entry of `answers`; `value` is JSON of any kind, to be compared and never to be used."""

    path: str
    row: str
    status: str
    value: Any
    na: str
    note: str
    flag: bool
    evidence: tuple[str, ...]
    first_score: int | None
    after_reveal: bool = False
    replies: tuple[Reply, ...] = ()


def said_answers(document: Mapping[str, Any], filling: Filling) -> dict[Key, SaidAnswer]:
    """The entries of `answers` by key, which must be the questions of the visit in form order, each once.

    Raises BundleError: `statement_malformed` for an entry without shape, `statement_mismatch` for another question.
    """
    keys = list(filling.keys())
    entries = document["answers"]
    if len(entries) != len(keys):
        raise _other_questions()
    found = {}
    for key, entry in zip(keys, entries, strict=True):
        said = _said(entry)
        if (said.path, said.row) != (filling.path_of(key), key[1]):
            raise _other_questions()
        found[key] = said
    return found


def said_evidence(document: Mapping[str, Any]) -> dict[str, StoredEvidence]:
    """The pieces of evidence by id. Raises BundleError `statement_malformed`."""
    found: dict[str, StoredEvidence] = {}
    for entry in document["evidence"]:
        piece = _piece(entry)
        if piece is None or piece.id in found:
            raise shapes.malformed(names.ANSWERS, _("a piece of evidence is not described as it must be"))
        found[piece.id] = piece
    return found


def _said(entry: Mapping[str, Any]) -> SaidAnswer:
    row, first = entry.get("row"), entry.get("first_score")
    texts = [entry.get(name) for name in ("path", "na", "note")]
    pieces, comments = entry.get("evidence"), entry.get("comments", [])
    if (
        not all(_is_text(text) for text in texts)
        or not (row is None or shapes.label(row))
        or entry.get("status") not in _STATUSES
        or not isinstance(entry.get("flag"), bool)
        or not (isinstance(pieces, list) and all(shapes.label(piece) for piece in pieces))
        or not (first is None or shapes.count(first))
        or not (isinstance(comments, list) and all(_is_reply(comment) for comment in comments))
        or "value" not in entry
    ):
        path = one_line(entry.get("path", "?"), 200)
        raise shapes.malformed(names.ANSWERS, _("the entry of {path} is not as it must be").format(path=path))
    return SaidAnswer(
        path=entry["path"],
        row=row or "",
        status=entry["status"],
        value=entry["value"],
        na=entry["na"],
        note=entry["note"],
        flag=entry["flag"],
        evidence=tuple(pieces),
        first_score=first,
        after_reveal=entry.get("after_reveal") is True,
        replies=tuple(_reply(comment) for comment in entry.get("comments", ())),
    )


def _reply(comment: Mapping[str, Any]) -> Reply:
    return Reply(*(comment[name] for name in Reply.__slots__))


def _is_reply(comment: Any) -> bool:
    return isinstance(comment, dict) and all(_is_text(comment.get(name)) for name in Reply.__slots__)


def _piece(entry: Mapping[str, Any]) -> StoredEvidence | None:
    piece, file = entry.get("id"), entry.get("file")
    texts = {name: entry.get(name, "") for name in ("name", "type", *_DESCRIPTION)}
    if (
        not shapes.label(piece)
        or not shapes.label(file)
        or not all(_is_text(text) for text in texts.values())
    ):
        return None
    stem, dot, extension = str(file).removeprefix(names.EVIDENCE).partition(".")
    if (
        stem != piece
        or not dot
        or not shapes.sha256(entry.get("sha256"))
        or not shapes.count(entry.get("bytes"))
    ):
        return None
    return StoredEvidence(
        id=str(piece), sha256=entry["sha256"], bytes=entry["bytes"], extension=extension, **texts
    )


def _is_text(value: Any) -> bool:
    if not isinstance(value, str) or not shapes.text(value):
        return False
    try:
        return clean(value) == value
    except ValueError:
        return False


def _other_questions() -> BundleError:
    return BundleError(
        "statement_mismatch",
        _("answers.json does not list the questions of the forms in the bundle, each once"),
    )
