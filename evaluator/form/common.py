"""instrument.toml: what the forms of an instrument share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal, cast

from evaluator.form.checking import Fields, Origin, Report, suggestion
from evaluator.form.definition import (
    Agency,
    Band,
    Check,
    Choice,
    Dimension,
    Form,
    Gate,
    Instrument,
    Label,
    Level,
    NaReason,
    RegionTable,
    ScoringSettings,
    Table,
    WeightSet,
)
from evaluator.form.reading_form import FORM_ID, KINDS
from evaluator.form.reading_question import read_choices
from evaluator.language import _

CHECK_KINDS: Final = (
    "expression",
    "near_equal_text",
    "straight_lining",
    "evidence_period",
    "row_references",
)
WEIGHTED: Final = ("pillar", "readiness", "masterplan", "quick_wins")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


@dataclass(slots=True)
class Common:
    """The content of instrument.toml, with blocks still to be read into each form."""

    fields: Fields
    id: str
    version: str
    title: Label
    notice: Label
    languages: tuple[str, ...]
    form_ids: tuple[str, ...]
    scale: tuple[Level, ...]
    agencies: tuple[Agency, ...]
    gates: tuple[Gate, ...]
    checks: tuple[Check, ...]
    dimensions: tuple[Dimension, ...]
    settings: Mapping[str, str]
    values: dict[str, Any]
    blocks: dict[str, list[Fields]] = field(default_factory=dict)

    def instrument(
        self,
        forms: tuple[Form, ...],
        scale: tuple[Level, ...],
        choices: Mapping[str, tuple[Choice, ...]],
        tables: Mapping[str, Table],
        files: Mapping[str, bytes],
    ) -> Instrument:
        """The instrument with its forms; a check for a kind of form becomes one for each form of the kind."""
        return Instrument(
            id=self.id,
            version=self.version,
            title=self.title,
            notice=self.notice,
            languages=self.languages,
            forms=forms,
            scale=scale,
            agencies=self.agencies,
            gates=self.gates,
            checks=tuple(found for check in self.checks for found in _per_form(check, forms)),
            dimensions=self.dimensions,
            settings=self.settings,
            choices=choices,
            tables=tables,
            files=files,
            **self.values,
        )


def read_common(report: Report, table: dict[str, Any], file: str, tables: frozenset[str]) -> Common:
    """The shared part of an instrument. Problems go to the report."""
    languages = _languages(Fields(report, Origin(file, ()), table))
    fields = Fields(report, Origin(file, ()), table, languages)
    fields.texts("languages")
    fields.table("choices")  # read with those of the forms
    scale = _scale(fields)
    values: dict[str, Any] = {
        "na_reasons": _na_reasons(fields),
        "evidence_types": read_choices(fields, "evidence_type"),
        "evidence_quality": read_choices(fields, "evidence_quality"),
        "confidence": read_choices(fields, "confidence"),
        "data_quality": read_choices(fields, "data_quality"),
        "companions": _companions(fields),
        "weights": _weights(fields),
        "bands": _bands(fields),
        "scoring": _scoring(fields),
        "regions": _regions(fields, tables),
        **_yesno(fields),
    }
    common = Common(
        fields=fields,
        id=fields.text("id", required=True),
        version=fields.text("version", required=True),
        title=fields.label("title", required=True),
        notice=fields.label("notice"),
        languages=languages,
        form_ids=fields.texts("forms"),
        scale=scale,
        agencies=_agencies(fields),
        gates=_gates(fields, values["evidence_types"], scale),
        checks=_checks(fields),
        dimensions=_dimensions(fields),
        settings=fields.scalars("settings"),
        values=values,
    )
    if common.id and not FORM_ID.fullmatch(common.id):
        fields.problem(
            "id",
            "bad_name",
            _("“{name}” cannot be the id of an instrument").format(name=common.id),
            _("Begin with a small letter; then small letters, digits, - and _"),
        )
    for block in fields.tables("block"):
        kind = block.one_of("on_kind", KINDS, required=True)
        common.blocks.setdefault(kind, []).append(block)
    fields.finish()
    return common


def _languages(fields: Fields) -> tuple[str, ...]:
    found = fields.texts("languages")
    for number, language in enumerate(found):
        if not _LANGUAGE.fullmatch(language) and language != "default":
            fields.problem(
                "languages", "bad_value", _("“{name}” is not the code of a language").format(name=language)
            )
        elif language in found[:number]:
            fields.problem("languages", "duplicate_name", _("“{name}” is listed twice").format(name=language))
    if not found:
        fields.problem(
            "languages",
            "missing_key",
            _("“{key}” is missing").format(key="languages"),
            _('Add languages = ["id"]; the first is the default'),
        )
    return found or ("id",)


def _scale(fields: Fields) -> tuple[Level, ...]:
    scale = fields.table("scale")
    levels = []
    for item in scale.tables("level"):
        value = item.integer("value", required=True)
        levels.append(Level(value, item.label("label", required=True), item.label("anchor")))
        item.finish()
        if not 0 <= value <= 9:
            item.problem(
                "value", "bad_value", _("a level must be a digit: it is typed as one"), _("Use 0 to 9")
            )
        if len(levels) > 1 and value <= levels[-2].value:
            item.problem("value", "bad_value", _("the levels must rise"), _("Put them in order, each once"))
    scale.finish()
    return tuple(levels)


def _na_reasons(fields: Fields) -> tuple[NaReason, ...]:
    found: list[NaReason] = []
    for item in fields.tables("na_reason"):
        value = item.text("value", required=True)
        if any(reason.value == value for reason in found):
            item.problem("value", "duplicate_name", _("“{name}” is listed twice").format(name=value))
        found.append(NaReason(value, item.label("label", required=True), item.boolean("open")))
        item.finish()
    return tuple(found)


def _yesno(fields: Fields) -> dict[str, Any]:
    table = fields.table("yesno")
    yes, no = table.text("yes", "ya"), table.text("no", "tidak")
    labels = {"yes_label": table.label("yes_label"), "no_label": table.label("no_label")}
    table.finish()
    if yes == no or not yes or not no:
        table.problem("no", "bad_value", _("yes and no must be two different values"))
    return {"yes": yes, "no": no, **labels}


def _companions(fields: Fields) -> dict[str, tuple[str, ...]]:
    table = fields.table("companions")
    found = {key: table.texts(key) for key in ("rubric", "number")}
    table.finish()
    return found


def _agencies(fields: Fields) -> tuple[Agency, ...]:
    found: dict[str, Agency] = {}
    for item in fields.tables("agency"):
        code = item.text("code", required=True)
        if code in found:
            item.problem("code", "duplicate_name", _("“{name}” is listed twice").format(name=code))
        found[code] = Agency(code, item.label("name", required=True))
        item.finish()
    return tuple(found.values())


def _weights(fields: Fields) -> tuple[WeightSet, ...]:
    found: list[WeightSet] = []
    for item in fields.tables("weights"):
        name = item.text("name", required=True)
        weights = {kind: item.weight(kind, Decimal(0)) for kind in WEIGHTED if kind in item}
        if any(known.name == name for known in found):
            item.problem("name", "duplicate_name", _("“{name}” is listed twice").format(name=name))
        if not any(weights.values()):
            item.problem(
                "name",
                "bad_weights",
                _("the weights add up to nothing"),
                _("Give at least one kind of form a weight: {kinds}").format(kinds=", ".join(WEIGHTED)),
            )
        found.append(WeightSet(name, item.label("label"), weights))
        item.finish()
    return tuple(found)


def _bands(fields: Fields) -> tuple[Band, ...]:
    found: list[Band] = []
    for item in fields.tables("band"):
        low = item.number("min", Decimal(0), required=True) or Decimal(0)
        if any(band.min == low for band in found):
            item.problem("min", "duplicate_name", _("two bands begin at {value}").format(value=low))
        found.append(Band(low, item.label("label", required=True)))
        item.finish()
    return tuple(sorted(found, key=lambda band: -band.min))


def _scoring(fields: Fields) -> ScoringSettings:
    table = fields.table("scoring")
    default = ScoringSettings()
    found = ScoringSettings(
        min_scored_weight=_share(table, "min_scored_weight", default.min_scored_weight),
        na_warn_share=_share(table, "na_warn_share", default.na_warn_share),
        discuss_spread=table.integer("discuss_spread", default.discuss_spread),
        agree_mode=table.one_of("agree_mode", ("mean", "consensus"), default.agree_mode),
        self_spread=table.integer("self_spread", default.self_spread),
    )
    table.finish()
    return found


def _share(table: Fields, key: str, default: Decimal) -> Decimal:
    found = table.weight(key, default)
    if found > 1:
        table.problem(key, "bad_value", _("a share lies between 0 and 1"), _("Write 0.5 for one half"))
    return found


def _regions(fields: Fields, tables: frozenset[str]) -> RegionTable | None:
    if "regions" not in fields:
        return None
    table = fields.table("regions")
    name = table.text("table", required=True)
    found = RegionTable(
        name,
        table.text("code", required=True),
        table.text("name", required=True),
        table.text("kind"),
        table.text("province"),
    )
    table.finish()
    if name and name not in tables:
        table.problem(
            "table",
            "missing_file",
            _("there is no table {file} beside the form").format(file=f"{name}.csv"),
            suggestion(name, tables),
        )
    return found


def _gates(fields: Fields, evidence_types: tuple[Choice, ...], scale: tuple[Level, ...]) -> tuple[Gate, ...]:
    found: list[Gate] = []
    known = [choice.value for choice in evidence_types]
    for item in fields.tables("gate"):
        gate = Gate(
            level=item.integer("level", required=True),
            min_items=item.integer("min_items"),
            min_types=item.integer("min_types"),
            types=item.texts("types"),
            verified=item.integer("verified"),
            years=item.integer("years"),
            outside=item.integer("outside"),
            message=item.label("message"),
            severity=cast(
                Literal["error", "warning"], item.one_of("severity", ("error", "warning"), "error")
            ),
        )
        item.finish()
        for kind in gate.types:
            if kind not in known:
                item.problem(
                    "types",
                    "bad_value",
                    _("there is no evidence type “{name}”").format(name=kind),
                    suggestion(kind, known),
                )
        if scale and all(level.value != gate.level for level in scale):
            item.problem("level", "bad_value", _("the scale has no level {level}").format(level=gate.level))
        if any(other.level == gate.level for other in found):
            item.problem("level", "duplicate_name", _("level {level} has two gates").format(level=gate.level))
        found.append(gate)
    return tuple(sorted(found, key=lambda gate: gate.level))


def _checks(fields: Fields) -> tuple[Check, ...]:
    found = []
    for number, item in enumerate(fields.tables("check")):
        kind = item.one_of("kind", CHECK_KINDS, "expression")
        check = Check(
            code=item.text("code", required=True),
            severity=cast(
                Literal["error", "warning", "notice"],
                item.one_of("severity", ("error", "warning", "notice"), "warning", required=True),
            ),
            message=item.label("message", required=True),
            kind=kind,
            on=cast(Literal["live", "finalise"], item.one_of("on", ("live", "finalise"), "live")),
            each=item.text("each"),
            fail_when=item.text("fail_when", required=kind == "expression"),
            questions=item.texts("questions"),
            parameters=item.scalars("parameters"),
            origin=number,
        )
        if kind != "expression" and check.fail_when:
            item.problem(
                "fail_when", "bad_value", _("a check of kind {kind} has no expression").format(kind=kind)
            )
        item.finish()
        found.append(check)
    return tuple(found)


def _per_form(check: Check, forms: tuple[Form, ...]) -> list[Check]:
    """A check whose `each` is a kind of form, once for each form of the kind: `*` stands for the form."""
    if check.each not in KINDS:
        return [check]
    return [
        Check(
            code=check.code,
            severity=check.severity,
            message=check.message,
            kind=check.kind,
            on=check.on,
            fail_when=check.fail_when.replace("${*.", f"${{{form.id}."),
            questions=tuple(path.replace("*.", f"{form.id}.", 1) for path in check.questions),
            parameters={
                key: value.replace("*.", f"{form.id}.", 1) for key, value in check.parameters.items()
            },
            origin=check.origin,
        )
        for form in forms
        if form.kind == check.each
    ]


def _dimensions(fields: Fields) -> tuple[Dimension, ...]:
    found: list[Dimension] = []
    for item in fields.tables("dimension"):
        name = item.text("name", required=True)
        if any(known.name == name for known in found):
            item.problem("name", "duplicate_name", _("“{name}” is listed twice").format(name=name))
        found.append(Dimension(name, item.label("label", required=True), item.texts("items")))
        item.finish()
    return tuple(found)
