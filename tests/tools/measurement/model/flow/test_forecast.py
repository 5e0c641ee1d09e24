"""Forecasts are exact: the same past gives the same answer, and it is the published one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.tools.measurement.model.flow.forecast import ITEMS_AT_MOST, distribution, how_many, when

#: the weeks of Mike Bowler's example
WEEKS = (1, 3, 5, 3, 7, 8, 0, 5, 3, 1, 8, 2)
some_weeks = st.lists(st.integers(0, 9), min_size=1, max_size=8)


def test_a_hundred_items() -> None:
    """26, 30 and 33 weeks for 50, 85 and 95 %, each with its exact chance."""
    found = when(WEEKS, 100)
    assert [one.value for one in found] == [26, 30, 33]
    assert [round(one.chance, 4) for one in found] == [0.5007, 0.8576, 0.9642]


def test_twenty_items() -> None:
    """6, 8 and 9 weeks."""
    assert [one.value for one in when(WEEKS, 20)] == [6, 8, 9]


def test_ten_weeks() -> None:
    """At least 38 items at 50 %, at least 30 at 85 %."""
    assert [one.value for one in how_many(WEEKS, 10, (0.5, 0.85))] == [38, 30]


def test_nothing_done_is_never() -> None:
    """A past without a single item promises nothing, and does not go on for ever."""
    assert [one.value for one in when((0, 0), 3)] == [None, None, None]
    assert [one.value for one in when((), 3)] == [None, None, None]
    assert how_many((), 3) == ()
    assert [one.value for one in how_many((0, 0), 3)] == [0, 0, 0]


@pytest.mark.parametrize("items", [0, -1, ITEMS_AT_MOST + 1])
def test_too_much_is_refused_in_words(items: int) -> None:
    """A forecast that would take minutes says what may be asked instead."""
    with pytest.raises(Invalid, match="Ask for 1 to"):
        when(WEEKS, items)


@pytest.mark.parametrize("weeks", [0, -3, 521])
def test_no_plan_is_that_long(weeks: int) -> None:
    """Neither no week nor more than ten years."""
    with pytest.raises(Invalid, match="Ask for 1 to 520"):
        how_many(WEEKS, weeks)


def test_what_would_take_minutes_is_refused_in_words() -> None:
    """One reader must not keep a server from all others; the usual four weeks are always answered."""
    busy = [0, 190, *(number * 37 % 191 for number in range(50))]
    with pytest.raises(Invalid, match="takes too long to work out"):
        how_many(busy, 520)
    assert next(one.value for one in how_many(busy, 4)) in range(300, 460)


def test_a_long_forecast_loses_no_chance() -> None:
    """What is left out because it is too small to matter is too small to be seen."""
    assert sum(distribution([0, 3, 20, 7], 400)) == pytest.approx(1, abs=1e-12)
    assert when([0, 3, 20, 7], 3000, (0.5,))[0].chance == pytest.approx(0.5, abs=0.02)


@given(some_weeks, st.integers(1, 12))
def test_chances_sum_to_one(weekly: list[int], weeks: int) -> None:
    """Whatever the past: something will be done, and nothing is negative."""
    sums = distribution(weekly, weeks)
    assert sum(sums) == pytest.approx(1)
    assert min(sums) >= 0
    assert sum(value * chance for value, chance in enumerate(sums)) == pytest.approx(weeks * sum(weekly) / len(weekly))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.integers(1, 4), st.integers(1, 12))
def test_it_agrees_with_counting_every_future(weekly: list[int], weeks: int, items: int) -> None:
    """For few weeks every future can be written down."""
    futures = [sum(one) for one in itertools.product(weekly, repeat=weeks)]
    sums = distribution(weekly, weeks)
    assert sum(sums[items:]) == pytest.approx(sum(one >= items for one in futures) / len(futures))


@given(some_weeks, st.integers(1, 60))
def test_more_certain_takes_longer(weekly: list[int], items: int) -> None:
    """Weeks go up with the level, and each level is kept."""
    found = [one for one in when(weekly, items) if one.value is not None]
    assert [one.value for one in found] == sorted(one.value or 0 for one in found)
    assert all(one.chance >= one.level for one in found)
