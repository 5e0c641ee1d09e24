"""A time axis for pictures: instants become places from left to right; long stretches are drawn shorter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log1p

from andon.kernel.words import duration

TICKS_APART = 92.0  #: least room for the word under a tick


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisTick:
    """A mark on the axis."""

    x: float
    #: time since the beginning: "0 s", "2 min 3 s"
    words: str


class Axis:
    """Places between `left` and `right` for every instant between the first and the last that were named."""

    def __init__(self, instants: Iterable[datetime], left: float, right: float) -> None:
        self._instants = sorted(set(instants))
        weights = [_weight(b - a) for a, b in zip(self._instants, self._instants[1:], strict=False)]
        scale = (right - left) / (sum(weights) or 1)
        self._places = [left]
        for weight in weights:
            self._places.append(self._places[-1] + weight * scale)

    def x(self, at: datetime) -> float:
        """The place of an instant that was named when the axis was made."""
        return round(self._places[self._instants.index(at)], 1)

    def ticks(self) -> tuple[AxisTick, ...]:
        """Marks at named instants, as many as can be read; always the first and the last."""
        if not self._instants:
            return ()
        last = self._places[-1]
        ticks: list[AxisTick] = []
        for at, x in zip(self._instants, self._places, strict=True):
            has_room = not ticks or x - ticks[-1].x >= TICKS_APART
            if (has_room and last - x >= TICKS_APART) or x in (self._places[0], last):
                ticks.append(AxisTick(x=round(x, 1), words=duration(at - self._instants[0])))
        return tuple(ticks)


def _weight(stretch: timedelta) -> float:
    return log1p(stretch.total_seconds() * 2)
