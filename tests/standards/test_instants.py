"""Times as tools write them; never without a zone."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.standards.instants import EARLIEST, LATEST, in_utc, parse_instant

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01T14:00:00+02:00",
        "2026-03-01 12:00:00 UTC",
        "2026-03-01 05:00:00 -0700",
        "2026-03-01 14:00:00 +02:00",
        "2026-03-01T12:00:00.000000Z",
        "2026-03-01T12:00:00.000000000Z",
        " 2026-03-01T12:00Z ",
        "1772366400",
        "1772366400.0",
    ],
)
def test_one_instant_has_many_spellings(text: str) -> None:
    """RFC 3339, GitLab's two spellings and seconds are the same instant, in UTC."""
    assert parse_instant(text) == NOON
    assert parse_instant(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-03-01T12:00:00", "2026-03-01 12:00:00", "2026-03-01"])
def test_a_time_without_a_zone_is_refused(text: str) -> None:
    """Guessing a zone would move numbers by hours, silently."""
    with pytest.raises(Invalid, match="has no zone"):
        parse_instant(text)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "12:00:00Z", "2026-13-01T00:00:00Z", "2026-02-30 00:00:00 UTC", "2026-03-01 12:00:00 +9999", "∞"],
)
def test_what_is_no_time_is_said_with_what_was_expected(text: str) -> None:
    """The message shows the text and an example."""
    with pytest.raises(Invalid, match="expected a time with its zone"):
        parse_instant(text)


@pytest.mark.parametrize("text", ["1772366400000", "-1", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-12:00"])
def test_times_that_nobody_lived_through_are_refused(text: str) -> None:
    """Milliseconds taken for seconds, and the year 1, are no times of deployments."""
    with pytest.raises(Invalid):
        parse_instant(text)


@given(seconds=st.integers(86400, 7_258_000_000), minutes=st.integers(-12 * 60, 14 * 60))
def test_every_instant_comes_back(seconds: int, minutes: int) -> None:
    """What RFC 3339 prints in any zone is read as the same instant."""
    at = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    assert parse_instant(at.isoformat()) == at
    assert parse_instant(str(seconds)) == at


@given(st.text(max_size=40) | st.from_regex(r"[0-9:T +Z.-]{0,40}", fullmatch=True))
def test_any_text_is_a_time_or_is_refused(text: str) -> None:
    """Nothing else happens."""
    try:
        at = parse_instant(text)
    except Invalid:
        return
    assert EARLIEST <= at < LATEST


@given(st.datetimes(timezones=st.timezones()))
def test_any_time_is_in_range_or_is_refused(at: datetime) -> None:
    """The ends of the calendar do not overflow."""
    with contextlib.suppress(Invalid):
        assert in_utc(at).timestamp() == at.timestamp()
        assert EARLIEST <= in_utc(at) < LATEST
