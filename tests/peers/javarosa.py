"""JavaRosa, the engine behind the field's Android program, as a process that fills forms when it is asked to.

It lies in the validator inside pyxform's wheel. `JavaRosa.java` beside this file is compiled by the `java` command
itself as it starts, which needs a JDK of version 11 or later.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

DRIVER = Path(__file__).with_name("JavaRosa.java")


@dataclass(frozen=True, slots=True)
class Leaf:
    """What JavaRosa knows of one answer."""

    relevant: bool
    required: bool
    holds: bool
    value: str


def jar() -> Path:
    """The validator inside pyxform."""
    spec = importlib.util.find_spec("pyxform")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"


def why_not() -> str:
    """Why JavaRosa cannot run here, or nothing."""
    if importlib.util.find_spec("pyxform") is None or not jar().is_file():
        return "JavaRosa comes with pyxform, which is not installed"
    if shutil.which("java") is None or shutil.which("javac") is None:
        return "JavaRosa needs a JDK, version 11 or later"
    return ""


class JavaRosa:
    """One process of JavaRosa; forms are loaded one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["java", "-Xmx1g", "-cp", str(jar()), str(DRIVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        assert self._line() == "ready"

    def __enter__(self) -> JavaRosa:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)

    def ask(self, *cells: object) -> str:
        """One command and the line that answers it."""
        assert self._process.stdin is not None
        print(*cells, sep="\t", file=self._process.stdin, flush=True)
        answer = self._line()
        if answer.startswith("error\t"):
            raise RuntimeError(f"{cells}: {answer}")
        return answer

    def load(self, form: Path) -> None:
        """Begin a new visit of a form."""
        self.ask("load", form)

    def set(self, path: str, value: str) -> None:
        """Give an answer as it stands in an XForm."""
        self.ask("set", path, value)

    def dump(self) -> Mapping[str, Leaf]:
        """Every answer by path."""
        found = {}
        line = self.ask("dump")
        while line:
            path, relevant, required, holds, value = line.split("\t")
            found[path] = Leaf(relevant == "true", required == "true", holds == "true", value)
            line = self._line()
        return found

    def seconds(self, *cells: object) -> float:
        """The processor time of a `time-…` command."""
        return int(self.ask(*cells)) / 1e9

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("JavaRosa has ended")
        return line.rstrip("\n")
