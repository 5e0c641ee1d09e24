"""Little's law holds exactly where everything opens and closes inside, and the gap is printed where it does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.tools.measurement.model.flow.items import items
from andon.tools.measurement.model.flow.landings import NEVER
from andon.tools.measurement.model.flow.littles_law import Stay, littles_law
from andon.tools.measurement.model.metric import Window
from tests.tools.measurement.publishing_api import PRODUCTION, publishing_api

DAY = 86400.0


def test_three_items() -> None:
    """Items [0,4], [1,3] and [2,6] over six units: L = 10/6, half an item arrives a unit, each stays 10/3."""
    found = littles_law([(0, 4), (1, 3), (2, 6)], 0, 6)
    assert found is not None
    assert found.in_progress == pytest.approx(10 / 6)
    assert found.arrivals_per_day == pytest.approx(0.5 * DAY)
    assert found.days_in_progress == pytest.approx(10 / 3 / DAY)
    assert found.holds
    assert found.gap == pytest.approx(0)


def test_an_item_open_at_the_edge_leaves_a_gap() -> None:
    """What began before the time counts with its full length on one side only, and that is said."""
    found = littles_law([(-4, 2), (1, 3)], 0, 4)
    assert found is not None
    assert not found.holds
    assert found.gap == pytest.approx(4 / 4)
    assert found.open_at_edges == 1


def test_what_is_open_for_ever_counts_until_the_end() -> None:
    """Work in progress has no end yet."""
    found = littles_law([(1, float("inf"))], 0, 4)
    assert found is not None
    assert found.in_progress == pytest.approx(3 / 4)
    assert found.open_at_edges == 1


def test_nothing_is_no_data() -> None:
    """An empty time has no average."""
    assert littles_law([], 0, 4) is None
    assert littles_law([(5, 6)], 0, 4) is None
    assert littles_law([(1, 2)], 4, 4) is None


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1))
def test_it_is_exact_when_everything_is_closed(times: list[tuple[int, int]]) -> None:
    """Whatever the items: counting by sweeping and multiplying agree."""
    stays: list[Stay] = [(min(pair), max(pair)) for pair in times]
    found = littles_law(stays, min(a for a, _ in stays), max(b for _, b in stays) + 1)
    assert found is not None
    assert found.holds
    assert found.open_at_edges == 0
    assert found.in_progress >= 0


def test_ten_years_of_a_real_service() -> None:
    """6,695 commits of publishing-api from commit to release: 4.943399 in progress on the average, by both sides."""
    history = publishing_api()
    everything = Window(begin=datetime(2014, 1, 1, tzinfo=UTC), end=datetime(2027, 1, 1, tzinfo=UTC))
    work = items(history, PRODUCTION, everything)
    stays = [stay for stay in zip(work.begun, work.done, strict=True) if stay[1] != NEVER]
    found = littles_law(stays, min(begun for begun, _ in stays), max(done for _, done in stays) + 1e-6)
    assert found is not None
    assert found.n == 6695
    assert found.in_progress == pytest.approx(4.943399090503177, rel=1e-9)
    assert found.product == pytest.approx(4.943399090503164, rel=1e-9)
    assert found.holds
    assert work.skewed == 0
