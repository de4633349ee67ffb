"""How far a sync is, told to a terminal and to a file."""

from __future__ import annotations

import io

from evaluator import language
from evaluator.cli.progress import ProgressLine
from evaluator.sync.values import Progress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_one_line_that_is_taken_away_at_the_end() -> None:
    language.use("en")
    screen = Screen()
    with ProgressLine(screen, 60) as progress:
        progress.show(Progress("receive", "x.json", 1, 3))
        progress.show(Progress("send", "visit.zip data/\x1b[31mfoto.jpg" + "x" * 80, 500, 1000))
        progress.show(Progress("send", "", 1000, 1000))
    text = screen.getvalue()
    assert "\n" not in text
    assert "\x1b" not in text
    parts = text.split("\r")
    assert all(len(part) <= 60 for part in parts)
    assert parts[1].strip() == "Receiving 1 of 3"
    assert parts[-3].startswith("Sending 100 %, 1 of 1 kB")
    assert (parts[-2].strip(), parts[-1]) == ("", "")


def test_a_file_gets_a_line_for_each_quarter() -> None:
    language.use("en")
    file = io.StringIO()
    with ProgressLine(file) as progress:
        for done in range(0, 100_001, 1000):
            progress.show(Progress("send", "visit.zip", done, 100_000))
        progress.show(Progress("publish", "receipt", 0, 0))
    lines = file.getvalue().splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "Sending 25 %",
        "Sending 50 %",
        "Sending 75 %",
        "Sending 100 %",
    ]
