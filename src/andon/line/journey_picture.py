"""A journey as a picture: one bar for each leg on a shared time axis. Only geometry; the template draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from andon.line.journey import Journey, Leg
from andon.web.axis import Axis, AxisTick

WIDTH = 1134
LEFT = 232  #: room for the names
RIGHT = 24
ROW = 24
FOOT = 28

COLOURS = {"success": "green", "running": "amber", "waiting": "amber", "cancel": "grey", "skip": "grey"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One leg's place."""

    leg: Leg
    x: float
    y: int
    width: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The whole picture."""

    width: int
    height: int
    left: int
    bars: tuple[Bar, ...]
    ticks: tuple[AxisTick, ...]


def picture(journey: Journey, now: datetime) -> Picture:
    """Where everything stands; what goes on ends now."""
    ends = [leg.end or now for leg in journey.legs]
    axis = Axis([leg.begin for leg in journey.legs] + ends, LEFT, WIDTH - RIGHT)
    bars = tuple(
        Bar(
            leg=leg,
            x=axis.x(leg.begin),
            y=row * ROW,
            width=round(max(axis.x(end) - axis.x(leg.begin), 3), 1),
            colour=COLOURS.get(leg.state, "red"),
        )
        for row, (leg, end) in enumerate(zip(journey.legs, ends, strict=True))
    )
    return Picture(width=WIDTH, height=len(bars) * ROW + FOOT, left=LEFT, bars=bars, ticks=axis.ticks())
