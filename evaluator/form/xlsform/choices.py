"""The choices sheet into choice lists."""

from __future__ import annotations

from typing import Any, Final

from evaluator.form.xlsform.questions import Context
from evaluator.form.xlsform.rows import read_rows
from evaluator.form.xlsform.workbook import Sheet
from evaluator.language import _

_OURS: Final = frozenset({"value", "label", "exclusive"})


def read_lists(sheet: Sheet, context: Context, *, sheet_name: str) -> dict[str, list[dict[str, Any]]]:
    """The lists of a sheet by name; columns beyond name and label are kept with each choice."""
    lists: dict[str, list[dict[str, Any]]] = {}
    told: set[str] = set()
    for row in read_rows(sheet_name, sheet, context.losses):
        name = row.take("list_name")
        value = row.take("name").strip()
        if not name or not value:
            message = _("a choice without a list or a name is left out")
            context.losses.add("row_left_out", message, sheet=sheet_name, row=row.number, kept=False)
            continue
        choice: dict[str, Any] = {
            "value": value,
            "label": context.label(row.texts("label", context.languages)),
        }
        for column, text in sorted(row.rest().items()):
            key = f"{column}_" if column in _OURS else column
            choice[key] = text
            if column not in told and ("::" in column or key != column):
                told.add(column)
                message = _("the column has no effect here")
                if key != column:
                    message = _("the column is called {name} here").format(name=key)
                context.losses.add("column_kept", message, sheet=sheet_name, row=row.number, column=column)
        lists.setdefault(name, []).append(choice)
    return lists
