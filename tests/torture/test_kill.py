"""Commands killed at random moments: what was acknowledged is there, everything else is whole or not there at all.

The default is a short run. `--rounds N` kills `answer` N times and the other commands in proportion, `--long` does
so for hours. The seed is printed with a failure; `--seed` makes the same choices again, although no two kills hit
the same instruction.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.inside import inside
from tests.conftest import COUNTED
from tests.journeys.program import Program, complete_answers, rubrics
from tests.torture.victim import Victim

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")

SHORT, LONG = 12, 3000
CHAIN = 50  # rounds in one workspace; then a fresh one
LINES = 240
STRENGTHS = "pnt.PNT-KUAT"
Count = Callable[..., None]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Cut the rounds that are asked for into chains with a workspace each."""
    if "rounds" not in metafunc.fixturenames:
        return
    wanted = metafunc.config.getoption("--rounds") or (LONG if metafunc.config.getoption("--long") else SHORT)
    rounds = wanted if metafunc.function is test_no_acknowledged_answer_is_lost else -(-wanted // 3)
    chains = [min(CHAIN, rounds - start) for start in range(0, rounds, CHAIN)]
    if len(chains) == 1 and rounds >= SHORT:
        chains = [rounds - rounds // 2, rounds // 2]  # one for each of two workers
    metafunc.parametrize("rounds", chains, ids=[f"{chain}" for chain in range(len(chains))])


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """The choices of one chain, repeatable by the seed that is printed."""
    seed = request.config.getoption("--seed")
    if seed is None:
        seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Iterator[Count]:
    """Counts that are added up over all tests and shown at the end, also those of a test that fails."""
    counts: dict[str, int] = {}

    def add(name: str, number: int = 1) -> None:
        counts[name] = counts.get(name, 0) + number

    yield add
    for name, number in counts.items():
        record_property(COUNTED + name, number)


@dataclass
class Site:
    """A workspace with one visit that is complete, examined by commands inside this process."""

    program: Program
    visit: str

    def ok(self, *arguments: str | Path, given: bytes = b"") -> Any:
        ran = inside(self.program.home, *arguments, given=given)
        assert ran.code == 0, (arguments, ran)
        return ran.json

    def show(self) -> Any:
        return self.ok("visit", "show", self.visit)

    def answer(self, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        ran = inside(
            self.program.home, "answer", self.visit, "--stdin", given=b"".join(map(as_line, entries))
        )
        assert ran.code == 0, ran
        return ran.lines

    def check_sound(self) -> None:
        found = self.ok("doctor")
        assert found["ok"], found
        assert {finding["code"] for finding in found["findings"]} <= {"evidence_unused", "low_space"}

    def leftovers(self) -> list[Path]:
        return sorted(self.program.home.rglob("*.part"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    program = Program(tmp_path / "home", tmp_path)
    made = inside(program.home, "init", "--name", "Sari", "--email", "sari@contoh.example", "--no-passphrase")
    assert made.code == 0, made
    visit = inside(program.home, "visit", "new", "64.02", "--round", "2026-tahap2").json["visit"]
    found = Site(program, visit)
    found.answer(complete_answers([3, 4, 2, 5]))
    return found


def as_line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry).encode() + b"\n"


@dataclass
class Model:
    """What the answers must be after a number of lines: levels and notes by question, the texts of the rows."""

    levels: dict[str, int]
    notes: dict[str, str]
    rows: list[str | None]

    @classmethod
    def seen(cls, shown: Any) -> Model:
        answers = shown["answers"]
        rows = []
        while f"{STRENGTHS}[{len(rows) + 1}].uraian" in answers:
            rows.append(answers[f"{STRENGTHS}[{len(rows) + 1}].uraian"]["value"])
        return cls(
            {path: answers[path]["value"] for path in rubrics()},
            {path: answers[path]["note"] for path in rubrics()},
            rows,
        )

    def copy(self) -> Model:
        return Model(dict(self.levels), dict(self.notes), list(self.rows))

    def take(self, entry: dict[str, Any]) -> None:
        path = entry["question"]
        if entry.get("action") == "insert":
            self.rows.insert(0, None)
        elif entry.get("action") == "delete":
            del self.rows[0]
        elif path.startswith(STRENGTHS):
            self.rows[0] = entry["value"]
        elif "value" in entry:
            self.levels[path] = entry["value"]
        else:
            self.notes[path] = entry["note"]

    @property
    def counters(self) -> tuple[int, int]:
        """Answered and open questions that depend on what happens here."""
        filled = sum(text is not None for text in self.rows)
        return filled, len(self.rows) - filled


def lines_from(model: Model, rng: random.Random, mark: str) -> Iterator[dict[str, Any]]:
    """Lines that set levels, notes and texts of rows, add rows and delete them; all with a token, or none."""
    model = model.copy()
    tokens = rng.random() < 0.7
    first = f"{STRENGTHS}[1]"
    for number in range(LINES):
        name = f"{mark}-{number}"
        entry: dict[str, Any]
        kind = rng.random()
        if kind < 0.7:
            entry = {"question": rng.choice(rubrics())}
            entry |= {"value": rng.randint(1, 5)} if kind < 0.5 else {"note": name}
        elif kind < 0.8:
            entry = {"question": f"{first}.uraian", "value": name}
        else:
            grow = len(model.rows) == 1 or (len(model.rows) < 6 and rng.random() < 0.5)
            entry = {"question": first, "action": "insert" if grow else "delete"}
        if tokens:
            entry["token"] = name
        model.take(entry)
        yield entry


def test_no_acknowledged_answer_is_lost(site: Site, rounds: int, rng: random.Random, count: Count) -> None:
    """After every kill the answers are those after so many lines: all acknowledged ones and not more than were sent."""
    base = Model.seen(site.show())
    (line,) = site.ok("visit", "list")
    constant = line["answered"] - base.counters[0]
    seq = 0
    for number in range(rounds):
        entries = list(lines_from(base, rng, f"{number}"))
        victim = Victim(site.program, "answer", site.visit, "--stdin", lines=[as_line(e) for e in entries])
        if rng.random() < 0.25:
            time.sleep(rng.uniform(0, 1.5))
        else:
            victim.wait_for_replies(rng.randint(1, 180))
            time.sleep(rng.uniform(0, 0.006))
        killed, acknowledged = victim.kill(), len(victim.replies)
        count("answer: kills", int(killed))
        count("answer: lines acknowledged", acknowledged)
        assert all(reply["ok"] for reply in victim.replies)
        sequence = [reply["seq"] for reply in victim.replies]
        assert sequence == sorted(sequence)
        assert not sequence or sequence[0] >= seq

        found, model, kept = Model.seen(site.show()), base.copy(), -1
        for taken in range(victim.sent + 1):
            if taken:
                model.take(entries[taken - 1])
            if model == found:
                kept = taken
                if taken >= acknowledged:
                    break
        count("answer: acknowledged lines lost", max(0, acknowledged - kept))
        assert kept >= acknowledged, f"{acknowledged} lines acknowledged, the answers are those after {kept}"
        (line,) = site.ok("visit", "list")
        assert (line["answered"] - constant, line["open"]) == found.counters
        site.check_sound()

        # Whoever was cut off sends all of it again if there are tokens, else what is not there yet.
        if "token" in entries[0]:
            again = site.answer(entries[: victim.sent])
            assert again[:acknowledged] == victim.replies
            count("answer: acknowledged tokens repeated", acknowledged)
        else:
            again = site.answer(entries[kept : victim.sent])
        for entry in entries[: victim.sent]:
            base.take(entry)
        assert Model.seen(site.show()) == base
        seq = max([seq, *(reply["seq"] for reply in again)])
    rows = enumerate(base.rows, start=1)
    site.answer(
        [{"question": f"{STRENGTHS}[{place}].uraian", "value": f"Baris {place}"} for place, _ in rows]
    )
    check_bundle(site, site.ok("visit", "finalise", site.visit)["revision"])
    assert site.leftovers() == []


def check_bundle(site: Site, revision: int) -> dict[str, Any]:
    """The sealed bundle can be copied out and verifies."""
    target = site.program.folder / f"check-{revision}-{random.random()}.zip"
    exported = site.ok("export", site.visit, "-o", target)
    verdict = site.ok("verify", target)
    assert verdict["ok"], verdict
    assert (verdict["visit"], verdict["revision"]) == (site.visit, revision)
    assert verdict["bundle_id"] == exported["bundle_id"]
    target.unlink()
    return verdict


@dataclass
class Hunter:
    """Kills one kind of command at a moment between its start and its end, half of the times while it writes."""

    site: Site
    rng: random.Random
    watched: Sequence[Path]
    name: str
    count: Count
    usual: float = 1.0

    def strike(self, *arguments: str | Path) -> Victim:
        victim = Victim(self.site.program, *arguments)
        if self.rng.random() < 0.6:
            victim.wait_for_sight(self.watched)
            time.sleep(self.rng.uniform(0, 0.02))
        else:
            time.sleep(self.rng.uniform(0, 1.1 * self.usual))
        killed = victim.kill()
        self.count(f"{self.name}: kills", int(killed))
        self.count(f"{self.name}: over before the kill", int(not killed))
        self.usual = max(self.usual, time.monotonic() - victim.began)
        return victim


def test_evidence_is_whole_or_not_there(site: Site, rounds: int, rng: random.Random, count: Count) -> None:
    """No piece is without its bytes; what was attached stays; the same files again make no second piece."""
    home = site.program.home
    hunter = Hunter(site, rng, (home / "tmp", home / "evidence"), "attach", count)
    before: list[Any] = []
    for number in range(rounds):
        files = []
        for part in range(rng.randint(1, 3)):
            file = site.program.folder / f"bukti-{number}-{part}.bin"
            file.write_bytes(rng.randbytes(rng.choice((1, 5_000, 400_000, 4_000_000))))
            files.append(file)
        command = ("attach", site.visit, rng.choice(rubrics()), *files, "--type", "data")
        victim = hunter.strike(*command)
        shown = site.show()["evidence"]
        assert shown[: len(before)] == before
        wanted = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
        added = [piece["sha256"] for piece in shown[len(before) :]]
        assert added == wanted[: len(added)]
        if victim.replies:
            count("attach: acknowledged")
            assert added == wanted
        for piece in shown:
            kept = home / "evidence" / piece["sha256"][:2] / piece["sha256"]
            assert hashlib.sha256(kept.read_bytes()).hexdigest() == piece["sha256"]
        site.check_sound()
        site.ok(*command)
        before = site.show()["evidence"]
        assert [piece["sha256"] for piece in before[-len(files) :]] == wanted
        for file in files:
            file.unlink()
        assert site.leftovers() == []
    check_bundle(site, site.ok("visit", "finalise", site.visit)["revision"])


def test_sealing_is_all_or_nothing(site: Site, rounds: int, rng: random.Random, count: Count) -> None:
    """Finalise, export and reopen: done with everything that belongs to it, or not done."""
    home, folder = site.program.home, site.program.folder
    finalise = Hunter(site, rng, (home / "outbox",), "finalise", count)
    export = Hunter(site, rng, (folder,), "export", count)
    reopen = Hunter(site, rng, (home,), "reopen", count)  # the log of the database appears
    proof = folder / "foto.jpg"
    proof.write_bytes(rng.randbytes(2_000_000))
    site.ok("attach", site.visit, "gov.GOV-01", proof, "--type", "dokumen")
    previous = ""
    for revision in range(1, rounds + 1):
        victim = finalise.strike("visit", "finalise", site.visit)
        shown = site.show()
        state = (shown["state"], shown["revision"])
        assert state in (("draft", revision - 1), ("final", revision))
        assert not victim.replies or state == ("final", revision)
        site.check_sound()
        if shown["state"] == "draft":
            assert site.ok("visit", "finalise", site.visit)["revision"] == revision
        verdict = check_bundle(site, revision)
        assert not victim.replies or victim.replies[0]["bundle_id"] == verdict["bundle_id"]
        assert verdict["bundle_id"] != previous
        previous = verdict["bundle_id"]

        target = folder / f"revision-{revision}.zip"
        victim = export.strike("export", site.visit, "-o", target)
        (sealed,) = (home / "outbox").glob(f"*-r{revision:02d}.zip")
        assert target.exists() or not victim.replies
        assert not target.exists() or target.read_bytes() == sealed.read_bytes()
        assert site.ok("export", site.visit, "-o", target)["bundle_id"] == verdict["bundle_id"]
        assert target.read_bytes() == sealed.read_bytes()
        target.unlink()

        victim = reopen.strike("visit", "reopen", site.visit, "--reason", f"Koreksi {revision}")
        shown = site.show()
        assert shown["revision"] == revision
        assert shown["state"] in ("final", "draft")
        assert shown["state"] == "draft" or not victim.replies
        if shown["state"] == "final":
            site.ok("visit", "reopen", site.visit, "--reason", f"Koreksi {revision}")
        site.answer([{"question": "gov.GOV-01", "note": f"Sesudah revisi {revision}"}])
        site.check_sound()
        assert site.leftovers() == []
