"""Values in words: units always, no more digits than a number has, and no data is never 0."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from andon.kernel.words import plural
from andon.tools.measurement.report.progress import line
from andon.tools.measurement.report.sparks import sparks
from andon.tools.measurement.report.words import interval, value, window

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "unit", "says"),
    [
        (None, "seconds", "no data"),
        (0.0, "ratio", "0 %"),
        (0.1739, "ratio", "17.4 %"),
        (46354.0, "seconds", "12.9 h"),
        (59.0, "seconds", "59 s"),
        (90.0, "seconds", "1.5 min"),
        (-90.0, "seconds", "-1.5 min"),
        (86400.0 * 3, "seconds", "3 d"),
        (86400.0 * 61, "seconds", "61 d"),
        (86400.0 * 1000, "seconds", "2.7 y"),
        (1.7068, "per day", "1.7 a day"),
        (1.0, "per day", "1 a day"),
        (0.5, "per day", "3.5 a week"),
        (1 / 30, "per day", "1 a month"),
        (1 / 365.25, "per day", "1 a year"),
        (0.0, "per day", "0 a day"),
        (1234.0, "count", "1,234"),
    ],
)
def test_values(number: float | None, unit: str, says: str) -> None:
    """As a person says them."""
    assert value(number, unit) == says


def test_intervals_share_their_unit_where_they_can() -> None:
    """Once behind both ends, else behind each."""
    assert interval(37605, 47355, "seconds") == "10.4 to 13.2 h"
    assert interval(1800, 7200, "seconds") == "30 min to 2 h"
    assert interval(0.9, 1.9, "per day") == "0.9 to 1.9 a day"
    assert interval(0.1, 1.4, "per day", 0.5) == "0.7 to 9.8 a week"
    assert interval(0, 0.05, "ratio") == "0 to 5 %"


def test_a_window_is_said_by_its_first_and_last_day() -> None:
    """The end itself is not in it."""
    assert window(BEGIN, BEGIN + timedelta(days=31)) == "2026-01-01 to 2026-01-31, 31 days"
    assert window(BEGIN, BEGIN + timedelta(hours=6)) == "2026-01-01 00:00 to 2026-01-01 06:00 UTC, 6 h"


def test_counts() -> None:
    """One is not many."""
    assert [plural(1, "reply", "replies"), plural(0, "row"), plural(1234, "row")] == ["1 reply", "0 rows", "1,234 rows"]


def test_a_trend_in_blocks() -> None:
    """From 0 to the greatest; a gap is a gap; only the last that fit; nothing for no data at all."""
    assert sparks([0, 1, None, 4, 8]) == "▁▂·▅█"
    assert sparks([1.0] * 50, 10) == "█" * 10
    assert sparks([None, None]) == sparks([]) == ""
    assert sparks([0, 0]) == "▁▁"


def test_how_far_it_is() -> None:
    """A bar where the whole is known, a number where it is not."""
    assert line("reading commits", 50, 100) == f"reading commits  {'▓' * 12}{'░' * 12}  50 of 100"
    assert line("reading commits", 2000, None) == "reading commits  2,000"
    assert line("asking forge.example", 0, None) == "asking forge.example …"
