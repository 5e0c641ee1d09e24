"""Durations, ages, counts and lists as people read them, units always."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_JUST_NOW = timedelta(seconds=10)


def duration(length: timedelta) -> str:
    """How long, in two units at most: "0.4 s", "41 s", "2 min 3 s", "3 h 12 min", "4 d 2 h"."""
    seconds = max(length.total_seconds(), 0.0)
    if seconds < 59.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    (large, word), (small, of_small) = next(pair for pair in pairwise(_UNITS) if whole >= pair[0][0])
    rest = whole % large // small
    return f"{whole // large} {word} {rest} {of_small}" if rest else f"{whole // large} {word}"


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in one unit: "just now", "4 min ago", "3 d ago"; "in 4 min" for what is to come."""
    if at > now + _JUST_NOW:
        return f"in {_about(at - now)}"
    return "just now" if now - at < _JUST_NOW else f"{_about(now - at)} ago"


def _about(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    return next(f"{seconds // size} {word}" for size, word in _UNITS if seconds >= size)


def utc(at: datetime) -> str:
    """An instant in full: "2026-11-23 09:14:03 UTC"."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def minute(at: datetime | str) -> str:
    """An instant, or one as JSON has it, without its seconds: "2026-11-23 09:14 UTC"."""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 test", "1,204 tests"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(words: Sequence[str], last: str = "and", most: int = 1_000) -> str:
    """A list in a sentence: "lint, unit and docs"; of very many the first ones: "lint, unit and 3 more"."""
    if len(words) > most:
        words = [*words[: most - 1], f"{len(words) - most + 1} more"]
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)
