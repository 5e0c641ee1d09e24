"""A service's two slots in a world that loses, doubles and delays what it can."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.tools.delivery.model.slots import State

from .street import STREAM, live


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_every_promotion_gets_one_verdict_and_traffic_only_goes_where_it_may(seed: int) -> None:
    """Whatever goes wrong: one verdict each, traffic only to what was smoke-checked, and never to nobody."""
    world, street = live(seed)
    state: State = world.state(STREAM)
    assert state.current is None
    assert state.queued is None
    assert {len(given) for given in street.verdicts.values()} <= {1}
    if street.was_verified:
        slot = state.slot_in("live")
        assert slot is not None
        assert street.weights[slot] == 100


@pytest.mark.parametrize("seed", range(40))
def test_these_seeds(seed: int) -> None:
    """The same, for seeds that are the same on every machine."""
    world, street = live(seed)
    state: State = world.state(STREAM)
    assert (state.current, state.queued) == (None, None)
    standing = {slot: here.request.promotion for slot in ("blue", "green") if (here := state.standing(slot))}
    assert street.running == standing
