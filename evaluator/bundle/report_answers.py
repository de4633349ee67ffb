"""The answers in a report: every form, section, group and row in the order of the instrument."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluator.bundle.report_data import (
    Answer,
    Dossier,
    decimal,
    mapping,
    place_of,
    sequence,
    string,
    two_places,
)
from evaluator.bundle.report_html import Html, foreign, join, tag
from evaluator.bundle.report_score import state_name
from evaluator.form.definition import CONTAINER_TYPES, Form, Question
from evaluator.language import _

MOST_COLUMNS = 7
"""A repeat with more questions does not fit across a page and is written row by row."""

_LONG = frozenset({"longtext"})
_TONES = 5


def form_section(dossier: Dossier, form: Form) -> Html | None:
    """All of a form that the document answers."""
    sections = []
    for section in form.sections:
        body = list(_questions(dossier, section.questions, ()))
        if body:
            title = tag(
                "h3",
                tag("span", section.name, class_="code"),
                " ",
                dossier.label(section.label),
                _section_mark(dossier, form, section.name),
            )
            sections.append(tag("div", title, *body, class_="section"))
    if not sections:
        return None
    title = tag("h2", _heading(dossier, form), _form_mark(dossier, form), id=anchor(form))
    return tag("section", title, *sections)


def anchor(form: Form) -> str:
    """The name of a form's place in the page."""
    return f"form-{form.id}"


def _form_mark(dossier: Dossier, form: Form) -> Html | None:
    found = mapping(mapping(dossier.score.get("forms")).get(form.id))
    if not found:
        return None
    value = two_places(decimal(found.get("score")))
    return tag("span", f"{value} · {state_name(string(found.get('state')))}", class_="mark")


def _section_mark(dossier: Dossier, form: Form, name: str) -> Html | None:
    sections = mapping(mapping(mapping(dossier.score.get("forms")).get(form.id)).get("sections"))
    return tag("span", two_places(decimal(sections[name])), class_="mark") if name in sections else None


def _heading(dossier: Dossier, form: Form) -> Html:
    """The title of a form, with the short one that the tables use where it differs."""
    title, short = dossier.label(form.title), dossier.label(form.short_title)
    return join(title, " ", tag("small", short)) if short and short != title else join(title)


def leftovers(dossier: Dossier) -> Html | None:
    """Answers that no question of the instrument claims: shown as they are, so that nothing is hidden."""
    rest = [answer for place, answer in dossier.answers.items() if place[0] not in dossier.questions]
    if not rest:
        return None
    lines = [
        tag("li", tag("code", answer.path), " ", foreign("span", string(answer.entry.get("value"))))
        for answer in rest
    ]
    return tag(
        "section", tag("h2", _("Answers to questions that the instrument does not have")), tag("ul", *lines)
    )


def _questions(dossier: Dossier, questions: Sequence[Question], rows: tuple[int, ...]) -> Iterator[Html]:
    for question in questions:
        found: Html | None
        if question.type == "repeat":
            found = _repeat(dossier, question, rows)
        elif question.type == "group":
            inside = list(_questions(dossier, question.questions, rows))
            found = (
                tag("div", tag("h4", dossier.label(question.label)), *inside, class_="group")
                if inside
                else None
            )
        else:
            answer = dossier.answers.get((question.path, rows))
            found = None if answer is None else _answer(dossier, question, answer)
        if found is not None:
            yield found


def _repeat(dossier: Dossier, repeat: Question, around: tuple[int, ...]) -> Html:
    positions = dossier.rows.get((repeat.path, around), ())
    title = tag("h4", dossier.label(repeat.label), tag("span", f" ({len(positions)})", class_="quiet"))
    if not positions:
        return tag("div", title, tag("p", _("No entries"), class_="quiet"), class_="group")
    simple = all(child.type not in CONTAINER_TYPES and child.type != "rubric" for child in repeat.questions)
    if simple and len(repeat.questions) <= MOST_COLUMNS:
        return tag("div", title, _as_table(dossier, repeat, around, positions), class_="group")
    cards = [
        tag(
            "div",
            _card_title(dossier, repeat, (*around, position)),
            *_questions(dossier, repeat.questions, (*around, position)),
            class_="card",
        )
        for position in positions
    ]
    return tag("div", title, *cards, class_="group")


def _card_title(dossier: Dossier, repeat: Question, rows: tuple[int, ...]) -> Html:
    """The position of a row, and what its first text says."""
    first = next((child for child in repeat.questions if child.type == "text"), None)
    answer = dossier.answers.get((first.path, rows)) if first else None
    name = dossier.value(first, answer) if first and answer else ""
    code = next((path for path in dossier.row_places.values() if place_of(path) == (repeat.path, rows)), "")
    number = tag("span", str(rows[-1]), class_="position", title=code or None)
    score = _row_score(dossier, repeat, rows)
    return tag("h5", number, " ", foreign("span", name), score)


def _row_score(dossier: Dossier, repeat: Question, rows: tuple[int, ...]) -> Html | None:
    for found in sequence(mapping(dossier.score.get("quick_wins")).get("rows")):
        place = dossier.row_places.get(string(mapping(found).get("row")), "")
        if place and place_of(place) == (repeat.path, rows):
            return tag("span", two_places(decimal(mapping(found).get("score"))), class_="mark")
    return None


def _as_table(dossier: Dossier, repeat: Question, around: tuple[int, ...], positions: Sequence[int]) -> Html:
    columns = [
        child
        for child in repeat.questions
        if any(
            answer.status != "not_relevant" or _companions(dossier, answer)
            for position in positions
            if (answer := dossier.answers.get((child.path, (*around, position)))) is not None
        )
    ]
    head = [
        tag("th", "#", scope="col"),
        *(tag("th", dossier.label(child.label), scope="col") for child in columns),
    ]
    rows = []
    for position in positions:
        cells = []
        for child in columns:
            answer = dossier.answers.get((child.path, (*around, position)))
            if answer is None or answer.status in ("unanswered", "not_relevant"):
                body = tag("p", "–", class_="value quiet")
            else:
                body = _value(dossier, child, answer)
            beside = _companions(dossier, answer) if answer else []
            cells.append(tag("td", body, *beside, class_="long" if child.type in _LONG else None))
        rows.append(tag("tr", tag("td", str(position), class_="number"), *cells))
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="rows")
    return tag("div", table, class_="wide")


def _answer(dossier: Dossier, question: Question, answer: Answer) -> Html:
    label = tag(
        "p", tag("span", question.name, class_="code"), " ", dossier.label(question.label), class_="question"
    )
    body = [
        _rubric(dossier, question, answer) if question.type == "rubric" else _value(dossier, question, answer)
    ]
    kind = "answer rubric" if question.type == "rubric" else "answer"
    if answer.status == "not_relevant":
        kind += " aside"
    return tag("div", label, tag("div", *body, *_companions(dossier, answer), class_="given"), class_=kind)


def _rubric(dossier: Dossier, question: Question, answer: Answer) -> Html:
    """A level with its name and what it stands for."""
    raw = answer.entry.get("value")
    level = next((found for found in dossier.instrument.scale if found.value == raw), None)
    if level is None or answer.status != "answered":
        return _value(dossier, question, answer)
    tone = round(level.value / dossier.top * _TONES)
    anchor_text = question.anchors.get(level.value, level.anchor)
    return join(
        tag(
            "p",
            tag("span", str(level.value), class_=f"level tone-{max(0, min(tone, _TONES))}"),
            " ",
            tag("b", dossier.label(level.label)),
            class_="value",
        ),
        tag("p", dossier.label(anchor_text), class_="anchor"),
    )


def _value(dossier: Dossier, question: Question, answer: Answer) -> Html:
    if answer.status == "na":
        reason = answer.said("na")
        known = next((found for found in dossier.instrument.na_reasons if found.value == reason), None)
        name = dossier.label(known.label) if known else reason
        return tag("p", tag("span", _("N/A"), class_="chip"), " ", name, class_="value")
    if answer.status == "not_relevant":
        return tag("p", _("not relevant here"), class_="value quiet")
    if answer.status == "unanswered":
        return tag("p", _("not answered"), class_="value quiet")
    shown = dossier.value(question, answer)
    unit = dossier.label(question.unit) or ("%" if question.type == "percent" else "")
    if shown and unit and answer.status == "answered":
        shown = f"{shown} {unit}"
    return foreign("p", shown, "value")


def _companions(dossier: Dossier, answer: Answer) -> list[Html]:
    """What was recorded beside an answer, each only where there is something."""
    entry, instrument = answer.entry, dossier.instrument
    lines: list[tuple[str, str]] = [
        (_("Note"), answer.said("note")),
        (_("Confidence"), dossier.choice(instrument.confidence, answer.said("confidence"))),
        (_("Evidence quality"), dossier.choice(instrument.evidence_quality, answer.said("evidence_quality"))),
        (_("Respondents"), answer.said("respondents")),
        (_("Data year"), answer.said("data_year")),
        (_("Source"), answer.said("source")),
        (_("Data quality"), dossier.choice(instrument.data_quality, answer.said("data_quality"))),
        (_("Reason for going past the evidence rule"), answer.said("gate_reason")),
        (_("First score"), _first_score(answer)),
        (_("Breaks a rule"), "; ".join(string(message) for message in sequence(entry.get("invalid")))),
    ]
    if entry.get("flag"):
        lines.append((_("Flagged"), "" if entry["flag"] is True else string(entry["flag"])))
    found = [
        tag("p", tag("b", f"{name}:"), " ", foreign("span", said), class_="companion")
        for name, said in lines
        if said or name == _("Flagged")
    ]
    evidence = [_evidence_link(dossier, string(name)) for name in sequence(entry.get("evidence"))]
    if evidence:
        found.append(tag("p", tag("b", f"{_('Evidence')}:"), " ", *evidence, class_="companion"))
    return found


def _first_score(answer: Answer) -> str:
    """The first level, where it is no longer the level, and whether the change came after others were shown."""
    first = answer.entry.get("first_score")
    if first is None or first == answer.entry.get("value"):
        return ""
    if answer.entry.get("after_reveal"):
        return _("{level}, changed after the self-assessment was shown").format(level=first)
    return string(first)


def _evidence_link(dossier: Dossier, name: str) -> Html:
    number, piece = dossier.evidence.get(name, (0, {}))
    title = string(piece.get("title")) or string(piece.get("name"))
    inner = tag("span", name, class_="code")
    link = tag("a", inner, " ", foreign("span", title), href=f"#evidence-{number}") if number else inner
    return tag("span", link, class_="reference")
