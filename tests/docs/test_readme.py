"""The commands of the README, run as they are printed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def blocks(mark: str) -> list[str]:
    """The shell blocks that follow `<!-- mark -->`."""
    return re.findall(
        rf"<!-- {mark} -->\n```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )


def test_there_are_two_commands_that_do_all_the_set_up() -> None:
    assert [len(block.strip().splitlines()) for block in (*blocks("run"), *blocks("test"))] == [1, 1]


def test_the_pictures_are_there() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", (ROOT / "README.md").read_text("utf-8"))
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_the_tour_runs_as_printed(tmp_path: Path) -> None:
    for tool in ("bash", "unzip", "sha256sum", "ssh-keygen"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not on this machine")
    program = tmp_path / ".venv" / "bin" / "evaluator"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m evaluator "$@"\n')
    program.chmod(0o755)
    shutil.copy(ROOT / "README.md", tmp_path)
    script = "set -e\nset -o pipefail\n" + "".join(blocks("tour"))
    # Both blocks are one session, so a relative home has to keep its meaning after the last `cd`.
    found = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "not yet: it said what is missing" in found.stdout
    assert 'Good "evaluator-bundle" signature' in found.stdout
