"""Reads one workbook with the field's converter; run as a script in a process of its own, never imported.

A workbook may come from anybody, and the libraries that read it were not made to be attacked: this process has a
limit of memory and of processor time, and the one that started it stops it when it takes too long. Standard input
holds the workbook, standard output gets one JSON object: its sheets, or what the converter refuses.
"""

from __future__ import annotations

import copy
import json
import sys
from typing import Any

_SCRATCH = 64 * 1024 * 1024  # the converter writes the form it makes into a temporary file

SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")


def limit(megabytes: int, seconds: int) -> None:
    """Let the process have no more; where the system has no such limits, only the time is watched from outside."""
    try:
        import resource
    except ImportError:
        return
    for name, amount in (
        ("RLIMIT_AS", megabytes * 1024 * 1024),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", _SCRATCH),
    ):
        resource.setrlimit(getattr(resource, name), (amount, amount))


def read(data: bytes, suffix: str, name: str, most_rows: int, most_columns: int) -> dict[str, Any]:
    """The sheets of a workbook that converts, or `{"error": message}`."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import get_xlsform
    from pyxform.xls2xform import convert

    try:
        found = get_xlsform(data, file_type=suffix)
        sheets: dict[str, Any] = {}
        for sheet in SHEETS:
            rows = getattr(found, sheet) or []
            headers = list((getattr(found, f"{sheet}_header") or [{}])[0])
            if len(rows) > most_rows or len(headers) > most_columns:
                return {"limit": sheet}
            if rows or headers:
                sheets[sheet] = {"headers": headers, "rows": copy.deepcopy(list(rows))}
        found.fallback_form_name = name
        warnings: list[str] = []
        convert({key: getattr(found, key) for key in found.__slots__}, warnings=warnings)
    except PyXFormError as error:
        return {"error": str(error)}
    return {"sheets": sheets, "names": list(found.sheet_names or ()), "warnings": warnings}


def main() -> None:
    """Read standard input, answer on standard output."""
    suffix, name, megabytes, seconds, most_rows, most_columns = sys.argv[1:7]
    limit(int(megabytes), int(seconds))
    found = read(sys.stdin.buffer.read(), suffix, name, int(most_rows), int(most_columns))
    sys.stdout.buffer.write(json.dumps(found).encode())


if __name__ == "__main__":
    main()
