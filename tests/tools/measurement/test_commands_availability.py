"""What `andon availability` and `andon export` print, against a server that knows a year."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest

from andon.config import client_config
from andon.kernel.errors import Invalid
from andon.tools.measurement.commands.availability import availability
from andon.tools.measurement.commands.export import export
from andon.tools.measurement.model.availability.systems import percent
from andon.tools.measurement.model.history import History
from andon.wiring.exporting import table_files
from tests.terminals import Screen, screen
from tests.tools.measurement.exporting_server import exporting
from tests.tools.measurement.year import year
from tests.tools.measurement.year_shape import Shape


@cache
def history() -> History:
    """A small year with some incidents, the same for all tests of this file."""
    return year(Shape(services=("shop",), changes=200, wrong=0.2))


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """Of the server."""
    folder = tmp_path / "server"
    folder.mkdir()
    async with exporting(folder, history()) as address:
        yield address


def reckoned(*parts: str, **options: str) -> str:
    """What the command prints without a server."""
    seen = screen()
    availability(*parts, session=seen.session, **options)
    return seen.text


def test_five_parts_of_two_nines() -> None:
    """The published figure, how long that is down, and what is assumed."""
    text = reckoned("5 x 99%")
    assert text.startswith("95.099005 %  down ")
    assert "independently" in text


def test_a_budget_with_its_alerts() -> None:
    """43.2 minutes, and when each alert fires in a full outage."""
    text = reckoned(target="99.9")
    assert "99.9 % of 30 d  allows 43.2 min" in text
    assert "burn 14.4  over 1 h and 5 min: more than 1.44 % bad; a full outage fires after 51.8 s" in text
    assert text.count("ticket") == text.count("page") == 2


def test_an_alert_that_can_never_fire() -> None:
    """Is said to be one."""
    assert "can never fire, for 1752 % would have to be bad" in reckoned(target="90", period="365d")


def test_parts_stand_below_the_whole_by_their_names() -> None:
    """As they were typed."""
    lines = reckoned("db=any(99%, 99%)", "100h/2h").splitlines()
    assert lines[1:4] == ["    db  99.99 %", "      2 × part  99 %", "    100h/2h  98.039216 %"]


def test_nothing_said_is_wrong() -> None:
    """With an example."""
    with pytest.raises(Invalid, match=r"99\.9%"):
        reckoned()


@pytest.mark.parametrize(("share", "text"), [(0.999, "99.9 %"), (1, "100 %"), (0.9509900499, "95.099005 %")])
def test_percent_has_the_digits_that_matter(share: float, text: str) -> None:
    """No more and no fewer."""
    assert percent(share) == text


@pytest.mark.anyio
async def test_a_service_as_its_incidents_tell(url: str) -> None:
    """The number, the incidents behind it, and what is left of the budget."""

    def asked() -> Screen:
        seen = screen(url=url)
        availability(service="shop", target="99.9", period="90d", session=seen.session)
        seen.session.api.close()
        return seen

    text = (await asyncio.to_thread(asked)).text
    assert "shop in production, 2026-08-25 to 2026-11-23: down " in text
    assert "error budget: " in text
    assert "99.9 % of 90 d" in text


@pytest.mark.anyio
async def test_the_same_as_json(url: str) -> None:
    """With the evidence."""

    def asked() -> Screen:
        seen = screen(url=url, json=True)
        availability(service="shop", session=seen.session)
        seen.session.api.close()
        return seen

    found = json.loads((await asyncio.to_thread(asked)).text)
    assert found["measured"]["metric"]["n"] == found["measured"]["evidence"]["total"]
    assert found["budget"] is None


@pytest.mark.anyio
async def test_export_writes_what_is_named(url: str, tmp_path: Path) -> None:
    """Two tables in two forms, and the ledger as CDEvents; a line says what each file holds."""

    def asked() -> Screen:
        seen = screen(url=url)
        export(
            "commits",
            "incidents",
            csv=tmp_path / "csv",
            parquet=tmp_path / "parquet",
            cdevents=tmp_path / "all.jsonl",
            session=seen.session,
            table_files=table_files(client_config()),
        )
        seen.session.api.close()
        return seen

    seen = await asyncio.to_thread(asked)
    assert _files(tmp_path) == [
        "all.jsonl",
        "csv/commits.csv",
        "csv/incidents.csv",
        "parquet/commits.parquet",
        "parquet/incidents.parquet",
    ]
    assert seen.text.count("\ncommits ") == 2


def _files(folder: Path) -> list[str]:
    names = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    return sorted(name for name in names if not name.startswith("server/"))


def test_export_needs_to_know_what() -> None:
    """It writes nothing that nobody asked for."""
    with pytest.raises(Invalid, match="--csv"):
        export(session=screen().session, table_files=table_files(client_config()))
