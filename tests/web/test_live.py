"""The live stream: replay, filters, heartbeats, one encoding for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from andon.kernel.envelope import Entry
from andon.kernel.ids import Actor, ChainId, EventId, StreamId
from andon.web import live as live_module
from andon.web.live import Live, is_wanted

pytestmark = pytest.mark.anyio


def entry(position: int, stream: str) -> Entry:
    """An entry of a ledger."""
    return Entry(
        position=position,
        sequence=1,
        id=EventId(str(position)),
        stream=StreamId(stream),
        type="pipelines.TaskStarted",
        schema=1,
        at=datetime(2026, 11, 23, tzinfo=UTC),
        actor=Actor("ada"),
        cause=None,
        chain=ChainId("shop@a81f3c"),
        data=b'{"secret": "not for the stream"}',
        hash="",
    )


class Told:
    """A history that tells what it has, then waits for more; and views that have seen everything."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = list(entries)
        self.more = asyncio.Event()

    async def follow(self, after: int) -> AsyncIterator[tuple[Entry, ...]]:
        while True:
            if batch := tuple(one for one in self.entries if one.position > after):
                after = batch[-1].position
                yield batch
            self.more.clear()
            await self.more.wait()

    async def read(self, *, after: int, limit: int) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if one.position > after)[:limit]

    def tell(self, one: Entry) -> None:
        self.entries.append(one)
        self.more.set()

    @property
    def position(self) -> int:
        return len(self.entries)

    async def reach(self, position: int) -> None:
        return


async def messages(live: Live, after: int, *prefixes: str, count: int) -> list[bytes]:
    """The first pieces of a reader's stream."""
    stream = live.stream(after, prefixes)
    pieces = [await anext(stream) for _ in range(count)]
    live.close()
    return pieces


async def test_a_reader_gets_what_it_missed() -> None:
    """Replay begins after the last position the reader saw, and every message carries its own."""
    told = Told([entry(n, "run/1") for n in range(1, 6)])
    hello, batch = await messages(Live(told, told), 3, count=2)
    assert hello == b"retry: 500\nid: 3\n\n"
    assert batch.count(b"event: moved") == 2
    assert b"id: 4\n" in batch
    assert b"id: 5\n" in batch


async def test_a_message_says_what_moved_and_no_more() -> None:
    """The event's own data stays in the ledger, where reading it is judged."""
    told = Told([entry(1, "run/1")])
    _, batch = await messages(Live(told, told), 0, count=2)
    assert b'"stream":"run/1"' in batch
    assert b"secret" not in batch


async def test_new_events_come_as_they_happen() -> None:
    """A reader that waits gets the next event without asking."""
    told = Told([])
    live = Live(told, told)
    stream = live.stream(0, ())
    await anext(stream)
    coming = asyncio.ensure_future(anext(stream))
    told.tell(entry(1, "cord/line"))
    assert b"id: 1\n" in await asyncio.wait_for(coming, 2)
    live.close()


async def test_only_the_streams_asked_for_come() -> None:
    """The page of one run is not woken by another."""
    told = Told([entry(1, "run/81"), entry(2, "run/815"), entry(3, "service/test/shop")])
    _, batch = await messages(Live(told, told), 0, "run/815", count=2)
    assert b"id: 2\n" in batch
    assert b"id: 1\n" not in batch
    assert b"id: 3\n" not in batch


async def test_a_heartbeat_moves_the_position_on() -> None:
    """Silence on the reader's streams still leads its Last-Event-ID along, so that a reconnect replays little."""
    told = Told([entry(1, "run/1"), entry(2, "run/1")])
    live = Live(told, told, heartbeat=timedelta(milliseconds=10))
    _, beat = await messages(live, 0, "cord/", count=2)
    assert beat == b"id: 2\n\n"


async def test_a_message_is_encoded_once_for_all_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten readers of one event cost one encoding."""
    encoded: list[int] = []
    real = live_module.encode

    def counting(one: Entry) -> bytes:
        encoded.append(one.position)
        return real(one)

    monkeypatch.setattr(live_module, "encode", counting)
    told = Told([])
    live = Live(told, told)
    readers = [live.stream(0, ()) for _ in range(10)]
    for reader in readers:
        await anext(reader)
    coming = [asyncio.ensure_future(anext(reader)) for reader in readers]
    await asyncio.sleep(0)
    told.tell(entry(1, "run/1"))
    got = await asyncio.wait_for(asyncio.gather(*coming), 2)
    assert len(set(got)) == 1
    assert encoded == [1]
    live.close()


async def test_a_reader_that_was_away_for_long_misses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no longer in memory is read from the ledger, part by part."""
    monkeypatch.setattr(live_module, "REPLAYED", 3)
    told = Told([entry(n, "run/1") for n in range(1, 9)])
    pieces = await messages(Live(told, told), 0, count=4)
    assert [piece.count(b"event: moved") for piece in pieces] == [0, 3, 3, 2]


async def test_closing_ends_every_stream() -> None:
    """The server can stop although browsers listen."""
    told = Told([])
    live = Live(told, told)
    stream = live.stream(0, ())
    await anext(stream)
    ending = asyncio.ensure_future(anext(stream, b"ended"))
    live.close()
    assert await asyncio.wait_for(ending, 2) == b"ended"


@pytest.mark.parametrize(
    ("stream", "prefixes", "wanted"),
    [
        ("run/815", (), True),
        ("run/815", ("run/",), True),
        ("run/815", ("run/81",), False),
        ("service/test/shop", ("service/test",), True),
        ("service/testing/shop", ("service/test",), False),
    ],
)
async def test_streams_are_named_by_how_they_begin(stream: str, prefixes: tuple[str, ...], wanted: bool) -> None:
    """A name means itself and what is under it."""
    assert is_wanted(stream, prefixes) is wanted
