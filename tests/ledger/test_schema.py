"""Older tables are led forward, newer ones are left alone."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, create_engine, make_url

from andon.kernel.errors import Invalid
from andon.ledger.opening import open_ledger
from andon.ledger.schema import CURRENT, SchemaStep, migrate
from andon.testing.ledger_suite import Opened, draft

from .conftest import Place

ADD = "ALTER TABLE cursors ADD COLUMN note TEXT"
NEXT = SchemaStep(version=CURRENT + 1, why="cursors get a note", statements={"sqlite": (ADD,), "postgresql": (ADD,)})


def engine_of(place: Place) -> Engine:
    """A way around the ledger."""
    url = make_url(place.url)
    return create_engine(url.set(drivername=url.get_backend_name().replace("postgresql", "postgresql+psycopg")))


@pytest.mark.anyio
async def test_older_tables_are_led_forward_once(place: Place, opened: Opened) -> None:
    """A step runs once on tables of the version before and keeps every entry."""
    ledger = await opened()
    await ledger.append((draft(),))
    engine = engine_of(place)
    for _ in range(2):
        with engine.begin() as connection:
            migrate(connection, (NEXT,))
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(note) FROM cursors").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT value FROM meta").scalars().all() == [str(CURRENT + 1)]
    engine.dispose()
    assert (await ledger.verify()).entries == 1


@pytest.mark.anyio
async def test_newer_tables_are_left_alone(place: Place, opened: Opened) -> None:
    """An older Andon does not open a newer ledger."""
    await opened()
    engine = engine_of(place)
    with engine.begin() as connection:
        migrate(connection, (NEXT,))
    engine.dispose()
    with pytest.raises(Invalid, match="newer Andon"):
        await open_ledger(place.url)
