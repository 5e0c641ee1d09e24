"""Writes what a server knows into files: each one whole, or not there at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from andon.console.whole_file import whole_file
from andon.kernel.errors import Invalid, PortError
from andon.tools.measurement.model.tables.table import FactTable, Kind, Row
from andon.tools.measurement.ports import TableFile

if TYPE_CHECKING:
    from andon.console.api import Api

#: CDEvents that are asked for at once
PIECE = 1000
#: as the server sends them
_TYPES: Mapping[Kind, Any] = {
    "text": str | None,
    "json": str,
    "time": datetime | None,
    "number": float | None,
    "whole": int,
    "truth": bool,
    "list": tuple[str, ...],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """One file."""

    what: str
    file: str
    rows: int
    size_bytes: int


class _End(msgspec.Struct):
    rows: int


def export_table(api: Api, table: FactTable, form: TableFile, folder: Path) -> ExportedFile:
    """Fetch a table and write it. Errors: PortError, also for an answer that broke off."""
    file = folder / f"{table.name}{form.ending}"
    with whole(file) as beside, api.stream(f"/api/v1/measurement/tables/{table.name}") as chunks:
        count = form.write(table, read_rows(table, chunks), beside)
    return ExportedFile(what=table.name, file=str(file), rows=count, size_bytes=file.stat().st_size)


def export_cdevents(api: Api, file: Path) -> ExportedFile:
    """Fetch the ledger as CDEvents and write one CloudEvent a line."""
    count, last = 0, 0
    with whole(file) as beside, _writing(file), beside.open("wb") as out:
        while events := api.get("/api/v1/cdevents", query={"after": last, "limit": PIECE}):
            out.write(b"".join(msgspec.json.encode(event) + b"\n" for event in events))
            count += len(events)
            last = events[-1]["data"]["customData"]["andon"]["position"]
    return ExportedFile(what="cdevents", file=str(file), rows=count, size_bytes=file.stat().st_size)


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """As `whole_file`, in a folder that is made where there is none. Errors: PortError."""
    with _writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(file) as draft:
        yield draft


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PortError(f"{file} could not be written: {error.strerror}.") from error


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Each line without its end; what comes after the last end is a line that broke off, and is left out."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines


def read_rows(table: FactTable, chunks: Iterable[bytes]) -> Iterator[Row]:
    """The rows between the first line, which names the columns, and the last, which counts the rows.

    Errors: PortError for other columns, and for an answer that broke off.
    """
    lines = _lines(chunks)
    first = msgspec.json.decode(next(lines, b"{}"))
    if first.get("columns") != list(table.names):
        raise PortError(
            f"The server's table {table.name} has other columns than this version of Andon expects. "
            "Use the andon command of the server's version.",
            permanent=True,
        )
    decode = msgspec.json.Decoder(_row_type(table)).decode
    count = 0
    for line in lines:
        if line.startswith(b"{"):
            _check(table, msgspec.json.decode(line, type=_End), count)
            return
        count += 1
        yield decode(line)
    raise PortError(
        f"The server's answer broke off after {count:,} rows of {table.name}. Nothing was written; try again."
    )


def _row_type(table: FactTable) -> Any:
    return tuple[tuple(_TYPES[column.kind] for column in table.columns)]  # type: ignore[misc]  # made at run time


def _check(table: FactTable, end: _End, count: int) -> None:
    if end.rows != count:
        raise PortError(f"The server counted {end.rows:,} rows of {table.name}, and {count:,} came. Try again.")


def chosen(names: Sequence[str], known: Mapping[str, FactTable]) -> tuple[FactTable, ...]:
    """The tables that are meant; all when none is named. Errors: Invalid."""
    from andon.standards.shapes import did_you_mean

    for name in names:
        if name not in known:
            raise Invalid(
                f'There is no table "{name[:80]}". {did_you_mean(name, known) or "See them: andon export --help"}'
            )
    return tuple(known[name] for name in names) or tuple(known.values())
