"""The checks that are code: each fires, and each is silent."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from evaluator.scoring.checks import (
    evidence_period,
    near_equal_text,
    normalised,
    row_references,
    straight_lining,
)


def strength(row: str) -> tuple[str, str]:
    return ("pnt.PNT-KUAT.uraian", row)


def weakness(row: str) -> tuple[str, str]:
    return ("pnt.PNT-LEMAH.uraian", row)


class TestNearEqualText:
    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ("Layanan publik sudah terintegrasi.", "Layanan publik sudah terintegrasi."),
            ("Layanan publik sudah terintegrasi.", "  LAYANAN publik,\nsudah terintegrasi!"),
            ("Layanan publik sudah terintegrasi dengan baik", "Layanan publik sudah terintegrasi dgn baik"),
            ("Kafé daring", "kafe daring"),
        ],
    )
    def test_the_same_text_under_both_headings(self, left: str, right: str) -> None:
        findings = near_equal_text({strength("a"): left}, {weakness("b"): right})
        assert [finding.keys for finding in findings] == [(strength("a"), weakness("b"))]

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ("Layanan publik sudah terintegrasi.", "Anggaran belum tersedia untuk tahun depan."),
            ("", ""),
            ("-", "-"),
            ("!!!", "!!!"),
        ],
    )
    def test_silent(self, left: str, right: str) -> None:
        assert near_equal_text({strength("a"): left}, {weakness("b"): right}) == ()

    def test_the_ratio_decides(self) -> None:
        left, right = {strength("a"): "abcdefghij"}, {weakness("b"): "abcdefgxyz"}
        assert near_equal_text(left, right) == ()
        assert len(near_equal_text(left, right, ratio=Decimal("0.7"))) == 1

    def test_every_pair_is_a_finding(self) -> None:
        texts = ("Terlalu sedikit", "Lain sekali isinya", "Terlalu sedikit.")
        left = {strength(str(n)): text for n, text in enumerate(texts)}
        right = {weakness("x"): "terlalu sedikit"}
        assert [finding.keys[0][1] for finding in near_equal_text(left, right)] == ["0", "2"]

    def test_a_pasted_paragraph_with_a_word_changed(self) -> None:
        text = " ".join(f"kata{n} layanan" for n in range(40))
        left, right = {strength("a"): text}, {weakness("b"): text.replace("kata7 ", "lain ")}
        assert len(near_equal_text(left, right)) == 1
        other = {weakness("b"): " ".join(f"isi{n} anggaran" for n in range(40))}
        assert near_equal_text(left, other) == ()

    def test_long_texts_are_judged_in_bounded_time(self) -> None:
        started = time.process_time()
        left = {strength("a"): "layanan publik daerah " * 4_000}
        right = {weakness("b"): "pelayanan publik di daerah " * 4_000}
        near_equal_text(left, right, ratio=Decimal("0.5"))
        assert time.process_time() - started < 5

    def test_normalised(self) -> None:
        assert normalised("  Smart_City:  ÉKONOMI—2026 ") == "smart city ekonomi 2026"


class TestStraightLining:
    def levels(self, *values: int) -> dict[tuple[str, str], int]:
        return {(f"gov.GOV-{n:02}", ""): value for n, value in enumerate(values, start=1)}

    def test_ten_of_twelve(self) -> None:
        (finding,) = straight_lining(self.levels(*[3] * 10, 2, 4))
        assert len(finding.keys) == 10
        assert finding.values == {"level": "3", "count": "10", "of": "12"}

    def test_exactly_four_fifths(self) -> None:
        assert len(straight_lining(self.levels(*[3] * 12, 1, 2, 4))) == 1

    @pytest.mark.parametrize("values", [[3] * 11, [3] * 9 + [2, 4, 1], [], [1, 2, 3, 4, 5, 0] * 3])
    def test_silent(self, values: list[int]) -> None:
        assert straight_lining(self.levels(*values)) == ()

    def test_nothing_scored_and_no_minimum(self) -> None:
        assert straight_lining({}, minimum=0) == ()


class TestEvidencePeriod:
    KEY = ("gov.GOV-01", "")

    @pytest.mark.parametrize("text", ["2024-12-31", "2027-01-01", "2023", "2025-12"])
    def test_outside(self, text: str) -> None:
        (finding,) = evidence_period([(self.KEY, "ev-1", text)], year=2026)
        assert finding.keys == (self.KEY,)
        assert finding.values == {"evidence": "ev-1"}

    @pytest.mark.parametrize(
        "text", ["2026-01-01", "2026-12-31", "2026-07", "2026", "", "tanpa tanggal", "20261"]
    )
    def test_silent(self, text: str) -> None:
        assert evidence_period([(self.KEY, "ev-1", text)], year=2026) == ()

    def test_years_before_may_be_allowed(self) -> None:
        dates = [(self.KEY, "ev-1", "2025-03-01"), (self.KEY, "ev-2", "2024-03-01")]
        (finding,) = evidence_period(dates, year=2026, years_before=1)
        assert finding.values == {"evidence": "ev-2"}

    def test_one_finding_for_each_question(self) -> None:
        other = ("gov.GOV-02", "")
        dates = [(self.KEY, "ev-1", "2020"), (other, "ev-2", "2020"), (self.KEY, "ev-3", "2021")]
        findings = evidence_period(dates, year=2026)
        assert [(finding.keys, finding.values["evidence"]) for finding in findings] == [
            ((self.KEY,), "ev-1, ev-3"),
            ((other,), "ev-2"),
        ]


class TestRowReferences:
    WEAK_1, WEAK_2 = ("pnt.PNT-LEMAH", "w1"), ("pnt.PNT-LEMAH", "w2")
    ADVICE_1, ADVICE_2 = ("pnt.PNT-REKOM", "r1"), ("pnt.PNT-REKOM", "r2")

    def test_a_weakness_without_recommendation(self) -> None:
        (finding,) = row_references([self.WEAK_1, self.WEAK_2], {self.ADVICE_1: (self.WEAK_1,)})
        assert (finding.keys, finding.values) == ((self.WEAK_2,), {"case": "unreferenced"})

    def test_a_recommendation_without_weakness(self) -> None:
        gone = ("pnt.PNT-LEMAH", "deleted")
        references = {self.ADVICE_1: (self.WEAK_1,), self.ADVICE_2: (gone,)}
        (finding,) = row_references([self.WEAK_1], references)
        assert (finding.keys, finding.values) == ((self.ADVICE_2,), {"case": "dangling"})
        (finding,) = row_references([], {self.ADVICE_1: ()})
        assert finding.keys == (self.ADVICE_1,)

    def test_silent(self) -> None:
        references = {self.ADVICE_1: (self.WEAK_1, self.WEAK_2), self.ADVICE_2: (self.WEAK_2,)}
        assert row_references([self.WEAK_1, self.WEAK_2], references) == ()
        assert row_references([], {}) == ()
