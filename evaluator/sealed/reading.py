"""A sealed visit read back from its bundle, with the forms that lie in it: checked, then as alive as the original.

Signed is not the same as harmless. Whoever holds a key can sign anything, so every line is judged before anything
follows it: the trail by its shape, the forms by the reader of forms, each answer by its question, and `answers.json` by
the trail that it must follow from. `report.html` is never read; what people see is rendered from the answers here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evaluator import instruments, plans
from evaluator.bundle import documents, names, shapes
from evaluator.bundle.reading import Bundle, open_bundle
from evaluator.errors import AnswerError, BundleError, DefinitionError
from evaluator.form.definition import Choice, Instrument, Label
from evaluator.form.filling import Environment, Filling, Row, Stored
from evaluator.form.program import compile_program
from evaluator.language import _
from evaluator.scoring.result import Score
from evaluator.sealed.document import SaidAnswer, said_answers, said_evidence
from evaluator.sealed.trail import read_trail
from evaluator.store import answers, evidence, rows
from evaluator.store.answers import StoredAnswer
from evaluator.store.audit import Entry
from evaluator.store.evidence import StoredEvidence
from evaluator.store.rows import StoredRow
from evaluator.text import line as one_line

MAX_INSTRUMENT_FILES = 100
MAX_INSTRUMENT_BYTES = 32 * 1024 * 1024

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed revision of a visit.

    `filling` is the state at the moment of sealing, worked out here from the trail; `said` is what `answers.json` says
    of each question, `document` the whole of it. `recomputed` are the questions whose status or calculated value came
    out otherwise here than there.
    """

    bundle: Bundle
    document: Mapping[str, Any]
    instrument: Instrument
    filling: Filling
    trail: tuple[Entry, ...]
    answers: Mapping[Key, StoredAnswer]
    rows: tuple[StoredRow, ...]
    evidence: Mapping[str, StoredEvidence]
    links: Mapping[Key, tuple[str, ...]]
    said: Mapping[Key, SaidAnswer]
    recomputed: tuple[Key, ...]

    @property
    def bundle_id(self) -> str:
        """The id of the bundle."""
        return self.bundle.bundle_id

    @property
    def visit(self) -> str:
        """The visit."""
        return self.bundle.statement.visit

    @property
    def revision(self) -> int:
        """Its revision."""
        return self.bundle.statement.revision

    def stored(self, key: Key) -> StoredAnswer:
        """What is kept for a question, empty where there is nothing."""
        return self.answers.get(key) or StoredAnswer(*key)

    def evidence_of(self, key: Key) -> tuple[StoredEvidence, ...]:
        """The pieces that support an answer."""
        return tuple(self.evidence[piece] for piece in self.links.get(key, ()))

    def evidence_file(self, piece: str) -> str:
        """The name in the bundle of a piece of evidence."""
        return f"{names.EVIDENCE}{piece}.{self.evidence[piece].extension}"

    @property
    def failed_checks(self) -> tuple[Mapping[str, Any], ...]:
        """The checks that were not met when it was sealed, as the bundle has them."""
        said = self.document["score"].get("checks")
        return tuple(check for check in said if isinstance(check, dict)) if isinstance(said, list) else ()

    def score(self) -> Score:
        """The scores, worked out here."""
        return plans.scored(plans.scoring_plan(self.instrument), self.instrument, self.filling)


def open_sealed(path: Path) -> Sealed:
    """The sealed visit in the bundle at `path`, whose payload must have been verified.

    Raises BundleError `statement_malformed` or `statement_mismatch` for content that cannot be what a workspace
    sealed, and whatever `open_bundle` raises.
    """
    return read_sealed(open_bundle(path))


def read_sealed(bundle: Bundle) -> Sealed:
    """See `open_sealed`."""
    _within(bundle, names.ANSWERS, shapes.MAX_JSON)
    document = bundle.answers()
    trail = _read_trail(bundle)
    instrument = _read_instrument(bundle)
    if document["instrument"] != {"id": instrument.id, "version": instrument.version}:
        raise _mismatch(_("answers.json names another instrument than the one in the bundle"))
    pieces = said_evidence(document)
    kept, living, links = answers.apply(trail), rows.apply(trail), evidence.apply(trail)
    if {piece for attached in links.values() for piece in attached} != pieces.keys():
        raise _mismatch(_("answers.json lists other evidence than the audit trail"))
    filling = _fill(instrument, trail[-1], kept, living, links, pieces)
    _check_rows(filling, living)
    _check_values(filling, kept, migrated=any(entry.op == "migrate" for entry in trail))
    said = said_answers(document, filling)
    _check_said(filling, said, kept, links)
    return Sealed(
        bundle=bundle,
        document=document,
        instrument=instrument,
        filling=filling,
        trail=trail,
        answers=_with_first_scores(kept, said, trail, instrument),
        rows=tuple(living),
        evidence=_with_added(pieces, trail),
        links=links,
        said=said,
        recomputed=_recomputed(filling, said, kept),
    )


def _within(bundle: Bundle, name: str, limit: int) -> None:
    if bundle.sizes.get(name, 0) > limit:
        raise BundleError("zip_limit", _("{name} is too large").format(name=name))


def _read_trail(bundle: Bundle) -> tuple[Entry, ...]:
    _within(bundle, names.AUDIT, documents.MAX_AUDIT)
    return read_trail(bundle.read(names.AUDIT), bundle.statement.revision)


def _read_instrument(bundle: Bundle) -> Instrument:
    listed = [name for name in bundle.hashes if name.startswith(names.INSTRUMENT)]
    files = {name.removeprefix(names.INSTRUMENT): name for name in listed}
    if len(files) > MAX_INSTRUMENT_FILES or any("/" in name for name in files):
        raise shapes.malformed(names.INSTRUMENT, _("it has too many files, or folders"))
    if sum(bundle.sizes.get(name, 0) for name in listed) > MAX_INSTRUMENT_BYTES:
        raise BundleError("zip_limit", _("{name} is too large").format(name=names.INSTRUMENT))
    try:
        instrument = instruments.load({short: bundle.read(name) for short, name in files.items()})
        compile_program(instrument)
    except DefinitionError as error:
        raise shapes.malformed(names.INSTRUMENT, one_line(error, 500)) from None
    return instrument


def _fill(
    instrument: Instrument,
    sealed: Entry,
    kept: Mapping[Key, StoredAnswer],
    living: Iterable[StoredRow],
    links: Mapping[Key, tuple[str, ...]],
    pieces: Mapping[str, StoredEvidence],
) -> Filling:
    reasons = {reason.value for reason in instrument.na_reasons}
    wrong = next((answer for answer in kept.values() if answer.na and answer.na not in reasons), None)
    if wrong is not None:
        raise _no_answer(wrong.path)
    at = datetime.fromisoformat(sealed.at)
    choices = [
        Choice(piece.id, Label({"": f"{piece.id} {piece.title or piece.name}"})) for piece in pieces.values()
    ]
    return Filling(
        compile_program(instrument),
        answers={key: Stored(answer.value, answer.na) for key, answer in kept.items()},
        rows=[Row(row.id, row.repeat, row.parent, row.position) for row in living],
        environment=Environment(
            now=lambda: at,
            zone=at.tzinfo or UTC,
            note=lambda key: kept[key].note if key in kept else "",
            evidence_count=lambda key: len(links.get(key, ())),
            evidence=lambda: choices,
        ),
    )


def _check_rows(filling: Filling, living: Iterable[StoredRow]) -> None:
    told = {StoredRow(row.id, row.repeat, row.parent, row.position) for row in filling.all_rows()}
    if told != set(living):
        raise _mismatch(_("The audit trail has rows that the forms in the bundle do not have"))


def _check_values(filling: Filling, kept: Mapping[Key, StoredAnswer], *, migrated: bool) -> None:
    """That each answer can be read as the type of its question, in the one way that it is written.

    Answers in deleted rows stay, and so do those of questions that a newer version of the forms left out.
    """
    for key, answer in kept.items():
        if not filling.has(key):
            if filling.program.names.find(key[0]) is None and not migrated:
                raise _no_answer(key[0])
            continue
        if answer.value is None:
            continue
        if filling.question(key).type == "calculate":
            # Kept where a trigger worked it out.
            if not isinstance(answer.value, str):
                raise _no_answer(key[0])
            continue
        try:
            if filling.read(key, answer.value) != answer.value:
                raise _no_answer(key[0])
        except AnswerError as error:
            # What an item refers to may be deleted later; that is no damage.
            if error.code != "value_not_in_list" or filling.question(key).type != "item":
                raise _no_answer(key[0]) from None


def _check_said(
    filling: Filling,
    said: Mapping[Key, SaidAnswer],
    kept: Mapping[Key, StoredAnswer],
    links: Mapping[Key, tuple[str, ...]],
) -> None:
    for key, answer in said.items():
        trail = kept.get(key) or StoredAnswer(*key)
        hidden = answer.status == "not_relevant" and answer.value is None and not answer.na
        same_value = hidden or key not in kept or (answer.value, answer.na) == (trail.value, trail.na)
        if not same_value or answer.note != trail.note or answer.flag != trail.flag:
            raise _differs(filling, key)
        if answer.evidence != links.get(key, ()):
            raise _differs(filling, key)


def _recomputed(
    filling: Filling, said: Mapping[Key, SaidAnswer], kept: Mapping[Key, StoredAnswer]
) -> tuple[Key, ...]:
    found = []
    for key, answer in said.items():
        state = filling.state(key)
        hidden = state.status == "not_relevant"
        same = hidden or key in kept or state.value == answer.value
        if state.status != answer.status or not same:
            found.append(key)
    return tuple(found)


def _with_first_scores(
    kept: Mapping[Key, StoredAnswer],
    said: Mapping[Key, SaidAnswer],
    trail: Iterable[Entry],
    instrument: Instrument,
) -> Mapping[Key, StoredAnswer]:
    """The answers with the first level of each rubric and what changed it later, as the trail tells them."""
    rubrics = {question.path for question in instrument.walk() if question.type == "rubric"}
    first: dict[Key, Entry] = {}
    revealed: dict[Key, int] = {}
    for entry in trail:
        key = (entry.path, entry.row)
        if entry.path not in rubrics or entry.op not in ("set", "clear", "na") or isinstance(entry.new, dict):
            continue
        if key in first:
            revealed.setdefault(key, entry.seq)
        elif entry.op == "set" and isinstance(entry.new, int):
            first[key] = entry
    for key, answer in said.items():
        if answer.first_score != (first[key].new if key in first else None):
            raise _mismatch(
                _("answers.json gives another first score for {path} than the audit trail").format(
                    path=key[0]
                )
            )
    return {
        key: replace(
            answer,
            first_score=first[key].new if key in first else None,
            first_seq=first[key].seq if key in first else None,
            revealed_seq=revealed.get(key) if key in said and said[key].after_reveal else None,
        )
        for key, answer in kept.items()
    }


def _with_added(pieces: Mapping[str, StoredEvidence], trail: Iterable[Entry]) -> Mapping[str, StoredEvidence]:
    added: dict[str, int] = {}
    for entry in trail:
        if entry.op == "attach" and isinstance(entry.new, str):
            added.setdefault(entry.new, entry.seq)
    return {piece: replace(found, added_seq=added.get(piece, 0)) for piece, found in pieces.items()}


def _mismatch(message: str) -> BundleError:
    return BundleError("statement_mismatch", message)


def _differs(filling: Filling, key: Key) -> BundleError:
    path = filling.path_of(key)
    return _mismatch(
        _("answers.json says something else of {path} than the audit trail").format(path=one_line(path, 200))
    )


def _no_answer(path: str) -> BundleError:
    return shapes.malformed(
        names.AUDIT, _("it holds an answer that {path} cannot have").format(path=one_line(path, 200))
    )
