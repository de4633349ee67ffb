"""Every function of the language by name."""

from __future__ import annotations

from types import MappingProxyType

from evaluator.form.expression.functions.dates import DATES
from evaluator.form.expression.functions.function import Table
from evaluator.form.expression.functions.geo import GEO
from evaluator.form.expression.functions.numbers import NUMBERS
from evaluator.form.expression.functions.questions import QUESTIONS
from evaluator.form.expression.functions.texts import TEXTS

FUNCTIONS: Table = MappingProxyType({**NUMBERS, **TEXTS, **DATES, **GEO, **QUESTIONS})

# Names that a form author may know from elsewhere and what is written here instead.
ALIASES = MappingProxyType(
    {
        "ifelse": "if",
        "iif": "if",
        "len": "string-length",
        "length": "string-length",
        "ceil": "ceiling",
        "trim": "normalize-space",
        "average": "sum(…) div count(…)",
        "mean": "sum(…) div count(…)",
        "avg": "sum(…) div count(…)",
        "choice-name": "jr:choice-name",
        "itext": "jr:choice-name",
        "decimal-date": "decimal-date-time",
        "current-date": "today",
    }
)
