"""What the engine keeps in memory of the nouns' streams."""

from __future__ import annotations

from pathlib import Path

import pytest

from andon.engine.clock import SystemClock
from andon.engine.codec import Codec
from andon.engine.health import Health
from andon.engine.streams import MOST_CLOSED, Streams
from andon.kernel.envelope import Draft, Entry
from andon.kernel.ids import NO_CHAIN, Actor, EventId, StreamId
from andon.ledger.opening import open_ledger
from andon.testing.ledger_suite import NOON

from . import lamp

pytestmark = pytest.mark.anyio


def switched(codec: Codec, stream: StreamId, place: int, *, on: bool) -> Draft:
    """A lamp was switched."""
    name, schema, data = codec.encode(lamp.LampSwitched(on=on, at=NOON))
    return Draft(
        id=EventId(f"{stream}-{place}"),
        stream=stream,
        expected=place,
        type=name,
        schema=schema,
        at=NOON,
        actor=Actor("ada"),
        cause=None,
        chain=NO_CHAIN,
        data=data,
    )


async def test_of_closed_streams_only_the_last_used_stay(tmp_path: Path) -> None:
    """A closed stream that is asked for again and again is kept, the others are let go; open ones stay."""
    codec = Codec(lamp.EVENTS)
    ledger = await open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    lit, *dark = [StreamId(f"lamp/{number}") for number in range(MOST_CLOSED + 3)]
    await ledger.append([switched(codec, lit, 0, on=True), *(switched(codec, stream, 0, on=False) for stream in dark)])
    streams = Streams(ledger, codec, (lamp.NOUN,), Health(SystemClock()))
    for stream in (lit, *dark):
        await streams.load(stream)
        await streams.load(dark[0])
    assert streams.peek(lit)
    assert streams.peek(dark[0])
    assert streams.peek(dark[1]) is None
    assert sum(streams.peek(stream) is not None for stream in dark) == MOST_CLOSED
    await ledger.close()


async def test_what_was_let_go_is_read_again(tmp_path: Path) -> None:
    """A stream that never was has no place in memory, and one that was let go comes back whole."""
    codec = Codec(lamp.EVENTS)
    ledger = await open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    hall = StreamId("lamp/hall")
    appended: tuple[Entry, ...] = await ledger.append(
        [switched(codec, hall, 0, on=True), switched(codec, hall, 1, on=False)]
    )
    streams = Streams(ledger, codec, (lamp.NOUN,), Health(SystemClock()))
    assert (await streams.load(StreamId("lamp/none"))).sequence == 0
    assert streams.peek(StreamId("lamp/none")) is None
    for entry in appended:
        streams.replay(codec.decode(entry))
    streams.let_all_go()
    streams.forget(hall)
    assert (await streams.load(hall)).sequence == 2
    await ledger.close()
