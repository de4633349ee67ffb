"""How the first screen of a bundle is painted: the banner, then the forms, then what no form can show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from evaluator.language import _
from evaluator.tui.content import content, fitted
from evaluator.tui.form.lines import wrap
from evaluator.tui.marks import FLAG, progress_bar, score_text
from evaluator.tui.review.reading import CHANGED, SAID, comment_count

if TYPE_CHECKING:
    from evaluator.reviews.values import Fact
    from evaluator.tui.review.reading import Pages, Reading
    from evaluator.tui.visit.overview import FormLine

_SIGNS = {"bad": "✗", "warning": "!", "ok": "✓", "note": "·"}
_STYLES = {"bad": "bold $error", "warning": "bold $accent", "ok": "bold $success", "note": ""}
_BAR, _COUNT, _SMALL, _SCORE, _BAND = 5, 6, 5, 5, 11
_FIXED = 2 + _BAR + _COUNT + 4 * _SMALL + _SCORE + _BAND + 9


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the screen. The cursor stands on it if it has `words`, which are shown whole on demand, or a form."""

    line: Content
    words: str = ""
    form: str = ""

    @property
    def selectable(self) -> bool:
        """Whether the cursor stops here."""
        return bool(self.words or self.form)


def entries(reading: Reading, width: int) -> tuple[Entry, ...]:
    """All lines for a screen of `width`."""
    return tuple(_entries(reading, width))


def _entries(reading: Reading, width: int) -> Iterator[Entry]:
    for fact in reading.facts:
        yield from _fact(fact, width)
    pages = reading.pages
    if pages is None:
        return
    yield Entry(_heading(width))
    for form in pages.overview.forms:
        yield Entry(_form(form, pages, width), form=form.id)
    if pages.unseen:
        yield Entry(content(_("Differences that no form shows"), "$text-muted"))
        for words in pages.unseen:
            yield Entry(fitted(f"{CHANGED} {words}", width), words=words)


def _fact(fact: Fact, width: int) -> Iterator[Entry]:
    """A line of the banner, what it means below it."""
    room = width - 3
    first, *more = wrap(fact.text, room)
    whole = "\n\n".join(part for part in (fact.text, fact.meaning) if part)
    style = _STYLES[fact.severity]
    yield Entry(Content.assemble((f"{_SIGNS[fact.severity]} ", style), content(first, style)), words=whole)
    for text in more:
        yield Entry(Content.assemble("  ", content(text, style)))
    for text in wrap(fact.meaning, room) if fact.meaning else ():
        yield Entry(Content.assemble("  ", content(text, "$text-muted")))


def _heading(width: int) -> Content:
    cells = [
        fitted("", 2),
        fitted(_("Form"), max(10, width - _FIXED)),
        fitted(_("Answered"), _BAR + _COUNT + 1),
        fitted(FLAG, _SMALL, right=True),
        fitted(_("Evid."), _SMALL, right=True),
        fitted(_("Score"), _SCORE, right=True),
        fitted("", _BAND),
        fitted(CHANGED, _SMALL, right=True),
        fitted(SAID, _SMALL, right=True),
    ]
    return Content(" ").join(cells).stylize("$text-muted")


def _form(form: FormLine, pages: Pages, width: int) -> Content:
    changed = sum(key[0].startswith(f"{form.id}.") for key in pages.changed)
    said = sum(comment_count(found) for key, found in pages.said.items() if key[0].startswith(f"{form.id}."))
    progress = form.progress
    cells = [
        fitted(form.key, 2, "bold $primary"),
        fitted(form.title, max(10, width - _FIXED)),
        progress_bar(progress.done, progress.total, _BAR),
        fitted(f"{progress.done}/{progress.total}", _COUNT),
        fitted(progress.flagged or "–", _SMALL, right=True),
        fitted(form.evidence or "–", _SMALL, right=True),
        fitted(score_text(form.score) if form.scored else "", _SCORE, "bold", right=True),
        fitted(form.band, _BAND),
        fitted(
            f"{CHANGED}{changed}" if changed else "–", _SMALL, "bold $accent" if changed else "", right=True
        ),
        fitted(f"{SAID}{said}" if said else "–", _SMALL, "bold $accent" if said else "", right=True),
    ]
    return Content(" ").join(cells)
