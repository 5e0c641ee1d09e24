"""Durations, ages, sizes and counts as people say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def took(duration: timedelta) -> str:
    """How long something took: "0.4 s", "13.4 s", "2 min 3 s", "1 h 4 min"."""
    seconds = max(0.0, duration.total_seconds())
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return _two(whole // _MINUTE, "min", whole % _MINUTE, "s")
    return _two(whole // _HOUR, "h", whole % _HOUR // _MINUTE, "min")


def age(then: datetime, now: datetime) -> str:
    """How long ago: "now", "12 s ago", "4 min ago", "2 h ago", "3 days ago"; older is a date."""
    seconds = int((now - then).total_seconds())
    if seconds < 5:
        return "now"
    if seconds < _MINUTE:
        return f"{seconds} s ago"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h ago"
    if seconds < 14 * _DAY:
        return f"{count(seconds // _DAY, 'day')} ago"
    return f"{then:%d %b %Y}"


def size(size_bytes: int) -> str:
    """How much: "812 B", "4.2 KiB", "31 MiB"."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    amount = float(size_bytes)
    for unit in ("KiB", "MiB", "GiB"):
        amount /= 1024
        if amount < 1023.5:
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
    return f"{amount / 1024:.1f} TiB"


def count(number: int, noun: str, plural: str = "") -> str:
    """How many: "1 task", "3 tasks"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """A list in a sentence: "lint, unit and docs"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"
