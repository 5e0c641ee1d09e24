"""Read models: folds of the ledger that answer a person's question, and how far they have read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from andon.engine.health import Health
from andon.kernel.envelope import Envelope

log = structlog.get_logger()

LONGEST_WAIT_S = 30.0  #: for views to see an entry


class View(Protocol):
    """Folds events into answers. Must be quick: it is asked about every event there ever was."""

    def apply(self, happened: Envelope[object]) -> None: ...


class Views:
    """All views, in step: an event is in every one of them or in none. One that raises is set aside."""

    def __init__(self, views: Sequence[View], health: Health) -> None:
        self._views = tuple(views)
        self._aside: list[View] = []
        self._health = health
        self._reached = 0
        self._moved = asyncio.Condition()

    @property
    def position(self) -> int:
        """The last ledger position that every view has seen."""
        return self._reached

    def is_aside(self, view: View) -> bool:
        """Did it break, so that it knows nothing of what happened since?"""
        return any(one is view for one in self._aside)

    def replay(self, happened: Envelope[object]) -> None:
        """Fold one event, before anybody waits."""
        for view in self._views:
            try:
                view.apply(happened)
            except Exception as error:  # noqa: BLE001  (one view's fault must not stop the others)
                self._set_aside(view, happened, error)
        self._reached = happened.position

    async def apply(self, batch: Sequence[Envelope[object]], position: int) -> None:
        """Fold events, the last of which is at most the position, and wake those who wait for it."""
        for happened in batch:
            self.replay(happened)
        self._reached = max(self._reached, position)
        async with self._moved:
            self._moved.notify_all()

    async def reach(self, position: int) -> None:
        """Wait until every view has seen this position; not for ever when something keeps them from it."""
        if self._reached >= position:
            return
        try:
            async with asyncio.timeout(LONGEST_WAIT_S), self._moved:
                await self._moved.wait_for(lambda: self._reached >= position)
        except TimeoutError:
            log.error("views are behind", reached=self._reached, wanted=position)

    def _set_aside(self, view: View, happened: Envelope[object], error: Exception) -> None:
        self._views = tuple(one for one in self._views if one is not view)
        self._aside.append(view)
        self._health.note(f"view {type(view).__name__}", error, position=happened.position, stands_still=True)
