"""Numbers in words: times, durations, sizes and counts as people read them, units always."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def duration(took: timedelta) -> str:
    """A length of time: "0.4 s", "41 s", "2:03 min", "3 h 12 min", "4 d 2 h"."""
    seconds = took.total_seconds()
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    if took < MINUTE:
        return f"{int(seconds)} s"
    if took < HOUR:
        return f"{int(seconds // 60)}:{int(seconds % 60):02d} min"
    if took < DAY:
        return f"{took // HOUR} h {took % HOUR // MINUTE} min"
    return f"{took // DAY} d {took % DAY // HOUR} h"


def ago(at: datetime, now: datetime) -> str:
    """How long ago: "just now", "4 min ago", "2 h ago", "3 d ago"; "in 4 min" for what is to come."""
    if at > now + timedelta(seconds=10):
        return f"in {_about(at - now)}"
    since = now - at
    return "just now" if since < timedelta(seconds=10) else f"{_about(since)} ago"


def _about(length: timedelta) -> str:
    for unit, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if length >= unit:
            return f"{length // unit} {word}"
    return f"{length // timedelta(seconds=1)} s"


def utc(at: datetime) -> str:
    """An instant in full: "2026-11-23 09:14:03 UTC"."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def size(count: int) -> str:
    """A number of bytes: "812 bytes", "4.1 kB", "93 MB"."""
    if count < 1000:
        return plural(count, "byte")
    amount = float(count)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5:
            return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:.0f} {unit}"
    return f"{amount / 1000:.1f} TB"


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 test", "1,204 tests"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
