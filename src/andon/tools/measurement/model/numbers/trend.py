"""A number over time: one point a week, or a month or year where the time is long; never more than some hundred."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from andon.tools.measurement.model.metric import Unit, Window

#: more days than this are shown by month, and more than those by year
LONG_DAYS = 400
VERY_LONG_DAYS = 20 * 366


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """The number in one week, month or year."""

    #: its first instant: a Monday, or the first of a month or year, or where the window begins
    begin: datetime
    #: None when there is no data, which is never 0
    value: float | None
    #: how many things it was made of
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How a number moved in its window."""

    #: id of the metric
    metric: str
    unit: Unit
    points: tuple[TrendPoint, ...] = ()


@lru_cache(maxsize=64)
def edges(window: Window) -> tuple[datetime, ...]:
    """Where the weeks, months or years of a window begin, and last where it ends; the outermost may be cut short."""
    if window.end <= window.begin:
        return ()
    found = [window.begin]
    at = _next(window.begin.astimezone(UTC), window.days)
    while at < window.end:
        found.append(at)
        at = _next(at, window.days)
    return (*found, window.end)


@lru_cache(maxsize=64)
def marks(window: Window) -> tuple[float, ...]:
    """The edges in seconds since 1970."""
    return tuple(edge.timestamp() for edge in edges(window))


def weeks(window: Window) -> tuple[datetime, ...]:
    """The beginnings of all weeks that have a part in the window, Mondays in UTC."""
    day = window.begin.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = day - timedelta(days=day.weekday())
    count = max(0, -((first - window.end) // timedelta(days=7)))
    return tuple(first + timedelta(days=7 * number) for number in range(count))


def _next(at: datetime, of_days: float) -> datetime:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if of_days > VERY_LONG_DAYS:
        return day.replace(year=day.year + 1, month=1, day=1)
    if of_days > LONG_DAYS:
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 - day.weekday())
