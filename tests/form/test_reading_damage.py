"""Whatever stands where in a form file, the reader answers with problems and never with another exception."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from evaluator.form.examining import examine

FOLDER = Path(__file__).parents[2] / "forms" / "smartcity"
STEP = 4  # every value would take ten seconds and find the same
ODD: tuple[Any, ...] = (0, -1, True, "", "x y", "${", "${nothing}", 1.5, [], [1], [{}], {}, {"id": 3}, "*.Q")


def small_instrument() -> dict[str, dict[str, Any]]:
    """The shipped instrument with two forms, one of them with a repeat that is scored."""
    files = {
        name: tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
        for name in ("instrument.toml", "gov.toml", "qwn.toml")
    }
    head = files["instrument.toml"]
    head["forms"] = ["gov", "qwn"]
    head["agency"] = head["agency"][:2]
    head["dimension"] = [{"name": "d", "label": {"id": "D", "en": "D"}, "items": ["gov.GOV-01"]}]
    head["check"] = [check for check in head["check"] if check["code"] in ("K01", "K02", "K03")]
    head["settings"] = {"region": "gov.GOV-Q1"}
    for name in ("gov.toml", "qwn.toml"):
        for section in files[name]["section"]:
            for question in section["question"]:
                question.pop("agencies", None)
                for inner in question.get("question", ()):
                    inner.pop("agencies", None)
    files["gov.toml"]["section"] = files["gov.toml"]["section"][:1]
    return files


def paths_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from paths_in(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value[:2]):
            yield (*path, number)
            yield from paths_in(inner, (*path, number))


def examined(files: dict[str, dict[str, Any]]) -> int:
    data = {name: tomli_w.dumps(table).encode() for name, table in files.items()}
    data["regions.csv"] = b"kode,nama,jenis,provinsi\n1,Satu,kota,P\n"
    return len(examine(data))


def test_the_instrument_to_be_damaged_is_sound() -> None:
    assert examined(small_instrument()) == 0


@pytest.mark.parametrize("file", ["instrument.toml", "gov.toml", "qwn.toml"])
def test_a_value_of_the_wrong_kind_anywhere_is_only_a_problem(file: str) -> None:
    sound = small_instrument()
    for number, path in enumerate(list(paths_in(sound[file]))[::STEP]):
        files = copy.deepcopy(sound)
        at: Any = files[file]
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = ODD[number % len(ODD)]
        examined(files)
        del at[path[-1]]
        examined(files)
