"""The practice office, as in `tests/office`."""

from __future__ import annotations

from tests.office.conftest import built, english, homes

__all__ = ["built", "english", "homes"]
