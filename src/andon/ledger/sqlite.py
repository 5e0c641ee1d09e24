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

#: how long a writer waits for another process that writes
BUSY_SECONDS = 10
#: how often a process that only follows looks for commits of others (about 6 us a look)
LOOK_SECONDS = 0.01
#: the same for a process that writes itself, as the server does: others seldom write beside it
LOOK_SECONDS_OF_WRITER = 0.1

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
        self._writes_here = False

    def lock(self, connection: Connection) -> None:
        """Nothing to do: BEGIN IMMEDIATE has done it."""

    def lengths(self, connection: Connection, streams: Iterable[StreamId]) -> Mapping[StreamId, int]:
        """See Store."""
        rows = connection.execute(LENGTHS, {"streams": json.dumps(list(streams))})
        return {StreamId(stream): length for stream, length in rows}

    def announce(self, connection: Connection, position: int) -> None:
        """Other processes look at the file's version; this one may look less often from now on."""
        self._writes_here = True

    def damage(self, connection: Connection) -> str:
        """See Store."""
        found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
        return "" if found == "ok" else " ".join(found.split())

    async def watch(self, ring: Callable[[], None]) -> None:
        """See Store. The file's version changes with every commit of another connection."""
        with self.readers.connect() as connection:
            look = connection.connection.cursor()
            seen: object = None
            while True:
                look.execute("PRAGMA data_version")
                version = look.fetchone()
                if version != seen:
                    seen = version
                    ring()
                await asyncio.sleep(LOOK_SECONDS_OF_WRITER if self._writes_here else LOOK_SECONDS)


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
