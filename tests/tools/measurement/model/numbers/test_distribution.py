"""How single values lie, and how far a number made of few can be trusted."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.tools.measurement.model.numbers.distribution import (
    count_interval,
    dispersion,
    lower_median,
    median_interval,
    quantile,
    spread,
    wilson,
)

VALUES = st.lists(st.floats(0, 1e9), min_size=1, max_size=60).map(sorted)


@given(VALUES)
def test_the_median_is_the_one_that_python_knows(values: list[float]) -> None:
    """Interpolated between the two in the middle."""
    assert quantile(values, 0.5) == pytest.approx(statistics.median(values))
    assert lower_median(values) == statistics.median_low(values)


def test_quantiles_are_interpolated_as_spreadsheets_do() -> None:
    """PERCENTILE.INC of 1, 2, 3, 4."""
    assert quantile([1, 2, 3, 4], 0.85) == pytest.approx(3.55)
    assert quantile([7], 0.95) == 7


def test_the_mean_stands_only_beside_its_median() -> None:
    """One slow change pulls the mean, not the median."""
    found = spread([1.0, 1.0, 1.0, 1.0, 96.0])
    assert (found.median, found.mean) == (1.0, 20.0)


def test_five_values_give_no_interval_and_six_give_their_ends() -> None:
    """The sign test: 1 - 2 / 2**6 is 96.9 %."""
    assert median_interval([1, 2, 3, 4, 5], 5) is None
    assert median_interval([1, 2, 3, 4, 5, 6], 6) == (1, 6)


def covered(n: int, rank: int) -> float:
    """How often the median lies between the values `rank` from both ends."""
    beyond = sum(math.comb(n, below) for below in range(rank + 1))
    return 1 - float(Fraction(beyond, 2 ** (n - 1)))


@pytest.mark.parametrize("n", [6, 7, 9, 20, 99, 500, 1001, 4000])
def test_the_interval_of_a_median_holds_95_percent_and_one_step_less_would_not(n: int) -> None:
    """Counted out for few, and near enough for many."""
    found = median_interval(list(range(n)), n)
    assert found
    rank, last = int(found[0]), n - 1 - int(found[1])
    assert rank == last
    assert covered(n, rank) >= 0.95
    assert covered(n, rank + 2) < 0.95


def test_commits_that_travelled_together_are_one_observation() -> None:
    """A hundred commits of ten deployments give the wide interval of ten."""
    values = sorted(float(number % 50) for number in range(100))
    alone, together = median_interval(values, 100), median_interval(values, 10)
    assert alone
    assert together
    assert together[0] < alone[0] < alone[1] < together[1]


def test_the_interval_of_a_ratio() -> None:
    """Wilson's for 1 of 10, by hand; none of 10 may still be a quarter."""
    assert wilson(1, 10) == pytest.approx((0.01787, 0.40416), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.27754), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((1 - 0.27754, 1.0), abs=1e-4)
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (4, 1.090, 10.242), (30, 20.24, 42.83)]
)
def test_the_interval_of_a_count(count: int, low: float, high: float) -> None:
    """Near the exact one of Poisson, which tables have."""
    assert count_interval(count) == pytest.approx((low, high), rel=0.02, abs=0.015)


def test_bunches_make_the_interval_of_a_count_wider() -> None:
    """Weeks of 0 and 20 say less than weeks of 10."""
    assert dispersion([10, 10, 10, 10]) == 1.0
    assert dispersion([0, 20, 0, 20]) > 10
    narrow, wide = count_interval(40), count_interval(40, dispersion([0, 20, 0, 20]))
    assert wide[0] < narrow[0] < 40 < narrow[1] < wide[1]


def test_too_few_weeks_say_nothing_about_bunches() -> None:
    """Nor do weeks without anything."""
    assert dispersion([0, 9]) == dispersion([0, 0, 0, 0, 0]) == 1.0
