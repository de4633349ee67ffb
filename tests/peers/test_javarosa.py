"""Random forms filled by this engine and by JavaRosa side by side: the same values, relevance, required, constraints.

Every difference that was ever found is either mended or a line in the table of decisions in forms/README.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("pyxform", reason="needs the extra xlsform")

from evaluator.form.filling import Environment, Filling
from evaluator.form.program import compile_program
from tests.peers.forms import ROWS, Maker, as_xform, random_answer
from tests.peers.javarosa import JavaRosa, Leaf, why_not

FORMS, EDITS = 150, 12
LONG_FORMS = 5_000
MOMENT = datetime(2026, 11, 21, 10, 42, tzinfo=UTC)


@pytest.fixture(scope="module")
def javarosa() -> Iterator[JavaRosa]:
    if why_not():
        pytest.skip(why_not())
    with JavaRosa() as process:
        yield process


def test_random_forms_are_filled_alike(
    javarosa: JavaRosa, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first = request.config.getoption("--seed") or 1
    for seed in range(first, first + FORMS):
        fill_both(javarosa, seed, tmp_path / "form.xml")


@pytest.mark.long
def test_thousands_of_random_forms_are_filled_alike(javarosa: JavaRosa, tmp_path: Path) -> None:
    for seed in range(10_000, 10_000 + LONG_FORMS):
        fill_both(javarosa, seed, tmp_path / "form.xml")


def fill_both(javarosa: JavaRosa, seed: int, path: Path) -> None:
    random = Random(seed)
    made = Maker(random).make()
    path.write_text(as_xform(made.instrument, {"r": ROWS}), encoding="utf-8")
    javarosa.load(path)
    visit = Filling(compile_program(made.instrument), environment=Environment(now=lambda: MOMENT))
    for row in range(ROWS):
        visit.add_row("f.r", "", f"row{row}")
    told: list[str] = []
    compare(visit, javarosa, seed, told)
    for _edit in range(EDITS):
        question = random.choice(list(made.answerable))
        value = random_answer(random, made.answerable[question])
        shown = question.replace("f.r.", f"f.r[{random.randint(1, ROWS)}].")
        key = visit.locate(shown)
        visit.set(key, visit.read(key, value))
        javarosa.set(as_path(shown), value)
        told.append(f"{shown} = {value!r}")
        compare(visit, javarosa, seed, told)


def compare(visit: Filling, javarosa: JavaRosa, seed: int, told: list[str]) -> None:
    theirs = {path.replace("[1]", ""): leaf for path, leaf in javarosa.dump().items()}
    for key in visit.keys():
        shown = visit.path_of(key)
        leaf = theirs[as_path(shown).replace("[1]", "")]
        state = visit.state(key)
        ours = Leaf(state.relevant, state.required, not state.invalid, written(state.value))
        if not same(ours, leaf):
            pytest.fail(f"seed {seed}, {shown}: ours {ours}, theirs {leaf}, after {told}")


def same(ours: Leaf, theirs: Leaf) -> bool:
    """What is not relevant has no further state; a number that is none is blank."""
    if ours.relevant != theirs.relevant:
        return False
    if not ours.relevant:
        return True
    judged = (ours.required, ours.holds) == (theirs.required, theirs.holds)
    return judged and same_value(ours.value, "" if theirs.value == "NaN" else theirs.value)


def same_value(ours: str, theirs: str) -> bool:
    if ours == theirs:
        return True
    try:
        return math.isclose(float(ours), float(theirs), rel_tol=1e-9, abs_tol=1e-9)
    except ValueError:
        return False


def written(value: object) -> str:
    """A stored answer as an XForm writes it."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def as_path(shown: str) -> str:
    return "/data/" + shown.removeprefix("f.").replace(".", "/")
