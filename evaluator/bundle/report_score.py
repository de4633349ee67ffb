"""The result in a report: total and band, parts, radar of the pillars, quick wins, the two other views, checks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from evaluator import language
from evaluator.bundle import report_chart as chart
from evaluator.bundle.report_data import (
    Dossier,
    decimal,
    kind_name,
    mapping,
    ordered,
    sequence,
    string,
    two_places,
)
from evaluator.bundle.report_html import Html, foreign, join, tag
from evaluator.form.definition import Form
from evaluator.language import _

PILLAR = "pillar"


def result(dossier: Dossier) -> Html:
    """The whole block of results."""
    return tag(
        "section",
        tag("h2", _("Result"), id="result"),
        _total(dossier),
        _pillars(dossier),
        tag("div", _parts(dossier), _quick_wins(dossier), class_="pair"),
        tag("div", _result_levels(dossier), _dimensions(dossier), class_="pair"),
    )


def state_text(state: str) -> str:
    """The state of a score with what it means."""
    return {
        "final": _("Every item is scored or does not apply."),
        "provisional": _("Items are open, or a part has no value yet; the total may still change."),
        "limited": _("A large share of the items of a form does not apply."),
    }.get(state, "")


def state_name(state: str) -> str:
    """The state of a score in a word."""
    return {"final": _("final"), "provisional": _("provisional"), "limited": _("limited")}.get(state, state)


def _total(dossier: Dossier) -> Html:
    score = dossier.score
    total, rounded = decimal(score.get("total")), decimal(score.get("rounded"))
    percent = decimal(score.get("percent"))
    bands = [chart.Segment(dossier.label(band.label), band.min) for band in dossier.instrument.bands]
    name = _band_name(dossier, string(score.get("band")))
    state = string(score.get("state"))
    number = tag(
        "p",
        tag("strong", two_places(rounded if rounded is not None else total)),
        tag("span", _("of {top}").format(top=dossier.top)),
        class_="total",
    )
    facts = tag(
        "div",
        tag("p", name, class_="band") if name else None,
        tag("p", f"{two_places(percent)} %", class_="percent") if percent is not None else None,
        class_="facts",
    )
    mark = None
    if bands and rounded is not None:
        mark = chart.scale(bands, rounded, dossier.top, _("The total on the scale of bands"))
    return tag(
        "div",
        tag("div", number, facts, class_="headline"),
        mark,
        tag("p", tag("span", state_name(state), class_="chip"), " ", state_text(state), class_="state"),
        tag(
            "p",
            _(
                "These figures are the finding of one assessor with a field companion. They are no official index "
                "and must not be presented as one."
            ),
            class_="caution",
        ),
        class_="panel score",
    )


def _band_name(dossier: Dossier, name: str) -> str:
    """The band in the language of the report; the document names it in the instrument's first."""
    for band in dossier.instrument.bands:
        if name and name in band.label.texts.values():
            return dossier.label(band.label)
    return name


def _forms_of(dossier: Dossier, kind: str) -> list[Form]:
    scored = mapping(dossier.score.get("forms"))
    return [form for form in dossier.instrument.forms if form.kind == kind and form.id in scored]


def _title(dossier: Dossier, form: Form) -> str:
    return dossier.label(form.short_title) or dossier.label(form.title) or form.id


def _pillars(dossier: Dossier) -> Html | None:
    forms = [form for form in dossier.instrument.forms if form.id in mapping(dossier.score.get("forms"))]
    if not forms:
        return None
    pillars = _forms_of(dossier, PILLAR)
    axes = [chart.Axis(_title(dossier, form), _form_score(dossier, form)) for form in pillars]
    drawn = chart.radar(axes, dossier.top, _("Scores of the pillars"))
    return tag(
        "div",
        tag("figure", drawn, tag("figcaption", _("Scores of the pillars"))) if drawn else None,
        tag("div", _table_of_forms(dossier, forms), class_="wide"),
        class_="panel pillars",
    )


def _form_score(dossier: Dossier, form: Form) -> Decimal | None:
    return decimal(mapping(mapping(dossier.score.get("forms")).get(form.id)).get("score"))


def _table_of_forms(dossier: Dossier, forms: Sequence[Form]) -> Html:
    rows = []
    for form in forms:
        found = mapping(mapping(dossier.score.get("forms")).get(form.id))
        labels = {section.name: dossier.label(section.label) for section in form.sections}
        sections = [
            tag(
                "span",
                tag("b", name),
                f" {two_places(decimal(value))}",
                class_="section-score",
                title=labels.get(name),
            )
            for name, value in ordered(found.get("sections"), labels)
        ]
        value = decimal(found.get("score"))
        rows.append(
            tag(
                "tr",
                tag("th", _title(dossier, form), scope="row"),
                tag("td", two_places(value), class_="number"),
                tag("td", chart.bar(value, dossier.top), class_="bars"),
                tag("td", *sections),
                tag("td", state_name(string(found.get("state")))),
            )
        )
    return table(
        (_("Form"), _numbers(_("Score")), "", _("Sections"), _("State")), rows, _("Score of every form")
    )


def _parts(dossier: Dossier) -> Html | None:
    kinds = [kind for weights in dossier.instrument.weights for kind in weights.weights]
    parts = ordered(dossier.score.get("parts"), dict.fromkeys(kinds))
    if not parts:
        return None
    rows = []
    for kind, found in parts:
        forms = _forms_of(dossier, kind)
        name = _title(dossier, forms[0]) if len(forms) == 1 else kind_name(kind)
        weight = decimal(mapping(found).get("weight"))
        shown = "–" if weight is None else f"{language.number((weight * 100).quantize(Decimal(1)))} %"
        rows.append(
            tag(
                "tr",
                tag("th", name, scope="row"),
                tag("td", shown, class_="number"),
                tag("td", two_places(decimal(mapping(found).get("score"))), class_="number"),
            )
        )
    return _block(
        _("Parts of the total"), table((_("Part"), _numbers(_("Weight")), _numbers(_("Score"))), rows)
    )


def _quick_wins(dossier: Dossier) -> Html | None:
    found = mapping(dossier.score.get("quick_wins"))
    coverage = [string(number) for number in sequence(found.get("coverage"))]
    if len(coverage) != 2:
        return None
    titles = {form.id: _title(dossier, form) for form in dossier.instrument.forms}
    rows = [
        tag(
            "tr",
            tag("th", titles.get(group, group), scope="row"),
            tag("td", two_places(decimal(value)), class_="number"),
            tag("td", chart.bar(decimal(value), dossier.top), class_="bars"),
        )
        for group, value in ordered(found.get("groups"), titles)
    ]
    sentence = _("Mean {score}; {covered} of {all} covered").format(
        score=two_places(decimal(found.get("score"))), covered=coverage[0], all=coverage[1]
    )
    body = table((_("Pillar"), _numbers(_("Score")), ""), rows) if rows else None
    return _block(_("Quick wins"), join(tag("p", sentence), body))


def _result_levels(dossier: Dossier) -> Html | None:
    order = dict.fromkeys(found.result_level for found in dossier.instrument.walk() if found.result_level)
    levels = ordered(dossier.score.get("levels"), order)
    return _view(dossier, _("By level of result"), {name.capitalize(): value for name, value in levels})


def _dimensions(dossier: Dossier) -> Html | None:
    labels = {found.name: dossier.label(found.label) for found in dossier.instrument.dimensions}
    dimensions = ordered(dossier.score.get("dimensions"), labels)
    return _view(
        dossier,
        _("By dimension of the programme"),
        {labels.get(name) or name: value for name, value in dimensions},
    )


def _view(dossier: Dossier, title: str, values: dict[str, Any]) -> Html | None:
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row"),
            tag("td", two_places(decimal(value)), class_="number"),
            tag("td", chart.bar(decimal(value), dossier.top), class_="bars"),
        )
        for name, value in values.items()
    ]
    return _block(title, table(("", _numbers(_("Score")), ""), rows)) if rows else None


def _block(title: str, body: Html) -> Html:
    return tag("div", tag("h3", title), body, class_="panel")


def table(head: Sequence[str], rows: Sequence[Html], caption: str = "") -> Html:
    """A table with a head of titles or ready cells; an untitled column has no header cell to be read out."""
    cells = [
        title if isinstance(title, Html) else tag("th", title, scope="col") if title else tag("td")
        for title in head
    ]
    return tag(
        "table",
        tag("caption", caption, class_="quiet") if caption else None,
        tag("thead", tag("tr", *cells)),
        tag("tbody", *rows),
    )


def _numbers(title: str) -> Html:
    """The head of a column of numbers."""
    return tag("th", title, scope="col", class_="number")


def checks(dossier: Dossier) -> Html | None:
    """What the consistency checks found, and the items that are open."""
    found = [mapping(check) for check in sequence(dossier.score.get("checks"))]
    missing = [string(path) for path in sequence(dossier.score.get("missing"))]
    if not found and not missing:
        return None
    names = {"error": _("Error"), "warning": _("Warning"), "notice": _("Notice")}
    rows = [
        tag(
            "tr",
            tag("td", tag("code", string(check.get("code")))),
            tag("td", names.get(string(check.get("severity")), string(check.get("severity")))),
            tag(
                "td",
                foreign("p", string(check.get("message"))),
                tag(
                    "p", ", ".join(string(path) for path in sequence(check.get("questions"))), class_="quiet"
                ),
            ),
        )
        for check in found
    ]
    return tag(
        "section",
        tag("h2", _("Checks and limits"), id="checks"),
        table((_("Check"), _("Severity"), _("Finding")), rows) if rows else None,
        tag("p", tag("b", _("Open items:")), " ", ", ".join(missing)) if missing else None,
    )
