"""Places in pictures: the time axis and the graph."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from andon.web.axis import Axis
from andon.web.graph import layout

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@given(st.lists(st.integers(min_value=0, max_value=10**7), min_size=1, max_size=40))
def test_later_is_never_left_of_earlier(seconds: list[int]) -> None:
    """The axis shortens long stretches but keeps the order, and stays inside its edges."""
    instants = [NOON + timedelta(seconds=s) for s in seconds]
    axis = Axis(instants, 100, 900)
    places = [axis.x(at) for at in sorted(instants)]
    assert places == sorted(places)
    assert min(places) >= 100
    assert max(places) <= 900.1


def test_ticks_leave_room_for_their_words() -> None:
    """A hundred instants get as many ticks as can be read, the first and the last among them."""
    ticks = Axis([NOON + timedelta(seconds=s) for s in range(100)], 0, 600).ticks()
    assert ticks[0].words == "0 s"
    assert ticks[-1].words == "1 min 39 s"
    assert all(b.x - a.x >= 90 for a, b in itertools.pairwise(ticks))


def test_a_node_stands_right_of_what_it_needs() -> None:
    """Columns follow the needs, and no two nodes share a place."""
    drawn = layout({"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c"), "e": ()})
    boxes = {box.name: box for box in drawn.boxes}
    assert boxes["a"].x < boxes["b"].x == boxes["c"].x < boxes["d"].x
    assert len({(box.x, box.y) for box in drawn.boxes}) == 5
    assert len(drawn.edges) == 4


def test_no_curve_runs_behind_a_box() -> None:
    """A curve that passes a column gets a row of its own there."""
    drawn = layout({"lint": (), "unit": (), "integration": ("unit",), "bundle": ("lint", "integration")})
    boxes = {box.name: box for box in drawn.boxes}
    assert boxes["integration"].y != boxes["lint"].y
    assert drawn.height > boxes["integration"].y
