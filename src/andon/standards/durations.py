"""Durations as people write them in files: 500ms, 30s, 5m, 1h30m."""

from __future__ import annotations

import re
from datetime import timedelta

from andon.kernel.errors import Invalid, Problem

#: for editors
PATTERN = r"^(\d+(\.\d+)?(ms|s|m|h|d))+$"

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_WHOLE = re.compile(PATTERN)
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_LONGEST = timedelta(days=7)


def parse_duration(text: str, longest: timedelta = _LONGEST) -> timedelta:
    """The duration; more than nothing, at most a week where nothing else is said.

    Errors: Invalid.
    """
    if len(text) > 20 or not _WHOLE.match(text):
        remedy = f'Write "{text}s" for seconds.' if text.isdecimal() and len(text) < 10 else ""
        message = 'expected a duration such as "30s", "5m" or "1h30m".'
        raise Invalid(Problem(message=message, remedy=remedy))
    numbers = [(float(number), _UNITS[unit]) for number, unit in _PART.findall(text)]
    if sum(number * (unit / longest) for number, unit in numbers) > 1:
        raise Invalid("longer than a week." if longest == _LONGEST else f"longer than {longest.days:,} days.")
    duration = sum((number * unit for number, unit in numbers), timedelta())
    if not duration:
        raise Invalid("expected more than no time at all.")
    return duration


def print_duration(duration: timedelta) -> str:
    """The shortest text that parse_duration reads as this duration."""
    rest = round(duration / _UNITS["ms"])
    text = ""
    for unit in ("d", "h", "m", "s", "ms"):
        count, rest = divmod(rest, _UNITS[unit] // _UNITS["ms"])
        text += f"{count}{unit}" if count else ""
    return text or "0s"
