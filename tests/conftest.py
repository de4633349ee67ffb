"""Options of the test suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--vectors DIR`: expression cases of the field's own test suites, which are not part of the project."""
    parser.addoption("--vectors", metavar="DIR", default=None, help="folder that holds expressions.json")
