"""How promotions ended, for those who wait for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from andon.kernel.envelope import Envelope
from andon.tools.delivery.model.promotion import PromotionId
from andon.tools.delivery.model.rollout import PromotionFailed, PromotionVerified


class Verdicts:
    """Tells those who wait how a promotion ended."""

    def __init__(self) -> None:
        self._given: dict[PromotionId, PromotionVerified | PromotionFailed] = {}
        self._waiting: dict[PromotionId, asyncio.Event] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case PromotionVerified() | PromotionFailed() as verdict:
                self._given[verdict.promotion] = verdict
                waiting = self._waiting.pop(verdict.promotion, None)
                if waiting:
                    waiting.set()
            case _:
                return

    async def of(self, promotion: PromotionId, within: timedelta) -> PromotionVerified | PromotionFailed | None:
        """The verdict; None when there is none within the time."""
        if promotion not in self._given and within:
            waiting = self._waiting.setdefault(promotion, asyncio.Event())
            try:
                async with asyncio.timeout(within.total_seconds()):
                    await waiting.wait()
            except TimeoutError:
                return None
        return self._given.get(promotion)
