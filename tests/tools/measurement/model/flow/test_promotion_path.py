"""The way to a place is read from what passed, not from a drawing."""

from __future__ import annotations

from andon.kernel.ids import EnvironmentName, ServiceName
from andon.tools.measurement.model.facts import Deployment, Place
from andon.tools.measurement.model.flow.promotion_path import promotion_path
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Window
from tests.tools.measurement.stream_facts import DAY, PRODUCTION, SHOP, TEST, at, deployed

ACCEPTANCE = Place(service=SHOP, environment=EnvironmentName("acceptance"))
OTHER = Place(service=ServiceName("billing"), environment=EnvironmentName("test"))


def through(number: int, minute: float, *places: Place) -> list[Deployment]:
    """One artifact into each place, ten minutes apart."""
    return [deployed(number, minute + 10 * turn, place=place) for turn, place in enumerate(places)]


def test_environments_in_the_order_in_which_artifacts_pass_them() -> None:
    """The earliest first; another service's do not count, nor what comes after."""
    facts = [
        *through(1, 0, TEST, ACCEPTANCE, PRODUCTION),
        *through(2, 60, TEST, PRODUCTION),
        *through(3, 120, TEST, ACCEPTANCE, PRODUCTION, OTHER),
    ]
    history = History(facts)
    assert promotion_path(history, PRODUCTION, DAY) == (TEST, ACCEPTANCE, PRODUCTION)
    assert promotion_path(history, ACCEPTANCE, DAY) == (TEST, ACCEPTANCE)
    assert promotion_path(history, TEST, DAY) == (TEST,)


def test_what_failed_was_not_there() -> None:
    """Only deployments that succeeded show the way."""
    facts = [deployed(1, 5, place=TEST, outcome="failure"), deployed(1, 10)]
    assert promotion_path(History(facts), PRODUCTION, DAY) == (PRODUCTION,)


def test_the_way_is_that_of_the_window() -> None:
    """An environment that was given up is not on it any more, but what went by it before the window still tells."""
    old, new = through(1, -3000, ACCEPTANCE, PRODUCTION), through(2, 100, TEST, PRODUCTION)
    assert promotion_path(History([*old, *new]), PRODUCTION, DAY) == (TEST, PRODUCTION)
    assert promotion_path(History([*old, *new]), PRODUCTION, Window(begin=at(-5000), end=at(0))) == (
        ACCEPTANCE,
        PRODUCTION,
    )
    assert promotion_path(History(old), PRODUCTION, DAY) == (ACCEPTANCE, PRODUCTION)


def test_an_unknown_place_has_itself() -> None:
    """Nothing was ever deployed there."""
    assert promotion_path(History(), PRODUCTION, DAY) == (PRODUCTION,)
