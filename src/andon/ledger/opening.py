"""Opening the ledger that a URL names."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from andon.kernel.errors import Invalid, NoSpace, PortError
from andon.ledger.ledger import Ledger
from andon.ledger.schema import migrate
from andon.ledger.sql import SqlLedger
from andon.ledger.store import LedgerStore


async def open_ledger(url: str) -> Ledger:
    """The ledger at "sqlite:///relative/path", "sqlite:////absolute/path" or "postgresql://user@host/database".

    Creates the file and the tables when they are absent, and leads older tables to the current version.
    Errors: Invalid (no such kind of URL, a newer ledger); PortError (the database cannot be reached or is damaged).
    """
    store = await asyncio.to_thread(_ready, url)
    return SqlLedger(store)


def _ready(url: str) -> LedgerStore:
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
        raise _unopened(url, problem) from problem
    return store


def _unopened(url: str, problem: DBAPIError) -> PortError:
    """Why, and what to do, by what SQLite said; PostgreSQL's own words."""
    code = getattr(problem.orig, "sqlite_errorcode", None)
    file = _parsed(url).database
    if code == sqlite3.SQLITE_FULL:
        return NoSpace(f"the disk of {file} is full. Make room, then start again.")
    remedies = {
        sqlite3.SQLITE_NOTADB: "It is no ledger. Restore it from a backup, or move it away to begin with an empty one.",
        sqlite3.SQLITE_CORRUPT: "It is damaged. Restore it from a backup, or move it away to begin with an empty one.",
        sqlite3.SQLITE_READONLY: "Let its owner start the server, or change the owner of all files there (chown).",
        sqlite3.SQLITE_CANTOPEN: "Let its owner start the server, or change the owner of all files there (chown).",
    }
    remedy = remedies.get((code or 0) & 0xFF)
    if remedy:
        return PortError(f"the ledger {file} cannot be opened: {problem.orig}. {remedy}", permanent=True)
    return PortError(f"the ledger cannot be opened: {problem.orig}. See to the file or the database.")


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as problem:
        raise Invalid(
            f'this is no URL of a ledger: expected "sqlite:///path" or "postgresql://…" ({problem}).'
        ) from None


def _store(url: URL) -> LedgerStore:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.get_backend_name() == "postgresql":
        return _postgresql(url)
    raise Invalid(f'a ledger is kept in "sqlite:///path" or "postgresql://…", not in {url.drivername!r}.')


def _sqlite(url: URL) -> LedgerStore:
    from andon.ledger.sqlite import SqliteStore

    if not url.database or url.database == ":memory:":
        raise Invalid('a ledger needs a file: "sqlite:///path".')
    try:
        return SqliteStore(Path(url.database))
    except OSError as problem:
        if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoSpace(f"the disk of {url.database} is full. Make room, then start again.") from problem
        raise PortError(f"the ledger {url.database} cannot be opened: {problem.strerror}.", permanent=True) from problem


def _postgresql(url: URL) -> LedgerStore:
    try:
        from andon.ledger.postgresql import PostgresqlStore
    except ImportError:
        raise Invalid("PostgreSQL needs its driver: install andon[postgresql].") from None
    return PostgresqlStore(url)
