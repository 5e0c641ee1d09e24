"""The live stream: every ledger entry as one server-sent event, replayed from where the reader stopped.

Each message carries `id:` = ledger position, so a tab that slept asks again with Last-Event-ID and misses nothing.
A message is read and encoded once, whoever listens.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream

from andon.kernel.envelope import Entry
from andon.kernel.ids import StreamId

HEARTBEAT = timedelta(seconds=15)
REMEMBERED = 2048  #: encoded messages kept for readers that come back
REPLAYED = 1000  #: older entries read at once for a reader that was away for long
RETRY_MS = 500  #: how long a browser waits before it connects again


class LiveLedger(Protocol):
    """The ledger, as the live stream reads it."""

    def follow(self, after: int) -> AsyncIterator[tuple[Entry, ...]]:
        """Every entry after the position, then every new one; ends when the ledger is closed."""
        ...

    async def read(self, *, after: int, limit: int) -> tuple[Entry, ...]:
        """Entries after the position, at most `limit`."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One entry as it is sent."""

    position: int
    stream: StreamId
    data: bytes


class Live:
    """Hands the entries of one ledger to any number of readers: read once, encoded once, whoever listens."""

    def __init__(self, history: LiveLedger, reached: Reached, *, heartbeat: timedelta = HEARTBEAT) -> None:
        self._history = history
        self._reached = reached
        self._heartbeat = heartbeat
        self._recent: deque[Message] = deque(maxlen=REMEMBERED)
        #: the last position that readers may be told of
        self._told = 0
        self._following: asyncio.Task[None] | None = None
        self._bell = asyncio.Event()
        self._is_closed = False

    @property
    def position(self) -> int:
        """Where a page that is drawn now begins to listen."""
        return self._reached.position

    def close(self) -> None:
        """End every reader's stream, so that the server can stop."""
        self._is_closed = True
        if self._following is not None:
            self._following.cancel()
        self._ring()

    async def stream(self, after: int, prefixes: Sequence[str]) -> AsyncIterator[bytes]:
        """The bytes for one reader: messages of the streams asked for, and a heartbeat that moves its position on."""
        seen = after
        yield b"retry: %d\nid: %d\n\n" % (RETRY_MS, seen)
        while not self._is_closed:
            bell = self._bell  # taken before looking, so that nothing rings unheard
            messages = await self._since(seen)
            if messages:
                seen = messages[-1].position
                if wanted := b"".join(one.data for one in messages if is_wanted(one.stream, prefixes)):
                    yield wanted
                continue
            try:
                async with asyncio.timeout(self._heartbeat.total_seconds()):
                    await bell.wait()
            except TimeoutError:
                yield b"id: %d\n\n" % seen

    async def _since(self, seen: int) -> Sequence[Message]:
        """What comes after a position: from memory, or from the ledger for a reader that was away for long."""
        self._begin()
        if seen >= self._told:
            return ()
        if self._recent and self._recent[0].position <= seen + 1:
            return [one for one in self._recent if one.position > seen]
        entries = await self._history.read(after=seen, limit=REPLAYED)
        return [_message(entry) for entry in entries if entry.position <= self._told]

    def _begin(self) -> None:
        if self._is_closed or (self._following is not None and not self._following.done()):
            return
        self._told = self._reached.position
        self._recent.clear()
        self._following = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        async for batch in self._history.follow(self._told):
            await self._reached.reach(batch[-1].position)
            self._recent.extend(_message(entry) for entry in batch)
            self._told = batch[-1].position
            self._ring()

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()


def _message(entry: Entry) -> Message:
    return Message(position=entry.position, stream=entry.stream, data=encode(entry))


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
    request: Request[Any, Any, State],
    after: FromQuery[int | None] = None,
    of: FromQuery[list[str] | None] = None,
) -> Stream:
    """The live stream from Last-Event-ID, else from `after`, else from now; `of` names streams by how they begin."""
    last = request.headers.get("last-event-id", "")
    start = int(last) if last.isdecimal() else live.position if after is None else after
    return Stream(
        live.stream(min(start, live.position), tuple(prefix for prefix in of or () if prefix)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


HANDLERS = (events,)
