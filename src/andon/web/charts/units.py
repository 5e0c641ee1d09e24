"""Values in words: short ones for axes and labels, whole ones for tables; units always."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import floor, log10

from andon.kernel.words import duration
from andon.web.charts.figure import Unit

NO_DATA = "no data"
_STEPS = ((86400 * 365, "y"), (86400, "d"), (3600, "h"), (60, "min"))
#: a frequency is said in the largest unit in which it is at least 1: its least, how many days it has, its words
_RATES = ((1.0, 1.0, "a day"), (1 / 7, 7.0, "a week"), (12 / 365.25, 365.25 / 12, "a month"), (0.0, 365.25, "a year"))
#: what they are called: units too, for the values of one picture
RATES = frozenset(words for _, _, words in _RATES)


def brief(value: float, unit: Unit) -> str:
    """For labels in a picture: "12.9 h", "17 %", "3.2 a day", "2.2 a month"."""
    if unit == "seconds":
        return _length(value)
    if unit == "ratio":
        return f"{_digits(value * 100)} %"
    if unit == "per day":
        days, words = rate(value)
        return f"{_digits(value * days)} {words}"
    return _digits(value) if unit == "count" else f"{_digits(value)} {unit}"


def rate(per_day: float) -> tuple[float, str]:
    """The unit in which people say such a frequency: its days, and its words."""
    if per_day <= 0:
        return 1.0, "a day"
    return next((days, words) for least, days, words in _RATES if per_day >= least * 0.995)


def interval(low: float, high: float, unit: Unit, of: float | None = None, joint: str = " – ") -> str:
    """Both ends of what `of` lies between; frequencies in the unit of `of`: "1.6 – 1.9 a day", "10 min – 2 h"."""
    if unit != "per day":
        first, second = brief(low, unit), brief(high, unit)
        number, _, word = first.partition(" ")
        return f"{number if second.endswith(f' {word}') else first}{joint}{second}"
    days, words = rate(of or high)
    return f"{_digits(low * days)}{joint}{_digits(high * days)} {words}"


def reach(values: Sequence[float], unit: Unit) -> str:
    """From the least to the most: "between 5 h and 2 d", "always 7 %" where that is the same, "no data"."""
    if not values:
        return NO_DATA
    lowest, highest = brief(min(values), unit), brief(max(values), unit)
    if lowest != highest:
        return f"between {lowest} and {highest}"
    return f"always {lowest}" if len(values) > 1 else lowest


def whole(value: float | None, unit: Unit) -> str:
    """For tables: "12 h 53 min", "17.4 %"; "no data" is never 0."""
    if value is None:
        return NO_DATA
    if unit == "seconds":
        return duration(timedelta(seconds=value))
    if unit == "ratio":
        return f"{value * 100:.1f} %"
    return brief(value, unit)


def _length(seconds: float) -> str:
    for size, word in _STEPS:
        # two days read better in hours, two years in days
        if abs(seconds) >= size * (2 if word in "yd" else 1):
            return f"{_digits(seconds / size)} {word}"
    return f"{_digits(seconds)} s"


def _digits(value: float) -> str:
    """Three figures at most, no empty decimals, thousands apart."""
    size = abs(value)
    if size >= 99.95:
        return f"{value:,.0f}"
    decimals = 1 if size >= 1 else 2 if size >= 0.01 or not size else min(1 - floor(log10(size)), 12)
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
