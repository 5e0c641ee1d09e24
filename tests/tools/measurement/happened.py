"""Events as a ledger has them, for views."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from andon.kernel.envelope import Envelope
from andon.kernel.ids import NO_CHAIN, Actor, EventId, StreamId
from andon.tools.measurement.views import Measured

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Ledger:
    """Tells a view one event after another."""

    def __init__(self) -> None:
        self.measured = Measured()
        self._positions = itertools.count(1)

    def tell(self, on: str, event: object, minute: float = 0, by: str = "ada") -> datetime:
        """What happened so many minutes after START; when that was."""
        at, position = START + timedelta(minutes=minute), next(self._positions)
        self.measured.apply(
            Envelope(
                position=position,
                sequence=position,
                id=EventId(f"e{position}"),
                stream=StreamId(on),
                type="",
                at=at,
                actor=Actor(by),
                cause=None,
                chain=NO_CHAIN,
                event=event,
            )
        )
        return at
