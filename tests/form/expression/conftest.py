"""An evaluation in Jakarta on the first morning of a visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from evaluator.form.expression.compiler import compile_expression
from evaluator.form.expression.parser import parse
from evaluator.form.expression.scope import SimpleScope, Variable
from evaluator.form.expression.values import Value

JAKARTA = ZoneInfo("Asia/Jakarta")
MORNING = datetime(2026, 11, 21, 5, 30, tzinfo=JAKARTA)  # still the 20th in Greenwich

Evaluate = Callable[..., Value]


@pytest.fixture
def evaluate() -> Evaluate:
    """Evaluates a text over variables: `evaluate("${a} + 1", {"a": "2"})`."""

    def run(text: str, variables: dict[str, Variable] | None = None) -> Value:
        scope = SimpleScope(variables or {}, MORNING, JAKARTA, Random(1))
        return compile_expression(parse(text), str)(scope)

    return run
