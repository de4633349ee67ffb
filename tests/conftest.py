"""Options of the test suite."""

from __future__ import annotations

from collections import Counter

import pytest

COUNTED = "counted: "


def pytest_addoption(parser: pytest.Parser) -> None:
    """What the suite takes besides pytest's own options."""
    parser.addoption("--vectors", metavar="DIR", default=None, help="folder that holds expressions.json")
    parser.addoption("--xlsforms", metavar="DIR", default=None, help="folder of workbooks with manifest.json")
    parser.addoption("--long", action="store_true", help="run the tests marked long, for hours")
    parser.addoption(
        "--rounds", metavar="N", type=int, default=None, help="kills of `answer` (12; with --long 3000)"
    )
    parser.addoption(
        "--seed", metavar="N", type=int, default=None, help="repeat the choices of an earlier run"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes hours unless it is asked for."""
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="runs with --long"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up what tests counted with `record_property("counted: …", number)`."""
    counts: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if getattr(report, "when", "") == "teardown" and name.startswith(COUNTED):
                    counts[name.removeprefix(COUNTED)] += value
    if counts:
        terminalreporter.section("counted")
        for name in sorted(counts):
            terminalreporter.write_line(f"{counts[name]:>10}  {name}")
