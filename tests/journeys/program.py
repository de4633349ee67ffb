"""The real program as a person or a script runs it: a process, its exit code, its lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "evaluator")
ROOT = Path(__file__).parent.parent.parent


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of somebody whose home folder is `folder` and who has nothing else."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        "TZ": "Asia/Makassar",
        "LANG": "id_ID.UTF-8",
        **more,
    }


@dataclass(frozen=True)
class Ran:
    """A finished run."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Program:
    """The program with one workspace."""

    home: Path
    folder: Path

    def run(self, *arguments: str | Path, given: str = "", lang: str = "en") -> Ran:
        """Run one command with `--json`."""
        words = [*COMMAND, "--home", str(self.home), "--lang", lang, "--json", *map(str, arguments)]
        found = subprocess.run(
            words,
            input=given,
            cwd=self.folder,
            env=environment(self.folder),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in found.stderr, found.stderr
        return Ran(found.returncode, found.stdout, found.stderr)

    def ok(self, *arguments: str | Path, given: str = "") -> Any:
        """Run a command that must succeed; its JSON."""
        ran = self.run(*arguments, given=given)
        assert ran.code == 0, (arguments, ran)
        return ran.json

    def answer(self, visit: str, entries: Iterable[dict[str, Any]]) -> Ran:
        """Send entries through `answer --stdin`."""
        given = "".join(json.dumps(entry) + "\n" for entry in entries)
        return self.run("answer", visit, "--stdin", given=given)


def stock(
    *words: str | Path, cwd: Path | None = None, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run a stock tool."""
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, input=given, capture_output=True, check=False
    )


def rubrics() -> list[str]:
    """The 51 rubrics outside repeats."""
    counts: Sequence[tuple[str, int]] = (
        ("GOV", 6), ("BRA", 6), ("ECO", 6), ("LIV", 6), ("SOC", 6), ("ENV", 6), ("KSP", 10), ("MPL", 5),
    )  # fmt: skip
    return [f"{form.lower()}.{form}-{number:02d}" for form, count in counts for number in range(1, count + 1)]


def complete_answers(levels: Sequence[int]) -> list[dict[str, Any]]:
    """Everything that a visit needs to be finalised, with rubric levels cycling through `levels`."""
    reason = "Bukti diperiksa di tempat"
    entries: list[dict[str, Any]] = [
        {
            "question": path,
            "value": levels[number % len(levels)],
            "gate_reason": reason,
            "note": "Dilihat langsung",
        }
        for number, path in enumerate(rubrics())
    ]
    plain = {
        "knj.KNJ-05": "2026-11-17",
        "knj.KNJ-06": "2026-11-19",
        "knj.KNJ-07": "luring",
        "knj.KNJ-08": "ya",
        "knj.KNJ-10": "ya",
        "knj.KNJ-TIM[1].nama": "Sari",
        "knj.KNJ-TIM[1].konflik": "tidak",
        "knj.KNJ-TIM[2].nama": "Bagus",
        "knj.KNJ-TIM[2].konflik": "tidak",
        "knj.KNJ-PST[1].nama": "Rahmawati",
        "knj.KNJ-PST[1].jabatan": "Kepala Bidang",
        "mpl.MPL-Y1": "ya",
        "mpl.MPL-Y1a": "Peraturan Bupati 41/2022",
        "ksp.KSP-Q5": 2,
        "pnt.PNT-02": "Dua lokasi tidak terjangkau",
        "pnt.PNT-03": "terima",
        "pnt.PNT-07": "2026-11-19",
        "pnt.PNT-08": "ya",
        "pnt.PNT-KUAT[1].uraian": "Layanan menjangkau desa hulu",
        "pnt.PNT-LEMAH[1].uraian": "Data timbulan sampah hanya perkiraan",
        "pnt.PNT-REKOM[1].uraian": "Pasang jembatan timbang",
        "pnt.PNT-REKOM[1].dasar": ["pnt.PNT-LEMAH[1]"],
        "pnt.PNT-REKOM[1].opd": "DLH",
        "pnt.PNT-REKOM[1].prioritas": "tinggi",
    }
    entries += [{"question": path, "value": value} for path, value in plain.items()]
    for number in range(1, 7):
        row = f"mpl.MPL-PRG[{number}]"
        values = {"nama": f"Program {number}", "pilar": "gov", "sub": "A", "opd": "DISKOMINFO"}
        entries += [{"question": f"{row}.{name}", "value": value} for name, value in values.items()]
    for number, pillar in ((1, "gov"), (2, "env")):
        row = f"qwn.QWN-REC[{number}]"
        values = {"nama": f"Percepatan {number}", "pilar": pillar, "opd": "DLH", "masalah": "Jarak layanan"}
        entries += [{"question": f"{row}.{name}", "value": value} for name, value in values.items()]
        entries += [
            {"question": f"{row}.QWN-{item:02d}", "value": levels[item % len(levels)], "gate_reason": reason}
            for item in range(1, 9)
        ]
    return entries
