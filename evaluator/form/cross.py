"""Names in instrument.toml and in references that must lead somewhere.

Names inside expressions are not looked at here: the program resolves them when it compiles.
"""

from __future__ import annotations

from evaluator.form.checking import Origin, Report, suggestion
from evaluator.form.common import Common
from evaluator.form.definition import CONTAINER_TYPES, QUESTION_TYPES, Instrument
from evaluator.language import _

EACH_WORDS = ("section", *sorted(QUESTION_TYPES - CONTAINER_TYPES))
PATH_SETTINGS = (
    "region", "year", "stage", "intake", "strengths", "weaknesses", "recommendations", "dissent",
)  # fmt: skip
SETTINGS = (*PATH_SETTINGS, "default_stage", "default_intake")
# Which parameters of a check that is code are paths.
_PATH_PARAMETERS = frozenset({"left", "right", "year", "targets", "references"})


def check_references(report: Report, instrument: Instrument, common: Common) -> None:
    """Report every path in instrument.toml that leads nowhere."""
    paths = {question.path: question for question in instrument.walk()}
    sections = {section.path for form in instrument.forms for section in form.sections}
    file = common.fields.origin.file

    def must_exist(path: str, *keys: str | int) -> None:
        if path not in paths:
            report.add(
                Origin(file, keys),
                "unknown_reference",
                _("there is no question {path}").format(path=path),
                suggestion(path, paths),
            )

    for number, dimension in enumerate(common.dimensions):
        for at, path in enumerate(dimension.items):
            must_exist(path, "dimension", number, "items", at)
    for check in instrument.checks:
        for at, path in enumerate(check.questions):
            if path not in sections:
                must_exist(path, "check", check.origin, "questions", at)
        for key, value in check.parameters.items():
            if key in _PATH_PARAMETERS:
                must_exist(value, "check", check.origin, "parameters", key)
        if check.each and check.each not in EACH_WORDS:
            repeat = paths.get(check.each)
            if repeat is None or repeat.type != "repeat":
                report.add(
                    Origin(file, ("check", check.origin, "each")),
                    "unknown_reference",
                    _("there is no repeat {path}").format(path=check.each),
                    suggestion(
                        check.each, (*EACH_WORDS, *(p for p, q in paths.items() if q.type == "repeat"))
                    ),
                )
    for key, value in instrument.settings.items():
        if key in PATH_SETTINGS:
            must_exist(value, "settings", key)
        elif key not in SETTINGS:
            report.add(
                Origin(file, ("settings", key)),
                "unknown_key",
                _("there is no key “{key}” here").format(key=key),
                suggestion(key, SETTINGS),
                key=True,
            )
    _check_regions(report, instrument, file)
    _check_levels(report, instrument, file)


def _check_regions(report: Report, instrument: Instrument, file: str) -> None:
    regions = instrument.regions
    table = instrument.tables.get(regions.table) if regions else None
    if regions is None or table is None:
        return
    for key in ("code", "name", "kind", "province"):
        column = getattr(regions, key)
        if column and column not in table.columns:
            report.add(
                Origin(file, ("regions", key)),
                "unknown_reference",
                _("the table has no column “{name}”").format(name=column),
                suggestion(column, table.columns),
            )


def _check_levels(report: Report, instrument: Instrument, file: str) -> None:
    if instrument.scale or all(question.type != "rubric" for question in instrument.walk()):
        return
    report.add(
        Origin(file, ()),
        "missing_key",
        _("there are rubrics but no scale"),
        _("Add [[scale.level]] with value and label"),
    )
