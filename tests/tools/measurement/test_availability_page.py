"""The pages Availability and Data of a whole server that knows a year."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx2
import pytest

from andon.tools.measurement.model.tables.other_tables import BY_NAME, TABLES
from tests.tools.measurement import telling_people
from tests.tools.measurement.measured_house import Visit, measured_house
from tests.tools.measurement.year_shape import Shape

pytestmark = pytest.mark.anyio

ADDRESS = "/availability?service=shop"


@pytest.fixture(scope="module")
async def visit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """A server that knows a year in which much went wrong."""
    async with measured_house(
        tmp_path_factory.mktemp("year"), Shape(services=("shop",), changes=120, wrong=0.3)
    ) as one:
        yield one


async def test_the_page_begins_with_the_state_of_the_budget(visit: Visit) -> None:
    """One sentence, and the incidents behind it."""
    text = await visit.page(f"{ADDRESS}&target=50&period=90d")
    assert "shop was available 9" in text
    assert "of its error budget is left." in text
    assert "Incidents that were counted" in text


async def test_an_overdrawn_budget_is_red(visit: Visit) -> None:
    """In words too."""
    text = await visit.page(f"{ADDRESS}&target=99.999&period=365d")
    assert "its error budget is overdrawn by" in text
    assert 'class="lamp red"' in text


async def test_the_published_alerts(visit: Visit) -> None:
    """For three nines of thirty days."""
    text = await visit.page(f"{ADDRESS}&target=99.9&period=30d")
    assert "99.9 % of 30 d allows 43.2 min of everything being down" in text
    assert [figure in text for figure in (">14.4<", ">1.44 %<", ">51.8 s<", ">2.08 d<")] == [True] * 4


async def test_a_system_is_reckoned_and_its_assumption_said(visit: Visit) -> None:
    """Part by part."""
    text = await visit.page(f"{ADDRESS}&system=5+x+99%25")
    assert "95.099005 %" in text
    assert "independently of each other" in text


@pytest.mark.parametrize("words", ["system=99", "target=101", "period=never", "system=%3Cscript%3Ealert", "target=100"])
async def test_what_cannot_be_read_is_said_where_it_was_typed(visit: Visit, words: str) -> None:
    """The page stays, with the usual target; no command is offered that would fail."""
    text = await visit.page(f"{ADDRESS}&{words}")
    assert "This cannot be read." in text
    assert "andon availability --help" in text
    assert "<script>alert" not in text


async def test_the_page_links_to_the_same_as_json(visit: Visit) -> None:
    """Page and API give one answer."""
    text = await visit.page(f"{ADDRESS}&target=99.9&period=30d")
    address = unescape(text.rpartition('href="/api/v1/measurement/availability')[2].partition('"')[0])
    answer = await visit.http.get(f"/api/v1/measurement/availability{address}")
    assert answer.status_code == 200
    assert answer.json()["budget"]["budget_seconds"] == pytest.approx(2592)


async def test_the_data_page_describes_every_table(visit: Visit) -> None:
    """And where each can be had."""
    text = await visit.page("/data")
    for table in TABLES:
        assert f'id="{table.name}"' in text
        assert f"/api/v1/measurement/tables/{table.name}?format=csv" in text


async def test_without_any_fact_arithmetic_still_works(tmp_path: Path) -> None:
    """And the page says what needs facts."""
    async with measured_house(tmp_path) as empty:
        text = await empty.page("/availability?system=5+x+99%25")
    assert "Error budget and availability calculator." in text
    assert "95.099005 %" in text


async def test_what_people_said_can_be_taken_out(tmp_path: Path) -> None:
    """Improvements with their aims, prices, and what was fed in."""
    async with measured_house(tmp_path, Shape(services=("shop", "billing", "catalogue"), changes=40)) as visit:
        await telling_people.everything(visit)
        for name in ("improvements", "prices", "series"):
            answer = await visit.http.get(f"/api/v1/measurement/tables/{name}?format=csv")
            head, *rows = list(csv.reader(answer.text.splitlines()))
            assert tuple(head) == BY_NAME[name].names
            assert rows, name
            assert {len(row) for row in rows} == {len(head)}


@pytest.mark.parametrize(
    "path", ["cdevents", "measurement/tables", "measurement/tables/ledger", "measurement/availability"]
)
async def test_a_stranger_takes_nothing_out(visit: Visit, path: str) -> None:
    """Whoever may not read the ledger may not read an export of it."""
    async with httpx2.AsyncClient(base_url=visit.base) as stranger:
        answer = await stranger.get(f"/api/v1/{path}")
    assert answer.status_code == 401
    assert "position" not in answer.text
