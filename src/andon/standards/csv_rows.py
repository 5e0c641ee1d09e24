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

_STARTS = frozenset("'=+-@\t\r\n")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def print_rows(rows: Iterable[Sequence[Cell]]) -> str:
    """The rows, each with its line's end: CR LF."""
    out = io.StringIO(newline="")
    # most cells are texts that begin harmlessly; a call for each of them would take half of all time
    csv.writer(out, lineterminator="\r\n").writerows(
        [cell if type(cell) is str and cell[:1] not in _STARTS else print_cell(cell) for cell in row] for row in rows
    )
    return out.getvalue()


def print_cell(cell: Cell) -> str:
    """A cell before it is quoted: times in RFC 3339, UTC; yes is "true"; several texts stand side by side."""
    if isinstance(cell, str):
        return guarded(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return print_time(cell)
    return repr(cell) if isinstance(cell, int | float) else guarded(" ".join(cell))


def print_time(at: datetime) -> str:
    """An instant in RFC 3339, UTC, with the microseconds that it has."""
    at = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{at.isoformat()[:-6]}Z"


def guarded(text: str) -> str:
    """The text so that no spreadsheet runs it."""
    return f"'{text}" if text[:1] in _STARTS and _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text
