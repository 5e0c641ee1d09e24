"""Values in time, the gaps between them, and the line that never runs through nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from andon.web.charts.calendar import Calendar
from andon.web.charts.figure import About
from andon.web.charts.scale import Scale
from andon.web.charts.svg import ACROSS


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value in time."""

    at: datetime
    #: None: there was no data, which is never 0
    value: float | None
    #: how many things are behind it; None when it is not known
    n: int | None = None
    #: 95 % interval of the value
    low: float | None = None
    high: float | None = None
    link: str = ""


def stretches(points: Sequence[Point]) -> Iterator[list[tuple[datetime, float]]]:
    """The runs of points that follow each other without a gap."""
    run: list[tuple[datetime, float]] = []
    for point in points:
        if point.value is not None:
            run.append((point.at, point.value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def line(points: Sequence[Point], calendar: Calendar, scale: Scale | None, height: float) -> str:
    """The path of a stretched drawing through all points that have a neighbour."""
    if scale is None:
        return ""
    return "".join(
        "M" + "L".join(_at(calendar.share(at), scale.share(value), height) for at, value in run)
        for run in stretches(points)
        if len(run) > 1
    )


def _at(share: float, up: float, height: float) -> str:
    return f"{share * ACROSS:.0f} {(1 - up) * height * 10:.0f}"


def within(points: Sequence[Point], calendar: Calendar) -> list[Point]:
    """Those that the axis shows."""
    return [point for point in points if calendar.holds(point.at)]


def with_first(about: About, points: Sequence[Point]) -> About:
    """A week that began before the time of the picture and reaches into it is shown: the axis begins with it."""
    if about.begin is None:
        return about
    before = [point.at for point in points if point.at < about.begin]
    after = [point.at for point in points if point.at >= about.begin]
    reaches_in = before and (not after or min(after) > about.begin)
    return replace(about, begin=max(before)) if reaches_in else about


def known(points: Sequence[Point]) -> list[float]:
    """All values that there are, and the ends of their intervals."""
    found = [point.value for point in points if point.value is not None]
    found += [end for point in points if point.value is not None for end in (point.low, point.high) if end is not None]
    return found
