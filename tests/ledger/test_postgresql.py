"""What only a server can suffer: connections that are cut."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import pytest
from sqlalchemy import NullPool, create_engine, make_url

from andon.kernel.errors import PortError
from andon.ledger.ledger import Ledger
from andon.ledger.opening import open_ledger
from andon.testing.ledger_suite import draft
from andon.testing.waiting import until

pytestmark = pytest.mark.postgresql


def cut_all_connections(url: str) -> int:
    """End every other session on the database; how many there were."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        cut = connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(cut.all())


async def collect(ledger: Ledger, seen: list[int]) -> None:
    """Follow from the beginning for ever."""
    async with aclosing(ledger.follow(0)) as batches:  # type: ignore[type-var]  # every follow is a generator
        async for batch in batches:
            seen.extend(entry.position for entry in batch)


@pytest.mark.anyio
async def test_cut_connections_are_mended(new_database: Callable[[], str]) -> None:
    """After all connections were cut while idle, appends work at once and followers miss nothing."""
    url = new_database()
    ledger, other = await open_ledger(url), await open_ledger(url)
    seen: list[int] = []
    following = asyncio.ensure_future(collect(ledger, seen))
    await ledger.append((draft("run/1", 0),))
    await until(lambda: seen == [1], what="the first entry")
    assert cut_all_connections(url) >= 2
    await other.append((draft("run/2", 0),))
    await ledger.append((draft("run/1", 1),))
    await until(lambda: seen == [1, 2, 3], what="the entries after the cut")
    assert (await ledger.verify()).ok
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await other.close()
    await ledger.close()


@pytest.mark.anyio
async def test_an_absent_server_is_said(new_database: Callable[[], str]) -> None:
    """When the database is gone appends and reads fail as the world's failure, and closing still ends."""
    url = new_database()
    ledger = await open_ledger(url)
    name = make_url(url).database
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
    with pytest.raises(PortError, match="cannot be written"):
        await ledger.append((draft(),))
    with pytest.raises(PortError, match="cannot be read"):
        await ledger.read()
    await ledger.close()
