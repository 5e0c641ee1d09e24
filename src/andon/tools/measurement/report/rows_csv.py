"""The evidence of every number as one CSV table: what counted, what did not, and why."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from andon.standards.bidi import unturned
from andon.tools.measurement.report.told import Source

COLUMNS = (
    "service",
    "environment",
    "number",
    "counted",
    "left_out_because",
    "fact",
    "name",
    "commit",
    "at",
    "value",
    "unit",
    "why",
    "link",
)
#: what a spreadsheet takes for a formula; people write subjects, and not everybody is a friend
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_rows(source: Source, out: TextIO) -> int:
    """How many rows were written beside the heading."""
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    written = 0
    for row in _rows(source):
        table.writerow(row)
        written += 1
    return written


def _rows(source: Source) -> Iterator[tuple[object, ...]]:
    for report in source.reports():
        asked = report["question"]
        for metric in report["metrics"]:
            told = source.evidence(metric["id"], asked["service"], asked["environment"])
            about = (asked["service"], asked["environment"], metric["id"])
            for part in told.parts:
                for row in part.rows:
                    yield (*about, "no" if part.reason else "yes", part.reason, *_cells(row, metric["unit"]))


def _cells(row: dict[str, object], unit: str) -> Iterable[object]:
    value = row["value"]
    return (
        row["fact"],
        _harmless(str(row["name"])),
        row["commit"] or "",
        row["at"],
        "" if value is None else value,
        "" if value is None else unit,
        _harmless(str(row["why"])),
        row["link"],
    )


def _harmless(text: str) -> str:
    """As text, whatever a spreadsheet would make of it, in the direction in which the row is written."""
    text = unturned(text)
    return f"'{text}" if text.startswith(_FORMULA) else text
