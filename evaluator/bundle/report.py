"""The report of a visit: one HTML file that opens anywhere, without scripts and without the network.

It is made from `answers.json` and the instrument alone, so that an office draws it again instead of trusting the
one that came in a bundle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from evaluator import language
from evaluator.bundle.report_answers import anchor, form_section, leftovers
from evaluator.bundle.report_data import Dossier, mapping, read, string
from evaluator.bundle.report_evidence import register
from evaluator.bundle.report_html import Html, foreign, join, tag
from evaluator.bundle.report_score import checks, result
from evaluator.bundle.report_style import CSS
from evaluator.form.definition import Form, Instrument
from evaluator.language import _

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_FIRST_KINDS = ("closing", "visit")
"""What an official reads first: the conclusions, then who was there; the rest follows in the instrument's order."""


def render_report(answers: Mapping[str, Any], instrument: Instrument, *, language: str) -> bytes:
    """The report of a parsed `answers.json` in `language`; the same input gives the same bytes."""
    with _speaking(language):
        return _page(read(answers, instrument, language)).encode("utf-8", "replace")


@contextmanager
def _speaking(lang: str) -> Iterator[None]:
    before = language.current()
    if lang == before:
        yield
        return
    language.use(lang)
    try:
        yield
    finally:
        language.use(before)


def _page(dossier: Dossier) -> str:
    region = string(mapping(dossier.document.get("region")).get("name"))
    title = _("Evaluation report: {region}").format(region=region)
    forms = _in_reading_order(dossier.instrument.forms)
    sections = [(form, form_section(dossier, form)) for form in forms]
    found_checks, evidence = checks(dossier), register(dossier)
    links = [("result", _("Result"))]
    links += [
        (anchor(form), dossier.label(form.short_title) or dossier.label(form.title))
        for form, body in sections
        if body
    ]
    links += [("checks", _("Checks and limits"))] if found_checks else []
    links += [("evidence", _("Register of evidence"))] if evidence else []
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Html(CSS)),
    )
    body = tag(
        "body",
        tag(
            "main",
            _header(dossier, region),
            tag(
                "nav",
                tag("ul", *(tag("li", tag("a", name, href=f"#{place}")) for place, name in links)),
                aria_label=_("Contents"),
            ),
            result(dossier),
            *(section for _form, section in sections),
            leftovers(dossier),
            found_checks,
            evidence,
            _footer(dossier),
        ),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang=dossier.lang)}\n"


def _in_reading_order(forms: tuple[Form, ...]) -> list[Form]:
    first = [form for kind in _FIRST_KINDS for form in forms if form.kind == kind]
    return first + [form for form in forms if form.kind not in _FIRST_KINDS]


def _header(dossier: Dossier, region: str) -> Html:
    document = dossier.document
    assessor = mapping(document.get("assessor"))
    facts = (
        (_("Region code"), string(mapping(document.get("region")).get("code"))),
        (_("Round"), string(document.get("round"))),
        (_("Intake"), _intake(dossier)),
        (_("Revision"), string(document.get("revision"))),
        (_("Assessor"), string(assessor.get("name"))),
        (_("Signed as"), string(assessor.get("principal"))),
        (_("Visit"), string(document.get("visit"))),
    )
    return tag(
        "header",
        tag("p", dossier.label(dossier.instrument.title), class_="instrument"),
        foreign("h1", region),
        tag("p", dossier.label(dossier.instrument.notice), class_="notice"),
        tag(
            "dl",
            *(tag("div", tag("dt", name), foreign("dd", value)) for name, value in facts if value),
            class_="facts-of-visit",
        ),
    )


def _intake(dossier: Dossier) -> str:
    """The intake by the label that the instrument has for it."""
    intake = string(dossier.document.get("intake"))
    question = dossier.questions.get(dossier.instrument.settings.get("intake", ""))
    return (
        dossier.choice(dossier.instrument.choices.get(question.choices, ()), intake) if question else intake
    )


def _footer(dossier: Dossier) -> Html:
    instrument = mapping(dossier.document.get("instrument"))
    sentence = _(
        "Instrument {id} {version}. This report is drawn from answers.json, which is signed."
    ).format(id=string(instrument.get("id")), version=string(instrument.get("version")))
    return join(tag("footer", foreign("p", sentence)))
