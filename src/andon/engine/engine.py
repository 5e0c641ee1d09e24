"""The engine: replays the ledger, then keeps views, loop and flow in step with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from andon.engine.clock import Clock, SystemClock
from andon.engine.codec import Codec, Undecodable, UnknownEvent
from andon.engine.desk import Desk, Judge
from andon.engine.dispatch import Dispatcher, LocalDispatcher, Performer
from andon.engine.flow import FlowRunner, React
from andon.engine.health import Fault, Health
from andon.engine.loop import FIRST_PAUSE_S, LONGEST_PAUSE_S, Loop
from andon.engine.streams import Streams
from andon.engine.views import LONGEST_WAIT_S, View, Views
from andon.kernel.decider import Noun
from andon.kernel.envelope import Entry, Envelope
from andon.kernel.errors import PortError
from andon.kernel.ids import ENGINE as ENGINE_ACTOR
from andon.kernel.ids import EventId
from andon.kernel.order import Order
from andon.kernel.part_failed import ENGINE_STREAM, RecordPartFailed
from andon.kernel.part_failed import NOUN as ENGINE
from andon.ledger.ledger import Ledger

log = structlog.get_logger()

PAGE = 5000  #: entries replayed at a time
REST_S = 0.1  #: quiet time after which the flow's position is stored


def allow_all(order: Order, state: Any, now: Any) -> None:
    """The judge of a house without rules."""


def no_reaction(happened: Envelope[Any]) -> Sequence[Order]:
    """The flow of a tool that runs alone."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an engine is made of; wiring fills it in."""

    ledger: Ledger
    codec: Codec
    nouns: Sequence[Noun[Any]]
    new_id: Callable[[], EventId]
    views: Sequence[View] = ()
    performers: Mapping[type, Performer] = field(default_factory=dict)
    #: how many effects of a lane may be under way at once
    lanes: Mapping[str, int] = field(default_factory=dict)
    judge: Judge = allow_all
    react: React = no_reaction
    clock: Clock = field(default_factory=SystemClock)
    #: takes secrets out of what is said of broken parts
    mask: Callable[[str], str] = str
    #: replaces the local dispatcher where workers run elsewhere
    dispatcher: Dispatcher | None = None


class Engine:
    """One running engine. `start`, then `desk`; `stop` leaves the world running."""

    def __init__(self, parts: Parts) -> None:
        self._ledger = parts.ledger
        self._codec = parts.codec
        self.health = Health(parts.clock, parts.mask)
        self._streams = Streams(parts.ledger, parts.codec, (*parts.nouns, ENGINE), self.health)
        self.views = Views(parts.views, self.health)
        self.desk = Desk(
            ledger=parts.ledger,
            codec=parts.codec,
            streams=self._streams,
            views=self.views,
            clock=parts.clock,
            new_id=parts.new_id,
            judge=parts.judge,
        )
        dispatcher = parts.dispatcher or LocalDispatcher(parts.performers, parts.lanes)
        self.loop = Loop(
            desk=self.desk, streams=self._streams, dispatcher=dispatcher, clock=parts.clock, health=self.health
        )
        self._flow = FlowRunner(desk=self.desk, ledger=parts.ledger, react=parts.react, health=self.health)
        self._to_react: asyncio.Queue[Envelope[Any]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._records: set[asyncio.Task[None]] = set()
        self.health.tell(self._record_soon)

    async def start(self) -> None:
        """Replay everything, then follow, react, and do what is wanted."""
        after = await self._flow.start()
        async for happened in self._history():
            self._streams.replay(happened)
            self.views.replay(happened)
            if happened.position > after:
                self._to_react.put_nowait(happened)
        self._streams.let_all_go()
        works = {"follow": self._follow, "react": self._react, "deadlines": self.loop.deadlines.watch}
        self._tasks = [
            asyncio.create_task(self.health.supervise(name, work, lambda: self.views.position), name=name)
            for name, work in works.items()
        ]
        self.loop.deadlines.begin()
        for stream in self._streams.open_streams():
            self.loop.look(stream)

    async def stop(self) -> None:
        """Stop watching. Builds and services go on; the next start finds them by their keys."""
        tasks = (*self._tasks, *self._records)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.loop.close()

    async def _history(self) -> AsyncIterator[Envelope[Any]]:
        """Every event so far, decoded, in order. Errors: UnknownEvent when a newer version wrote one."""
        after = 0
        while page := await self._ledger.read(after=after, limit=PAGE):
            for entry in page:
                self._codec.require_known(entry)
                for happened in self._decoded(entry):
                    yield happened
            after = page[-1].position

    def _decoded(self, entry: Entry) -> tuple[Envelope[Any], ...]:
        """The entry's event; nothing when it cannot be decoded, and then its stream is set aside."""
        try:
            return (self._codec.decode(entry),)
        except (UnknownEvent, Undecodable) as error:
            self._streams.set_aside(entry.stream, entry.position, error)
            return ()

    async def follow(self, after: int) -> AsyncGenerator[Envelope[Any], None]:
        """Every event after a position, those to come as well, once every view has seen it; ends with the ledger."""
        async for batch in self._ledger.follow(after):
            await self.views.reach(batch[-1].position)
            for entry in batch:
                for happened in self._decoded(entry):
                    yield happened

    async def reacted(self, position: int) -> int:
        """Wait until what follows from an entry is in the ledger, not for ever; the position that views have seen."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT_S):
                await self._flow.reach(position)
        return self.views.position

    async def _follow(self) -> None:
        async for batch in self._ledger.follow(self.views.position):
            happened = tuple(one for entry in batch for one in self._decoded(entry))
            for one in happened:
                self._streams.advance(one.stream, one)
            await self.views.apply(happened, batch[-1].position)
            for one in happened:
                self._to_react.put_nowait(one)
            self._look_at(happened)

    def _look_at(self, happened: Iterable[Envelope[Any]]) -> None:
        for stream in dict.fromkeys(one.stream for one in happened):
            self.loop.look(stream)

    async def _react(self) -> None:
        while True:
            await self._take(await self._next())

    async def _next(self) -> Envelope[Any]:
        """The next event; when there is none for a while, how far the flow got is stored first."""
        try:
            async with asyncio.timeout(REST_S):
                return await self._to_react.get()
        except TimeoutError:
            pass
        try:
            await self._flow.rest()
        except PortError as error:
            log.warning("the flow's position was not stored", error=str(error))  # the next one is
        return await self._to_react.get()

    async def _take(self, happened: Envelope[Any]) -> None:
        """React to the event, however long the ledger cannot be written: what follows from it must not be lost."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                return await self._flow.take(happened)
            except PortError as error:
                log.warning("the flow waits for the ledger", position=happened.position, error=str(error))
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE_S, 2 * pause)

    def _record_soon(self, fault: Fault) -> None:
        """Not at once: what broke may be what the record waits for."""
        task = asyncio.create_task(self._record(fault))
        self._records.add(task)
        task.add_done_callback(self._records.discard)

    async def _record(self, fault: Fault) -> None:
        command = RecordPartFailed(part=fault.part, position=fault.position, reason=fault.reason)
        try:
            await self.desk.submit(ENGINE_STREAM, command, actor=ENGINE_ACTOR)
        except Exception as error:  # noqa: BLE001  (the ledger may be what is broken; health has it)
            log.error("a fault was not recorded", part=fault.part, error=str(error))
