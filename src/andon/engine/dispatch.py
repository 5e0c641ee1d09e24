"""Lanes: how many effects of one kind may be under way at once.

The seam to many machines: another Dispatcher hands the effect to a worker elsewhere; nothing else changes, because
effects are keyed and the ledger holds the truth (decision 0005).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from andon.kernel.decider import Command, Effect

#: reports to the effect's own stream
Tell = Callable[[Command[Any]], Awaitable[None]]
#: does one effect in the world and tells what came of it
Performer = Callable[[Any, Tell], Awaitable[None]]


class Dispatcher(Protocol):
    """Gets effects done, somewhere."""

    async def perform(self, effect: Effect[Any], tell: Tell) -> None: ...


class LocalDispatcher:
    """Performs effects in this process."""

    def __init__(self, performers: Mapping[type, Performer], lanes: Mapping[str, int]) -> None:
        self._performers = dict(performers)
        self._lanes = {lane: asyncio.Semaphore(width) for lane, width in lanes.items()}

    async def perform(self, effect: Effect[Any], tell: Tell) -> None:
        performer = self._performers.get(type(effect))
        if performer is None:
            raise LookupError(f"nothing here performs {type(effect).__name__}")
        async with self._place_in(effect.lane):
            await performer(effect, tell)

    @asynccontextmanager
    async def _place_in(self, lane: str) -> AsyncIterator[None]:
        if lane not in self._lanes:
            yield
            return
        async with self._lanes[lane]:
            yield
