"""Tables as CSV files: RFC 4180, UTF-8, a heading line, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from andon.kernel.errors import PortError
from andon.standards.csv_rows import print_rows
from andon.tools.measurement.model.tables.table import FactTable, Row

PIECE = 2000  #: rows that are printed at once


class CsvFile:
    """Writes CSV."""

    ending = ".csv"

    def write(self, table: FactTable, rows: Iterable[Row], file: Path) -> int:
        """How many rows were written. Errors: PortError."""
        count = 0
        left = iter(rows)
        try:
            with file.open("w", encoding="utf-8", newline="") as out:
                out.write(print_rows([table.names]))
                while piece := list(islice(left, PIECE)):
                    out.write(print_rows(piece))
                    count += len(piece)
        except OSError as error:
            raise PortError(f"{file} could not be written: {error.strerror}.") from error
        return count
