"""The ledger in one SQLite file: write-ahead log, every commit on the disk before it is answered."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.pool import ConnectionPoolEntry

from andon.kernel.ids import StreamId
from andon.ledger.doorbells import Doorbells

#: how long a writer waits for another process that writes
BUSY_SECONDS = 10
#: how often a follower looks by itself, should a process have died between its commit and the doorbells
LOOK_SECONDS = 1.0

# How many entries each of the streams (a JSON list) has; one step down the index for each.
LENGTHS = text(
    "SELECT s.value, coalesce((SELECT max(e.sequence) FROM entries e WHERE e.stream = s.value), 0)"
    " FROM json_each(:streams) s"
)


class SqliteStore:
    """One file."""

    def __init__(self, path: Path) -> None:
        _create_private(path)
        self.writers = _engine(path, begin="BEGIN IMMEDIATE")
        self.readers = _engine(path, begin="BEGIN")
        self._doorbells = Doorbells(path.with_name(f"{path.name}-followers"))

    def lock(self, connection: Connection) -> None:
        """Nothing to do: BEGIN IMMEDIATE has done it."""

    def lengths(self, connection: Connection, streams: Iterable[StreamId]) -> Mapping[StreamId, int]:
        """See Store."""
        rows = connection.execute(LENGTHS, {"streams": json.dumps(list(streams))})
        return {StreamId(stream): length for stream, length in rows}

    def announce(self, connection: Connection, position: int) -> None:
        """Nothing to do before the commit."""

    def committed(self) -> None:
        """See Store."""
        self._doorbells.press()

    def damage(self, connection: Connection) -> str:
        """See Store."""
        found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
        return "" if found == "ok" else " ".join(found.split())

    async def watch(self, ring: Callable[[], None]) -> None:
        """See Store. The file's version changes with every commit of another connection."""
        with self.readers.connect() as connection, self._doorbells.own() as pressed:
            look = connection.connection.cursor()
            seen: object = None
            while True:
                pressed.clear()
                look.execute("PRAGMA data_version")
                version = look.fetchone()
                if version != seen:
                    seen = version
                    ring()
                await _first_of(pressed, LOOK_SECONDS)


async def _first_of(pressed: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):  # wait_for may lose a cancellation that comes with the event
            await pressed.wait()
    except TimeoutError:
        pass


def _create_private(path: Path) -> None:
    """The file, for nobody else to read; its log inherits the mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _engine(path: Path, *, begin: str) -> Engine:
    url = URL.create("sqlite+pysqlite", database=str(path))
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    """FULL: a commit that was answered survives a power cut."""
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
