"""The axis of time: true to scale, with ticks where people's calendars have them. All UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from andon.web.charts.figure import About
from andon.web.charts.scale import ScaleTick

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: at most so many ticks
MOST = 14
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Where instants stand between `begin` and `end`."""

    begin: datetime
    end: datetime
    #: what is told in words: without the room at the ends
    first: datetime
    last: datetime

    def share(self, at: datetime) -> float:
        """0 at the left, 1 at the right; what lies outside stands at the edge."""
        return min(max((at - self.begin) / (self.end - self.begin), 0.0), 1.0)

    def holds(self, at: datetime) -> bool:
        """Is it on the axis?"""
        return self.begin <= at <= self.end

    def ticks(self) -> tuple[ScaleTick, ...]:
        """Marks at hours, days, Mondays, months or years: the finest that leave room for their words."""
        step = next((step for step in _STEPS if (self.end - self.begin) / step.length < MOST), _STEPS[-1])
        instants = step.between(self.begin, self.end)
        return tuple(ScaleTick(at=self.share(at), words=step.words(at, n == 0)) for n, at in enumerate(instants))


def calendar_of(about: About, instants: Iterable[datetime]) -> Calendar:
    """The time that `about` names, else that of the instants with a little room at both ends."""
    known = tuple(instants)
    first = about.begin or min(known, default=datetime(2000, 1, 1, tzinfo=UTC))
    last = about.end or max(known, default=first + DAY)
    room = max((last - first) / 50, timedelta(minutes=1))
    begin, end = about.begin or first - room, about.end or last + room
    return Calendar(
        begin=begin.astimezone(UTC),
        end=max(end, begin + room).astimezone(UTC),
        first=first.astimezone(UTC),
        last=last.astimezone(UTC),
    )


def day(at: datetime) -> str:
    """A date: "3 Mar 2026"."""
    at = at.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def minute(at: datetime) -> str:
    """An instant: "3 Mar 2026 14:05"."""
    return f"{day(at)} {at.astimezone(UTC):%H:%M}"


def span(calendar: Calendar) -> str:
    """From when to when, in words: "from 3 Mar to 1 Jun 2026"."""
    begin, end = calendar.first, calendar.last
    same = begin.year == end.year
    return f"from {day(begin)[:-5] if same else day(begin)} to {day(end)}"


@dataclass(frozen=True, slots=True)
class _Step:
    """One way to divide the calendar: every `count` of a unit."""

    unit: str
    count: int

    @property
    def length(self) -> timedelta:
        """Its least length."""
        return _LENGTHS[self.unit] * self.count

    def between(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """Every instant of the calendar that divides it so."""
        at = self._first(begin)
        while at <= end:
            if at >= begin:
                yield at
            at = self._next(at)

    def _first(self, begin: datetime) -> datetime:
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.unit == "minute":
            return begin.replace(minute=0, second=0, microsecond=0)
        if self.unit in {"hour", "day"}:
            return midnight
        if self.unit == "week":
            return midnight - DAY * midnight.weekday()
        year = begin.year - begin.year % self.count if self.unit == "year" else begin.year
        return midnight.replace(year=year, month=1, day=1)

    def _next(self, at: datetime) -> datetime:
        if self.unit == "year":
            return at.replace(year=at.year + self.count)
        if self.unit != "month":
            return at + self.length
        month = at.month - 1 + self.count
        return at.replace(year=at.year + month // 12, month=month % 12 + 1)

    def words(self, at: datetime, is_first: bool) -> str:
        """What stands under the tick; the first says the year where it would not be known."""
        if self.unit in {"minute", "hour"}:
            return f"{at.day} {MONTHS[at.month - 1]}" if at.hour == at.minute == 0 else f"{at:%H:%M}"
        if self.unit == "year" or (self.unit == "month" and at.month == 1):
            return str(at.year)
        if self.unit == "month":
            return f"{MONTHS[at.month - 1]} {at.year}" if is_first else MONTHS[at.month - 1]
        return f"{at.day} {MONTHS[at.month - 1]}"


_LENGTHS = {
    "minute": HOUR / 60,
    "hour": HOUR,
    "day": DAY,
    "week": DAY * 7,
    "month": DAY * 30,
    "year": DAY * 365,
}
_STEPS = (
    *(_Step("minute", count) for count in (1, 5, 15, 30)),
    *(_Step("hour", count) for count in (1, 3, 6, 12)),
    *(_Step("day", count) for count in (1, 2)),
    *(_Step("week", count) for count in (1, 2)),
    *(_Step("month", count) for count in (1, 2, 3, 6)),
    *(_Step("year", count) for count in (1, 2, 5, 10, 100, 1000)),
)
