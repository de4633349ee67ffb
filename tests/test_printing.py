"""Forms as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from evaluator import instruments, language
from evaluator.form.reading import read_instrument
from evaluator.printing import form_lines, form_page


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    before = language.current()
    language.use("en")
    yield
    language.use(before)


def test_lines_show_anchors_conditions_and_choices() -> None:
    found = instruments.default_instrument()
    text = "\n".join(form_lines(found, found.form("gov")))
    assert text.startswith("gov  Smart Governance")
    for part in (
        "GOV-01  [rubric]",
        "1  Only information about services",
        "( ) ya  Yes",
        "if ${GOV-Y1} = 'ya'",
    ):
        assert part in text


def test_the_page_is_whole_and_holds_every_question() -> None:
    found = instruments.default_instrument()
    page = form_page(found, found.forms)
    seen = _Seen()
    seen.feed(page)
    for question in found.walk():
        if question.type != "group":
            assert question.name in page
    assert not {"script", "link", "img", "iframe"} & seen.tags
    assert "http" not in page.partition("<body>")[0]


def test_what_an_author_wrote_is_text_and_never_markup() -> None:
    files = {
        "f.toml": b'[form]\nid = "f"\nkind = "visit"\ntitle = { id = "<script>alert(1)</script>" }\n[[section]]\n'
        b'name = "A"\nlabel = "<b>"\n[[section.question]]\nname = "q"\ntype = "text"\nlabel = "<img onerror=x>"\n'
    }
    found = read_instrument(files)
    seen = _Seen()
    seen.feed(form_page(found, found.forms))
    assert not {"script", "img", "b"} & seen.tags


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.add(tag)
