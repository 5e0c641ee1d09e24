"""The live stream: every ledger entry as one server-sent event, replayed from where the reader stopped.

Each message carries `id:` = ledger position, so a tab that slept asks again with Last-Event-ID and misses nothing.
A message is encoded once, whoever reads it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Annotated, Any, Protocol

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import Stream

from andon.kernel.envelope import Envelope
from andon.web.who import Who

HEARTBEAT = timedelta(seconds=15)
REMEMBERED = 2048  #: encoded messages kept for the other readers
RETRY_MS = 500  #: how long a browser waits before it connects again


class LiveSource(Protocol):
    """Where the events come from."""

    @property
    def position(self) -> int:
        """The last position that every view has seen."""
        ...

    def follow(self, after: int) -> AsyncIterator[Envelope[Any]]:
        """Every event after the position, then every new one once all views have seen it; never ends by itself."""
        ...


class Live:
    """Hands the events of one source to any number of readers."""

    def __init__(self, source: LiveSource, *, heartbeat: timedelta = HEARTBEAT) -> None:
        self._source = source
        self._heartbeat = heartbeat
        self._messages: OrderedDict[int, bytes] = OrderedDict()
        self._closing = asyncio.Event()

    @property
    def position(self) -> int:
        """Where a page that is drawn now begins to listen."""
        return self._source.position

    def close(self) -> None:
        """End every reader's stream, so that the server can stop."""
        self._closing.set()

    async def stream(self, after: int, prefixes: Sequence[str]) -> AsyncIterator[bytes]:
        """The bytes for one reader: messages of the streams asked for, and a heartbeat that moves its position on."""
        seen = after
        events = self._source.follow(after)
        closing = asyncio.ensure_future(self._closing.wait())
        coming = asyncio.ensure_future(anext(events))
        yield b"retry: %d\nid: %d\n\n" % (RETRY_MS, seen)
        try:
            while True:
                await asyncio.wait(
                    (coming, closing), timeout=self._heartbeat.total_seconds(), return_when=asyncio.FIRST_COMPLETED
                )
                if self._closing.is_set():
                    return
                if not coming.done():
                    yield b"id: %d\n\n" % seen
                    continue
                happened = coming.result()
                seen = happened.position
                if is_wanted(happened.stream, prefixes):
                    yield self._message(happened)
                coming = asyncio.ensure_future(anext(events))
        except StopAsyncIteration:
            return
        finally:
            coming.cancel()
            closing.cancel()

    def _message(self, happened: Envelope[Any]) -> bytes:
        known = self._messages.get(happened.position)
        if known is not None:
            return known
        encoded = encode(happened)
        self._messages[happened.position] = encoded
        if len(self._messages) > REMEMBERED:
            self._messages.popitem(last=False)
        return encoded


def is_wanted(stream: str, prefixes: Sequence[str]) -> bool:
    """Does the reader follow this stream? "run/81" does not mean "run/815"; "run/" means every run; nothing means all."""
    return not prefixes or any(
        stream == prefix or stream.startswith(prefix if prefix.endswith("/") else f"{prefix}/") for prefix in prefixes
    )


def encode(happened: Envelope[Any]) -> bytes:
    """One event as a message: the name "moved", and what moved, without the event's own data."""
    data = msgspec.json.encode(
        {
            "position": happened.position,
            "stream": happened.stream,
            "type": happened.type,
            "at": happened.at,
            "actor": happened.actor,
            "chain": happened.chain,
        }
    )
    return b"event: moved\nid: %d\ndata: %s\n\n" % (happened.position, data)


@get("/events", sync_to_thread=False, include_in_schema=False)
def events(
    live: Live,
    who: Who,
    request: Request[Any, Any, State],
    after: int | None = None,
    of: Annotated[list[str] | None, Parameter(query="of")] = None,
) -> Stream:
    """The live stream from Last-Event-ID, else from `after`, else from now; `of` names streams by how they begin."""
    who.require("read")
    last = request.headers.get("last-event-id", "")
    start = int(last) if last.isdecimal() else live.position if after is None else after
    return Stream(
        live.stream(min(start, live.position), tuple(of or ())),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


HANDLERS = (events,)
