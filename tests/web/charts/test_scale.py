"""The axis of values: round numbers with words, logarithmic where durations differ much."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.web.charts.scale import scale_of
from andon.web.charts.units import brief, interval, whole

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@pytest.mark.parametrize(
    ("highest", "unit", "words"),
    [
        (0.23, "ratio", ["0 %", "10 %", "20 %", "30 %"]),
        (9, "count", ["0", "5", "10"]),
        (1, "count", ["0", "1"]),
        (3.1, "per day", ["0", "1", "2", "3", "4"]),
        (40 * MINUTE, "seconds", ["0 ", "10 min", "20 min", "30 min", "40 min"]),
        (50 * HOUR, "seconds", ["0", "0.5 d", "1 d", "1.5 d", "2 d", "2.5 d"]),
        (800, "EUR", ["0 EUR", "200 EUR", "400 EUR", "600 EUR", "800 EUR"]),
    ],
)
def test_a_linear_axis_begins_at_nothing_and_has_round_steps(highest: float, unit: str, words: list[str]) -> None:
    """The steps are those that people count in, all in one unit."""
    scale = scale_of([highest / 2, highest], unit)
    assert not scale.is_log
    assert scale.low == 0
    assert [tick.words for tick in scale.ticks] == [word.strip() for word in words]


def test_lead_times_get_a_logarithmic_axis_with_lengths_that_have_words() -> None:
    """From a minute to months: 1 min, 10 min, 1 h, 6 h, 1 d and so on."""
    scale = scale_of([90.0, *(HOUR * n for n in range(1, 60)), 80 * DAY], "seconds")
    assert scale.is_log
    assert [tick.words for tick in scale.ticks] == [
        "1 min", "10 min", "1 h", "6 h", "1 d", "7 d", "30 d", "100 d",
    ]  # fmt: skip


def test_an_axis_is_logarithmic_where_a_linear_one_would_press_most_to_the_ground() -> None:
    """One value of a month among ninety of an hour; a few hours more or less are linear, unless asked otherwise."""
    assert scale_of([HOUR] * 90 + [30 * DAY], "seconds").is_log
    near = [HOUR * n for n in range(1, 20)]
    assert not scale_of(near, "seconds").is_log
    assert scale_of(near, "seconds", "log").is_log


KINDS: st.SearchStrategy[Literal["auto", "linear", "log"]] = st.sampled_from(("auto", "linear", "log"))


@given(
    st.lists(st.just(0.0) | st.floats(min_value=1e-6, max_value=1e10), min_size=1),
    st.sampled_from(("seconds", "count", "ratio")),
    KINDS,
)
def test_every_value_stands_on_the_axis_in_order(
    values: list[float], unit: str, kind: Literal["auto", "linear", "log"]
) -> None:
    """Nothing is outside, larger is never lower, and one place is read as another does."""
    scale = scale_of(values, unit, kind)
    shares = scale.shares(sorted(values))
    assert all(-1e-9 <= share <= 1 + 1e-9 for share in shares)
    assert all(b >= a - 1e-9 for a, b in pairwise(shares))
    places = [tick.at for tick in scale.ticks]
    assert places == sorted(places)
    assert len({tick.words for tick in scale.ticks}) == len(places)


@pytest.mark.parametrize(
    ("value", "unit", "short", "long"),
    [
        (46356.0, "seconds", "12.9 h", "12 h 52 min"),
        (31.0, "seconds", "31 s", "31 s"),
        (170000.0, "seconds", "47.2 h", "1 d 23 h"),
        (4 * DAY, "seconds", "4 d", "4 d"),
        (0.174, "ratio", "17.4 %", "17.4 %"),
        (2.5, "per day", "2.5 a day", "2.5 a day"),
        (0.0704, "per day", "2.1 a month", "2.1 a month"),
        (0.0, "per day", "0 a day", "0 a day"),
        (12345.0, "count", "12,345", "12,345"),
        (3.456, "EUR", "3.5 EUR", "3.5 EUR"),
        (0.0, "seconds", "0 s", "0 s"),
    ],
)
def test_values_have_short_and_whole_words(value: float, unit: str, short: str, long: str) -> None:
    """Short in the picture, whole in the table, with the unit in both."""
    assert (brief(value, unit), whole(value, unit)) == (short, long)


def test_no_data_is_a_word() -> None:
    """It is never 0."""
    assert whole(None, "count") == "no data"


def test_an_interval_has_the_unit_of_its_value() -> None:
    """And both ends their own where a length of time says so."""
    assert interval(0.0038, 0.31, "per day", 0.0704) == "0.12 – 9.4 a month"
    assert interval(60, 7200, "seconds", joint=" and ") == "1 min and 2 h"
