"""A store of each kind for the ledger's tests, and a hand that edits it behind the ledger's back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url

from andon.ledger.ledger import Ledger
from andon.ledger.opening import open_ledger
from andon.testing.ledger_suite import Opened

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger is stored."""

    url: str

    def edit(self, *statements: str) -> None:
        """Do to the tables what the ledger would never do."""
        url = make_url(self.url)
        driver = "postgresql+psycopg" if url.get_backend_name() == "postgresql" else "sqlite"
        engine = create_engine(url.set(drivername=driver), poolclass=NullPool)
        off = (
            ("ALTER TABLE entries DISABLE TRIGGER ALL",)
            if driver != "sqlite"
            else ("DROP TRIGGER IF EXISTS entries_never_change", "DROP TRIGGER IF EXISTS entries_never_go")
        )
        with engine.begin() as connection:
            for statement in (*off, *statements):
                connection.exec_driver_sql(statement)
        engine.dispose()


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place for a ledger, of each kind."""
    if request.param == "sqlite":
        return Place(f"sqlite:///{tmp_path}/ledger.db")
    return Place(request.getfixturevalue("new_database")())


@pytest.fixture
async def opened(place: Place, anyio_backend: str) -> AsyncIterator[Opened]:
    """Opens the ledger at the place, as often as asked; closed at the end."""
    ledgers: list[Ledger] = []

    async def again() -> Ledger:
        ledgers.append(await open_ledger(place.url))
        return ledgers[-1]

    yield again
    for ledger in ledgers:
        await ledger.close()
