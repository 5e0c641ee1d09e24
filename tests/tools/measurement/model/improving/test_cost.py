"""Run minutes, environment hours, and the prices that held then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.ids import EnvironmentName
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.cost import Tariff, hours, run_minutes, summed
from andon.tools.measurement.model.improving.prices import EnvironmentPrice, Prices
from tests.tools.measurement.stream_facts import DAY, PRODUCTION, TEST, at, deployed, run, task


def prices(per_minute: float, per_hour: float | None = None) -> Prices:
    """In euros; production has a price only where one is given."""
    named = (
        () if per_hour is None else (EnvironmentPrice(environment=EnvironmentName("production"), per_hour=per_hour),)
    )
    return Prices(currency="EUR", per_run_minute=per_minute, environments=named)


def test_tasks_side_by_side_cost_twice() -> None:
    """Each has its machine; without tasks the run is all there is, and what never began costs nothing."""
    assert run_minutes(run(1, 0, 1, 9, task("unit", 1, 5), task("lint", 1, 3))) == 6
    assert run_minutes(run(1, 0, 1, 9)) == 8
    assert run_minutes(replace(run(1, 0, 1, 9), started_at=None)) == 0


def test_an_environment_costs_from_its_first_deployment() -> None:
    """In use or not."""
    history = History([deployed(0, 60 * 6)])
    assert hours(history, PRODUCTION, DAY) == 18
    assert hours(history, TEST, DAY) == 0


def test_a_price_holds_from_its_declaration() -> None:
    """What was before keeps its own; before the first one there is none."""
    tariff = Tariff(since=(at(60), at(600)), prices=(prices(1), prices(2)))
    held = [tariff.at(at(minute)) for minute in (0, 60, 599, 600, 900)]
    assert [each and each.per_run_minute for each in held] == [None, 1, 1, 2, 2]
    periods = [(part.begin, part.end, prices_.per_run_minute) for part, prices_ in tariff.periods(DAY)]
    assert periods == [(at(60), at(600), 1), (at(600), DAY.end, 2)]


def test_a_time_without_a_price_has_no_cost() -> None:
    """An unknown part makes the sum unknown, not smaller."""
    tariff = Tariff(since=(at(0), at(600)), prices=(prices(1), prices(1, per_hour=3)))
    production = EnvironmentName("production")
    assert summed(tariff, DAY, lambda _, held: held.per_hour(production)) is None
    later = replace(DAY, begin=at(700))
    assert summed(tariff, later, lambda part, held: (held.per_hour(production) or 0) * part.days) == pytest.approx(
        3 * later.days
    )


@given(st.lists(st.integers(-600, 3000), min_size=1, max_size=6))
def test_periods_make_the_window(minutes: list[int]) -> None:
    """From the first prices on, however often they change: no gap and no overlap."""
    tariff = Tariff(
        since=tuple(at(one) for one in sorted(minutes)), prices=tuple(prices(one) for one in sorted(minutes))
    )
    parts = [part for part, _ in tariff.periods(DAY)]
    first = max(DAY.begin, tariff.since[0])
    assert bool(parts) == (first < DAY.end)
    assert [part.begin for part in parts[:1]] == [first] * bool(parts)
    assert [part.end for part in parts[-1:]] == [DAY.end] * bool(parts)
    assert [part.end for part in parts[:-1]] == [part.begin for part in parts[1:]]
    assert all(held is tariff.at(part.begin) for part, held in tariff.periods(DAY))
