"""The live stream: every ledger entry as one server-sent event, replayed from where the reader stopped.

Each message carries `id:` = ledger position, so a tab that slept asks again with Last-Event-ID and misses nothing.
A message is encoded once, whoever reads it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any, Protocol

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream

from andon.kernel.envelope import Entry
from andon.web.who import Who

HEARTBEAT = timedelta(seconds=15)
REMEMBERED = 2048  #: encoded messages kept for the other readers
RETRY_MS = 500  #: how long a browser waits before it connects again


class History(Protocol):
    """The ledger, as the live stream reads it."""

    def follow(self, after: int) -> AsyncIterator[tuple[Entry, ...]]:
        """Every entry after the position, then every new one; ends when the ledger is closed."""
        ...


class Reached(Protocol):
    """The views, as the live stream waits for them: a page that asks again must find what moved."""

    @property
    def position(self) -> int:
        """The last position that every view has seen."""
        ...

    async def reach(self, position: int) -> None:
        """Wait until every view has seen this position."""
        ...


class Live:
    """Hands the entries of one ledger to any number of readers."""

    def __init__(self, history: History, reached: Reached, *, heartbeat: timedelta = HEARTBEAT) -> None:
        self._history = history
        self._reached = reached
        self._heartbeat = heartbeat
        self._messages: OrderedDict[int, bytes] = OrderedDict()
        self._closing = asyncio.Event()

    @property
    def position(self) -> int:
        """Where a page that is drawn now begins to listen."""
        return self._reached.position

    def close(self) -> None:
        """End every reader's stream, so that the server can stop."""
        self._closing.set()

    async def stream(self, after: int, prefixes: Sequence[str]) -> AsyncIterator[bytes]:
        """The bytes for one reader: messages of the streams asked for, and a heartbeat that moves its position on."""
        seen = after
        batches = self._history.follow(after)
        closing = asyncio.ensure_future(self._closing.wait())
        coming = asyncio.ensure_future(self._next(batches))
        yield b"retry: %d\nid: %d\n\n" % (RETRY_MS, seen)
        try:
            while not self._closing.is_set():
                await asyncio.wait(
                    (coming, closing), timeout=self._heartbeat.total_seconds(), return_when=asyncio.FIRST_COMPLETED
                )
                if not coming.done():
                    yield b"id: %d\n\n" % seen
                    continue
                batch = coming.result()
                if not batch:
                    return
                seen = batch[-1].position
                if wanted := b"".join(self._message(entry) for entry in batch if is_wanted(entry.stream, prefixes)):
                    yield wanted
                coming = asyncio.ensure_future(self._next(batches))
        finally:
            coming.cancel()
            closing.cancel()

    async def _next(self, batches: AsyncIterator[tuple[Entry, ...]]) -> tuple[Entry, ...]:
        batch = await anext(batches, ())
        if batch:
            await self._reached.reach(batch[-1].position)
        return batch

    def _message(self, entry: Entry) -> bytes:
        known = self._messages.get(entry.position)
        if known is not None:
            return known
        encoded = encode(entry)
        self._messages[entry.position] = encoded
        if len(self._messages) > REMEMBERED:
            self._messages.popitem(last=False)
        return encoded


def is_wanted(stream: str, prefixes: Sequence[str]) -> bool:
    """Does the reader follow this stream? "run/" means every run, "run/81" only that one, nothing means all."""
    return not prefixes or any(
        stream == prefix or stream.startswith(prefix if prefix.endswith("/") else f"{prefix}/") for prefix in prefixes
    )


def encode(entry: Entry) -> bytes:
    """One entry as a message: the name "moved", and what moved, without the event's own data."""
    data = msgspec.json.encode(
        {
            "position": entry.position,
            "stream": entry.stream,
            "type": entry.type,
            "at": entry.at,
            "actor": entry.actor,
            "chain": entry.chain,
        }
    )
    return b"event: moved\nid: %d\ndata: %s\n\n" % (entry.position, data)


@get("/events", sync_to_thread=False, include_in_schema=False)
def events(
    live: NamedDependency[Live],
    who: NamedDependency[Who],
    request: Request[Any, Any, State],
    after: FromQuery[int | None] = None,
    of: FromQuery[list[str] | None] = None,
) -> Stream:
    """The live stream from Last-Event-ID, else from `after`, else from now; `of` names streams by how they begin."""
    who.require("read")
    last = request.headers.get("last-event-id", "")
    start = int(last) if last.isdecimal() else live.position if after is None else after
    return Stream(
        live.stream(min(start, live.position), tuple(prefix for prefix in of or () if prefix)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


HANDLERS = (events,)
