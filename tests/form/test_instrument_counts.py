"""The shipped instrument against its source: `field_companion.json` was written from the source, not from the TOML.

A row is path, type, section, required, number of options (of a repeat: least rows), result level, number of
agencies, and the first 16 hex digits of the SHA-256 over all its texts, Indonesian and English, with its anchors
and options.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from evaluator.form.definition import Instrument, Label, Question
from evaluator.form.examining import examine
from evaluator.form.reading import read_instrument
from evaluator.form.reading_question import QUESTION_KEYS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "forms" / "smartcity"
SOURCE = json.loads((Path(__file__).parent / "field_companion.json").read_text(encoding="utf-8"))
PILLARS = ("gov", "bra", "eco", "liv", "soc", "env")


@cache
def shipped_files() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in FOLDER.iterdir() if file.suffix in (".toml", ".csv")}


@cache
def shipped() -> Instrument:
    return read_instrument(shipped_files())


@cache
def questions() -> dict[str, Question]:
    return {question.path: question for question in shipped().walk()}


def texts_of(question: Question) -> str:
    labels = [question.label, question.evidence, question.guidance_hint, question.unit]
    labels += [question.anchors[level] for level in sorted(question.anchors)]
    texts = [label.texts[language] for label in labels if label.texts for language in ("id", "en")]
    for choice in shipped().choices.get(question.choices, ()):
        texts += [choice.value, choice.label.texts["id"], choice.label.texts["en"]]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


@pytest.mark.parametrize("row", SOURCE, ids=lambda row: row[0])
def test_every_item_of_the_source_is_there_word_for_word(row: list[object]) -> None:
    path, kind, section, required, number, result_level, agencies, digest = row
    question = questions()[str(path)]
    assert (question.type, question.section, question.result_level) == (kind, section, result_level)
    assert (question.required is True) == required
    assert len(question.agencies) == agencies
    options = question.min_rows if kind == "repeat" else len(shipped().choices.get(question.choices, ()))
    assert options == number
    assert texts_of(question) == digest


def test_nothing_is_there_that_the_source_does_not_have() -> None:
    survey = {path for path in questions() if ".SURVEI" in path}
    assert set(questions()) - survey == {row[0] for row in SOURCE}
    assert survey == {
        f"{form}.SURVEI{name}"
        for form in PILLARS
        for name in ("", ".n", ".pengguna", ".metode", ".rata_a", ".rata_b", ".rata_c")
    }


def test_the_order_is_that_of_the_source() -> None:
    paths = [path for path in questions() if ".SURVEI" not in path]
    assert paths == [row[0] for row in SOURCE]


def test_the_counts() -> None:
    kinds = Counter(question.type for question in questions().values())
    assert kinds["rubric"] == 59
    assert kinds["repeat"] == 9
    assert [form.id for form in shipped().forms] == [
        "knj", "gov", "bra", "eco", "liv", "soc", "env", "ksp", "mpl", "qwn", "pnt",
    ]  # fmt: skip
    own = [question for question in questions().values() if question.type == "rubric"]
    levels = Counter(question.result_level for question in own)
    assert levels == {"output": 24, "outcome": 28, "impact": 7}
    assert sum(len(choices) for choices in shipped().choices.values()) == 95 + 4
    assert len(shipped().agencies) == 31
    assert len(shipped().tables["regions"].rows) == 514


def test_every_rubric_has_an_anchor_for_every_level_in_both_languages() -> None:
    for question in questions().values():
        if question.type == "rubric":
            assert sorted(question.anchors) == [1, 2, 3, 4, 5]
            for label in question.anchors.values():
                assert label.texts["id"].strip()
                assert label.texts["en"].strip()
                assert label.texts["id"] != label.texts["en"]
    assert shipped().scale[0].anchor.text("id").startswith("Tidak ada kegiatan")
    assert [level.label.text("id") for level in shipped().scale] == [
        "Tidak ada", "Rintisan", "Terkelola", "Terdefinisi", "Terpadu dan terukur", "Optimum",
    ]  # fmt: skip


def test_no_text_is_empty_in_either_language() -> None:
    labels: list[Label] = [form.title for form in shipped().forms]
    labels += [section.label for form in shipped().forms for section in form.sections]
    labels += [question.label for question in questions().values()]
    labels += [agency.name for agency in shipped().agencies]
    labels += [check.message for check in shipped().checks]
    labels += [choice.label for choices in shipped().choices.values() for choice in choices]
    for label in labels:
        assert set(label.texts) == {"id", "en"}
        assert all(text.strip() for text in label.texts.values())


def test_all_checks_are_there_with_their_severity() -> None:
    severities = {check.code: check.severity for check in shipped().checks}
    errors = {"K04", "K05", "K07", "K12"}
    assert severities == {
        f"K{number:02}": "notice" if number == 8 else "error" if f"K{number:02}" in errors else "warning"
        for number in range(1, 16)
    }
    counts = Counter(check.code for check in shipped().checks)
    assert counts["K02"] == 1 + len(PILLARS)
    assert (counts["K05"], counts["K11"], counts["K12"], counts["K15"]) == (4, 8, 2, 2)
    kinds = {check.code: check.kind for check in shipped().checks if check.kind != "expression"}
    assert kinds == {
        "K04": "near_equal_text",
        "K08": "straight_lining",
        "K09": "evidence_period",
        "K13": "row_references",
    }
    assert [check.code for check in shipped().checks if check.on == "finalise"] == ["K07"]


def test_a_check_for_a_kind_of_form_is_one_for_each_form() -> None:
    found = [check for check in shipped().checks if check.code == "K02" and not check.each]
    assert [check.questions[0] for check in found] == [f"{form}.SURVEI.pengguna" for form in PILLARS]
    assert found[0].fail_when == "${gov.SURVEI.pengguna} < 90 or ${gov.SURVEI.n} < 30"


def test_follow_ups_stand_directly_after_their_parent_with_their_condition() -> None:
    paths = list(questions())
    assert paths[paths.index("gov.GOV-Y1") + 1] == "gov.GOV-Y1a"
    assert questions()["gov.GOV-Y1d"].relevant == "${GOV-Y1} = 'tidak'"
    assert questions()["gov.GOV-C1a"].relevant == "${GOV-C1} = 'spbe' or ${GOV-C1} = 'pemdi'"
    assert questions()["qwn.QWN-REC.sebab"].relevant == "${status} = 'henti' or ${status} = 'gabung'"
    conditions = [path for path, question in questions().items() if question.relevant]
    assert len(conditions) == 23 + 3


def test_the_criteria_of_quick_wins_stand_in_their_row() -> None:
    question = questions()["qwn.QWN-REC.QWN-01"]
    assert question.repeats == ("qwn.QWN-REC",)
    assert question.agencies == ("${opd}",)
    scoring = shipped().form("qwn").scoring
    assert (scoring.method, scoring.rows, scoring.group_by, scoring.missing) == (
        "rows", "QWN-REC", "pilar", "exclude",
    )  # fmt: skip


def test_numbers_keep_their_bounds() -> None:
    question = questions()["knj.KNJ-LOK.lintang"]
    assert (question.min, question.max) == (Decimal(-11), Decimal(6))
    assert questions()["mpl.MPL-PRG.target"].max == Decimal(1_000_000_000_000)
    assert questions()["gov.SURVEI.rata_a"].special[0].value == "9"
    bounded = [path for path, question in questions().items() if question.min is not None]
    assert len(bounded) == 37 + 12 + 9 + 6 * 5


def test_weights_bands_and_gates() -> None:
    weights = shipped().weights[0].weights
    assert weights == {"pillar": 50, "readiness": 20, "masterplan": 10, "quick_wins": 20}
    sections = {section.name: section.weight for section in shipped().form("mpl").sections}
    assert sections == {"A": 30, "B": 50, "C": 20}
    bands = [(str(band.min), band.label.text("id")) for band in shipped().bands]
    assert bands == [
        ("4.20", "Memuaskan"), ("3.50", "Sangat Baik"), ("2.60", "Baik"), ("1.80", "Cukup"), ("0", "Kurang"),
    ]  # fmt: skip
    gates = {gate.level: gate for gate in shipped().gates}
    assert gates[1].min_items == gates[2].min_items == 1
    assert (gates[3].types, gates[3].verified) == (("dokumen", "observasi"), 1)
    assert (gates[4].min_types, gates[4].types) == (2, ("data",))
    assert (gates[5].years, gates[5].outside) == (2, 1)


def test_not_applicable_reasons_and_what_is_filled_from_the_visit() -> None:
    assert [(reason.value, reason.open) for reason in shipped().na_reasons] == [
        ("geografis", False), ("kewenangan", False), ("belumtempo", False), ("taksempat", True),
    ]  # fmt: skip
    read_only = [path for path, question in questions().items() if question.read_only]
    assert read_only == ["knj.KNJ-01", "knj.KNJ-02", "knj.KNJ-03", "knj.KNJ-04"]
    stages = [choice.value for choice in shipped().choices[questions()["knj.KNJ-03"].choices]]
    assert stages == ["tahap1", "tahap2", "lapangan", "pembinaan"]


def test_the_dimensions_of_the_programme() -> None:
    dimensions = {dimension.name: dimension.items for dimension in shipped().dimensions}
    assert list(dimensions) == [
        "baseline", "output", "outcome_programmes", "outcome_action_plans", "impact", "quick_win", "collaboration",
    ]  # fmt: skip
    impact = [path for path in dimensions["impact"] if questions()[path].type == "rubric"]
    assert len(impact) == 6
    rubrics = [path for path in dimensions["outcome_programmes"] if questions()[path].type == "rubric"]
    assert len(rubrics) == 1 + 30


def test_it_says_that_it_is_not_official() -> None:
    notice = shipped().notice
    assert notice.text("id") == "Instrumen Pendamping Lapangan v0.1 — bukan instrumen resmi Komdigi"
    assert "not an official instrument" in notice.text("en")


def test_calculations_guard_themselves() -> None:
    for path in ("mpl.MPL-PRG.capaian", "qwn.QWN-REC.cakupan"):
        assert re.match(r"if\(\$\{\w+\} > 0 and \$\{\w+\} != '', ", questions()[path].calculation)


def test_forms_check_finds_nothing_in_it() -> None:
    assert examine(shipped_files()) == []


def test_the_readme_names_every_key() -> None:
    readme = (ROOT / "forms" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`\n]+)`", readme))
    words = {word for text in named for word in re.findall(r"[a-z_.]+", text)}
    assert not QUESTION_KEYS - words
    top = tomllib.loads(shipped_files()["instrument.toml"].decode())
    assert not set(top) - words - {"choices", "scale"}
    assert "scale.level" in words


def test_the_toml_is_pleasant_to_read() -> None:
    for name, data in shipped_files().items():
        text = data.decode()
        assert "\r" not in text
        assert text.endswith("\n")
        assert "\n\n\n\n" not in text
        assert max(len(line.encode()) for line in text.split("\n")) < 2048, name
