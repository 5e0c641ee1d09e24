"""Which facts are there to be read by other programs, and what does each column mean?"""

from __future__ import annotations

from dataclasses import dataclass

from andon.tools.measurement.model.tables.other_tables import TABLES
from andon.tools.measurement.model.tables.table import FactTable


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShown:
    """A table and where it can be had."""

    table: FactTable
    #: rows that are there now; None for those that are counted only by reading them
    rows: int | None
    #: address below the server's
    csv: str
    jsonl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every table."""

    tables: tuple[TableShown, ...]


def catalogue(rows: dict[str, int]) -> Catalogue:
    """The catalogue, with how many rows are known of some tables."""
    return Catalogue(tables=tuple(_table_record(table, rows.get(table.name)) for table in TABLES))


def _table_record(table: FactTable, rows: int | None) -> TableShown:
    address = f"/api/v1/measurement/tables/{table.name}"
    return TableShown(table=table, rows=rows, csv=f"{address}?format=csv", jsonl=address)
