"""What a new line.toml causes: changed services are deployed again, told until each has its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from andon.kernel.envelope import Envelope
from andon.kernel.refusal import CommandRefused
from andon.tools.delivery.condition import cut_off_sentence
from andon.tools.delivery.events import PromotionFailed, PromotionId, PromotionRequested, PromotionVerified
from andon.web.advice import addressed

TOLD_FOR = timedelta(minutes=3)  #: of waiting, before the pusher is sent to the board


class Followed(Protocol):
    """The engine, as a story follows it."""

    async def reacted(self, position: int) -> int:
        """Wait until everything that follows from an entry is in the ledger; the position that views have then seen."""
        ...

    def follow(self, after: int) -> Any:
        """Every event after a position, those to come as well."""
        ...


@dataclass(slots=True, kw_only=True)
class Consequences:
    """The promotions that one event caused."""

    cause: Envelope[Any]
    #: the reader's
    permissions: frozenset[str] = frozenset()
    #: those without a verdict
    waiting: set[PromotionId] = field(default_factory=set)

    def tell(self, happened: Envelope[Any]) -> tuple[str, ...]:
        """The lines that follow from an event; nothing when it is about something else."""
        match happened.event:
            case PromotionRequested() as event if happened.cause == self.cause.id:
                self.waiting.add(event.promotion)
                return (f"  … {event.environment}: {event.service} {event.version} is deployed again: {event.why}",)
            case CommandRefused() as event if happened.cause == self.cause.id:
                return (
                    f"  ✗ refused by {event.rule}: {event.reason}",
                    f"    {addressed(event.remedy, self.permissions)}",
                )
            case PromotionVerified() as event if event.promotion in self.waiting:
                self.waiting.discard(event.promotion)
                head = f"  ✓ {event.environment}: {event.service} {event.version} serves as line.toml says now"
                warning = cut_off_sentence(event)
                return (head, f"    ! {warning}") if warning else (head,)
            case PromotionFailed() as event if event.promotion in self.waiting:
                self.waiting.discard(event.promotion)
                reason = event.reason.splitlines() or [""]
                head = f"  ✗ {event.environment}: {event.service} {event.version} failed at {event.phase}: {reason[0]}"
                return (head, *(f"      {line}" for line in reason[1:]))
        return ()


async def told(
    engine: Followed, cause: Envelope[Any], permissions: frozenset[str], within: timedelta = TOLD_FOR
) -> AsyncIterator[str]:
    """The lines, until every promotion has its verdict or the time is over."""
    consequences = Consequences(cause=cause, permissions=permissions)
    head = await engine.reacted(cause.position)
    seen = cause.position
    ends = asyncio.get_running_loop().time() + within.total_seconds()
    async with aclosing(engine.follow(cause.position)) as events:
        while seen < head or consequences.waiting:
            left = ends - asyncio.get_running_loop().time()
            try:
                happened = await asyncio.wait_for(anext(events), left)
            except (TimeoutError, StopAsyncIteration):
                yield "  … still going on: andon status"
                return
            seen = happened.position
            for line in consequences.tell(happened):
                yield line
