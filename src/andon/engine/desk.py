"""The desk: the only way to change anything. It folds the stream, lets the rules judge, decides, and appends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from andon.engine.clock import Clock
from andon.engine.codec import Codec
from andon.engine.streams import Folded, Streams
from andon.engine.views import Views
from andon.kernel.decider import Command
from andon.kernel.envelope import Draft, Envelope
from andon.kernel.errors import Refused
from andon.kernel.ids import NO_CHAIN, Actor, ChainId, EventId, StreamId, chain_in
from andon.kernel.order import Order
from andon.kernel.refusal import CommandRefused
from andon.ledger.ledger import Conflict, Ledger

CONFLICTS_BEFORE_GIVING_UP = 50


#: raises Refused when a rule says no to the order, given the stream's state
Judge = Callable[[Order, Any, datetime], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What came of one order: the drafts to append, and the refusal if there was one."""

    drafts: tuple[Draft, ...]
    folded: Folded
    refusal: Refused | None


class Desk:
    """Takes orders, one at a time for each stream."""

    def __init__(  # noqa: PLR0913  (the desk is where six parts of the engine meet)
        self,
        *,
        ledger: Ledger,
        codec: Codec,
        streams: Streams,
        views: Views,
        clock: Clock,
        new_id: Callable[[], EventId],
        judge: Judge,
    ) -> None:
        self._ledger = ledger
        self._codec = codec
        self._streams = streams
        self._views = views
        self._clock = clock
        self._new_id = new_id
        self._judge = judge
        # weak: a lock lives as long as somebody holds it or waits for it
        self._locks: WeakValueDictionary[StreamId, asyncio.Lock] = WeakValueDictionary()

    @property
    def position(self) -> int:
        """The last ledger position that every view has seen."""
        return self._views.position

    async def load(self, stream: StreamId) -> Any:
        """The state of a stream, open or closed; the noun's initial state when nothing ever happened to it."""
        return (await self._streams.load(stream)).state

    async def submit(
        self,
        stream: StreamId,
        command: Command[Any],
        *,
        actor: Actor,
        cause: EventId | None = None,
        chain: ChainId = NO_CHAIN,
    ) -> tuple[Envelope[Any], ...]:
        """Decide one command; returns the events, which every view has then seen.

        Errors: Refused (which is then in the ledger), Invalid, NotFound.
        """
        order = Order(stream=stream, command=command, actor=actor, cause=cause, chain=chain)
        happened, refusals = await self.submit_all((order,))
        if refusals:
            raise refusals[0]
        return happened

    async def submit_all(
        self, orders: Sequence[Order], cursors: Mapping[str, int] | None = None
    ) -> tuple[tuple[Envelope[Any], ...], tuple[Refused, ...]]:
        """Decide several orders and append all that follows, with the cursors, in one transaction."""
        async with AsyncExitStack() as locked:
            for stream in sorted({order.stream for order in orders}):
                await locked.enter_async_context(self._locks.setdefault(stream, asyncio.Lock()))
            happened, refusals = await self._decide_and_append(orders, cursors or {})
        if happened:
            await self._views.reach(happened[-1].position)
        return happened, refusals

    async def _decide_and_append(
        self, orders: Sequence[Order], cursors: Mapping[str, int]
    ) -> tuple[tuple[Envelope[Any], ...], tuple[Refused, ...]]:
        for _ in range(CONFLICTS_BEFORE_GIVING_UP):
            drafts, refusals = await self._decide(orders)
            if not drafts and not cursors:
                return (), refusals
            try:
                entries = await self._ledger.append(drafts, cursors)
            except Conflict as conflict:
                self._streams.forget(conflict.stream)
                continue
            happened = tuple(self._codec.decode(entry) for entry in entries)
            for one in happened:
                self._streams.advance(one.stream, one)
            return happened, refusals
        raise Refused("busy", "The same thing was changed by others again and again.", "Try again in a moment.")

    async def _decide(self, orders: Sequence[Order]) -> tuple[tuple[Draft, ...], tuple[Refused, ...]]:
        now = self._clock.now()
        folded: dict[StreamId, Folded] = {}
        drafts: list[Draft] = []
        refusals: list[Refused] = []
        for order in orders:
            before = folded.get(order.stream) or await self._streams.load(order.stream)
            decided = self._decide_one(order, before, now)
            folded[order.stream] = decided.folded
            drafts.extend(decided.drafts)
            refusals.extend([decided.refusal] if decided.refusal else [])
        return tuple(drafts), tuple(refusals)

    def _decide_one(self, order: Order, before: Folded, now: datetime) -> _Decided:
        refusal: Refused | None = None
        try:
            self._judge(order, before.state, now)
            events: Sequence[Any] = order.command.decide(before.state, now)
        except Refused as refused:
            refusal = refused
            events = (_recorded(order.command, refused),)
        drafts: list[Draft] = []
        for event in events:
            draft = self._draft(order, event, before, now)
            drafts.append(draft)
            before = Folded(
                state=event.evolve(before.state), sequence=before.sequence + 1, last=draft.id, chain=draft.chain
            )
        return _Decided(drafts=tuple(drafts), folded=before, refusal=refusal)

    def _draft(self, order: Order, event: object, before: Folded, now: datetime) -> Draft:
        name, schema, data = self._codec.encode(event)
        return Draft(
            id=self._new_id(),
            stream=order.stream,
            expected=before.sequence,
            type=name,
            schema=schema,
            at=now,
            actor=order.actor,
            cause=order.cause,
            chain=chain_in(event) or order.chain or before.chain,
            data=data,
        )


def _recorded(command: object, refused: Refused) -> CommandRefused:
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(command).__name__).lower()
    return CommandRefused(command=words, rule=refused.rule, reason=refused.reason, remedy=refused.remedy)
