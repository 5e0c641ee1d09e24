"""How fast a million deployments leave as CSV and as Parquet, through the JSON lines of the wire, in how much memory.

Run: python bench/measurement_export.py [folder]. Prints one JSON line.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.adapters.tables_csv.files import CsvFile
from andon.tools.measurement.adapters.tables_parquet.files import ParquetFile
from andon.tools.measurement.exporting import read_rows
from andon.tools.measurement.model.facts import Deployment, FactId, Place
from andon.tools.measurement.model.tables.fact_tables import DEPLOYMENTS
from andon.tools.measurement.model.tables.table import Row

MANY = 1_000_000
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
PLACE = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))
PIECE = 1000  #: rows that the server sends at once


def deployments() -> Iterator[Deployment]:
    """One after the other; none is kept."""
    for number in range(MANY):
        commit = CommitId(f"{number:040x}")
        at = BEGIN + timedelta(seconds=number * 60)
        yield Deployment(
            id=FactId(f"ledger/production/shop/{number}"),
            place=PLACE,
            repository=RepositoryName("shop"),
            commit=commit,
            digest=f"sha256:{number:064x}",
            version=f"1.{number}",
            started_at=at - timedelta(seconds=20),
            finished_at=at,
            by="ada",
            link=f"/environments/production/shop?promotion={number}",
        )


def lines() -> Iterator[bytes]:
    """What a server sends."""
    encode = msgspec.json.Encoder().encode
    yield encode({"table": DEPLOYMENTS.name, "columns": DEPLOYMENTS.names}) + b"\n"
    piece: list[bytes] = []
    for row in DEPLOYMENTS.rows(deployments()):
        piece.append(encode(row))
        if len(piece) == PIECE:
            yield b"\n".join(piece) + b"\n"
            piece = []
    yield b"".join(line + b"\n" for line in piece) + encode({"rows": MANY}) + b"\n"


def arriving() -> Iterator[Row]:
    """What the command reads from it."""
    return read_rows(DEPLOYMENTS, lines())


def seconds(work: Callable[[], object]) -> float:
    """How long it took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def plain(file: Path) -> None:
    """The control: the standard library writes a million rows of the same size, made of nothing."""
    row = [str(cell) for cell in next(DEPLOYMENTS.rows(deployments()))]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(row for _ in range(MANY))


def peak_mib() -> float:
    """Most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(folder: Path) -> dict[str, float]:
    """Everything, in one process."""
    as_csv = seconds(lambda: CsvFile().write(DEPLOYMENTS, arriving(), folder / "deployments.csv"))
    csv_peak = peak_mib()
    as_parquet = seconds(lambda: ParquetFile().write(DEPLOYMENTS, arriving(), folder / "deployments.parquet"))
    control = seconds(lambda: plain(folder / "control.csv"))
    return {
        "csv_rows_per_s": round(MANY / as_csv),
        "csv_peak_mib": round(csv_peak),
        "parquet_rows_per_s": round(MANY / as_parquet),
        "parquet_peak_mib": round(peak_mib()),
        "control_rows_per_s": round(MANY / control),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else ".") as work:
        print(json.dumps(measure(Path(work))))
