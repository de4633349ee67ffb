"""Forms of a shape and size, to measure engines with; `q0` is the question that is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from evaluator.form.xlsform import toml

Question: TypeAlias = dict[str, Any]


def chain(size: int) -> list[Question]:
    """Each question hangs on the one before; all but the first are answered, so that one answer shows them all."""
    first = {"name": "q0", "type": "integer", "label": "0"}
    return [first] + [
        {
            "name": f"q{number}",
            "type": "integer",
            "label": f"{number}",
            "default": "1",
            "relevant": f"${{q{number - 1}}} > 0",
        }
        for number in range(1, size)
    ]


def fan(size: int) -> list[Question]:
    """All questions hang on the first."""
    first = {"name": "q0", "type": "integer", "label": "0"}
    return [first] + [
        {"name": f"q{number}", "type": "integer", "label": f"{number}", "relevant": f"${{q0}} > {number % 7}"}
        for number in range(1, size)
    ]


def totals(size: int) -> list[Question]:
    """Every second question is the running total of the answers so far."""
    found: list[Question] = [{"name": "q0", "type": "integer", "label": "0"}]
    found.append({"name": "t0", "type": "calculate", "calculation": "coalesce(${q0}, 0)"})
    for number in range(1, size // 2):
        found.append({"name": f"q{number}", "type": "integer", "label": f"{number}", "default": "2"})
        total = f"${{t{number - 1}}} + coalesce(${{q{number}}}, 0)"
        found.append({"name": f"t{number}", "type": "calculate", "calculation": total})
    return found


def realistic(size: int) -> list[Question]:
    """Groups of ten: a choice that shows the rest, numbers with limits, totals, texts, dates."""
    found: list[Question] = [{"name": "q0", "type": "integer", "label": "0"}]
    for number in range(size // 10):
        name = f"g{number}"
        inside: list[Question] = [
            {"name": f"{name}a", "type": "select_one", "label": "a", "choices": "yn", "required": True},
            {"name": f"{name}b", "type": "integer", "label": "b", "relevant": f"${{{name}a}} = 'ya'",
             "constraint": ". >= 0 and . <= 1000", "required": True},
            {"name": f"{name}c", "type": "decimal", "label": "c", "relevant": f"${{{name}b}} > 10"},
            {"name": f"{name}d", "type": "calculate",
             "calculation": f"if(${{{name}b}} > 0, round(coalesce(${{{name}c}}, 0) div ${{{name}b}} * 100, 1), 0)"},
            {"name": f"{name}e", "type": "text", "label": "e", "required": f"${{{name}d}} > 50"},
            {"name": f"{name}f", "type": "date", "label": "f", "constraint": ". <= today()"},
            {"name": f"{name}g", "type": "select_multiple", "label": "g", "choices": "yn"},
            {"name": f"{name}h", "type": "note", "label": "h", "relevant": f"selected(${{{name}g}}, 'ya')"},
            {"name": f"{name}i", "type": "text", "label": "i", "constraint": "string-length(.) < 200"},
        ]  # fmt: skip
        relevant = f"${{q0}} > {number % 5}"
        found.append({"name": name, "type": "group", "label": name, "relevant": relevant, "question": inside})
    return found


SHAPES: Final[Mapping[str, Callable[[int], list[Question]]]] = {
    "chain": chain,
    "fan": fan,
    "running totals": totals,
    "realistic": realistic,
}


def files(shape: str, size: int) -> dict[str, bytes]:
    """The form file of a shape."""
    form = {
        "form": {"id": "f", "kind": "visit", "title": {"id": "F"}},
        "choices": {"yn": [{"value": "ya", "label": "Ya"}, {"value": "tidak", "label": "Tidak"}]},
        "section": [{"name": "S", "label": "S", "question": SHAPES[shape](size)}],
    }
    return {"f.toml": toml.write(form).encode()}
