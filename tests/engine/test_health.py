"""Whatever breaks in the engine is set aside, named with the entry that broke it, and recorded; the rest goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from andon.engine import views as engine_views
from andon.engine.codec import Codec
from andon.engine.dispatch import Tell
from andon.engine.engine import Engine
from andon.kernel.envelope import Envelope
from andon.kernel.errors import PortError
from andon.kernel.ids import FLOW, Actor, StreamId
from andon.kernel.order import Order
from andon.kernel.part_failed import PartFailed
from andon.ledger.opening import open_ledger
from andon.testing.waiting import until

from . import lamp
from .conftest import Start, running
from .test_engine import Seen, light
from .test_streams import switched

pytestmark = pytest.mark.anyio

HALL, ATTIC = StreamId("lamp/hall"), StreamId("lamp/attic")
ADA = Actor("ada")


class Brittle:
    """A view that cannot see a lamp switched on."""

    def __init__(self) -> None:
        self.seen = 0

    def apply(self, happened: Envelope[Any]) -> None:
        self.seen += 1
        if isinstance(happened.event, lamp.LampSwitched):
            raise KeyError("on")


async def recorded(seen: Seen) -> tuple[PartFailed, ...]:
    """What the ledger says of broken parts, once it says something."""

    def found() -> tuple[PartFailed, ...]:
        return tuple(one.event for one in seen.happened if isinstance(one.event, PartFailed))

    return await until(found, what="a record of the fault")


def parts(engine: Engine) -> list[tuple[str, int, bool]]:
    return [(fault.part, fault.position, fault.stands_still) for fault in engine.health.faults]


async def test_a_view_that_breaks_is_set_aside(start: Start) -> None:
    """The others go on, who waits for them is woken, and the fault is in the ledger."""
    seen, brittle = Seen(), Brittle()
    engine = await start(views=(brittle, seen), performers={lamp.Light: light})
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    await engine.desk.submit(ATTIC, lamp.Switch(on=True), actor=ADA)
    (record,) = await recorded(seen)
    assert (record.part, record.position, record.reason) == ("view Brittle", 1, "KeyError: 'on'")
    assert parts(engine) == [("view Brittle", 1, True)]
    assert not engine.health.is_ready
    assert engine.views.is_aside(brittle)
    assert brittle.seen == 1


async def test_a_view_that_still_breaks_does_not_stop_the_next_start(tmp_path: Path) -> None:
    """It is set aside again, and recorded once."""
    seen = Seen()
    for _ in range(2):
        seen.happened.clear()
        async with running(tmp_path, views=(Brittle(), seen), performers={lamp.Light: light}) as engine:
            await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
            assert len(await recorded(seen)) == 1
            assert parts(engine) == [("view Brittle", 1, True)]


async def test_a_reaction_that_breaks_is_left_out(start: Start) -> None:
    """What follows from the other events is done."""

    def react(happened: Envelope[Any]) -> tuple[Order, ...]:
        if happened.stream == HALL:
            raise KeyError("trunks")
        if happened.stream == ATTIC:
            return (Order(stream=StreamId("lamp/echo"), command=lamp.Switch(on=True), actor=FLOW, cause=happened.id),)
        return ()

    seen = Seen()
    engine = await start(views=(seen,), react=react, performers={lamp.Light: light})
    await engine.desk.submit(HALL, lamp.Switch(on=False), actor=ADA)
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    await engine.desk.submit(ATTIC, lamp.Switch(on=True), actor=ADA)
    await until(lambda: any(one.stream == "lamp/echo" for one in seen.happened), what="the reaction to the other")
    assert (await recorded(seen))[0].part == "reaction to engine.LampSwitched of lamp/hall"
    assert engine.health.is_ready


async def test_an_order_that_breaks_does_not_stop_the_flow(start: Start) -> None:
    """The command itself raises what nobody expected."""

    class Broken:
        def decide(self, state: lamp.State, now: object) -> tuple[lamp.LampLit, ...]:
            raise KeyError("wanted")

    def react(happened: Envelope[Any]) -> tuple[Order, ...]:
        command: Any = Broken() if happened.stream == HALL else lamp.Switch(on=True)
        at = StreamId("lamp/echo")
        return (Order(stream=at, command=command, actor=FLOW, cause=happened.id),) if happened.sequence == 1 else ()

    seen = Seen()
    engine = await start(views=(seen,), react=react, performers={lamp.Light: light})
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    await engine.desk.submit(ATTIC, lamp.Switch(on=True), actor=ADA)
    await until(lambda: any(one.stream == "lamp/echo" for one in seen.happened), what="the reaction to the other")


async def test_an_effect_whose_failure_cannot_be_reported_is_set_aside(start: Start) -> None:
    """It is tried again when its stream has moved on; the other streams are served meanwhile."""

    async def defect(effect: lamp.Light, tell: Tell) -> None:
        if not broken:
            return await tell(lamp.ReportLit())
        raise KeyError("socket")

    def no_report(effect: lamp.Light, reason: str) -> None:
        raise KeyError("failed")

    broken = [True]
    seen = Seen()
    engine = await start(views=(seen,), performers={lamp.Light: defect})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lamp.Light, "failed", no_report)
        await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
        assert (await recorded(seen))[0].part == "effect light of lamp/hall"
    broken.clear()
    await engine.desk.submit(ATTIC, lamp.Switch(on=True), actor=ADA)
    await until(lambda: any(isinstance(one.event, lamp.LampLit) for one in seen.happened), what="the other lamp")
    await engine.desk.submit(HALL, lamp.Switch(on=False), actor=ADA)
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    await until(lambda: sum(isinstance(one.event, lamp.LampLit) for one in seen.happened) == 2, what="this one")


@pytest.mark.parametrize("part", ["want", "deadline"])
async def test_a_noun_that_breaks_stops_only_its_stream(start: Start, part: str) -> None:
    """Its wishes are noted as broken; the follower goes on."""

    def defect(state: lamp.State, now: object = None) -> Any:
        if state.wanted:
            raise KeyError(part)
        return () if part == "want" else None

    changed: dict[str, Any] = {part: defect}
    noun = replace(lamp.NOUN, **changed)
    seen = Seen()
    engine = await start(nouns=(noun,), views=(seen,))
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    assert (await recorded(seen))[0].part == "wishes of lamp/hall"
    assert await engine.desk.submit(ATTIC, lamp.Switch(on=True), actor=ADA)


async def undecodable(folder: Path) -> None:
    """A ledger with an entry whose data is not what its type says."""
    ledger = await open_ledger(f"sqlite:///{folder / 'ledger.db'}")
    codec = Codec(lamp.EVENTS)
    good, bad = switched(codec, ATTIC, 0, on=True), switched(codec, HALL, 0, on=True)
    await ledger.append([replace(bad, data=b'{"on": "\\ud800"}'), good])
    await ledger.close()


async def test_an_entry_that_cannot_be_decoded_sets_its_stream_aside_at_a_start(start: Start, tmp_path: Path) -> None:
    """Nothing is decided about the stream; the others are served."""
    await undecodable(tmp_path)
    seen = Seen()
    engine = await start(views=(seen,), performers={lamp.Light: light})
    assert parts(engine) == [("stream lamp/hall", 1, True)]
    await until(lambda: any(isinstance(one.event, lamp.LampLit) for one in seen.happened), what="the other lamp")
    with pytest.raises(PortError, match=r"lamp/hall cannot be read from entry 1 on.*healthz"):
        await engine.desk.submit(HALL, lamp.Switch(on=False), actor=ADA)


async def test_an_entry_that_cannot_be_decoded_does_not_stop_the_follower(start: Start, tmp_path: Path) -> None:
    """It was written by another process while this one runs."""
    seen = Seen()
    engine = await start(views=(seen,), performers={lamp.Light: light})
    await undecodable(tmp_path)
    await until(lambda: any(isinstance(one.event, lamp.LampLit) for one in seen.happened), what="the other lamp")
    assert parts(engine) == [("stream lamp/hall", 1, True)]
    async for happened in engine.follow(0):
        assert happened.stream == ATTIC
        break


async def test_who_waits_for_the_views_does_not_wait_for_ever(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when nothing moves them."""
    monkeypatch.setattr(engine_views, "LONGEST_WAIT_S", 0.01)
    engine = await start()
    async with asyncio.timeout(5):
        await engine.views.reach(99)


async def test_a_part_that_ends_is_begun_again(start: Start) -> None:
    """Whatever ended it is noted."""
    engine = await start()
    tries: list[int] = []

    async def work() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise KeyError("part")

    position: Callable[[], int] = lambda: 7  # noqa: E731
    await engine.health.supervise("part", work, position)
    assert parts(engine) == [("part", 7, False)]
    assert len(tries) == 3
