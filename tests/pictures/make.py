"""Make the pictures of the README from the running program: `python tests/pictures/make.py`.

Builds the practice office, opens it at 80 columns, goes where an assessor goes by keys, and saves what the screen
shows as SVG beside this file.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from evaluator.tui.app import EvaluatorApp

HERE = Path(__file__).parent
SHOTS: Sequence[tuple[str, str, Sequence[str]]] = (
    ("visits-id", "id", ()),
    ("form-id", "id", ("enter", "1")),
    ("visit-en", "en", ("enter",)),
)


async def shoot(home: Path, name: str, keys: Sequence[str]) -> None:
    """Open the workspace at `home`, press `keys`, save the picture."""
    from evaluator.paths import Workspace
    from evaluator.tui.app import EvaluatorApp

    app = EvaluatorApp(Workspace(home))
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(app, pilot)
            for key in keys:
                await pilot.press(key)
                await settle(app, pilot)
            (HERE / f"{name}.svg").write_text(app.export_screenshot(title="evaluator"), "utf-8")
    finally:
        app.close()


async def settle(app: EvaluatorApp, pilot: Pilot[int]) -> None:
    """Wait until the thread of the workspace has nothing to do."""
    quiet = 0
    while quiet < 3:
        await pilot.pause()
        quiet = 0 if app.is_busy else quiet + 1
        await asyncio.sleep(0.01)


def main() -> None:
    """Make all pictures; each language needs a process of its own, since the interface is built in one."""
    if len(sys.argv) == 3:
        from evaluator import language

        language.use(sys.argv[1])
        for name, lang, keys in SHOTS:
            if lang == sys.argv[1]:
                asyncio.run(shoot(Path(sys.argv[2]), name, keys))
        return
    import subprocess

    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        subprocess.run([sys.executable, "-m", "evaluator", "demo", str(demo), "--no-tui"], check=True)
        for lang in dict.fromkeys(lang for _name, lang, _keys in SHOTS):
            subprocess.run([sys.executable, __file__, lang, str(demo / "assessor-1")], check=True)


if __name__ == "__main__":
    main()
