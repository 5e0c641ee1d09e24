"""What goes wrong with sources: each trouble once, with how often, until it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from andon.tools.measurement.events import FactsReceived, HeadWalked


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTrouble:
    """Something that a person should know of a source."""

    #: when it was last told
    at: datetime
    connection: str
    what: str
    #: how often it was reported
    times: int = 1
    #: the kind of delivery that told it, in the sender's words
    kind: str = ""


class SourceTroubles:
    """Those that last."""

    def __init__(self, most: int) -> None:
        self._most = most
        #: the newest last
        self._known: dict[tuple[str, str], SourceTrouble] = {}

    def all(self) -> tuple[SourceTrouble, ...]:
        """The newest first."""
        return tuple(reversed(self._known.values()))

    def record(self, event: FactsReceived, at: datetime) -> None:
        """A delivery: it tells troubles, or that those of its kind are over."""
        if not event.troubles:
            self._keep(lambda each: (each.connection, each.kind) != (event.connection, event.what))
        for what in event.troubles:
            before = self._known.pop((event.connection, what), None)
            times = before.times + 1 if before else 1
            self._known[event.connection, what] = SourceTrouble(
                at=at, connection=event.connection, what=what, times=times, kind=event.what
            )
        while len(self._known) > self._most:
            del self._known[next(iter(self._known))]

    def walked(self, event: HeadWalked) -> None:
        """Git was walked: what kept it from this repository is over."""
        about = f"{event.repository}: "
        self._keep(lambda each: each.connection != event.connection or not each.what.startswith(about))

    def mended(self, connection: str) -> None:
        """Somebody set the connection anew, or removed it."""
        self._keep(lambda each: each.connection != connection)

    def _keep(self, lasts: Callable[[SourceTrouble], bool]) -> None:
        self._known = {key: each for key, each in self._known.items() if lasts(each)}
