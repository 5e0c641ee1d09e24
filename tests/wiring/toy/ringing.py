"""What rings."""

from __future__ import annotations

from datetime import datetime

from andon.engine.callers_desk import CallersDesk
from andon.engine.clock import Clock
from andon.kernel.ids import stream
from tests.wiring.toy.events import RingBell
from tests.wiring.toy.views import Bells


class Ringing:
    """Rings, and knows when it began; a part that asks for a read model and the clock."""

    def __init__(self, bells: Bells, clock: Clock) -> None:
        self._bells = bells
        self.since: datetime = clock.now()

    async def ring(self, desk: CallersDesk) -> int:
        """How often it rang before."""
        before = self._bells.count
        await desk.submit(stream("bell", "door"), RingBell())
        return before
