"""A workspace with a complete visit, a sealed visit and files that are bad in every way."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cli.inside import inside
from tests.journeys.program import Ran, complete_answers

PASSPHRASE = "rahasia besar"
PASSPHRASE_VARIABLE = "EVALUATOR_PASSPHRASE"


@dataclass
class Place:
    """Where the commands of a module work; `names` are put for `{visit}`, `{folder}` and the like in arguments."""

    home: Path
    folder: Path
    names: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, given: bytes = b"", plain: bool = False) -> Ran:
        """Run a command with the names put in."""
        return inside(self.home, *map(self._named, arguments), given=given, plain=plain)

    def ok(self, *arguments: str, given: bytes = b"") -> Any:
        """Run a command that must succeed."""
        ran = self.run(*arguments, given=given)
        assert ran.code == 0, (arguments, ran)
        return ran.json

    def _named(self, argument: str) -> str:
        for name, value in self.names.items():
            argument = argument.replace(f"{{{name}}}", value)
        return argument

    def state(self) -> list[Any]:
        """What the commands show of the visits."""
        return [
            self.ok("visit", "show", "{visit}"),
            self.ok("visit", "show", "{sealed}"),
            self.ok("visit", "list"),
        ]

    def bytes(self) -> dict[str, str]:
        """Every file of the workspace with its hash."""
        found = (path for path in self.home.rglob("*") if path.is_file() and path.name != "instance.lock")
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A place for a module; its tests leave it as it was."""
    folder = tmp_path_factory.mktemp("place")
    found = Place(folder / "home", folder / "files", {"folder": str(folder / "files"), "long": "x" * 5000})
    found.folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PASSPHRASE_VARIABLE, PASSPHRASE)
        patch.setenv("HOME", str(folder))
        found.ok("init", "--name", "Sari", "--email", "sari@contoh.example")
        lines = b"".join(json.dumps(entry).encode() + b"\n" for entry in complete_answers([3, 4, 2, 5]))
        for name, region in (("visit", "64.02"), ("sealed", "64.03")):
            found.names[name] = found.ok("visit", "new", region, "--round", "2026-tahap2")["visit"]
            assert found.run("answer", f"{{{name}}}", "--stdin", given=lines).code == 0
        found.ok("visit", "finalise", "{sealed}")
        found.ok("export", "{sealed}", "-o", "{folder}/bundle.zip")
        _bad_files(found.folder)
        yield found


def _bad_files(folder: Path) -> None:
    bundle = (folder / "bundle.zip").read_bytes()
    damaged = bytearray(bundle)
    damaged[len(bundle) // 2] ^= 0xFF
    contents = {
        "damaged.zip": bytes(damaged),
        "cut.zip": bundle[:5000],
        "empty": b"",
        "text.txt": b"Bukan bundel\n",
        "good.txt": b"Notulen rapat\n",
        "header.csv": b"a,b\n1,2\n",
        "line.csv": b"question,value,note\ngov.GOV-01,3,\ngov.GOV-02,9,\n",
        "unknown.csv": b"question,value\ngov.NOPE,3\n",
        "twice.csv": b"question,value\ngov.GOV-01,3\ngov.GOV-01,4\n",
        "xls.csv": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        "xlsx.csv": b"PK\x03\x04" + bytes(500),
        "utf16.csv": "question,value\ngov.GOV-01,3\n".encode("utf-16"),
        "control.csv": b"question,value,note\ngov.GOV-01,3,\x07\n",
        "nul.csv": b"question,value\ngov.GOV-01,3\0\n",
        "quote.csv": b'question,value\n"gov.GOV-01,3\n',
        "row.csv": b"question,value\nqwn.QWN-REC[9].nama,x\n",
        "repeat.csv": b"question,value\nqwn.QWN-REC,3\n",
        "semicolons.csv": b"Question;Value;Note\r\ngov.GOV-01;3;catatan\r\n",
        "mark.csv": b"\xef\xbb\xbfquestion,value,note\ngov.GOV-02,4,\n",
    }  # fmt: skip
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir()
    if os.name == "posix":
        (folder / "loop").symlink_to(folder / "loop")
        (folder / "dangling").symlink_to(folder / "gone")
        os.mkfifo(folder / "pipe")
