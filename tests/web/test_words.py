"""Numbers in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from andon.web import words

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (9.96, "10.0 s"),
        (41.9, "41 s"),
        (59.9, "59 s"),
        (60, "1:00 min"),
        (123, "2:03 min"),
        (11520, "3 h 12 min"),
        (352800, "4 d 2 h"),
    ],
)
def test_a_duration_has_its_unit(seconds: float, said: str) -> None:
    """Every length of time says its unit, and never sixty of a smaller one."""
    assert words.duration(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("back", "said"),
    [(3, "just now"), (-3, "just now"), (40, "40 s ago"), (240, "4 min ago"), (7200, "2 h ago"), (-240, "in 4 min")],
)
def test_an_instant_is_told_from_now(back: float, said: str) -> None:
    """What was is so long ago; what comes is in so long."""
    assert words.ago(NOON - timedelta(seconds=back), NOON) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 byte"),
        (812, "812 bytes"),
        (4100, "4.1 kB"),
        (93_000_000, "93 MB"),
        (999_999, "1.0 MB"),
        (5 * 10**13, "50.0 TB"),
    ],
)
def test_a_size_is_rounded_to_what_can_be_read(count: int, said: str) -> None:
    """Two or three digits are enough for a size."""
    assert words.size(count) == said


def test_a_count_goes_with_its_noun() -> None:
    """One is not many."""
    assert words.plural(1, "entry", "entries") == "1 entry"
    assert words.plural(1204, "test") == "1,204 tests"


def test_utc_is_said_in_full() -> None:
    """On hover an instant has its date and its zone."""
    assert words.utc(NOON) == "2026-11-23 12:00:00 UTC"
