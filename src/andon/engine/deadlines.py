"""Deadlines: wakes the loop for the streams whose time has come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from andon.engine.clock import Clock
from andon.kernel.ids import StreamId

#: the longest sleep, so that a clock that was set forward is noticed, in seconds
LONGEST_SLEEP_S = 5.0
#: for reports of what happened while nobody was there
AFTER_BEGIN = timedelta(seconds=10)


class Deadlines:
    """The next moment of each stream."""

    def __init__(self, clock: Clock, due: Callable[[StreamId], None]) -> None:
        self._clock = clock
        self._due = due
        self._when: dict[StreamId, datetime] = {}
        self._changed = asyncio.Event()
        self._began: datetime | None = None

    def begin(self) -> None:
        """From now on somebody listens. Deadlines that passed before wait a little: reports of that time come first."""
        self._began = self._clock.now()

    def set(self, stream: StreamId, when: datetime | None) -> None:
        """Remember, move or drop the stream's deadline."""
        if when is None:
            self._when.pop(stream, None)
            return
        if self._began and when <= self._began:
            when = self._began + AFTER_BEGIN
        if self._when.get(stream) == when:
            return
        sooner = not self._when or when < min(self._when.values())
        self._when[stream] = when
        if sooner:
            self._changed.set()

    async def watch(self) -> None:
        """Call `due` for each stream whose deadline is over; runs until cancelled."""
        while True:
            self._changed.clear()
            now = self._clock.now()
            for stream in [s for s, when in self._when.items() if when <= now]:
                del self._when[stream]
                self._due(stream)
            await self._sleep(now)

    async def _sleep(self, now: datetime) -> None:
        soonest = min(self._when.values(), default=None)
        pause = LONGEST_SLEEP_S if soonest is None else (soonest - now).total_seconds()
        try:
            async with asyncio.timeout(max(0.001, min(pause, LONGEST_SLEEP_S))):
                await self._changed.wait()
        except TimeoutError:
            return
