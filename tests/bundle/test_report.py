"""The report: everything in it, nothing active in it, and the same bytes every time."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

import pytest

from evaluator import canonical, language
from evaluator.bundle.report import POLICY, render_report
from evaluator.form.definition import Instrument, Question
from evaluator.instruments import default_instrument
from evaluator.plans import scoring_plan
from evaluator.scoring.plan import ItemState, RowState
from evaluator.scoring.score import score

TEXTS = {
    "qwn.QWN-REC.nama": ("Layanan Satu Pintu Digital", "Pasar Daring UMKM"),
    "qwn.QWN-REC.pilar": ("gov", "eco"),
    "qwn.QWN-REC.sub": ("A", "C"),
    "knj.KNJ-TIM.nama": ("Siti Rahmawati", "Budi Santoso"),
    "knj.KNJ-TIM.peran": ("Ketua tim", "Anggota"),
    "knj.KNJ-TIM.pilar": (["gov", "bra"], ["eco", "liv"]),
    "knj.KNJ-PST.nama": ("Ahmad Fauzi",),
    "knj.KNJ-PST.jabatan": ("Kepala Dinas Komunikasi dan Informatika",),
    "knj.KNJ-LOK.nama": ("Mal Pelayanan Publik Tenggarong",),
    "knj.KNJ-LOK.waktu": ("2026-11-21T10:42:00+08:00",),
    "knj.KNJ-LOK.temuan": ("Antrean daring berjalan;\ndua loket belum tersambung.",),
    "pnt.PNT-KUAT.uraian": ("Kanal pengaduan terpadu dipakai semua dinas utama.",),
    "pnt.PNT-LEMAH.uraian": (
        "Data pemanfaatan layanan belum dipublikasikan.",
        "Anggaran tahun depan belum pasti.",
    ),
    "pnt.PNT-REKOM.uraian": ("Publikasikan data pemanfaatan tiap triwulan.",),
    "pnt.PNT-REKOM.dasar": (["pnt.PNT-LEMAH[row-pnt-PNT-LEMAH-1]"],),
    "pnt.PNT-REKOM.opd": ("DISKOMINFO",),
    "pnt.PNT-REKOM.tenggat": ("2027-03-31",),
}
ROWS = {"qwn.QWN-REC": 2, "knj.KNJ-TIM": 2, "knj.KNJ-PST": 1, "knj.KNJ-LOK": 1}
CLOSING = {"pnt.PNT-KUAT": 1, "pnt.PNT-LEMAH": 2, "pnt.PNT-REKOM": 1}
SAMPLES: Mapping[str, Any] = {
    "integer": 1250,
    "decimal": "62.5",
    "percent": "71.4",
    "currency": "1500000",
    "year": 2026,
    "date": "2026-11-20",
    "datetime": "2026-11-20T09:30:00+08:00",
    "yesno": "ya",
    "text": "Perbup 12/2025",
    "longtext": "Diperiksa di lapangan bersama operator layanan.",
    "agency": "DISKOMINFO",
    "pillar": "gov",
    "region": "64.02",
    "section": "A",
    "calculate": "45.2",
}


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return default_instrument()


def document_of(instrument: Instrument) -> dict[str, Any]:
    """A filled visit to Kutai Kartanegara, as a sealed bundle carries it."""
    entries: list[dict[str, Any]] = []
    items: dict[tuple[str, str], ItemState] = {}
    rows: list[RowState] = []

    def add(question: Question, path: str, row: str, index: int) -> None:
        value, status, na = _sample(instrument, question, index, len(entries)), "answered", ""
        if question.path in ("gov.GOV-05", "env.ENV-06"):
            value, status, na = None, "na", "geografis"
        elif value is None:
            status = "unanswered"
        elif question.relevant and question.path not in TEXTS:
            value, status = None, "not_relevant"
        if question.type == "rubric":
            items[question.path, row] = ItemState(value, na=na)
        entries.append(
            {
                "path": path, "row": row or None, "status": status, "value": value, "na": na, "note": "",
                "flag": False, "confidence": "", "evidence": [], "invalid": [], "first_score": value,
                "seq": len(entries),
            }
        )  # fmt: skip

    def visit(questions: Sequence[Question], row: str, prefix: str, index: int) -> None:
        for question in questions:
            path = question.path if not prefix else f"{prefix}.{question.name}"
            if question.type == "repeat":
                for number in range({**ROWS, **CLOSING}.get(question.path, 1)):
                    row_id = f"row-{question.path.replace('.', '-')}-{number + 1}"
                    group = TEXTS.get(f"{question.path}.pilar", ("",))
                    rows.append(RowState(row_id, question.path, str(group[number % len(group)])))
                    visit(question.questions, row_id, f"{question.path}[{number + 1}]", number)
            elif question.type == "group":
                visit(question.questions, row, prefix, index)
            elif question.type != "note":
                add(question, path, row, index)

    for form in instrument.forms:
        for section in form.sections:
            visit(section.questions, "", "", 0)
    first = next(entry for entry in entries if entry["path"] == "gov.GOV-01")
    first |= {
        "note": "Lima dari tujuh layanan dicoba sampai selesai.", "confidence": "tinggi", "evidence": ["ev-0001"],
        "first_score": 2, "after_reveal": True, "evidence_quality": "3", "respondents": "Kepala bidang layanan",
    }  # fmt: skip
    found = score(scoring_plan(instrument), items, rows)
    check = {
        "code": "K03", "severity": "warning", "questions": ["bra.BRA-01", "bra.BRA-02"],
        "message": "Subdimensi dinilai 3 atau lebih tanpa bukti pada butirnya sendiri",
    }  # fmt: skip
    return {
        "schema": "evaluator-answers/1",
        "visit": "019aa7a8-7c00-7000-8000-000000000001",
        "revision": 2,
        "region": {"code": "64.02", "name": "Kabupaten Kutai Kartanegara"},
        "round": "2026-tahap2",
        "intake": "k2017",
        "assessor": {"principal": "siti@example.id", "name": "Siti Rahmawati"},
        "instrument": {"id": instrument.id, "version": instrument.version},
        "answers": entries,
        "evidence": [
            {
                "id": "ev-0001", "file": "data/evidence/ev-0001.pdf", "sha256": "a1" * 32, "bytes": 2_400_000,
                "name": "rekap layanan.pdf", "type": "dokumen", "title": "Rekapitulasi layanan daring 2026",
                "holder": "DISKOMINFO", "date": "2026-10-05", "page": "hal. 4–9", "caption": "",
                "verified_by": "Siti Rahmawati", "verified_at": "2026-11-21T10:45:00+08:00",
            },
            {
                "id": "ev-0002", "file": "data/evidence/ev-0002.jpg", "sha256": "b2" * 32, "bytes": 640_000,
                "name": "loket.jpg", "type": "observasi", "title": "", "holder": "", "date": "", "page": "",
                "caption": "Loket terpadu", "verified_by": "", "verified_at": "",
            },
        ],
        "score": found.as_json([check]),
    }  # fmt: skip


def _sample(instrument: Instrument, question: Question, index: int, count: int) -> Any:
    if question.path in TEXTS:
        values = TEXTS[question.path]
        return values[index % len(values)]
    if question.type == "rubric":
        return (3, 2, 4, 3, 3, 2, 5, 1)[count % 8]
    if question.type == "select_one":
        choices = instrument.choices.get(question.choices, ())
        return choices[count % len(choices)].value if choices else None
    if question.type == "select_multiple":
        choices = instrument.choices.get(question.choices, ())
        return [choice.value for choice in choices[:2]] or ["gov"]
    return SAMPLES.get(question.type)


class Page(HTMLParser):
    """The elements and texts of a page."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(data.decode("utf-8"))
        self.close()

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))
        if name not in ("meta", "br"):
            self._open.append(name)

    def handle_startendtag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))

    def handle_endtag(self, name: str) -> None:
        assert self._open.pop() == name, "elements cross"

    def handle_data(self, text: str) -> None:
        if not self._open or self._open[-1] != "style":
            self.texts.append(text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def assert_inert(self) -> None:
        """No script, no handler, nothing that leaves the page."""
        assert not self._open
        for name, attributes in self.elements:
            assert name not in {
                "script",
                "iframe",
                "object",
                "embed",
                "link",
                "base",
                "form",
                "img",
                "image",
                "use",
            }
            for attribute, value in attributes.items():
                assert not attribute.startswith("on"), (name, attribute)
                assert attribute not in {"src", "style", "srcset", "action", "xlink:href", "background"}
                if attribute == "href":
                    assert re.fullmatch(r"#[a-z0-9-]+", value or ""), value
        policies = [found["content"] for _, found in self.elements if found.get("http-equiv")]
        assert policies == [POLICY]


def page_of(document: Mapping[str, Any], instrument: Instrument, lang: str = "id") -> Page:
    page = Page(render_report(document, instrument, language=lang))
    page.assert_inert()
    return page


@pytest.fixture
def document(instrument: Instrument) -> dict[str, Any]:
    return document_of(instrument)


class TestContents:
    def test_who_where_and_that_it_is_not_official(
        self, document: dict[str, Any], instrument: Instrument
    ) -> None:
        text = page_of(document, instrument).text
        for part in (
            "Kabupaten Kutai Kartanegara", "64.02", "2026-tahap2", "Gerakan 100 (2017–2019)", "Siti Rahmawati",
            "siti@example.id", "019aa7a8-7c00-7000-8000-000000000001", "bukan instrumen resmi Komdigi",
        ):  # fmt: skip
            assert part in text

    def test_score_with_band_and_percent(self, document: dict[str, Any], instrument: Instrument) -> None:
        document["score"] |= {
            "total": "2.753055555555555555555555556", "rounded": "2.75", "percent": "55.06111", "band": "Baik",
        }  # fmt: skip
        text = page_of(document, instrument).text
        assert "2,75" in text
        assert "55,06 %" in text
        assert "Baik" in text
        english = page_of(document, instrument, "en").text
        assert "2.75" in english
        assert "55.06 %" in english
        assert "Good" in english

    def test_score_without_a_value(self, document: dict[str, Any], instrument: Instrument) -> None:
        document["score"] = score(scoring_plan(instrument), {}, ()).as_json()
        page = page_of(document, instrument, "en")
        assert "Items are open" in page.text
        assert "gov.GOV-01" in page.text

    def test_radar_stands_beside_a_table(self, document: dict[str, Any], instrument: Instrument) -> None:
        page = page_of(document, instrument)
        assert {"role": "img", "class": "radar", "viewbox": "0 0 460 372"} in [
            found for name, found in page.elements if name == "svg"
        ]
        for pillar in (form for form in instrument.forms if form.kind == "pillar"):
            assert pillar.short_title.text("id") in page.text

    def test_a_pillar_without_a_value_leaves_a_gap_in_the_radar(
        self, document: dict[str, Any], instrument: Instrument
    ) -> None:
        document["score"]["forms"]["soc"]["score"] = None
        page = page_of(document, instrument)
        assert sum(found.get("class") == "spoke none" for _, found in page.elements) == 1
        assert sum(found.get("class") == "dot" for _, found in page.elements) == 5

    def test_every_question_with_its_code(self, document: dict[str, Any], instrument: Instrument) -> None:
        text = page_of(document, instrument).text
        repeats = {found.path for found in instrument.walk() if found.type == "repeat"}
        for question in instrument.walk():
            if question.type in ("group", "repeat", "note") or repeats.intersection(question.repeats):
                continue
            assert question.name in text
            assert " ".join(question.label.text("id").split()) in text

    def test_level_with_the_text_that_it_stands_for(
        self, document: dict[str, Any], instrument: Instrument
    ) -> None:
        answer = next(entry for entry in document["answers"] if entry["path"] == "gov.GOV-01")
        answer |= {"value": 3}
        text = page_of(document, instrument).text
        question = next(found for found in instrument.walk() if found.path == "gov.GOV-01")
        assert f"3 Terdefinisi {question.anchors[3].text('id')}" in text

    def test_what_stands_beside_an_answer(self, document: dict[str, Any], instrument: Instrument) -> None:
        answer = next(entry for entry in document["answers"] if entry["path"] == "gov.GOV-01")
        answer |= {
            "value": 4, "data_year": "2025", "source": "SIPD", "data_quality": "ukur", "flag": True,
            "gate_reason": "Data menyusul", "invalid": ["Isi 0–100"],
        }  # fmt: skip
        text = page_of(document, instrument, "en").text
        for part in (
            "Note: Lima dari tujuh layanan dicoba sampai selesai.", "Confidence: High",
            "Evidence quality: Two or more types agreeing", "Respondents: Kepala bidang layanan", "Data year: 2025",
            "Source: SIPD", "Data quality: Accurate measurement", "Data menyusul", "Breaks a rule: Isi 0–100",
            "Flagged:", "First score: 2, changed after the self-assessment was shown",
            "Evidence: ev-0001 Rekapitulasi layanan daring 2026",
        ):  # fmt: skip
            assert part in text

    def test_states_of_an_answer(self, document: dict[str, Any], instrument: Instrument) -> None:
        answers = {entry["path"]: entry for entry in document["answers"]}
        answers["gov.GOV-02"] |= {"value": None, "status": "unanswered"}
        answers["gov.SURVEI.rata_a"] |= {"value": "9", "status": "special"}
        text = page_of(document, instrument, "en").text
        assert "N/A Not geographically relevant" in text
        assert "not answered" in text
        assert "not relevant here" in text
        assert "No answer" in text

    def test_rows(self, document: dict[str, Any], instrument: Instrument) -> None:
        text = page_of(document, instrument).text
        for part in (
            "Siti Rahmawati", "Kepala Dinas Komunikasi dan Informatika", "Mal Pelayanan Publik Tenggarong",
            "21 November 2026 10.42 WITA", "Layanan Satu Pintu Digital", "Pasar Daring UMKM",
            "Kanal pengaduan terpadu dipakai semua dinas utama.", "Data pemanfaatan layanan belum dipublikasikan.",
            "Publikasikan data pemanfaatan tiap triwulan.", "Kelemahan 1", "31 Maret 2027",
        ):  # fmt: skip
            assert part in text

    def test_a_row_names_the_section_of_its_own_pillar(
        self, document: dict[str, Any], instrument: Instrument
    ) -> None:
        eco = instrument.form("eco").sections[2].label.text("id")
        card = page_of(document, instrument).text.partition("Pasar Daring UMKM")[2]
        assert eco in card[:900]

    def test_computed_numbers_are_written_as_here(
        self, document: dict[str, Any], instrument: Instrument
    ) -> None:
        assert "Cakupan (%) 45,2 " in page_of(document, instrument).text
        assert "Coverage (%) 45.2 " in page_of(document, instrument, "en").text

    def test_register_of_evidence(self, document: dict[str, Any], instrument: Instrument) -> None:
        text = page_of(document, instrument).text
        for part in (
            "ev-0001", "rekap layanan.pdf", "data/evidence/ev-0001.pdf", "a1" * 32, "5 Oktober 2026", "2,4 MB",
            "640.000", "hal. 4–9", "gov.GOV-01", "Loket terpadu",
        ):  # fmt: skip
            assert part in text

    def test_failed_checks(self, document: dict[str, Any], instrument: Instrument) -> None:
        text = page_of(document, instrument).text
        assert "K03" in text
        assert "Subdimensi dinilai 3 atau lebih tanpa bukti pada butirnya sendiri" in text
        assert "bra.BRA-01, bra.BRA-02" in text

    def test_an_answer_that_no_question_claims_is_shown(
        self, document: dict[str, Any], instrument: Instrument
    ) -> None:
        document["answers"].append({"path": "xyz.XYZ-1", "status": "answered", "value": "tersembunyi"})
        assert "xyz.XYZ-1 tersembunyi" in page_of(document, instrument).text


class TestBytes:
    @pytest.mark.parametrize("lang", ["id", "en"])
    def test_the_same_again_and_from_the_signed_file(
        self, document: dict[str, Any], instrument: Instrument, lang: str
    ) -> None:
        first = render_report(document, instrument, language=lang)
        sealed = canonical.loads(canonical.dumps(document))
        assert render_report(sealed, instrument, language=lang) == first

    def test_the_language_of_the_screen_stays(self, document: dict[str, Any], instrument: Instrument) -> None:
        language.use("id")
        render_report(document, instrument, language="en")
        assert language.current() == "id"

    def test_one_file_in_utf_8(self, document: dict[str, Any], instrument: Instrument) -> None:
        data = render_report(document, instrument, language="id")
        assert data.startswith(b'<!DOCTYPE html>\n<html lang="id">')
        assert b"http://" not in data
        assert b"https://" not in data
        assert b"url(" not in data
        assert b"@import" not in data


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'onmouseover='alert(1)",
    "</style><script>1</script>",
    "javascript:alert(1)",
    "https://example.com/?q=<b>",
    "\u202egnp.exe\u2066",
    "\x00\x07\x1b[31m\x9b",
    "السلام עליכם",
    "\ud800",
    "{{7*7}} ${gov.GOV-01} %s {0}",
    "&lt;b&gt; &amp; &#60;",
)


class TestHostile:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_every_text_of_the_document(
        self, document: dict[str, Any], instrument: Instrument, text: str
    ) -> None:
        spoiled = spoil(document, text)
        page = page_of(spoiled, instrument)
        shown = "".join(page.texts)
        assert not set("\x00\x07\x1b\x9b\u202e\u2066") & set(shown)
        if text.isprintable():
            assert " ".join(text.split()) in page.text

    @pytest.mark.parametrize(
        "value", [None, True, 7, "x", [], {}, [1, [2]], {"a": {"b": None}}, "9" * 5000, 2**53 - 1]
    )
    def test_every_value_of_another_kind(
        self, document: dict[str, Any], instrument: Instrument, value: Any
    ) -> None:
        document["answers"] = document["answers"][:40]
        for name in document:
            page_of(document | {name: copy.deepcopy(value)}, instrument)
        for name in document["score"]:
            page_of(document | {"score": document["score"] | {name: copy.deepcopy(value)}}, instrument)
        for name in document["answers"][0]:
            entries = [entry | {name: copy.deepcopy(value)} for entry in document["answers"]]
            page_of(document | {"answers": entries}, instrument)
        for name in document["evidence"][0]:
            pieces = [piece | {name: copy.deepcopy(value)} for piece in document["evidence"]]
            page_of(document | {"evidence": pieces}, instrument)

    def test_an_empty_document(self, instrument: Instrument) -> None:
        page_of({}, instrument)

    def test_a_long_answer_is_shown_whole(self, document: dict[str, Any], instrument: Instrument) -> None:
        answer = next(entry for entry in document["answers"] if entry["path"] == "pnt.PNT-02")
        answer["value"] = "panjang " * 12_000 + "TAMAT"
        assert "panjang TAMAT" in page_of(document, instrument).text


def spoil(value: Any, text: str) -> Any:
    """The document with `text` put behind every text that is no path, status or number."""
    if isinstance(value, dict):
        fixed = ("path", "status", "row", "schema", "sha256")
        return {key: item if key in fixed else spoil(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [spoil(item, text) for item in value]
    if isinstance(value, str) and not re.fullmatch(r"[0-9.]+", value):
        return f"{value} {text}"
    return value
