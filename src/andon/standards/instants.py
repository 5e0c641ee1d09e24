"""Instants as tools write them: RFC 3339, GitLab's own spellings, or seconds since 1970; never without a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from andon.kernel.errors import Invalid

EXPECTED = 'expected a time with its zone, such as "2026-03-01T09:30:00Z", or seconds since 1970'

#: nothing that is measured happened outside of these; milliseconds taken for seconds end behind them
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_SECONDS = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,9})?")
#: "2026-03-01 09:30:00 UTC", "2026-03-01 09:30:00 +0200", "2026-03-01 09:30:00.123456 -0700"
_SPACED = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(UTC|Z|[+-]\d\d:?\d\d)", re.ASCII)


def parse_instant(text: str) -> datetime:
    """The instant, in UTC. Errors: Invalid, which says what was expected."""
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return instant_of(float(text))
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = _spaced(text)
    if at.tzinfo is None:
        raise Invalid(f'"{text[:60]}" has no zone, so it may mean any of 38 hours: {EXPECTED}.')
    return in_utc(at)


def instant_of(seconds: float) -> datetime:
    """The instant so many seconds after 1970 began. Errors: Invalid."""
    if not EARLIEST.timestamp() <= seconds < LATEST.timestamp():
        raise Invalid(f"{seconds:.0f} seconds are no time between 1970 and 2200: {EXPECTED}. Are these milliseconds?")
    return EARLIEST + timedelta(seconds=seconds)


def in_utc(at: datetime) -> datetime:
    """The same instant in UTC. Errors: Invalid for one that is no time of this or the next century."""
    try:
        at = at if at.tzinfo is UTC else at.astimezone(UTC)
    except OverflowError:
        at = datetime.max.replace(tzinfo=UTC)
    if not EARLIEST <= at < LATEST:
        raise Invalid(f"the year {at.year} is no time between 1970 and 2200: {EXPECTED}.")
    return at


def _spaced(text: str) -> datetime:
    found = _SPACED.fullmatch(text)
    if found is None:
        raise Invalid(f'"{text[:60]}" is no time: {EXPECTED}.')
    day, clock, zone = found.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{clock[:15]}")
        return at.replace(tzinfo=_zone(zone))
    except ValueError:
        raise Invalid(f'"{text[:60]}" is no time: {EXPECTED}.') from None


def _zone(text: str) -> timezone:
    if text in {"UTC", "Z"}:
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
