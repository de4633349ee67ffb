"""Starting a visit: which region and round, what is known before the first question."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator import clock, instruments
from evaluator.bundle.reading import Bundle, open_bundle
from evaluator.bundle.verifying import verify_file
from evaluator.errors import BundleError, UsageError
from evaluator.form.definition import CONTAINER_TYPES, Choice, Instrument
from evaluator.language import _, current
from evaluator.store import answers, references
from evaluator.store import visits as visit_table
from evaluator.store.answers import StoredAnswer
from evaluator.store.references import StoredReference
from evaluator.store.visits import ListedVisit, StoredVisit
from evaluator.visits.settling import PROGRAM
from evaluator.visits.values import VisitLine

if TYPE_CHECKING:
    from evaluator.visits.desk import Desk

_ROUND = re.compile(r"([12][0-9]{3})(?:-([A-Za-z0-9_]+))?")
PREVIOUS = "previous"


def start_visit(
    desk: Desk,
    instrument: Instrument,
    region: str,
    round_name: str,
    intake: str,
    previous: Path | None,
) -> str:
    """Start a visit and give its id.

    `region` is a code or a unique name, `round_name` a year with a stage (`2026-tahap2`), empty for this year's
    usual stage. Raises NotFoundError or UsageError, and BundleError for a previous bundle that does not verify;
    then nothing is stored.
    """
    place = instruments.find_region(instrument, region)
    year, stage, round_name = _round(instrument, round_name)
    _known_intake(instrument, intake)
    before = _previous(previous, place.code) if previous else None
    sha = instruments.install(instrument, desk.workspace.instruments)
    visit = StoredVisit(
        id=clock.uuid7(),
        region_code=place.code,
        region_name=place.name,
        round=round_name,
        intake=intake,
        instrument_id=instrument.id,
        instrument_version=instrument.version,
        instrument_sha=sha,
        principal=desk.config.email,
        assessor_name=desk.config.name,
        previous_bundle=before.bundle_id if before else None,
    )
    known = {"region": place.code, "year": year, "stage": stage or None, "intake": intake or None}
    with desk.transaction() as connection:
        same = visit_table.of_key(connection, place.code, round_name, intake, desk.config.email)
        if same:
            raise UsageError(
                "visit_exists",
                _("There is a visit to {region} in {round} already: {id}").format(
                    region=place.name, round=round_name, id=same[0].id
                ),
                _("Go on with it, or name another --round or --intake"),
            )
        visit_table.add(connection, visit)
        for name, value in known.items():
            path = instrument.settings.get(name)
            if path and value is not None:
                answer = StoredAnswer(path, value=value)
                answers.save(connection, visit.id, None, answer, desk.author, reason=PROGRAM)
        if before:
            references.put_all(connection, visit.id, PREVIOUS, _reference_answers(before, instrument))
    desk.visit(visit.id).recount()
    return visit.id


def visit_line(found: StoredVisit | ListedVisit) -> VisitLine:
    """A stored visit as the list shows it."""
    progress = {form: (counts[0], counts[1]) for form, counts in json.loads(found.progress).items()}
    return VisitLine(
        id=found.id,
        region_code=found.region_code,
        region_name=found.region_name,
        round=found.round,
        intake=found.intake,
        state=found.state,
        revision=found.revision,
        answered=found.answered,
        open=found.open,
        flagged=found.flagged,
        failed=found.failed,
        updated_at=found.updated_at,
        progress=progress,
    )


def _round(instrument: Instrument, text: str) -> tuple[int, str, str]:
    """Year, stage and full name of a round."""
    stages = instrument.choices_of("stage")
    usual = instrument.settings.get("default_stage", "")
    text = text.strip() or f"{datetime.now(UTC).astimezone().year}-{usual}".rstrip("-")
    found = _ROUND.fullmatch(text)
    stage = (found[2] or usual) if found else ""
    if not found or (stages and stage not in {choice.value for choice in stages}):
        raise UsageError(
            "bad_round",
            _("{round} is no round").format(round=text),
            _("Write year and stage, as in 2026-tahap2; stages: {names}").format(names=_named(stages)),
        )
    return int(found[1]), stage, f"{found[1]}-{stage}" if stage else found[1]


def _known_intake(instrument: Instrument, intake: str) -> None:
    known = instrument.choices_of("intake")
    if intake and known and intake not in {choice.value for choice in known}:
        raise UsageError(
            "bad_intake",
            _("{intake} is no intake").format(intake=intake),
            _("Intakes: {names}").format(names=_named(known)),
        )


def _named(choices: tuple[Choice, ...]) -> str:
    return ", ".join(f"{choice.value} ({choice.label.text(current())})" for choice in choices)


def _previous(file: Path, region_code: str) -> Bundle:
    """Last year's bundle, verified, of the same region."""
    verdict = verify_file(file)
    if not verdict.ok:
        problem = verdict.problems[0]
        raise BundleError(
            problem.code,
            _("{file} is damaged or not genuine: {reason}").format(file=file.name, reason=problem.message),
            _("Ask for the bundle again; nothing was changed"),
        )
    bundle = open_bundle(file)
    region = bundle.answers()["region"]
    if region["code"] != region_code:
        raise UsageError(
            "other_region",
            _("{file} is about {code} {name}, not {wanted}").format(
                file=file.name, code=region["code"], name=region["name"], wanted=region_code
            ),
        )
    return bundle


def _reference_answers(bundle: Bundle, instrument: Instrument) -> list[StoredReference]:
    """Last year's answers to questions that are still asked, outside repeats: rows of another year cannot be
    compared one to one. What is in a genuine bundle may still be of any shape."""
    asked = {
        question.path
        for question in instrument.walk()
        if not question.repeats and question.type not in CONTAINER_TYPES
    }
    found: dict[str, StoredReference] = {}
    for answer in bundle.answers()["answers"]:
        path, value, note = answer.get("path"), answer.get("value"), answer.get("note")
        if isinstance(path, str) and path in asked and isinstance(value, int | str | list):
            found[path] = StoredReference(PREVIOUS, path, "", value, note if isinstance(note, str) else "")
    return list(found.values())
