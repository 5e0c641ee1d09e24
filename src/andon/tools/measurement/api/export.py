"""The facts for other programs: the catalogue of tables, and every table as JSON lines or CSV."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Literal

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from andon.standards import csv_rows
from andon.tools.measurement.answers.catalogue import Catalogue, catalogue
from andon.tools.measurement.exports import Exports, table_named
from andon.tools.measurement.model.tables.table import FactTable, Row


@get("/api/v1/measurement/tables", sync_to_thread=False)
def list_tables(exports: NamedDependency[Exports]) -> Catalogue:
    """The data catalogue: every table with each column's type, unit and meaning."""
    return catalogue(exports.counts())


@get("/api/v1/measurement/tables/{name:str}")
async def show_table(
    name: FromPath[str],
    exports: NamedDependency[Exports],
    format: FromQuery[Literal["jsonl", "csv"]] = "jsonl",  # noqa: A002  (the word in the address)
) -> Stream:
    """A whole table: JSON lines (columns, then rows, then how many rows there were) or CSV."""
    table = table_named(name)
    pieces = exports.rows(table)
    if format == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Stream(_csv(table, pieces), media_type=csv_rows.MEDIA_TYPE, headers=headers)
    return Stream(_lines(table, pieces), media_type="application/jsonl")


async def _csv(table: FactTable, pieces: AsyncIterator[list[Row]]) -> AsyncIterator[str]:
    yield csv_rows.print_rows([table.names])
    async for piece in pieces:
        yield csv_rows.print_rows(piece)


async def _lines(table: FactTable, pieces: AsyncIterator[list[Row]]) -> AsyncIterator[bytes]:
    encode: Callable[[object], bytes] = msgspec.json.Encoder().encode
    yield encode({"table": table.name, "columns": table.names}) + b"\n"
    count = 0
    async for piece in pieces:
        count += len(piece)
        yield b"".join(encode(row) + b"\n" for row in piece)
    yield encode({"rows": count}) + b"\n"


HANDLERS = (list_tables, show_table)
