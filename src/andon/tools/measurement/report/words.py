"""Values, intervals and times of a report in words, as the pages write them too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from andon.kernel.words import plural
from andon.web.charts import units
from andon.web.charts.units import NO_DATA, brief

_FEW_DAYS = 3


def value(number: float | None, unit: str) -> str:
    """A number for people: "12.9 h", "1.7 a day", "17.4 %", "0.8 EUR", "no data"."""
    return NO_DATA if number is None else brief(number, unit or "count")


def interval(low: float, high: float, unit: str, of: float | None = None) -> str:
    """Both ends, in the unit of the value that it is the interval of: "1.6 to 1.9 a day"."""
    return units.interval(low, high, unit, of, " to ")


def day(at: datetime) -> str:
    """2025-03-01."""
    return at.astimezone(UTC).strftime("%Y-%m-%d")


def minute(at: datetime) -> str:
    """2025-03-01 14:05."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def month(at: datetime) -> str:
    """Mar 2025."""
    return at.astimezone(UTC).strftime("%b %Y")


def window(begin: datetime, end: datetime) -> str:
    """Its first and last day: "2025-01-01 to 2025-12-31, 365 days"; instants where it is short."""
    days = (end - begin) / timedelta(days=1)
    length = plural(round(days), "day") if days >= _FEW_DAYS else brief(days * 86400, "seconds")
    if days < _FEW_DAYS:
        return f"{minute(begin)} to {minute(end)} UTC, {length}"
    return f"{day(begin)} to {day(end - timedelta(microseconds=1))}, {length}"
