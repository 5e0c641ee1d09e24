"""A number over time that people feed in: orders, sign-ups, whatever shows that a deployment was good for somebody."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from andon.kernel.errors import Invalid, Problem

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")
#: no clock of any source is right outside of these
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """One value at one instant."""

    #: "orders-per-minute"
    series: str
    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesName:
    """A series that there is."""

    name: str
    points: int
    begin: datetime
    end: datetime


def check_point(point: SeriesPoint) -> SeriesPoint:
    """One that can be kept. Errors: Invalid."""
    problems: list[Problem] = []
    if not _NAME.fullmatch(point.series):
        message = f'"{point.series[:80]}" is no name for a series.'
        problems.append(Problem(where="series", message=message, remedy="Use a-z 0-9 . _ - as in orders-per-minute."))
    if not math.isfinite(point.value):
        problems.append(Problem(where="value", message="that is no finite number."))
    if point.at.tzinfo is None or not _FIRST <= point.at < _LAST:
        remedy = "Write it with its zone: 2026-01-31T12:00:00Z."
        problems.append(Problem(where="at", message="that is no instant that can be kept.", remedy=remedy))
    if problems:
        raise Invalid(*problems)
    return point
