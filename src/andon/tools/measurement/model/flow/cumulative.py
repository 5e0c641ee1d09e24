"""Cumulative flow: how many items had reached each stage, day by day, and how many were on the way."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from andon.tools.measurement.model.facts import Change
from andon.tools.measurement.model.flow.items import Items
from andon.tools.measurement.model.flow.landings import NEVER
from andon.tools.measurement.model.metric import Window

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
#: more than this nobody can tell apart; then every seventh day is enough, and so on
MOST_DAYS = 400
STEPS = (1, 7, 28, 91, 364)
#: five years: what was longer ago says nothing about the weeks to come
MOST_WEEKS = 260


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What had happened by the end of one day (or by now, for the last)."""

    at: datetime
    #: as many as there are stages; what was done before the window is taken off all of them
    reached: tuple[int, ...]
    #: landed, and not there yet
    in_progress: int
    #: proposed, and not landed
    open_changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days, and how many items were done in them."""

    begin: datetime
    done: int
    landed: int


def known_from(items: Items, window: Window) -> datetime:
    """Where the part of the window begins of which anything is known; its end when nothing is."""
    return max(window.begin, items.first) if items.first else max(items.at, window.begin)


def days(items: Items, window: Window) -> tuple[Day, ...]:
    """Each day of the window up to what is known; of a long one every seventh day, or fewer, and the last."""
    columns = [_sorted(column) for column in items.reached]
    opened, closed = _openings(items.changes, items.at)
    before = bisect_left(columns[-1], window.begin.timestamp())
    found: list[Day] = []
    for end in _ends(known_from(items, window), items.at):
        at = end.timestamp()
        counts = [bisect_right(column, at) for column in columns]
        found.append(
            Day(
                at=end,
                reached=tuple(count - before for count in counts),
                in_progress=counts[0] - counts[-1],
                open_changes=bisect_right(opened, at) - bisect_right(closed, at),
            )
        )
    return tuple(found)


def weeks(items: Items, window: Window) -> tuple[Week, ...]:
    """The whole weeks since the first deployment, oldest first, at most MOST_WEEKS; the last ends now."""
    done, landed = _sorted(items.done), _sorted(items.reached[0])
    found: list[Week] = []
    end, first = items.at, known_from(items, window)
    while end - WEEK >= first and len(found) < MOST_WEEKS:
        begin = end - WEEK
        found.append(Week(begin=begin, done=_between(done, begin, end), landed=_between(landed, begin, end)))
        end = begin
    return tuple(reversed(found))


def is_open(change: Change, at: datetime) -> bool:
    """Was it proposed by then, and neither landed nor given up?"""
    return change.opened_at <= at and not any(end and end <= at for end in (change.merged_at, change.abandoned_at))


def _sorted(column: array[float]) -> list[float]:
    return sorted(at for at in column if at != NEVER)


def _between(sorted_times: Sequence[float], begin: datetime, end: datetime) -> int:
    return bisect_left(sorted_times, end.timestamp()) - bisect_left(sorted_times, begin.timestamp())


def _openings(changes: Sequence[Change], at: datetime) -> tuple[list[float], list[float]]:
    there = [change for change in changes if change.opened_at <= at]
    closed = [
        min(ends) for change in there if (ends := [one for one in (change.merged_at, change.abandoned_at) if one])
    ]
    return sorted(one.opened_at.timestamp() for one in there), sorted(one.timestamp() for one in closed)


def _ends(begin: datetime, end: datetime) -> list[datetime]:
    """The midnights within, as many as can be told apart, and the end."""
    first = begin.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    count = max((end - first).days + 1, 0) if end >= first else 0
    step = next((step for step in STEPS if count / step <= MOST_DAYS), STEPS[-1])
    midnights = [first + DAY * number for number in range((count - 1) % step, count, step)]
    return midnights if midnights and midnights[-1] == end else [*midnights, end]
