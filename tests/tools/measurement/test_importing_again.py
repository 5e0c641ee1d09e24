"""A file that is taken by a server: what was broken is named every time, what is known is said to be known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.tools.measurement.measured_house import Visit, measured_house

pytestmark = pytest.mark.anyio

GOOD = b"id,service,environment,commit,finished_at\r\n1,shop,production," + b"a" * 40 + b",2026-03-01T12:00:00Z\r\n"
BROKEN = GOOD + b"2,shop,production," + b"b" * 40 + b",yesterday\r\n"


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    """A server that knows nothing."""
    async with measured_house(tmp_path) as opened:
        yield opened


async def imported(visit: Visit, file: bytes, strict: str = "false") -> dict[str, Any]:
    """What the server says of the file."""
    address = f"/api/v1/measurement/import?form=csv&table=deployments&strict={strict}"
    answer = await visit.http.post(address, content=file)
    told: dict[str, Any] = answer.json()
    return told


async def test_broken_rows_are_named_again(visit: Visit) -> None:
    """The second time too, when nothing is new."""
    first = await imported(visit, BROKEN)
    again = await imported(visit, BROKEN)
    assert (first["taken"], first["broken"], first["known"]) == (1, 1, False)
    assert (again["taken"], again["broken"], again["known"]) == (0, 1, True)
    assert again["problems"] == first["problems"]


async def test_all_or_nothing_says_one_thing(visit: Visit) -> None:
    """Nothing was taken, nor is it said that anything was."""
    refused = await imported(visit, BROKEN, strict="true")
    assert "1 row is broken, so nothing was imported, not even the 1 good row." in str(refused)
    assert (await imported(visit, GOOD))["taken"] == 1


async def test_what_was_told_before_is_not_new(visit: Visit) -> None:
    """Another file with the same facts; a source counts facts, and not how often it told them."""
    assert not (await imported(visit, GOOD))["nothing_new"]
    told = await imported(visit, GOOD + b"\r\n")
    assert (told["taken"], told["known"], told["nothing_new"]) == (1, False, True)
    (source,) = (await visit.http.get("/api/v1/measurement/sources")).json()["sources"]
    assert source["facts"] == {"deployments": 1}


async def test_a_row_that_names_no_revision_is_told_what_would_do(visit: Visit) -> None:
    """The digest, or what may stand for it."""
    told = await imported(visit, GOOD.replace(b"a" * 40, b""))
    assert told["problems"][0]["message"].endswith(", or else commit, or else version.")
