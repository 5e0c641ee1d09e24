"""The loop: asks every open stream what it wants, gets that done, and reports what came of it.

Level-triggered: it keeps nothing that could be lost. After a crash the streams are folded, asked, and served again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog

from andon.engine.clock import Clock
from andon.engine.deadlines import Deadlines
from andon.engine.desk import Desk
from andon.engine.dispatch import Dispatcher
from andon.engine.health import Health
from andon.engine.streams import Streams
from andon.kernel.decider import Command, Effect
from andon.kernel.errors import AndonError, PortError, Refused
from andon.kernel.ids import ENGINE, ChainId, EffectKey, EventId, StreamId

log = structlog.get_logger()

FIRST_PAUSE_S = 0.05  #: before an effect that is still wanted is tried again
LONGEST_PAUSE_S = 5.0


@dataclass(slots=True)
class _UnderWay:
    """One effect that is being done."""

    effect: Effect[Any]
    cause: EventId | None
    chain: ChainId
    task: asyncio.Task[None] | None = None
    #: reports on their way to the desk; an effect is not cut off in the middle of one
    telling: int = 0


class Loop:
    """Makes the world match what the nouns want."""

    def __init__(self, *, desk: Desk, streams: Streams, dispatcher: Dispatcher, clock: Clock, health: Health) -> None:
        self._desk = desk
        self._streams = streams
        self._dispatcher = dispatcher
        self._clock = clock
        self._health = health
        #: effects whose failure could not even be reported, with how far their stream then was
        self._aside: dict[tuple[StreamId, EffectKey], int] = {}
        self._under_way: dict[tuple[StreamId, EffectKey], _UnderWay] = {}
        self._by_stream: dict[StreamId, set[EffectKey]] = {}
        self._tries: dict[tuple[StreamId, EffectKey], int] = {}
        self._chores: set[asyncio.Task[None]] = set()
        self._open = True
        self.deadlines = Deadlines(clock, self._due)

    @property
    def busy(self) -> int:
        """How many effects are under way."""
        return len(self._under_way)

    def look(self, stream: StreamId) -> None:
        """Ask the stream what it wants; start what is not under way, leave what is no longer wanted."""
        try:
            self._look(stream)
        except Exception as error:  # noqa: BLE001  (one stream's fault must not stop the others)
            self._note(f"wishes of {stream}", error)

    def _look(self, stream: StreamId) -> None:
        folded = self._streams.peek(stream)
        if folded is None or not self._open:
            return
        noun = self._streams.noun(stream)
        wanted = {effect.key: effect for effect in noun.want(folded.state, self._clock.now())}
        for key in self._by_stream.get(stream, set()) - wanted.keys():
            self._leave(stream, key)
        for key, effect in wanted.items():
            if (stream, key) not in self._under_way and self._aside.get((stream, key)) != folded.sequence:
                self._start(stream, key, _UnderWay(effect=effect, cause=folded.last, chain=folded.chain))
        self.deadlines.set(stream, noun.deadline(folded.state))
        if not wanted and stream not in self._by_stream:
            self._streams.let_go(stream)

    async def close(self) -> None:
        """Stop watching everything; what runs in the world goes on."""
        self._open = False
        tasks = [one.task for one in self._under_way.values() if one.task] + list(self._chores)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, stream: StreamId, key: EffectKey, one: _UnderWay) -> None:
        self._under_way[stream, key] = one
        self._by_stream.setdefault(stream, set()).add(key)
        one.task = asyncio.create_task(self._do_or_note(stream, key, one), name=f"{stream}:{key}")

    def _leave(self, stream: StreamId, key: EffectKey) -> None:
        one = self._under_way[stream, key]
        if one.task and not one.telling:
            one.task.cancel()

    async def _do_or_note(self, stream: StreamId, key: EffectKey, one: _UnderWay) -> None:
        try:
            self._aside.pop((stream, key), None)
            await self._do(stream, key, one)
        except Exception as error:  # noqa: BLE001  (one effect's fault must not stop the others)
            self._aside[stream, key] = self._sequence(stream)
            self._note(f"effect {key} of {stream}", error)

    def _note(self, part: str, error: Exception) -> None:
        self._health.note(part, error, position=self._desk.position, stands_still=False)

    async def _do(self, stream: StreamId, key: EffectKey, one: _UnderWay) -> None:
        pause = 0.0
        try:
            before = self._sequence(stream)
            failure = await self._try(stream, one)
            if failure is not None:
                await self._tell_failure(stream, one, failure)
            pause = self._pause(stream, key, progressed=self._sequence(stream) != before)
        finally:
            self._ended(stream, key)
        if pause:
            self._later(stream, pause)
        else:
            self.look(stream)

    async def _try(self, stream: StreamId, one: _UnderWay) -> str | None:
        """Do the effect once; the reason when the world failed for good."""

        async def tell(report: Command[Any]) -> None:
            await self._tell(stream, one, report)

        try:
            await self._dispatcher.perform(one.effect, tell)
        except PortError as error:
            log.warning("effect failed", stream=stream, key=one.effect.key, error=str(error), permanent=error.permanent)
            return str(error) if error.permanent else None
        except AndonError as error:
            return str(error)
        except Exception as error:
            log.error("effect broke", stream=stream, key=one.effect.key, exc_info=error)
            return f"{type(error).__name__}: {error}"
        return None

    async def _tell(self, stream: StreamId, one: _UnderWay, report: Command[Any]) -> None:
        one.telling += 1
        try:
            await self._desk.submit(stream, report, actor=ENGINE, cause=one.cause, chain=one.chain)
        except Refused as refusal:
            log.info("report refused", stream=stream, key=one.effect.key, rule=refusal.rule)
        finally:
            one.telling -= 1
        self.look(stream)  # its own report may have made the effect needless, and it was not cut off in the middle

    async def _tell_failure(self, stream: StreamId, one: _UnderWay, reason: str) -> None:
        """Report it; when the ledger cannot be written the effect is tried again instead."""
        try:
            await self._tell(stream, one, one.effect.failed(reason))
        except PortError as error:
            log.warning("failure not reported", stream=stream, key=one.effect.key, error=str(error))

    def _sequence(self, stream: StreamId) -> int:
        folded = self._streams.peek(stream)
        return folded.sequence if folded else -1

    def _pause(self, stream: StreamId, key: EffectKey, *, progressed: bool) -> float:
        if progressed:
            self._tries.pop((stream, key), None)
            return 0.0
        tries = self._tries[stream, key] = self._tries.get((stream, key), 0) + 1
        return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(tries, 10)))

    def _ended(self, stream: StreamId, key: EffectKey) -> None:
        del self._under_way[stream, key]
        self._by_stream[stream].discard(key)
        if not self._by_stream[stream]:
            del self._by_stream[stream]

    def _due(self, stream: StreamId) -> None:
        tick = self._streams.noun(stream).tick
        if tick is not None:
            self._chore(self._submit_tick(stream, tick))

    async def _submit_tick(self, stream: StreamId, tick: Command[Any]) -> None:
        try:
            folded = await self._streams.load(stream)
            await self._desk.submit(stream, tick, actor=ENGINE, cause=folded.last, chain=folded.chain)
        except Refused as refusal:
            log.info("tick refused", stream=stream, rule=refusal.rule)
        except PortError as error:
            log.warning("deadline not recorded", stream=stream, error=str(error))
            self._later(stream, LONGEST_PAUSE_S)  # looking sets the deadline again, which is over
            return
        self.look(stream)

    def _later(self, stream: StreamId, pause_s: float) -> None:
        async def wait_and_look() -> None:
            await asyncio.sleep(pause_s)
            self.look(stream)

        self._chore(wait_and_look())

    def _chore(self, work: Any) -> None:
        if not self._open:
            work.close()
            return
        task: asyncio.Task[None] = asyncio.create_task(self._done(work))
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    async def _done(self, work: Any) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  (one chore's fault must not stop the others)
            self._note("deadlines", error)
