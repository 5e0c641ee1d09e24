"""Which dates can be believed: a clock that was never set says 1970, and so does a date that nobody can read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: what stands for no date
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
#: seconds since 1970: the first day of clocks, wherever on earth, is nobody's day
BELIEVED_FROM_S = 86400.0
#: in the words of what is left out
UNDATED = "no believable date"
_LATEST_S = 253_402_214_400


def is_believable(seconds: float) -> bool:
    """Can it have been then? What is in the future is a clock that is wrong, which is said elsewhere."""
    return seconds >= BELIEVED_FROM_S


def of_git(seconds: bytes | str) -> datetime:
    """Seconds since 1970 as git prints them; NO_DATE when they are none, or before that."""
    try:
        return NO_DATE + timedelta(seconds=min(max(int(seconds), 0), _LATEST_S))
    except ValueError:
        return NO_DATE
