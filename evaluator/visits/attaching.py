"""Evidence: files copied in durably, and what is known of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator import clock
from evaluator.errors import AnswerError, UsageError
from evaluator.form.definition import CONTAINER_TYPES
from evaluator.language import _, current, parse_day
from evaluator.store import evidence, files
from evaluator.store.evidence import StoredEvidence
from evaluator.text import clean, line
from evaluator.visits.values import EvidenceDetails, Key

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

_TEXT_LIMIT = 2_000
_YEAR = re.compile(r"[12][0-9]{3}")


def attach(visit: Visit, key: Key, file: Path, details: EvidenceDetails) -> StoredEvidence:
    """Copy `file`, make it durable, then refer to it; see `attach_all`."""
    return attach_all(visit, key, [file], details)[0]


def attach_all(
    visit: Visit, key: Key, sources: Sequence[Path], details: EvidenceDetails
) -> tuple[StoredEvidence, ...]:
    """Attach all of `sources` to a question, or none.

    The same bytes attached again become the same piece, linked to one more question. Raises UsageError for a file
    that cannot be evidence, DiskFullError.
    """
    visit.require_draft()
    _check_question(visit, key)
    described = _checked(visit, details)
    workspace = visit.desk.workspace
    kept = [files.keep(source, workspace.evidence, workspace.tmp) for source in sources]
    known = {piece.sha256: piece for piece in visit.evidence()}
    with visit.step() as connection:
        for source, copy in zip(sources, kept, strict=True):
            if copy.sha256 in known:
                same = known[copy.sha256].id
                evidence.link(connection, visit.id, same, *key, visit.desk.author)
                continue
            piece = StoredEvidence(
                id=evidence.next_id(connection, visit.id),
                sha256=copy.sha256,
                bytes=copy.bytes,
                name=line(source.name),
                extension=_extension(source),
                verified_at=clock.local() if described.verified_by else "",
                **asdict(described),
            )
            stored = evidence.attach(connection, visit.id, piece, *key, visit.desk.author)
            known[copy.sha256] = stored
        visit.evidence_changed(connection, key)
    return tuple(known[copy.sha256] for copy in kept)


def link(visit: Visit, key: Key, evidence_id: str) -> StoredEvidence:
    """See `Visit.link`."""
    visit.require_draft()
    _check_question(visit, key)
    piece = visit.find_evidence(evidence_id)
    with visit.step() as connection:
        evidence.link(connection, visit.id, evidence_id, *key, visit.desk.author)
        visit.evidence_changed(connection, key)
    return piece


def detach(visit: Visit, key: Key, evidence_id: str) -> None:
    """See `Visit.detach`."""
    visit.require_draft()
    with visit.step() as connection:
        evidence.unlink(connection, visit.id, evidence_id, *key, visit.desk.author)
        visit.evidence_changed(connection, key)


def describe(visit: Visit, evidence_id: str, details: EvidenceDetails) -> StoredEvidence:
    """See `Visit.describe`."""
    visit.require_draft()
    before = visit.find_evidence(evidence_id)
    described = _checked(visit, details)
    verified_at = before.verified_at if described.verified_by == before.verified_by else clock.local()
    after = replace(before, **asdict(described), verified_at=verified_at if described.verified_by else "")
    supported = visit.questions_of(evidence_id)
    first = next(iter(supported), ("", ""))
    with visit.step() as connection:
        evidence.describe(connection, visit.id, after, *first, visit.desk.author)
        visit.evidence_changed(connection, *supported)
    return after


def _extension(file: Path) -> str:
    """The ending that the file gets in a bundle: nothing of a foreign name but letters and digits goes there."""
    ending = file.suffix.lstrip(".").lower()
    return ending if re.fullmatch(r"[a-z0-9]{1,8}", ending) else "bin"


def _check_question(visit: Visit, key: Key) -> None:
    question = visit.filling.question(key)
    if question.type in CONTAINER_TYPES or question.type == "note":
        path = visit.filling.path_of(key)
        raise AnswerError("not_answerable", _("{path} takes no evidence").format(path=path), path=path)


def _checked(visit: Visit, details: EvidenceDetails) -> EvidenceDetails:
    """The details, cleaned, with the date in ISO form. Raises UsageError naming what is wrong."""
    types = visit.instrument.evidence_types
    if details.type not in {choice.value for choice in types}:
        named = ", ".join(f"{choice.value} ({choice.label.text(current())})" for choice in types)
        raise UsageError(
            "evidence_type",
            _("{type} is no kind of evidence").format(type=details.type or _("Nothing")),
            _("Say --type with one of: {names}").format(names=named),
        )
    try:
        values = {name: clean(value).strip() for name, value in asdict(details).items()}
    except ValueError as error:
        raise UsageError(
            "control_character", _("The description holds a control character ({where})").format(where=error)
        ) from None
    for name, value in values.items():
        if len(value) > _TEXT_LIMIT:
            raise UsageError(
                "too_long",
                _("`{name}` wants a plain text of at most {count} characters").format(
                    name=name, count=_TEXT_LIMIT
                ),
            )
    values["date"] = _iso(values["date"])
    return EvidenceDetails(**values)


def _iso(text: str) -> str:
    """A year, a month or a day in ISO form."""
    if not text or _YEAR.fullmatch(text):
        return text
    try:
        if len(text) == 7:
            return date.fromisoformat(f"{text}-01").isoformat()[:7]
        return parse_day(text).isoformat()
    except ValueError:
        raise UsageError(
            "bad_date",
            _("{text} is no date").format(text=text),
            _("Write 25/2/2026, 2026-02-25, 2026-02 or 2026"),
        ) from None
