"""Rows out of CSV that other people wrote: a broken row is named with its line, and the next one is read all the same.

Source: RFC 4180; spreadsheets also separate with semicolons or tabs, and begin with a byte order mark.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from andon.kernel.errors import Invalid, Problem
from andon.standards.csv_rows import unguarded
from andon.standards.text_lines import lines_of

#: a cell may go over so many lines; a quote that is still open then was a mistake
MOST_LINES = 20

#: after the last line; no line holds it
_END = b"\n"
_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row, or what is wrong with it."""

    #: where it begins, counted from 1
    line: int
    cells: tuple[str, ...]
    #: "" when it can be read
    trouble: str = ""


class CsvLines:
    """A CSV file; its heading is read when this is made."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        """Errors: Invalid for a file without a heading, or in another encoding than UTF-8."""
        self._lines = lines_of(pieces)
        self._ahead: deque[bytes | None] = deque()
        self._number = 0
        self._separator = ","
        self.heading = self._heading()

    def rows(self) -> Iterator[CsvRow]:
        """Every row that is not empty."""
        width = len(self.heading)
        while (line := self._next()) is not _END:
            number = self._number
            if line is None:
                yield CsvRow(number, (), "the line is too long to be a row.")
            elif line.strip():
                yield self._row(number, line, width)

    def _row(self, number: int, line: bytes, width: int) -> CsvRow:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            return CsvRow(number, (), "this is no UTF-8: save the file in that encoding.")
        cells = tuple(text.split(self._separator)) if '"' not in text else self._quoted(text, width)
        if cells is None:
            return CsvRow(number, (), "a quotation mark is opened here and never closed.")
        if len(cells) != width:
            return CsvRow(number, (), f"expected {width} cells as in the heading, found {len(cells)}.")
        return CsvRow(number, tuple(unguarded(cell) if cell[:1] == "'" else cell for cell in cells))

    def _quoted(self, text: str, width: int) -> tuple[str, ...] | None:
        """The cells; where a quotation mark is open at the line's end, the next lines may belong to it."""
        cells = self._split(text)
        taken: list[bytes | None] = []
        while (cells is None or (taken and len(cells) != width)) and len(taken) < MOST_LINES:
            line = self._next()
            taken.append(line)
            if line is None or line is _END:
                cells = None
                break
            text = f"{text}\n{line.decode(errors='replace')}"
            cells = self._split(text)
        if taken and (cells is None or len(cells) != width):
            self._ahead.extendleft(reversed(taken))
            self._number -= len(taken)
            return None
        return cells

    def _split(self, text: str) -> tuple[str, ...] | None:
        try:
            return tuple(next(csv.reader([text], delimiter=self._separator, strict=True)))
        except (csv.Error, StopIteration):
            return None

    def _heading(self) -> tuple[str, ...]:
        first = self._next() or b""
        first = b"" if first is _END else first
        if first.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in first:
            raise Invalid(Problem(where="line 1", message="this is UTF-16 or no text: save the file as CSV in UTF-8."))
        try:
            text = first.removeprefix(b"\xef\xbb\xbf").decode()
        except UnicodeDecodeError:
            raise Invalid(
                Problem(where="line 1", message="this is no UTF-8: save the file in that encoding.")
            ) from None
        self._separator = max(_SEPARATORS, key=text.count)
        cells = self._split(text) or ()
        heading = tuple(cell.strip() for cell in cells)
        if not any(heading):
            raise Invalid(Problem(where="line 1", message="expected a heading with the names of the columns."))
        return heading

    def _next(self) -> bytes | None:
        self._number += 1
        return self._ahead.popleft() if self._ahead else next(self._lines, _END)
