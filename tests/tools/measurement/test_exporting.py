"""The facts leave a server as files that other programs read, each whole or not there."""

from __future__ import annotations

import asyncio
import builtins
import csv
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet  # type: ignore[import-untyped]  # it has no types

from andon.console.api import Api
from andon.kernel.errors import Invalid, NotFound, PortError
from andon.standards.csv_rows import unguarded
from andon.tools.measurement.adapters.series_sqlite import SqliteSeries
from andon.tools.measurement.adapters.tables_csv.files import CsvFile
from andon.tools.measurement.adapters.tables_parquet.files import ParquetFile
from andon.tools.measurement.exporting import chosen, export_cdevents, export_table, whole
from andon.tools.measurement.model.facts import Deployment, Incident
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.series import SeriesPoint
from andon.tools.measurement.model.tables.fact_tables import COMMITS, DEPLOYMENTS, INCIDENTS
from andon.tools.measurement.model.tables.other_tables import BY_NAME, LEDGER, SERIES, TABLES
from tests.tools.measurement.exporting_server import exporting
from tests.tools.measurement.year import year
from tests.tools.measurement.year_shape import Shape

BEGIN = datetime(2026, 5, 4, tzinfo=UTC)


@cache
def history() -> History:
    """A small year, the same for all tests of this file."""
    return year(Shape(services=("shop", "billing"), changes=60))


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """Somebody who asks the server."""
    folder = tmp_path / "server"
    folder.mkdir()
    async with exporting(folder, history()) as url:
        asked = Api(url=url)
        yield asked
        asked.close()


def read(file: Path) -> list[dict[str, str]]:
    """A CSV file as a program reads it."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [{name: unguarded(cell) for name, cell in row.items()} for row in csv.DictReader(lines)]


@pytest.mark.anyio
async def test_every_table_leaves_as_csv_and_parquet(api: Api, tmp_path: Path) -> None:
    """Both hold the same rows, under the columns of the catalogue."""
    for table in TABLES:
        as_csv = await asyncio.to_thread(export_table, api, table, CsvFile(), tmp_path)
        as_parquet = await asyncio.to_thread(export_table, api, table, ParquetFile(), tmp_path)
        rows = read(Path(as_csv.file))
        stored = parquet.read_table(as_parquet.file)
        assert stored.column_names == list(table.names)
        assert len(rows) == stored.num_rows == as_csv.rows == as_parquet.rows
        if rows:
            assert list(rows[0]) == list(table.names)


@pytest.mark.anyio
async def test_csv_is_what_was_told(api: Api, tmp_path: Path) -> None:
    """Deployment by deployment."""
    await asyncio.to_thread(export_table, api, DEPLOYMENTS, CsvFile(), tmp_path)
    told = [one for place in history().places() for one in history().deployments(place)]
    rows = read(tmp_path / "deployments.csv")
    assert [_deployment(one) for one in told] == rows


def _deployment(one: Deployment) -> dict[str, str]:
    return {
        "id": one.id,
        "service": one.place.service,
        "environment": one.place.environment,
        "repository": one.repository,
        "commit": one.commit,
        "digest": one.digest,
        "version": one.version,
        "started_at": _time(one.started_at),
        "finished_at": _time(one.finished_at),
        "outcome": one.outcome,
        "reason": one.reason,
        "mends": " ".join(one.mends),
        "rollback": "true" if one.rollback else "false",
        "by": one.by,
        "line": one.line,
        "link": one.link,
        "told_at": _time(one.told_at),
    }


def _time(at: datetime | None) -> str:
    return at.isoformat().replace("+00:00", "Z") if at else ""


@pytest.mark.anyio
async def test_parquet_has_types_and_meanings(api: Api, tmp_path: Path) -> None:
    """Instants are instants, lists are lists, and each column says what it is."""
    await asyncio.to_thread(export_table, api, COMMITS, ParquetFile(), tmp_path)
    stored = parquet.read_table(tmp_path / "commits.parquet")
    first = stored.slice(0, 1).to_pylist()[0]
    graph = history().graph(first["repository"])
    assert isinstance(first["committed_at"], datetime)
    assert first["committed_at"].timestamp() == graph.committed[0]
    assert isinstance(first["parents"], list)
    field = stored.schema.field("committed_at")
    assert field.metadata == {b"meaning": b"when it was committed, by the committer's clock", b"unit": b"UTC"}
    assert stored.schema.metadata[b"key"] == b"repository id"


@pytest.mark.anyio
async def test_the_ledger_leaves_without_what_tells_of_secrets(api: Api, tmp_path: Path) -> None:
    """Every entry, in order."""
    written = await asyncio.to_thread(export_table, api, LEDGER, CsvFile(), tmp_path)
    rows = read(Path(written.file))
    assert [int(row["position"]) for row in rows] == list(range(1, len(rows) + 1))
    assert all("sha256" not in json.loads(row["data"]) for row in rows)


@pytest.mark.anyio
async def test_the_ledger_leaves_as_cdevents(api: Api, tmp_path: Path) -> None:
    """One CloudEvent a line."""
    written = await asyncio.to_thread(export_cdevents, api, tmp_path / "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == written.rows > 100
    assert {json.loads(line)["specversion"] for line in lines} == {"1.0"}


@pytest.mark.anyio
async def test_a_table_can_be_had_as_csv_without_the_command(api: Api) -> None:
    """For curl and for spreadsheets that read addresses."""
    text = await asyncio.to_thread(_as_csv, api, "incidents")
    assert text.splitlines()[0] == ",".join(INCIDENTS.names)
    assert len(list(csv.reader(text.splitlines()))) == 1 + len(history().facts(Incident))


def _as_csv(api: Api, table: str) -> str:
    with api.stream(f"/api/v1/measurement/tables/{table}", query={"format": "csv"}) as chunks:
        return b"".join(chunks).decode()


@pytest.mark.anyio
async def test_the_catalogue_describes_every_table(api: Api) -> None:
    """With how many rows there are."""
    found = await asyncio.to_thread(api.get, "/api/v1/measurement/tables")
    assert [one["table"]["name"] for one in found["tables"]] == list(BY_NAME)
    rows = {one["table"]["name"]: one["rows"] for one in found["tables"]}
    assert rows["commits"] > 100
    assert rows["ledger"] is None


@pytest.mark.anyio
async def test_an_unknown_table_is_not_there(api: Api) -> None:
    """The answer names the nearest."""
    with pytest.raises(NotFound, match="deployments"):
        await asyncio.to_thread(api.get, "/api/v1/measurement/tables/deploymnts")
    with pytest.raises(Invalid, match="incidents"):
        chosen(("incidnts",), BY_NAME)


class Broken(Api):
    """A server whose answers stop."""

    def __init__(self, lines: list[bytes]) -> None:
        super().__init__(url="http://127.0.0.1:9")
        self.lines = lines

    @contextmanager
    def stream(self, path: str, *, query: object = None) -> Iterator[Iterator[bytes]]:
        """What it says before it stops."""
        yield iter(self.lines)


HEAD = json.dumps({"table": "incidents", "columns": INCIDENTS.names}).encode() + b"\n"
ROW = b'["a/1","shop","production","Slow","2026-05-04T09:00:00Z",null,null,"",[],"",null]\n'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([HEAD, ROW], "broke off after 1 rows"),
        ([HEAD, ROW[:20]], "broke off after 0 rows"),
        ([HEAD, ROW, b'{"rows":2}\n'], "counted 2 rows"),
        ([b'{"table":"incidents","columns":["id"]}\n', b'{"rows":0}\n'], "other columns"),
        ([], "other columns"),
    ],
)
def test_half_an_answer_leaves_nothing(lines: list[bytes], said: str, tmp_path: Path) -> None:
    """No file, not even one beside; one that was there before stays."""
    before = tmp_path / "incidents.csv"
    before.write_text("as it was", encoding="utf-8")
    with pytest.raises(PortError, match=said):
        export_table(Broken(lines), INCIDENTS, CsvFile(), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["incidents.csv"]
    assert before.read_text(encoding="utf-8") == "as it was"


def test_pieces_may_end_anywhere(tmp_path: Path) -> None:
    """Lines are put together however the network cut them."""
    text = HEAD + ROW + b'{"rows":1}\n'
    written = export_table(Broken([bytes([byte]) for byte in text]), INCIDENTS, CsvFile(), tmp_path)
    assert written.rows == 1


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """With its name."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(PortError, match="taken"), whole(tmp_path / "taken" / "x.csv"):
        pass


def test_parquet_needs_its_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without it the message says how to get it, and nothing is written."""
    real: Callable[..., Any] = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(PortError, match=r"'\.\[lake\]'"):
        export_table(Broken([HEAD, b'{"rows":0}\n']), INCIDENTS, ParquetFile(), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_series_leave_point_by_point(api: Api, tmp_path: Path) -> None:
    """However they lie in time: all of them, in order, none a mean."""
    series = SqliteSeries(tmp_path / "server" / "series.db")
    points = [
        SeriesPoint(series="orders", at=BEGIN + timedelta(seconds=number**2), value=number / 7)
        for number in range(2500)
    ]
    series.add((*points, SeriesPoint(series="alone", at=BEGIN, value=1.5)))
    await asyncio.to_thread(export_table, api, SERIES, ParquetFile(), tmp_path)
    rows = parquet.read_table(tmp_path / "series.parquet").to_pylist()
    assert rows[0] == {"series": "alone", "at": BEGIN, "value": 1.5}
    assert [(row["at"], row["value"]) for row in rows[1:]] == [(point.at, point.value) for point in points]
