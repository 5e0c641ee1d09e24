"""Opening the ledger that a URL names."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from andon.kernel.errors import Invalid, PortError
from andon.ledger.ledger import Ledger
from andon.ledger.schema import migrate
from andon.ledger.sql import SqlLedger
from andon.ledger.store import Store


async def open_ledger(url: str) -> Ledger:
    """The ledger at "sqlite:///relative/path", "sqlite:////absolute/path" or "postgresql://user@host/database".

    Creates the file and the tables when they are absent, and leads older tables to the current version.
    Errors: Invalid (no such kind of URL, a newer ledger); PortError (the database cannot be reached or is damaged).
    """
    store = await asyncio.to_thread(_ready, url)
    return SqlLedger(store)


def _ready(url: str) -> Store:
    """The store with current tables."""
    store = _store(_parsed(url))
    try:
        with store.writers.begin() as connection:
            store.lock(connection)
            migrate(connection)
    except (DBAPIError, Invalid) as problem:
        store.writers.dispose()
        store.readers.dispose()
        if isinstance(problem, Invalid):
            raise
        raise PortError(f"the ledger cannot be opened: {problem.orig}. See to the file or the database.") from problem
    return store


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as problem:
        raise Invalid(
            f'this is no URL of a ledger: expected "sqlite:///path" or "postgresql://…" ({problem}).'
        ) from None


def _store(url: URL) -> Store:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.get_backend_name() == "postgresql":
        return _postgresql(url)
    raise Invalid(f'a ledger is kept in "sqlite:///path" or "postgresql://…", not in {url.drivername!r}.')


def _sqlite(url: URL) -> Store:
    from andon.ledger.sqlite import SqliteStore

    if not url.database or url.database == ":memory:":
        raise Invalid('a ledger needs a file: "sqlite:///path".')
    try:
        return SqliteStore(Path(url.database))
    except OSError as problem:
        raise PortError(f"the ledger cannot be opened: {problem}.", permanent=True) from problem


def _postgresql(url: URL) -> Store:
    try:
        from andon.ledger.postgresql import PostgresqlStore
    except ImportError:
        raise Invalid("PostgreSQL needs its driver: install andon[postgresql].") from None
    return PostgresqlStore(url)
