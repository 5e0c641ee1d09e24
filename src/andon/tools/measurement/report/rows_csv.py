"""The evidence of every number as one CSV table: what counted, what did not, and why."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from andon.standards.bidi import unturned
from andon.tools.measurement.model.metric import Evidence
from andon.tools.measurement.report.numbers_source import NumbersSource

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


def write_rows(source: NumbersSource, out: TextIO) -> int:
    """How many rows were written beside the heading."""
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    written = 0
    for row in _rows(source):
        table.writerow(row)
        written += 1
    return written


def _rows(source: NumbersSource) -> Iterator[tuple[object, ...]]:
    for report in source.reports():
        place = (report.question.service, report.question.environment)
        for metric in report.metrics:
            for part in source.evidence(metric.id, *place).parts:
                for row in part.rows:
                    yield (*place, metric.id, "no" if part.reason else "yes", part.reason, *_cells(row, metric.unit))


def _cells(row: Evidence, unit: str) -> Iterable[object]:
    value = "" if row.value is None else row.value
    at = row.at.isoformat().replace("+00:00", "Z")
    return (
        row.fact,
        _harmless(row.name),
        row.commit or "",
        at,
        value,
        unit if value != "" else "",
        _harmless(row.why),
        row.link,
    )


def _harmless(text: str) -> str:
    """As text, whatever a spreadsheet would make of it, in the direction in which the row is written."""
    text = unturned(text)
    return f"'{text}" if text.startswith(_FORMULA) else text
