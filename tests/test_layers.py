"""The layers of the package, kept: `tui, cli -> visits ... -> store, bundle -> form, scoring`, and a light start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_arrows_never_point_up() -> None:
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        (["--help"], {"textual", "sqlmodel", "sqlalchemy", "cryptography", "alembic", "platformdirs"}),
        (["verify", "--help"], {"textual", "sqlmodel", "sqlalchemy", "cryptography"}),
        (["verify", "nothing.zip"], {"textual", "sqlmodel", "sqlalchemy"}),
        (["forms", "eval", "1 + 1"], {"textual", "sqlmodel", "sqlalchemy", "cryptography"}),
    ],
)
def test_commands_load_only_what_they_need(arguments: list[str], refused: set[str], tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from evaluator.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sys.modules)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, "--home", str(tmp_path), *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(found.stdout.partition("LOADED ")[2].split())
    assert "evaluator.cli.main" in loaded
    assert not refused & loaded
