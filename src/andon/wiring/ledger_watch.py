"""Keeps beside the data how far the ledger went, and a signed head of it every hour; checks both at the start."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import structlog

from andon.engine.codec import Codec
from andon.kernel.envelope import Draft
from andon.kernel.errors import AndonError
from andon.kernel.ids import ENGINE, NO_CHAIN, RunNumber, stream
from andon.ledger.high_water import HighWater, HighWaterFile, difference, older_ledger
from andon.ledger.proof import LedgerProver
from andon.tools.pipelines.events import RunNumbersReserved
from andon.wiring.engine import new_id

log = structlog.get_logger()

EVERY_S = 1.0  #: the highest position is written
TIME_EVERY = timedelta(minutes=1)  #: the latest time is, where the ledger does not grow
SIGNED_EVERY = timedelta(hours=1)
_RESERVED = stream("requests", "run-numbers")


@dataclass(kw_only=True, slots=True)
class LedgerWatch:
    """One for a server."""

    prover: LedgerProver
    kept: HighWaterFile
    codec: Codec
    #: position of the last entry that every view has seen, and the highest run number until there
    reached: Callable[[], tuple[int, RunNumber]]
    #: the latest time that was seen, this one included: what was over by then is over after a restart too
    latest: Callable[[datetime], datetime]
    _seen: HighWater = field(default_factory=HighWater)
    _signed_at: datetime | None = None
    _task: asyncio.Task[None] | None = None

    async def check(self, *, accept_older: bool) -> None:
        """Before anything is done: is this the ledger that this data folder knows? Errors: PortError when it is not."""
        self._seen = await asyncio.to_thread(self.kept.read)
        if self._seen.latest:
            self.latest(self._seen.latest)
        words = await difference(self.prover.ledger, self._seen)
        if words and not accept_older:
            raise older_ledger(words)
        if words:
            log.warning("an older ledger was accepted", what=words)
            await asyncio.to_thread(self.prover.heads.set_aside, self._seen.position)
            await self._reserve()

    async def _reserve(self) -> None:
        """No number that a run of the lost ledger had is given again. Errors: PortError."""
        before = await self.prover.ledger.read(stream=_RESERVED)
        name, schema, data = self.codec.encode(RunNumbersReserved(up_to=RunNumber(self._seen.last_run)))
        draft = Draft(
            id=new_id(),
            stream=_RESERVED,
            expected=len(before),
            type=name,
            schema=schema,
            at=self.prover.now(),
            actor=ENGINE,
            cause=None,
            chain=NO_CHAIN,
            data=data,
        )
        await self.prover.ledger.append([draft])

    def begin(self) -> None:
        """Watch, until it is stopped."""
        self._task = asyncio.create_task(self._watch(), name="ledger watch")

    async def stop(self) -> None:
        """Keep what was reached at the end."""
        if self._task is None:
            return
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self._look(every=timedelta(0))

    async def _watch(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(EVERY_S)

    async def _look(self, every: timedelta = TIME_EVERY) -> None:
        try:
            await self._keep(every)
        except (OSError, AndonError) as error:
            log.warning("how far the ledger went was not kept", error=str(error))  # the next second it is

    async def _keep(self, every: timedelta) -> None:
        now = self.prover.now()
        seen = await self._as_it_is(self.latest(now), every)
        if seen != self._seen:
            await asyncio.to_thread(self.kept.write, seen)
            self._seen = seen
        if self._seen.position and (self._signed_at is None or now - self._signed_at >= SIGNED_EVERY):
            await asyncio.to_thread(self.prover.heads.append, await self.prover.sign())
            self._signed_at = now

    async def _as_it_is(self, latest: datetime, every: timedelta) -> HighWater:
        position, last_run = self.reached()
        if position and position != self._seen.position:
            entry = (await self.prover.ledger.read(after=position - 1, limit=1))[0]
            run = max(last_run, self._seen.last_run)
            return HighWater(position=position, hash=entry.hash, last_run=run, latest=latest)
        if self._seen.latest is None or latest - self._seen.latest >= every:
            return msgspec.structs.replace(self._seen, latest=latest)
        return self._seen
