"""What stands between a visit and its signature, as lines to work through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluator.bundle.names import file_name
from evaluator.language import _
from evaluator.tui.naming import form_title
from evaluator.visits.values import CheckFinding, Key, Missing

if TYPE_CHECKING:
    from evaluator.visits.visit import Visit

FINDINGS = ("strengths", "weaknesses", "recommendations")


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the list: a heading (no key, no check), something missing, or a failed check."""

    text: str
    place: str = ""
    reason: str = ""
    key: Key | None = None
    severity: str = ""

    @property
    def is_heading(self) -> bool:
        return not self.reason and not self.severity


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far a visit is from being signed; `counts` are the findings written, by kind, `file` the sealed bundle."""

    items: tuple[Item, ...]
    missing: int
    errors: int
    warnings: int
    counts: tuple[int, ...]
    state: str
    revision: int
    read_only: bool
    file: str

    @property
    def complete(self) -> bool:
        return not self.missing and not self.errors


def gather(visit: Visit) -> Readiness:
    """Everything missing by form, then the failed checks, errors first."""
    missing, checks = visit.missing(), visit.checks()
    items: list[Item] = []
    for form in visit.instrument.forms:
        of_form = [found for found in missing if found.path.partition(".")[0] == form.id]
        if of_form:
            items.append(Item(_("{form}: {count} missing").format(form=form_title(form), count=len(of_form))))
            items.extend(_missing_item(found) for found in of_form)
    if checks:
        items.append(Item(_("Failed checks: {count}").format(count=len(checks))))
        items.extend(_check_item(found) for found in checks)
    errors = sum(found.severity == "error" for found in checks)
    settings = visit.instrument.settings
    return Readiness(
        items=tuple(items),
        missing=len(missing),
        errors=errors,
        warnings=len(checks) - errors,
        counts=tuple(len(visit.filling.rows(settings[kind])) if kind in settings else 0 for kind in FINDINGS),
        state=visit.line.state,
        revision=visit.line.revision,
        read_only=visit.read_only,
        file=str(visit.desk.workspace.outbox / file_name(visit.id, visit.line.revision))
        if visit.read_only
        else "",
    )


def _missing_item(found: Missing) -> Item:
    return Item(found.label, found.path, found.reason, found.key)


def _check_item(found: CheckFinding) -> Item:
    place = found.paths[0] if found.paths else ""
    return Item(
        f"{found.code} {found.message}",
        place,
        key=found.keys[0] if found.keys else None,
        severity=found.severity,
    )


def reason_text(reason: str) -> str:
    """Why something counts as missing, in words."""
    return {
        "unanswered": _("no answer"),
        "open_na": _("N/A, but still open"),
        "invalid": _("breaks a rule"),
        "rows": _("too few rows"),
    }.get(reason, reason)
