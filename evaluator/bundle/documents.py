"""Whether the documents in a bundle agree with each other and with what was signed about them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from evaluator import canonical
from evaluator.bundle import contents, names, shapes
from evaluator.bundle.checking import Findings
from evaluator.bundle.contents import Contents
from evaluator.bundle.statement import Statement
from evaluator.errors import BundleError
from evaluator.language import _
from evaluator.text import line as one_line

ANSWERS_SCHEMA = "evaluator-answers/1"
MAX_AUDIT = 64 * 1024 * 1024

_ANSWERS_FIELDS: Mapping[str, shapes.Check] = {
    "schema": shapes.label,
    "visit": shapes.visit,
    "revision": shapes.ordinal,
    "region": shapes.record(code=shapes.label, name=shapes.label),
    "round": shapes.optional(shapes.text),
    "intake": shapes.optional(shapes.text),
    "assessor": shapes.record(principal=shapes.label, name=shapes.text),
    "instrument": shapes.record(id=shapes.label, version=shapes.text),
    "answers": shapes.list_of(lambda value: isinstance(value, dict)),
    "evidence": shapes.list_of(lambda value: isinstance(value, dict)),
    "score": lambda value: isinstance(value, dict),
}


def parse_answers(data: bytes) -> dict[str, Any]:
    """`answers.json`, whose outline holds. Raises BundleError `statement_malformed`."""
    return shapes.parse_document(data, names.ANSWERS, ANSWERS_SCHEMA, _ANSWERS_FIELDS)


def check_documents(files: Contents, findings: Findings, sound: Mapping[str, bool]) -> None:
    """Answers, audit trail and instrument against the statement; only those that are `sound` are read."""
    if findings.statement is None:
        return
    if sound.get(names.ANSWERS) and _within(files, findings, names.ANSWERS, shapes.MAX_JSON):
        try:
            answers = parse_answers(contents.read(files, names.ANSWERS))
        except BundleError as error:
            findings.add_error(error)
        else:
            _check_answers(answers, findings.statement, files, findings, sound)
    if sound.get(names.AUDIT) and _within(files, findings, names.AUDIT, MAX_AUDIT):
        wrong = audit_fault(contents.read(files, names.AUDIT))
        if wrong:
            findings.add(
                "statement_mismatch",
                _("The audit trail does not hold together at line {line}").format(line=wrong),
            )
    _check_forms(findings.statement, findings, sound)


def _check_forms(statement: Statement, findings: Findings, sound: Mapping[str, bool]) -> None:
    listed = findings.manifest or {}
    instrument = [name for name in listed if name.startswith(names.INSTRUMENT)]
    if not all(sound[name] for name in instrument):
        return  # reported already, and one of them may be the form
    hashes = {listed[name] for name in instrument}
    for form in statement.forms:
        if form.sha256 not in hashes:
            findings.add(
                "statement_mismatch",
                _("The form {form} in the bundle is not the one that bundle.json names").format(
                    form=one_line(form.id, 100)
                ),
            )


def _within(files: Contents, findings: Findings, name: str, limit: int) -> bool:
    if files.sizes[name] <= limit:
        return True
    findings.add("zip_limit", _("{name} is too large").format(name=name))
    return False


def _check_answers(
    answers: Mapping[str, Any],
    statement: Statement,
    files: Contents,
    findings: Findings,
    sound: Mapping[str, bool],
) -> None:
    said = (answers["visit"], answers["revision"], answers["assessor"]["principal"])
    if said != (statement.visit, statement.revision, statement.principal):
        findings.add(
            "statement_mismatch",
            _("answers.json and bundle.json do not name the same visit, revision and assessor"),
        )
    hashes = findings.manifest or {}
    for piece in answers["evidence"]:
        name = piece.get("file")
        if not name:
            continue  # a reference to something that was not attached
        known = isinstance(name, str) and name.startswith(names.EVIDENCE) and name in hashes
        if known and not sound[name]:
            continue  # reported as missing or changed
        if not known or (hashes[name], files.sizes[name]) != (piece.get("sha256"), piece.get("bytes")):
            findings.add(
                "statement_mismatch",
                _("answers.json describes {name} otherwise than it is").format(name=one_line(name, 210)),
            )


def audit_fault(data: bytes) -> int:
    """The number of the first line where an audit trail is broken, 0 where it holds.

    Each line is an event in canonical JSON, with the hash of the one before it in `prev` ("" in the first) and its own
    in `hash`: that of the line without that key.
    """
    *lines, rest = data.split(b"\n")
    previous = ""
    for number, line in enumerate(lines, 1):
        try:
            event = canonical.loads(line)
        except ValueError:
            return number
        if not isinstance(event, dict) or event.get("prev") != previous:
            return number
        claimed = event.get("hash")
        # Only texts sort before "hash" in an event, and their quotes are escaped, so the first hit is the key.
        unhashed = line.replace(b',"hash":"%s"' % str(claimed).encode(), b"", 1)
        previous = hashlib.sha256(unhashed).hexdigest()
        if claimed != previous:
            return number
    return len(lines) + 1 if rest else 0
