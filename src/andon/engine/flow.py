"""Runs the flow: follows the ledger and turns one tool's events into another tool's orders.

How far it has read is stored in the transaction of what it wrote, so that no event is answered twice or never.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from andon.engine.desk import Desk
from andon.engine.health import Health
from andon.kernel.envelope import Envelope
from andon.kernel.errors import PortError
from andon.kernel.order import Order
from andon.ledger.ledger import Ledger

CURSOR = "flow"

#: what follows from an event; pure
React = Callable[[Envelope[Any]], Sequence[Order]]


class FlowRunner:
    """Reacts to each event once, in the ledger's order."""

    def __init__(self, *, desk: Desk, ledger: Ledger, react: React, health: Health) -> None:
        self._desk = desk
        self._ledger = ledger
        self._react = react
        self._health = health
        self._position = 0
        self._stored = 0
        self._moved = asyncio.Event()

    async def reach(self, position: int) -> None:
        """Wait until this event was reacted to."""
        while self._position < position:
            await self._moved.wait()

    async def start(self) -> int:
        """The position after which events have not been reacted to."""
        self._position = self._stored = await self._ledger.cursor(CURSOR)
        return self._position

    async def take(self, happened: Envelope[Any]) -> None:
        """React to one event; a reaction that breaks is noted and left out. Errors: PortError when it must wait."""
        if happened.position <= self._position:
            return
        try:
            await self._follow_up(happened)
        except PortError:
            raise
        except Exception as error:  # noqa: BLE001  (one event's fault must not stop the flow)
            part = f"reaction to {happened.type} of {happened.stream}"
            self._health.note(part, error, position=happened.position, stands_still=False)
        self._position = happened.position
        self._moved.set()
        self._moved = asyncio.Event()

    async def _follow_up(self, happened: Envelope[Any]) -> None:
        orders = tuple(self._react(happened))
        if orders:
            await self._desk.submit_all(orders, {CURSOR: happened.position})
            self._stored = happened.position

    async def rest(self) -> None:
        """Store how far it got when nothing came of the last events."""
        if self._stored < self._position:
            await self._ledger.append((), {CURSOR: self._position})
            self._stored = self._position
