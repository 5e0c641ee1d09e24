"""Prices as a noun."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from andon.kernel.decider import fold
from andon.kernel.errors import Invalid
from andon.kernel.ids import EnvironmentName
from andon.tools.measurement.model.improving.prices import NOUN, DeclarePrices, EnvironmentPrice, Prices

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PRODUCTION = EnvironmentName("production")
PRICES = Prices(
    currency="EUR", per_run_minute=0.008, environments=(EnvironmentPrice(environment=PRODUCTION, per_hour=0.12),)
)


def test_the_same_prices_again_are_no_event() -> None:
    """Declared once, they hold until others are."""
    state = fold(NOUN.initial, DeclarePrices(prices=PRICES).decide(NOUN.initial, NOW))
    assert DeclarePrices(prices=PRICES).decide(state, NOW) == ()
    assert state.prices.per_hour(PRODUCTION) == 0.12
    assert state.prices.per_hour(EnvironmentName("test")) is None


@pytest.mark.parametrize(
    "prices",
    [
        Prices(currency="euro"),
        Prices(currency="EUR", per_run_minute=-1),
        Prices(currency="EUR", per_run_minute=math.inf),
        Prices(currency="EUR", per_run_minute=math.nan),
        Prices(currency="EUR", environments=(EnvironmentPrice(environment=PRODUCTION, per_hour=1e9),)),
    ],
)
def test_what_can_be_no_price_is_refused(prices: Prices) -> None:
    """A slip of the comma is noticed when it is made."""
    with pytest.raises(Invalid):
        DeclarePrices(prices=prices).decide(NOUN.initial, NOW)
