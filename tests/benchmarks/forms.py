"""How fast forms are loaded, filled, judged and checked, beside the field's engines, in one run.

    python -m tests.benchmarks.forms [--sizes 250 1000 2000] [--web FOLDER | --install]

Prints milliseconds of processor time (best of several) and what the others need times ours. JavaRosa runs where
pyxform and a JDK are, the Web Forms engine where `--web` names a folder with `@getodk/xforms-engine` and `jsdom` in its
node_modules, or with `--install`, which puts them into a temporary folder. What is missing is said.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from evaluator.form.definition import Instrument
from evaluator.form.examining import examine
from evaluator.form.filling import Environment, Filling
from evaluator.form.program import compile_program
from evaluator.form.reading import read_instrument
from tests.peers.forms import as_xform
from tests.peers.javarosa import JavaRosa, why_not
from tests.peers.shapes import SHAPES, files

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)
WEB_PACKAGES = ("@getodk/xforms-engine", "jsdom")
WARM_UP = 30


def main() -> None:
    """Measure and print."""
    options = _options()
    web = _web_folder(options.web, options.install)
    print(
        f"{'':16} {'questions':>9} {'':10} {'ours ms':>9} {'JavaRosa':>9} {'x':>7} {'Web Forms':>10} {'x':>7}"
    )
    java = None if why_not() else JavaRosa()
    with tempfile.TemporaryDirectory() as folder:
        for shape in SHAPES:
            for size in options.sizes:
                _compare(shape, size, java, web, Path(folder))
    print("\nours alone, ms:", ", ".join(f"{name} {value:.1f}" for name, value in _alone()))
    for missing in (why_not(), "" if web else "the Web Forms engine is not installed: --web or --install"):
        if missing:
            print(f"not measured: {missing}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 1000, 2000])
    parser.add_argument("--web", metavar="FOLDER")
    parser.add_argument("--install", action="store_true")
    return parser.parse_args()


def _compare(shape: str, size: int, java: JavaRosa | None, web: Path | None, folder: Path) -> None:
    form = files(shape, size)
    xform = folder / "form.xml"
    xform.write_text(as_xform(read_instrument(form)), encoding="utf-8")
    ours = _ours(form)
    theirs = _javarosa(java, xform) if java else {}
    browser = _web(web, xform) if web else {}
    for name, value in ours.items():
        line = f"{shape:16} {size:>9} {name:10} {value:>9.3f}"
        for peer in (theirs, browser):
            found = peer.get(name)
            if isinstance(found, float):
                line += f" {found:>9.2f} {found / value:>7.1f}"
            else:
                line += f" {found or '-':>9} {'':>7}"
        print(line, flush=True)


def _ours(form: dict[str, bytes]) -> dict[str, float]:
    found = {"load": _best(5, lambda: _open(read_instrument(form)))}
    visit = _open(read_instrument(form))
    found["set"] = _by_turns(visit, 1, 9)
    found["show/hide"] = _by_turns(visit, 9, None)
    found["validate"] = _best(
        10, lambda: (visit.required_missing(), visit.invalid_keys(), visit.failed_checks())
    )
    found["memory MB"] = _memory(form)
    return found


def _by_turns(visit: Filling, one: int | None, other: int | None) -> float:
    """One answer, when two are given by turns."""
    key = ("f.q0", "")
    return _best(20, lambda: (visit.set(key, one), visit.set(key, other))) / 2


def _open(instrument: Instrument) -> Filling:
    return Filling(compile_program(instrument), environment=Environment(now=lambda: MOMENT))


def _memory(form: dict[str, bytes]) -> float:
    gc.collect()
    tracemalloc.start()
    visit = _open(read_instrument(form))
    gc.collect()
    size, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del visit
    return size / 1e6


def _best(times: int, work: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    least = float("inf")
    for _time in range(times):
        start = time.process_time()
        work()
        least = min(least, time.process_time() - start)
    return least * 1000


def _javarosa(java: JavaRosa, xform: Path) -> dict[str, float | str]:
    java.seconds("time-load", xform, WARM_UP)  # warm: the compiler of the JVM has seen the form before
    found: dict[str, float | str] = {"load": java.seconds("time-load", xform, 5) * 1000}
    found["set"] = java.seconds("time-set", 60, "/data/q0", "1", "9") * 1000
    found["show/hide"] = java.seconds("time-set", 60, "/data/q0", "9", "") * 1000
    found["validate"] = java.seconds("time-validate", 3) * 1000
    return found


def _web(folder: Path, xform: Path) -> dict[str, float | str]:
    """What the Web Forms engine needs; a process of its own for every form, as a form that fails may leave a mess."""
    script = Path(__file__).parent.parent / "peers" / "webforms.mjs"
    commands = [
        ("load", f"time-load\t{xform}\t3"),
        ("memory MB", "memory"),
        ("set", "time-set\t10\tq0\t1\t9"),
        ("show/hide", "time-set\t10\tq0\t9\t"),
    ]
    done = subprocess.run(
        ["node", "--expose-gc", str(script), str(folder)],
        input="".join(f"{command}\n" for _name, command in commands),
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith("error\t") or _is_number(line)]
    found: dict[str, float | str] = {}
    for (name, _command), answer in zip(commands, answers, strict=False):
        number = float(answer) if _is_number(answer) else "fails"
        found[name] = number / 1e6 if name == "memory MB" and isinstance(number, float) else number
    return found or {name: "fails" for name, _command in commands}


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _web_folder(named: str | None, install: bool) -> Path | None:
    if named and (Path(named) / "node_modules" / WEB_PACKAGES[0]).is_dir():
        return Path(named).resolve()
    if not install or shutil.which("npm") is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="webforms-"))
    subprocess.run(["npm", "install", "--silent", "--prefix", str(folder), *WEB_PACKAGES], check=True)
    return folder


def _alone() -> list[tuple[str, float]]:
    """What has a target and no peer: a long chain, many rows, the check of a large form."""
    visit = _open(read_instrument(files("chain", 5000)))
    found = [("chain of 5,000, one answer", _by_turns(visit, 9, None))]
    large = files("realistic", 2000)
    found.append(("check of 2,000 questions", _best(3, lambda: examine(large))))
    for rows in (50, 500):
        visit = _open(read_instrument(_repeat()))
        for row in range(rows):
            visit.add_row("f.r", "", f"r{row}")
        key = visit.locate(f"f.r[{rows // 2}].a")
        turn = [0]

        def answer(visit: Filling = visit, key: tuple[str, str] = key, turn: list[int] = turn) -> None:
            turn[0] += 1
            visit.set(key, turn[0] % 2)

        found.append((f"one answer in {rows} rows", _best(20, answer)))
    return found


def _repeat() -> dict[str, bytes]:
    return {
        "f.toml": b'[form]\nid = "f"\nkind = "visit"\ntitle = { id = "F" }\n[[section]]\nname = "S"\nlabel = "S"\n'
        b'[[section.question]]\nname = "r"\ntype = "repeat"\nlabel = "R"\n'
        b'[[section.question.question]]\nname = "a"\ntype = "integer"\nlabel = "a"\n'
        b'[[section.question.question]]\nname = "b"\ntype = "calculate"\ncalculation = "${a} * 2"\n'
        b'[[section.question.question]]\nname = "c"\ntype = "text"\nlabel = "c"\nrelevant = "${b} > 1"\n'
    }


if __name__ == "__main__":
    main()
