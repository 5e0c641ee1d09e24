"""The engine's health: which of its parts broke, on which entry of the ledger, and what stands still since.

Nothing in the engine dies unseen: whatever catches an error that nobody expected notes it here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from andon.engine.clock import Clock

log = structlog.get_logger()

MOST_FAULTS = 100  #: of those of which nothing stands still
LONGEST_REASON = 500  #: characters
FIRST_PAUSE_S = 0.1  #: before a part that ended is started again
LONGEST_PAUSE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One part that broke."""

    #: "view Changes", "reaction", "effect task/unit of run/3", "stream run/3"
    part: str
    #: of the ledger's entry that it broke on
    position: int
    reason: str
    at: datetime
    #: the part does nothing any more until the server is started again
    stands_still: bool


class Health:
    """What broke since the start."""

    def __init__(self, clock: Clock, mask: Callable[[str], str] = str) -> None:
        self._clock = clock
        self._mask = mask
        #: what is probably wrong in how the server was started
        self.warnings: tuple[str, ...] = ()
        self._faults: dict[str, Fault] = {}
        self._tell: Callable[[Fault], None] = lambda fault: None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What stands still first."""
        return tuple(sorted(self._faults.values(), key=lambda fault: (not fault.stands_still, fault.at)))

    @property
    def is_ready(self) -> bool:
        """Is every part at work? One that left an entry out and went on is."""
        return not any(fault.stands_still for fault in self._faults.values())

    def tell(self, tell: Callable[[Fault], None]) -> None:
        """Whom to tell of each new fault."""
        self._tell = tell

    def note(self, part: str, error: Exception, *, position: int, stands_still: bool) -> None:
        """A part broke."""
        reason = self._mask(f"{type(error).__name__}: {error}")[:LONGEST_REASON]
        fault = Fault(part=part, position=position, reason=reason, at=self._clock.now(), stands_still=stands_still)
        log.critical("a part of the engine broke", part=part, position=position, exc_info=error)
        self._faults.pop(part, None)
        self._faults[part] = fault
        passing = [name for name, one in self._faults.items() if not one.stands_still]
        for name in passing[:-MOST_FAULTS]:
            del self._faults[name]
        self._tell(fault)

    async def supervise(self, part: str, work: Callable[[], Awaitable[None]], position: Callable[[], int]) -> None:
        """Do the work until it is done; when it breaks, note that and begin it again after a pause."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                return await work()
            except Exception as error:  # noqa: BLE001  (whatever ends a part of the engine must be seen)
                self.note(part, error, position=position(), stands_still=False)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE_S, 2 * pause)
