"""Rows of CSV as RFC 4180 has them, safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line's end) gets one more
apostrophe before it, as OWASP advises for "CSV injection"; so does a text that begins with apostrophes and then one of
those, so that `unguarded` gives back exactly what was written. Numbers and times are left as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"

#: what may stand in a row; None and an empty list are empty cells
Cell = str | int | float | bool | datetime | Sequence[str] | None

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def print_rows(rows: Iterable[Sequence[Cell]]) -> str:
    """The rows, each with its line's end: CR LF."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([print_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def print_cell(cell: Cell) -> str:
    """A cell before it is quoted: times in RFC 3339, UTC; yes is "true"; several texts stand side by side."""
    match cell:
        case None:
            return ""
        case str():
            return guarded(cell)
        case bool():
            return "true" if cell else "false"
        case datetime():
            return print_time(cell)
        case int() | float():
            return repr(cell)
        case _:
            return guarded(" ".join(cell))


def print_time(at: datetime) -> str:
    """An instant in RFC 3339, UTC, with the microseconds that it has."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def guarded(text: str) -> str:
    """The text so that no spreadsheet runs it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text
