"""Somebody at the keyboard of the real program, who waits for the words of the catalogue."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluator import language
from evaluator.language import _
from tests.journeys.program import environment
from tests.journeys.terminal import Terminal


def flat(text: str) -> str:
    """`text` as one line, so that words that were wrapped stand side by side."""
    return " ".join(text.replace("▌", " ").split())


def dialog(screen: str) -> str:
    """What stands in the dialog over a screen, as one line; nothing if there is none."""
    parts = [line.split("│") for line in screen.splitlines()]
    return flat(" ".join(part[len(part) // 2] for part in parts if len(part) > 2))


class Person:
    """Types into `terminal` and reads what it shows."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def press(self, *keys: str) -> None:
        """Press keys by name, or type."""
        self.terminal.press(*keys)

    def see(self, message: str, **values: object) -> None:
        """Wait for a sentence of the program."""
        words = flat(_(message).format(**values))
        self.terminal.wait(lambda screen: words in flat(screen))

    def read(self, pattern: str) -> None:
        """Wait until a line of the screen matches `pattern`."""
        wanted = re.compile(pattern, re.MULTILINE)
        self.terminal.wait(lambda screen: wanted.search(screen) is not None)

    # -- dialogs

    def asked(self, message: str, **values: object) -> None:
        """Wait for a dialog that says a sentence."""
        words = flat(_(message).format(**values))
        self.terminal.wait(lambda screen: words in dialog(screen))

    def close(self) -> None:
        """Leave the dialog."""
        self.press("escape")
        self.terminal.wait(lambda screen: not dialog(screen))

    def fill(self, heading: str, text: str, **values: object) -> None:
        """Wait for the dialog with `heading`, type `text` into its line and press Enter."""
        self.asked(heading, **values)
        self.press(text, "enter")

    def refill(self, heading: str, text: str) -> None:
        """Like `fill`, instead of what the line holds."""
        self.asked(heading)
        self.press("end", "ctrl+u", text, "enter")

    def choose(self, heading: str, narrowed: str) -> None:
        """Choose from the list with `heading` what `narrowed` leaves of it."""
        self.asked(heading)
        self.press(narrowed, "enter")

    # -- the form screen

    def stands(self, mark: str, name: str) -> None:
        """Wait until the keyboard stands on the question `name` with `mark` before it."""
        self.read(rf"^▌{mark} {re.escape(name)}(?!\w)")

    def go_on(self, name: str) -> None:
        """The next open question, which is `name`."""
        self.press("m")
        self.stands("○", name)

    def go_on_to_rows(self) -> None:
        """The next table with too few rows, and its first row."""
        self.press("m")
        self.read(r"^▌ +\+ ")
        self.press("enter")
        self.see("Row added; Esc leaves the field, and once more the row")

    def pick(self, name: str, narrowed: str) -> None:
        """The next open question, which is `name`, and its answer from a list."""
        self.go_on(name)
        self.pick_here(name, narrowed)

    def pick_here(self, name: str, narrowed: str) -> None:
        """The question under the keyboard, which is `name`, and its answer from a list."""
        self.stands("○", name)
        self.press("enter")
        self.choose(name, narrowed)
        self.answered(name)

    def write(self, name: str, text: str) -> None:
        """The next open question, which is `name`, and a long text."""
        self.go_on(name)
        self.press("enter")
        self.see("Esc leaves the field; what is typed is kept")
        self.press(text, "ctrl+s")
        self.stands("✓", name)

    def leave_field(self, name: str) -> None:
        """Leave the field of the question `name`, which opened by itself and is still empty."""
        at = rf"^▌. {re.escape(name)}.*\n▌ *"
        self.read(rf"{at}$")
        self.press("ctrl+s")
        self.read(rf"{at}\S")

    def answered(self, name: str) -> None:
        """Wait until the question `name` has its answer, wherever the keyboard stands."""
        self.read(rf"^[▌ ]✓ {re.escape(name)}(?!\w)")

    def level(self, code: str, digit: int) -> None:
        """The next open question, which is the rubric `code`, and its level: two keys."""
        self.press("m", str(digit))
        self.stands("✓", code)

    def saved(self) -> None:
        """Wait until the status line says that all is on disk."""
        self.read(rf"^ ✓ {_('Saved {time}').format(time='')}")


@contextmanager
def at_the_keyboard(
    home: Path, *words: str, columns: int = 80, rows: int = 24, **more: str
) -> Iterator[Person]:
    """The program on the workspace `home`, started in the folder above it, and somebody before it."""
    folder = home.parent
    command = [sys.executable, "-m", "evaluator", "--home", str(home), *words]
    with Terminal(command, environment(folder, **more), columns, rows, cwd=folder) as terminal:
        yield Person(terminal)


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """The language in which the test looks up what it waits for."""
    before = language.current()
    language.use(chosen)
    try:
        yield
    finally:
        language.use(before)
