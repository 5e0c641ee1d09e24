"""The engine, with real time and a real ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from andon.engine.codec import Codec
from andon.engine.dispatch import Tell
from andon.kernel.envelope import Draft, Entry, Envelope
from andon.kernel.errors import PortError, Refused
from andon.kernel.ids import FLOW, NO_CHAIN, Actor, EventId, StreamId
from andon.kernel.masks import Masks
from andon.kernel.order import Order
from andon.kernel.refusal import CommandRefused
from andon.ledger.chain import NOTHING_BEFORE
from andon.ledger.ledger import NO_CURSORS, Ledger
from andon.ledger.opening import open_ledger
from andon.ledger.rows import seal
from andon.testing.waiting import until

from . import lamp
from .conftest import Start, running

pytestmark = pytest.mark.anyio

HALL = StreamId("lamp/hall")
ADA = Actor("ada")


async def light(effect: lamp.Light, tell: Tell) -> None:
    await tell(lamp.ReportLit())


class Seen:
    """A view that remembers everything."""

    def __init__(self) -> None:
        self.happened: list[Envelope[Any]] = []

    def apply(self, happened: Envelope[Any]) -> None:
        self.happened.append(happened)


async def test_an_order_leads_to_the_event_the_effect_and_its_report(start: Start) -> None:
    """A switch is recorded, the lamp is lit in the world, and that is recorded with its cause."""
    seen = Seen()
    engine = await start(performers={lamp.Light: light}, views=(seen,))
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    await until(lambda: len(seen.happened) == 2, what="two events")
    switched, lit = seen.happened
    assert [type(e.event) for e in seen.happened] == [lamp.LampSwitched, lamp.LampLit]
    assert (switched.actor, lit.actor, lit.cause) == (ADA, "andon/engine", switched.id)


async def test_views_have_seen_what_submit_returns(start: Start) -> None:
    """Whoever has submitted reads their own write."""
    seen = Seen()
    engine = await start(performers={lamp.Light: light}, views=(seen,))
    happened = await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    assert seen.happened[0] == happened[0]


async def test_a_command_with_nothing_to_do_appends_nothing(start: Start) -> None:
    """The same switch twice is one event."""
    engine = await start(performers={lamp.Light: light})
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    assert await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA) == ()


async def test_a_refusal_is_raised_and_recorded(start: Start) -> None:
    """A no is history: the rule, the reason, the remedy, and who asked."""
    seen = Seen()
    engine = await start(views=(seen,))
    await engine.desk.submit(HALL, lamp.ReportBroken(reason="old"), actor=ADA)
    with pytest.raises(Refused, match="broken-lamp"):
        await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    last = seen.happened[-1]
    assert last.actor == ADA
    assert last.event == CommandRefused(
        command="switch", rule="broken-lamp", reason="The lamp is broken.", remedy="Buy another."
    )


async def test_rules_judge_before_the_noun_decides(start: Start) -> None:
    """A judge's refusal stops the command."""

    def judge(order: Order, state: object, now: datetime) -> None:
        raise Refused("dark-hours", "It is night.", "Wait for the morning.")

    engine = await start(judge=judge)
    with pytest.raises(Refused, match="dark-hours"):
        await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    assert await engine.desk.load(HALL) == lamp.State()


async def test_what_is_wanted_is_done_after_a_restart(start: Start, tmp_path: Path) -> None:
    """An effect that was lost with the process is done by the next one."""

    async def hang(effect: lamp.Light, tell: Tell) -> None:
        await asyncio.Event().wait()

    async with running(tmp_path, performers={lamp.Light: hang}) as first:
        await first.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    second = await start(performers={lamp.Light: light})

    async def lit() -> bool:
        return bool((await second.desk.load(HALL)).lit)

    await until(lit, what="a lit lamp")


async def test_a_passing_failure_is_tried_again(start: Start) -> None:
    """A port that fails twice is asked a third time."""
    tries = 0

    async def flicker(effect: lamp.Light, tell: Tell) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise PortError("no current")
        await tell(lamp.ReportLit())

    engine = await start(performers={lamp.Light: flicker})
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)

    async def lit() -> bool:
        return bool((await engine.desk.load(HALL)).lit)

    await until(lit, what="a lit lamp")
    assert tries == 3


async def test_a_lasting_failure_becomes_a_report(start: Start) -> None:
    """A port that says it will never work is believed, and the noun is told why."""

    async def fuse(effect: lamp.Light, tell: Tell) -> None:
        raise PortError("the fuse is gone", permanent=True)

    engine = await start(performers={lamp.Light: fuse})
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)

    async def broken() -> str:
        return str((await engine.desk.load(HALL)).broken)

    assert await until(broken, what="a report") == "the fuse is gone"


async def test_a_defect_in_a_performer_becomes_a_report(start: Start) -> None:
    """An exception nobody thought of ends as a report too, never as silence."""

    async def defect(effect: lamp.Light, tell: Tell) -> None:
        raise KeyError("socket")

    engine = await start(performers={lamp.Light: defect})
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)

    async def broken() -> str:
        return str((await engine.desk.load(HALL)).broken)

    assert await until(broken, what="a report") == "KeyError: 'socket'"


async def test_what_is_no_longer_wanted_is_left(start: Start) -> None:
    """Switching off stops the watching."""
    left = asyncio.Event()

    async def hang(effect: lamp.Light, tell: Tell) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    engine = await start(performers={lamp.Light: hang})
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    await until(lambda: engine.loop.busy, what="the effect to be under way")
    await engine.desk.submit(HALL, lamp.Switch(on=False), actor=ADA)
    await until(left.is_set, what="the effect to be left")


async def test_an_effect_that_its_own_report_made_needless_is_left(start: Start) -> None:
    """Who watches on after the last word is told to go, although nothing else happens."""
    left = asyncio.Event()

    async def light_and_watch(effect: lamp.Light, tell: Tell) -> None:
        await tell(lamp.ReportLit())
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    engine = await start(performers={lamp.Light: light_and_watch})
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    await until(left.is_set, what="the effect to be left")


async def test_a_lane_limits_what_is_under_way(start: Start) -> None:
    """Two lamps and one ladder: the second waits."""
    up = 0
    most = 0
    gate = asyncio.Event()

    async def climb(effect: lamp.Light, tell: Tell) -> None:
        nonlocal up, most
        up += 1
        most = max(most, up)
        await gate.wait()
        up -= 1
        await tell(lamp.ReportLit())

    engine = await start(performers={lamp.Light: climb}, lanes={"ladder": 1})
    for room in ("hall", "attic", "shed"):
        await engine.desk.submit(StreamId(f"lamp/{room}"), lamp.Switch(on=True), actor=ADA)
    await until(lambda: engine.loop.busy == 3, what="three effects")
    gate.set()
    await until(lambda: engine.loop.busy == 0, what="all lit")
    assert most == 1


class MovableClock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead  # noqa: TID251  (a test's clock)


async def test_a_deadline_ends_what_never_reports(start: Start) -> None:
    """Absence of failure is not success: after its deadline the noun is asked to tick."""

    async def hang(effect: lamp.Light, tell: Tell) -> None:
        await asyncio.Event().wait()

    clock = MovableClock()
    engine = await start(performers={lamp.Light: hang}, clock=clock)
    clock.ahead = timedelta(seconds=-59.9)
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    clock.ahead = timedelta(seconds=1)

    async def broken() -> str:
        return str((await engine.desk.load(HALL)).broken)

    assert await until(broken, within=timedelta(seconds=10), what="the deadline") == "too late"


async def test_flow_answers_each_event_once_across_restarts(tmp_path: Path) -> None:
    """The flow's position is stored with its output: a restart repeats nothing and skips nothing."""

    def react(happened: Envelope[Any]) -> tuple[Order, ...]:
        if isinstance(happened.event, lamp.LampSwitched) and happened.stream == HALL:
            at = StreamId(f"lamp/echo-{happened.position}")
            return (Order(stream=at, command=lamp.Switch(on=True), actor=FLOW, cause=happened.id),)
        return ()

    seen = Seen()
    for turn in range(3):
        async with running(tmp_path, performers={lamp.Light: light}, react=react) as engine:
            await engine.desk.submit(HALL, lamp.Switch(on=turn % 2 == 0), actor=ADA)
    async with running(tmp_path, performers={lamp.Light: light}, react=react, views=(seen,)):

        def echoes() -> list[str]:
            return [e.stream for e in seen.happened if isinstance(e.event, lamp.LampSwitched) and e.stream != HALL]

        await until(lambda: len(echoes()) == 3, what="an echo of each switch")
    assert len(set(echoes())) == 3


class FillingUp:
    """A ledger that refuses the next writes, as on a full disk."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.refuses = 0

    async def append(self, drafts: Sequence[Draft], cursors: Mapping[str, int] = NO_CURSORS) -> tuple[Entry, ...]:
        if self.refuses:
            self.refuses -= 1
            raise PortError("the disk is full")
        return await self._ledger.append(drafts, cursors)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


async def test_a_ledger_that_cannot_be_written_for_a_while_loses_nothing(start: Start, tmp_path: Path) -> None:
    """The flow waits with what follows from an event, an effect is tried again until its failure is reported."""
    refusals, more_refusals = iter((2, 2)), iter((2,))

    async def fuse(effect: lamp.Light, tell: Tell) -> None:
        ledger.refuses = next(refusals, 0)
        raise PortError("the fuse is gone", permanent=True)

    def react(happened: Envelope[Any]) -> tuple[Order, ...]:
        if isinstance(happened.event, lamp.LampBroke) and happened.stream == HALL:
            ledger.refuses = next(more_refusals, 0)
            return (Order(stream=StreamId("lamp/echo"), command=lamp.Switch(on=True), actor=FLOW, cause=happened.id),)
        return ()

    ledger = FillingUp(await open_ledger(f"sqlite:///{tmp_path / 'filling.db'}"))
    engine = await start(ledger=ledger, performers={lamp.Light: fuse}, react=react)
    await engine.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)

    async def broken() -> bool:
        states = [await engine.desk.load(StreamId(f"lamp/{name}")) for name in ("hall", "echo")]
        return all(state.broken == "the fuse is gone" for state in states)

    await until(broken, within=timedelta(seconds=15), what="both reports")
    await engine.stop()
    await ledger.close()


async def test_two_engines_on_one_ledger_agree(start: Start) -> None:
    """What one process appends, another sees; and their orders to one stream do not overwrite each other."""
    one, two = await start(performers={lamp.Light: light}), await start(performers={lamp.Light: light})
    await one.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)

    async def lit() -> bool:
        return bool((await two.desk.load(HALL)).lit)

    await until(lit, what="the other engine to know")
    await two.desk.submit(HALL, lamp.Switch(on=False), actor=ADA)
    await one.desk.submit(HALL, lamp.Switch(on=True), actor=ADA)
    assert (await one.desk.load(HALL)).wanted


def test_an_older_shape_is_brought_up_to_date() -> None:
    """An entry of an earlier version decodes as today's event."""
    codec = Codec((lamp.LampBroke,), {("engine.LampBroke", 1): lambda data: {"reason": data["why"]}})
    draft = Draft(
        id=EventId("e"),
        stream=HALL,
        expected=0,
        type="engine.LampBroke",
        schema=1,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        actor=ADA,
        cause=None,
        chain=NO_CHAIN,
        data=b'{"why":"old"}',
    )
    entry = seal(draft, 1, NOTHING_BEFORE)
    assert codec.decode(entry).event == lamp.LampBroke(reason="old")
    assert codec.encode(lamp.LampBroke(reason="new"))[:2] == ("engine.LampBroke", 2)
    with pytest.raises(Exception, match="does not know"):
        codec.decode(replace(entry, schema=9))


def test_names_that_are_no_utf8_can_be_recorded() -> None:
    """Python keeps their bytes as surrogates, which no JSON holds: one file name must not break an effect."""
    _, _, data = Codec((lamp.LampBroke,)).encode(lamp.LampBroke(reason="x\udcff.xml"))
    assert json.loads(data)["reason"] == "x\N{REPLACEMENT CHARACTER}.xml"


def test_words_of_an_event_are_masked_before_they_are_recorded() -> None:
    """The last line of defence: whatever wrote a secret into a reason, it does not get into the ledger."""
    masks = Masks()
    masks.learn('hunter"22')
    codec = Codec((lamp.LampBroke,), masks=masks)
    data = codec.encode(lamp.LampBroke(reason='cannot sign in with hunter"22'))[2]
    assert data == b'{"reason":"cannot sign in with ***"}'
