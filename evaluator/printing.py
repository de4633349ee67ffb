"""Forms as people read them: lines for a terminal, and a page to print for a meeting.

Choices are written out, conditions stay as the author wrote them with the questions they name, and there is room to
write an answer by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from evaluator.bundle.report_html import Html, join, tag
from evaluator.form.definition import Choice, Form, Instrument, Label, Question, Section
from evaluator.form.lists import listed_choices
from evaluator.language import _, current

MOST_CHOICES: Final = 40
_LONG: Final = frozenset({"longtext"})
_UNANSWERED: Final = frozenset({"note", "calculate", "group", "repeat"})

CSS: Final = """
:root{--ink:#1b2430;--soft:#5a6675;--line:#c4ccd4;--accent:#0f5f6c}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:2rem;background:#fff;color:var(--ink);
font:14px/1.45 "Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif}
h1{font-size:1.6rem;margin:0 0 .25rem}
h2{font-size:1.2rem;margin:2rem 0 .75rem;padding-bottom:.3rem;border-bottom:2px solid var(--accent)}
h3{font-size:1rem;margin:1.25rem 0 .5rem}
.notice,.quiet{color:var(--soft)}
.question{break-inside:avoid;margin:0 0 1rem;padding:0 0 .75rem;border-bottom:1px solid var(--line)}
.question p,.question ul{margin:.15rem 0}
.question ul{list-style:none;padding:0}
.question li::before{content:"\\2610";margin-right:.5em}
.question li.level::before{content:none}
.name{color:var(--accent);font:600 .85em ui-monospace,"DejaVu Sans Mono",Consolas,monospace;margin-right:.6em}
.label{font-weight:600}
.level b{display:inline-block;min-width:1.4em;border:1px solid var(--ink);text-align:center;margin-right:.5em}
.line{border-bottom:1px solid var(--ink);height:1.6em;max-width:24rem}
.box{border:1px solid var(--line);height:5.5em}
.inside{margin-left:1.25rem;padding-left:1rem;border-left:3px solid var(--line)}
@media print{body{max-width:none;padding:0;font-size:10.5pt}@page{size:A4;margin:18mm}h2{break-after:avoid}}
"""


def form_lines(instrument: Instrument, form: Form) -> Iterator[str]:
    """A form in plain lines."""
    yield f"{form.id}  {_text(form.title)}"
    for section in form.sections:
        yield ""
        yield f"  {section.name}  {_text(section.label)}"
        yield from _conditions_of_section(section, "     ")
        for question in section.questions:
            yield from _question_lines(instrument, question, 1)


def _conditions_of_section(section: Section, indent: str) -> Iterator[str]:
    if section.relevant:
        yield indent + _("if {condition}").format(condition=section.relevant)


def _question_lines(instrument: Instrument, question: Question, depth: int) -> Iterator[str]:
    indent = "  " * depth
    mark = " *" if question.required is True else ""
    unit = f" ({_text(question.unit)})" if _text(question.unit) else ""
    yield f"{indent}  {question.name}  [{question.type}]{mark}  {_text(question.label)}{unit}"
    inner = f"{indent}      "
    yield from (inner + text for text in _notes(question))
    for level, anchor in question.anchors.items():
        yield f"{inner}{level}  {_text(anchor)}"
    choices, left_out = _choices(instrument, question)
    yield from (f"{inner}( ) {choice.value}  {_text(choice.label)}" for choice in choices)
    if left_out:
        yield inner + _("… and {count} more").format(count=left_out)
    for child in question.questions:
        yield from _question_lines(instrument, child, depth + 1)


def form_page(instrument: Instrument, forms: Sequence[Form]) -> str:
    """A page of forms to print, whole in itself: no script, nothing fetched."""
    body = [tag("h1", _text(instrument.title))]
    if _text(instrument.notice):
        body.append(tag("p", _text(instrument.notice), class_="notice"))
    for form in forms:
        if len(forms) > 1 or _text(form.title) != _text(instrument.title):
            body.append(tag("h2", tag("span", form.id, class_="name"), _text(form.title)))
        for section in form.sections:
            body.append(tag("h3", tag("span", section.name, class_="name"), _text(section.label)))
            body += [tag("p", text, class_="quiet") for text in _conditions_of_section(section, "")]
            body += [_question_html(instrument, question) for question in section.questions]
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width"),
        tag("title", _text(instrument.title)),
        tag("style", Html(CSS)),
    )
    return "<!DOCTYPE html>\n" + tag("html", tag("head", head), tag("body", *body), lang=current()) + "\n"


def _question_html(instrument: Instrument, question: Question) -> Html:
    unit = f" ({_text(question.unit)})" if _text(question.unit) else ""
    mark = " *" if question.required is True else ""
    parts: list[object] = [
        tag(
            "p",
            tag("span", question.name, class_="name"),
            tag("span", f"{_text(question.label)}{unit}{mark}", class_="label"),
        )
    ]
    parts += [tag("p", text, class_="quiet") for text in _notes(question)]
    if question.questions:
        inside = [_question_html(instrument, child) for child in question.questions]
        return join(*parts, tag("div", *inside, class_="inside"))
    if question.anchors:
        levels = [
            tag("li", tag("b", level), _text(anchor), class_="level")
            for level, anchor in question.anchors.items()
        ]
        parts.append(tag("ul", *levels))
    else:
        parts.append(_room(instrument, question))
    return tag("div", *parts, class_="question")


def _room(instrument: Instrument, question: Question) -> Html | None:
    """Choices to tick, or room to write."""
    choices, left_out = _choices(instrument, question)
    if choices and not left_out:
        return tag("ul", *(tag("li", _text(choice.label) or choice.value) for choice in choices))
    if question.type in _UNANSWERED:
        return None
    return tag("div", class_="box" if question.type in _LONG else "line")


def _notes(question: Question) -> Iterator[str]:
    """What stands under a question: hints, conditions, limits."""
    if _text(question.hint):
        yield _text(question.hint)
    if _text(question.guidance_hint):
        yield _text(question.guidance_hint)
    if question.relevant:
        yield _("if {condition}").format(condition=question.relevant)
    if isinstance(question.required, str):
        yield _("required if {condition}").format(condition=question.required)
    if question.calculation:
        yield f"= {question.calculation}"
    limits = [
        _("at least {limit}").format(limit=question.min) if question.min is not None else "",
        _("at most {limit}").format(limit=question.max) if question.max is not None else "",
    ]
    if any(limits):
        yield ", ".join(filter(None, limits))
    for constraint in question.constraints:
        yield _text(constraint.message) or constraint.expression
    if _text(question.evidence):
        yield _("Evidence: {text}").format(text=_text(question.evidence))


def _choices(instrument: Instrument, question: Question) -> tuple[Sequence[Choice], int]:
    """The choices to write out, and how many more there are; none where they depend on other answers."""
    depends = question.type in ("rubric", "section") or question.choice_filter
    if depends:
        return (), 0
    listed = listed_choices(question, instrument) or ()
    return listed[:MOST_CHOICES], max(len(listed) - MOST_CHOICES, 0)


def _text(label: Label) -> str:
    return label.text(current())
