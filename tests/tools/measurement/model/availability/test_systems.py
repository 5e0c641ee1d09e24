"""How available a system is from its parts: the published figures, and what holds for every system."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.tools.measurement.answers.availability import system_answer
from andon.tools.measurement.model.availability.systems import (
    INDEPENDENCE,
    System,
    SystemComponent,
    at_least,
    availability,
    downtime,
    from_downtime,
    from_repairs,
)

shares = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def in_series(*parts: SystemComponent | System) -> System:
    """Every part is needed."""
    return System(needed=len(parts), parts=parts)


def in_parallel(*parts: SystemComponent | System, name: str = "") -> System:
    """One part is enough."""
    return System(name=name, needed=1, parts=parts)


def parts(share: float, many: int) -> tuple[SystemComponent, ...]:
    """So many of the same."""
    return (SystemComponent(availability=share),) * many


@pytest.mark.parametrize(
    ("share", "many", "result"), [(0.99, 5, 0.9509900499), (0.999, 10, 0.99004488021), (0.9999, 30, 0.997004345943)]
)
def test_parts_in_series_multiply(share: float, many: int, result: float) -> None:
    """Five parts of 99 % that are all needed make 95.1 %, not 99 %."""
    assert availability(in_series(*parts(share, many))) == pytest.approx(result, abs=1e-12)


def test_one_of_two_is_better_than_each() -> None:
    """Two of 99 % of which one is enough make 99.99 %."""
    assert availability(in_parallel(*parts(0.99, 2))) == pytest.approx(0.9999, abs=1e-12)


def test_what_was_found_is_kept_for_whoever_shows_the_parts() -> None:
    """A part that stands in several places is worked out once."""
    pair, known = in_parallel(*parts(0.99, 2)), dict[int, float]()
    assert availability(in_series(pair, pair), known) == pytest.approx(0.9999**2, abs=1e-12)
    assert known[id(pair)] == pytest.approx(0.9999, abs=1e-12)
    assert len(known) == 3


def test_series_and_parallel_go_together() -> None:
    """A pair behind one part of 99.9 % is no better than that part."""
    pair = in_parallel(*parts(0.99, 2))
    assert availability(in_series(SystemComponent(availability=0.999), pair)) == pytest.approx(0.9989001, abs=1e-12)


def test_two_of_three() -> None:
    """A quorum of three parts of 99 %."""
    assert availability(System(needed=2, parts=parts(0.99, 3))) == pytest.approx(0.999702, abs=1e-12)


def test_parts_of_a_quorum_may_differ() -> None:
    """Each way to have two of three is counted once."""
    by_hand = 0.9 * 0.8 * 0.7 + 0.9 * 0.8 * 0.3 + 0.9 * 0.2 * 0.7 + 0.1 * 0.8 * 0.7
    assert at_least(2, [0.9, 0.8, 0.7]) == pytest.approx(by_hand, abs=1e-12)


def test_from_failures_and_repairs() -> None:
    """100 hours between failures and 2 to repair."""
    assert from_repairs(timedelta(hours=100), timedelta(hours=2)) == pytest.approx(0.9803921569, abs=1e-10)


def test_from_minutes_down() -> None:
    """27,437 minutes down in a year are 94.78 %, 37 minutes 99.99 %, as upptime publishes them."""
    year = timedelta(days=365)
    assert f"{from_downtime(timedelta(minutes=27_437), year):.2%}" == "94.78%"
    assert f"{from_downtime(timedelta(minutes=37), year):.2%}" == "99.99%"


def test_more_downtime_than_time_is_none_of_it_up() -> None:
    """Bad counts never give less than nothing."""
    assert from_downtime(timedelta(days=2), timedelta(days=1)) == 0


def test_downtime_of_an_availability() -> None:
    """99.9 % of 30 days is 43.2 minutes down."""
    assert downtime(0.999, timedelta(days=30)).total_seconds() / 60 == pytest.approx(43.2)


@given(shares)
def test_more_needed_is_never_better(working: list[float]) -> None:
    """Needing one part more makes no system more available."""
    results = [at_least(needed, working) for needed in range(1, len(working) + 1)]
    assert all(a >= b - 1e-12 for a, b in pairwise(results))
    assert all(0 <= one <= 1 for one in results)


@given(shares)
def test_in_series_is_at_most_the_weakest(working: list[float]) -> None:
    """And in parallel at least the strongest."""
    assert at_least(len(working), working) <= min(working) + 1e-12
    assert at_least(1, working) >= max(working) - 1e-12


@pytest.mark.parametrize("needed", [0, 3])
def test_a_system_needs_some_of_its_parts(needed: int) -> None:
    """Not none, and not more than there are."""
    with pytest.raises(Invalid, match="cannot be needed"):
        System(needed=needed, parts=parts(0.9, 2))


@pytest.mark.parametrize(("between", "repair"), [(0, 1), (1, -1)])
def test_times_that_cannot_be(between: int, repair: int) -> None:
    """Between failures there is some time, and a repair takes no less than none."""
    with pytest.raises(Invalid):
        from_repairs(timedelta(hours=between), timedelta(hours=repair))


def test_the_answer_says_what_it_assumes() -> None:
    """Whoever reads the number reads that independence is assumed."""
    answer = system_answer(in_series(*parts(0.99, 5)))
    assert answer.assumption == INDEPENDENCE
    assert "independently" in INDEPENDENCE
    assert answer.down_in_30_days_seconds == pytest.approx((1 - 0.9509900499) * 30 * 86400)


def test_the_answer_shows_the_parts_below_the_whole() -> None:
    """Equal neighbours are one row that says how many."""
    pair = in_parallel(*parts(0.99, 2), name="db")
    answer = system_answer(in_series(SystemComponent(name="web", availability=0.999), pair))
    assert [(row.depth, row.says) for row in answer.parts] == [(0, "all of 2"), (1, "web"), (1, "db"), (2, "2 × part")]
    assert answer.parts[2].availability == pytest.approx(0.9999)
