"""One open visit: its state in memory, and every change durable before it returns.

The form screen and the commands both work on this. It belongs to the thread of its desk; other threads may read
from it while nothing is being changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from evaluator import clock, plans
from evaluator.bundle.keys import Signer
from evaluator.errors import NotFoundError, UsageError
from evaluator.form.definition import Choice, Label
from evaluator.form.filling import Change, Environment, Filling, Row, Stored
from evaluator.form.program import compile_program
from evaluator.language import _
from evaluator.scoring.result import Score
from evaluator.store import answers, evidence, references, rows
from evaluator.store import visits as visit_table
from evaluator.store.answers import StoredAnswer
from evaluator.store.events import Counters
from evaluator.store.evidence import StoredEvidence
from evaluator.store.references import StoredReference
from evaluator.store.rows import StoredRow
from evaluator.visits import (
    answering,
    attaching,
    checking,
    history,
    results,
    sealing,
    self_assessment,
    starting,
)
from evaluator.visits.checking import Checker
from evaluator.visits.settling import settle
from evaluator.visits.tally import Tally
from evaluator.visits.values import (
    DRAFT,
    CheckFinding,
    Entry,
    EvidenceDetails,
    Exported,
    Finalised,
    HistoryLine,
    Key,
    Missing,
    Progress,
    Reference,
    Saved,
    VisitLine,
)

if TYPE_CHECKING:
    from evaluator.visits.desk import Desk


class Visit:
    """One assessor's evaluation of one region in one round."""

    def __init__(self, desk: Desk, visit_id: str) -> None:
        self.desk = desk
        self.id = visit_id
        with desk.transaction() as connection:
            self._record = visit_table.get(connection, visit_id)
            self.answers = answers.load(connection, visit_id)
            self._evidence = evidence.load(connection, visit_id)
            self.links = evidence.links(connection, visit_id)
            found = references.load(connection, visit_id)
            living = rows.load(connection, visit_id)
        self.instrument = desk.installed(self._record.instrument_sha)
        self.gates = plans.gate_plans(self.instrument)
        self.scoring_plan = plans.scoring_plan(self.instrument)
        self.references = _by_key(found)
        self._open_reasons = frozenset(reason.value for reason in self.instrument.na_reasons if reason.open)
        self.rubric_paths = frozenset(
            question.path for question in self.instrument.walk() if question.type == "rubric"
        )
        self.fill(living)

    def fill(self, living: Iterable[StoredRow | Row]) -> None:
        """Work out everything anew from the answers and these rows."""
        self.filling = Filling(
            compile_program(self.instrument),
            answers={key: Stored(found.value, found.na) for key, found in self.answers.items()},
            rows=[Row(row.id, row.repeat, row.parent, row.position) for row in living],
            environment=Environment(
                now=lambda: datetime.now(UTC).astimezone(),
                zone=datetime.now(UTC).astimezone().tzinfo or UTC,
                note=lambda key: self.stored(key).note,
                evidence_count=lambda key: len(self.links.get(key, ())),
                self_value=lambda key: self.references[key].self_value if key in self.references else None,
                evidence=lambda: [
                    Choice(piece.id, Label({"": f"{piece.id} {piece.title or piece.name}"}))
                    for piece in self.evidence()
                ],
                new_row=clock.uuid7,
            ),
        )
        self.opening = self.filling.opening
        self._find_rubrics()
        self.tally = Tally(self)
        self.checker = Checker(self)

    @contextmanager
    def step(self) -> Iterator[Connection]:
        """One durable step. Where it cannot be stored, memory goes back to where it was."""
        living = self.filling.all_rows()
        before = self.answers, self._evidence, self.links
        self.answers = dict(self.answers)
        try:
            with self.desk.transaction() as connection:
                yield connection
        except BaseException:
            self.answers, self._evidence, self.links = before
            self.fill(living)
            raise

    @property
    def line(self) -> VisitLine:
        """The visit as the list shows it, with the counts of this moment."""
        return starting.visit_line(replace(self._record, **asdict(self.counters())))

    @property
    def principal(self) -> str:
        """The e-mail of the assessor whose visit this is."""
        return self._record.principal

    @property
    def assessor(self) -> str:
        """The name of the assessor whose visit this is."""
        return self._record.assessor_name

    @property
    def previous_bundle(self) -> str | None:
        """The bundle of last year that this visit is compared with."""
        return self._record.previous_bundle

    @property
    def read_only(self) -> bool:
        """Whether the visit is sealed; `reopen` makes it writable again."""
        return self._record.state != DRAFT

    def require_draft(self) -> None:
        """Raises UsageError if the visit is sealed."""
        if self.read_only:
            raise UsageError(
                "visit_sealed",
                _("Visit {visit} is finalised and cannot be changed").format(visit=self.id),
                _("Reopen it with a reason: `evaluator visit reopen`"),
            )

    def stored(self, key: Key) -> StoredAnswer:
        """What is kept for a question, empty while there is nothing."""
        return self.answers.get(key) or StoredAnswer(*key)

    def value(self, key: Key) -> Any:
        """The answer that counts now: None while unanswered, not applicable or not relevant."""
        state = self.filling.state(key)
        return state.value if state.relevant else None

    def na_is_open(self, reason: str) -> bool:
        """Whether this reason for N/A keeps the item open."""
        return reason in self._open_reasons

    def key(self, question: str | Key) -> Key:
        """The key of a question, given as a path with row positions or as a key. NotFoundError."""
        return self.filling.locate(question) if isinstance(question, str) else question

    # -- answering

    def answer(self, entry: Entry) -> Saved:
        """Store one step; durable when it returns. Raises AnswerError for what cannot be taken."""
        return answering.answer(self, entry)

    def insert_row(self, repeat: str, position: int | None = None, parent: str = "") -> str:
        """Add a row to a repeat, at the end or at `position`; its lasting id."""
        return answering.insert_row(self, repeat, position, parent)

    def delete_row(self, row: str) -> Saved:
        """Delete a row; `undo` brings it back with all that was in it."""
        return answering.delete_row(self, row)

    def move_row(self, row: str, position: int) -> Saved:
        """Move a row to another position among its siblings."""
        return answering.move_row(self, row, position)

    def duplicate_row(self, row: str) -> str:
        """Copy a row with its values, reasons for N/A and notes to behind it; the new id.

        First scores are its own, and rows inside it are not copied.
        """
        return answering.duplicate_row(self, row)

    def undo(self) -> Key | None:
        """Take the last step back, over restarts too; the key it concerned, None when there is nothing left."""
        return history.undo(self)

    def redo(self) -> Key | None:
        """Do the step again that was taken back last."""
        return history.redo(self)

    def history(self, question: str | Key) -> tuple[HistoryLine, ...]:
        """What happened to an answer, oldest first."""
        return history.lines(self, self.key(question))

    # -- evidence

    def evidence(self) -> tuple[StoredEvidence, ...]:
        """All pieces of evidence in order of their ids."""
        return tuple(self._evidence.values())

    def find_evidence(self, evidence_id: str) -> StoredEvidence:
        """One piece by id. NotFoundError."""
        found = self._evidence.get(evidence_id)
        if found is None:
            raise NotFoundError(
                "evidence_not_found", _("There is no evidence {id} in this visit").format(id=evidence_id)
            )
        return found

    def evidence_of(self, key: Key) -> tuple[StoredEvidence, ...]:
        """The pieces that support an answer."""
        return tuple(self._evidence[piece] for piece in self.links.get(key, ()) if piece in self._evidence)

    def questions_of(self, evidence_id: str) -> tuple[Key, ...]:
        """The questions that a piece supports, without those in deleted rows."""
        return tuple(
            key for key, pieces in self.links.items() if evidence_id in pieces and self.filling.has(key)
        )

    def attach(self, question: str | Key, file: Path, details: EvidenceDetails) -> StoredEvidence:
        """Copy a file into the workspace and attach it to a question."""
        return attaching.attach(self, self.key(question), file, details)

    def attach_all(
        self, question: str | Key, files: Sequence[Path], details: EvidenceDetails
    ) -> tuple[StoredEvidence, ...]:
        """Attach several files to a question, or none of them."""
        return attaching.attach_all(self, self.key(question), files, details)

    def link(self, question: str | Key, evidence_id: str) -> StoredEvidence:
        """Attach a piece that is there already to another question."""
        return attaching.link(self, self.key(question), evidence_id)

    def detach(self, question: str | Key, evidence_id: str) -> None:
        """Take a piece off a question; the file stays until the trash is emptied."""
        attaching.detach(self, self.key(question), evidence_id)

    def describe(self, evidence_id: str, details: EvidenceDetails) -> StoredEvidence:
        """Change what is known of a piece."""
        return attaching.describe(self, evidence_id, details)

    def evidence_changed(self, connection: Connection, *keys: Key) -> None:
        """Within a step: take in what changed in the evidence of these questions, and keep the counts."""
        self._evidence = evidence.load(connection, self.id)
        self.links = evidence.links(connection, self.id)
        looking = [key for key in (*keys, *self._citing()) if self.filling.has(key)]
        change = self.filling.refresh(*looking)
        settle(self, connection, change)
        counters = self.changed((*looking, *change.states), evidence=True)
        visit_table.set_counters(connection, self.id, counters)

    def _citing(self) -> Iterator[Key]:
        """The answers that may name a piece of evidence."""
        for question in self.instrument.walk():
            if question.type == "item" and "evidence" in question.of:
                yield from self.keys_of(question.path)

    # -- what others said: shown only after one's own first score

    def import_self(self, file: Path) -> int:
        """Read the region's self-assessment from a CSV; the number of answers."""
        count = self_assessment.import_csv(self, file)
        with self.desk.transaction() as connection:
            self.references = _by_key(references.load(connection, self.id))
        # Last year's bundle may name questions that this instrument does not have.
        self.recount(self.filling.refresh(*(key for key in self.references if self.filling.has(key))))
        return count

    def reference(self, key: Key) -> Reference | None:
        """The region's own and last year's answer; None while there is none or it is still hidden."""
        return None if self.reference_hidden(key) else self.references.get(key)

    def reference_hidden(self, key: Key) -> bool:
        """Whether there is a reference that opens with the first score."""
        if key not in self.references or self.filling.question(key).type != "rubric":
            return False
        return self.stored(key).first_score is None

    def changed_after_reveal(self, key: Key) -> bool:
        """Whether the level was changed after the self-assessment could be seen."""
        return self.stored(key).revealed_seq is not None

    # -- results

    def progress(self, form: str, section: str | None = None) -> Progress:
        """Counts of a form or one of its sections."""
        return self.tally.progress(form, section)

    def score(self) -> Score:
        """The scores as they stand."""
        return results.score(self)

    def missing(self) -> tuple[Missing, ...]:
        """Everything besides checks that stops finalising."""
        return results.missing(self)

    def checks(self) -> tuple[CheckFinding, ...]:
        """The failed checks and unmet evidence gates."""
        return self.checker.findings()

    def gate_gaps(self, key: Key) -> tuple[str, ...]:
        """What evidence the level given still wants, as sentences."""
        return checking.gate_gaps(self, key)

    def require_complete(self) -> None:
        """Raises IncompleteError with everything that stops finalising, UsageError if the visit is sealed."""
        self.require_draft()
        results.require_complete(self)

    # -- sealing

    def finalise(self, signer: Signer) -> Finalised:
        """Seal the visit as its next revision, signed, in the outbox. Raises IncompleteError."""
        return sealing.finalise(self, signer)

    def reopen(self, reason: str) -> None:
        """Make a sealed visit a draft again."""
        sealing.reopen(self, reason)

    def export(self, target: Path) -> Exported:
        """Copy the sealed bundle to a file or into a folder."""
        return sealing.export(self, target)

    # -- what the modules of this package do after a change

    def changed(self, keys: Iterable[Key] | None, *, evidence: bool = False) -> Counters:
        """Take changed states into the counts (all of them if None); the counters to store with the change.

        `evidence` says that evidence came, went or was described anew.
        """
        known = None if keys is None else tuple(keys)
        if known is None:
            self._find_rubrics()
        self.tally.update(known)
        self.checker.update(known, evidence=evidence)
        return self.counters()

    def counters(self) -> Counters:
        """What the list of visits shows of this one."""
        total = self.tally.total()
        return Counters(
            answered=self.tally.answered(),
            open=total.open,
            flagged=total.flagged,
            failed=self.checker.count(),
            progress=self.tally.as_json(),
        )

    def keys_of(self, path: str) -> tuple[Key, ...]:
        """The keys of one question in all its rows, in order."""
        return tuple(key for key in self.filling.keys(path.partition(".")[0]) if key[0] == path)

    def _find_rubrics(self) -> None:
        self.rubrics = tuple(key for key in self.filling.keys() if key[0] in self.rubric_paths)

    def recount(self, change: Change | None = None) -> None:
        """Count everything anew and keep the counts: after a start or an import."""
        with self.step() as connection:
            settle(self, connection, change)
            visit_table.set_counters(connection, self.id, self.changed(None))

    def refresh(self) -> None:
        """Read the visit's own record again, after a transaction that moved it."""
        with self.desk.transaction() as connection:
            self._record = visit_table.get(connection, self.id)


def _by_key(found: Iterable[StoredReference]) -> dict[Key, Reference]:
    merged: dict[Key, dict[str, object]] = {}
    for reference in found:
        values = merged.setdefault((reference.path, reference.row), {})
        values[f"{reference.kind}_value"] = reference.value
        values[f"{reference.kind}_note"] = reference.note
    return {key: Reference(**values) for key, values in merged.items()}  # type: ignore[arg-type]  # names above
