"""Read models: folds of the ledger that answer a person's question, and how far they have read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from andon.kernel.envelope import Envelope


class View(Protocol):
    """Folds events into answers. Must be quick and must not fail: it is asked about every event there ever was."""

    def apply(self, happened: Envelope[object]) -> None: ...


class Views:
    """All views, in step: an event is in every one of them or in none."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = tuple(views)
        self._reached = 0
        self._moved = asyncio.Condition()

    @property
    def position(self) -> int:
        """The last ledger position that every view has seen."""
        return self._reached

    def replay(self, happened: Envelope[object]) -> None:
        """Fold one event, before anybody waits."""
        for view in self._views:
            view.apply(happened)
        self._reached = happened.position

    async def apply(self, batch: Sequence[Envelope[object]]) -> None:
        """Fold events and wake those who wait for them."""
        for happened in batch:
            self.replay(happened)
        async with self._moved:
            self._moved.notify_all()

    async def reach(self, position: int) -> None:
        """Wait until every view has seen this position."""
        if self._reached >= position:
            return
        async with self._moved:
            await self._moved.wait_for(lambda: self._reached >= position)
