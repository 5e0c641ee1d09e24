"""Events as a ledger has them, told to views."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from andon.engine.views import View
from andon.kernel.envelope import Envelope
from andon.kernel.ids import NO_CHAIN, Actor, EventId, StreamId
from andon.tools.measurement.views import Measured

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Ledger:
    """Tells views one event after another."""

    def __init__(self) -> None:
        self.measured = Measured()
        self._positions = itertools.count(1)
        self._views: list[View] = [self.measured]

    def also(self, view: View) -> None:
        """Tell another view, too."""
        self._views.append(view)

    def tell(self, on: str, event: object, minute: float = 0, by: str = "ada") -> datetime:
        """What happened so many minutes after START; when that was."""
        at, position = START + timedelta(minutes=minute), next(self._positions)
        happened = Envelope(
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
        for view in self._views:
            view.apply(happened)
        return at
