"""The ledger in PostgreSQL, for many servers: one writes at a time, LISTEN/NOTIFY wakes all followers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

import psycopg
from sqlalchemy import URL, Connection, create_engine, text

from andon.kernel.ids import StreamId

#: before a lost listener connects again
RECONNECT_SECONDS = 1.0
CONNECT_SECONDS = 10
#: of the advisory lock; any number that is ours ("andon" in ASCII)
LOCK_KEY = 0x616E646F6E
CHANNEL = "andon_ledger"

# One writer at a time, over all servers, until its transaction has committed.
LOCK = text("SELECT pg_advisory_xact_lock(:key)")

# How many entries each of the streams has; one step down the index for each.
LENGTHS = text(
    "SELECT s.value, coalesce((SELECT max(e.sequence) FROM entries e WHERE e.stream = s.value), 0)"
    " FROM unnest(CAST(:streams AS text[])) AS s(value)"
)

# Wakes followers everywhere when the transaction commits.
ANNOUNCE = text("SELECT pg_notify(:channel, :position)")


class PostgresqlStore:
    """One database of a PostgreSQL server."""

    def __init__(self, url: URL) -> None:
        self._listen_at = url.set(drivername="postgresql").render_as_string(hide_password=False)
        driver = url.set(drivername="postgresql+psycopg")
        arguments = {"connect_timeout": CONNECT_SECONDS}
        self.writers = create_engine(driver, connect_args=arguments, pool_pre_ping=True)
        self.readers = create_engine(driver, connect_args=arguments, pool_pre_ping=True)

    def lock(self, connection: Connection) -> None:
        """See Store."""
        connection.execute(LOCK, {"key": LOCK_KEY})

    def lengths(self, connection: Connection, streams: Iterable[StreamId]) -> Mapping[StreamId, int]:
        """See Store."""
        rows = connection.execute(LENGTHS, {"streams": list(streams)})
        return {StreamId(stream): length for stream, length in rows}

    def announce(self, connection: Connection, position: int) -> None:
        """See Store."""
        connection.execute(ANNOUNCE, {"channel": CHANNEL, "position": str(position)})

    def committed(self) -> None:
        """Nothing to do: the commit has announced it."""

    def damage(self, connection: Connection) -> str:
        """Nothing to ask: PostgreSQL finds damaged pages when it reads them."""
        return ""

    async def watch(self, ring: Callable[[], None]) -> None:
        """See Store. Rings at every new connection too: what was announced before it is not heard."""
        while True:
            try:
                await self._listen(ring)
            except psycopg.OperationalError:
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self, ring: Callable[[], None]) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._listen_at, autocommit=True, connect_timeout=CONNECT_SECONDS, keepalives_idle=10
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            ring()
            async for _ in connection.notifies():
                ring()
