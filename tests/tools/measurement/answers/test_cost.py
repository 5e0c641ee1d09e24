"""What a change costs at declared prices."""

from __future__ import annotations

import msgspec
import pytest

from andon.kernel.ids import Actor, EnvironmentName
from andon.tools.measurement.answers.cost import Cost, cost
from andon.tools.measurement.model.facts import Fact
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.prices import EnvironmentPrice, Prices
from andon.tools.measurement.people import PricesSince
from tests.tools.measurement.stream_facts import QUESTION, TEST, at, commit, deployed, name, run, task

FACTS: tuple[Fact, ...] = (
    commit(0, -100), deployed(0, -95, place=TEST), deployed(0, -90),
    commit(1, 10), run(1, 11, 12, 22, task("unit", 12, 22), task("lint", 12, 14)), deployed(1, 30, place=TEST),
    deployed(1, 60),
    commit(2, 600), run(2, 600, 601, 605), run(3, 600, 601, 603, trunk=False), deployed(2, 640),
)  # fmt: skip


def declared(minute: float, per_minute: float, currency: str = "EUR", **per_hour: float) -> PricesSince:
    """A price list from then on."""
    environments = tuple(
        EnvironmentPrice(environment=EnvironmentName(where), per_hour=one) for where, one in per_hour.items()
    )
    prices = Prices(currency=currency, per_run_minute=per_minute, environments=environments)
    return PricesSince(since=at(minute), by=Actor("ada"), prices=prices)


def asked(*lists: PricesSince) -> Cost:
    """Of production on the first day."""
    return cost(History(FACTS), QUESTION, lists)


def test_run_minutes_and_environment_hours() -> None:
    """12 + 4 + 2 run minutes and twice 24 hours, shared among two changes."""
    found = asked(declared(-500, 0.5, test=1, production=2))
    assert {part.what: (part.quantity, part.cost) for part in found.parts} == {
        "runs": (18, 9),
        "test": (24, 24),
        "production": (24, 48),
    }
    assert (found.currency, found.total, found.changes, found.per_change) == ("EUR", 81, 2, 40.5)
    assert (found.deployments, found.per_deployment) == (2, 40.5)
    assert [(row.value, row.commit) for row in found.dearest][:1] == [(6, name(1))]


def test_a_new_price_holds_from_its_declaration() -> None:
    """The first run at the old price, the others at the new one; so are the hours."""
    found = asked(declared(-500, 1, production=1), declared(480, 2, production=3))
    assert {part.what: part.cost for part in found.parts} == {
        "runs": 12 + 2 * 6,
        "test": None,
        "production": 8 + 16 * 3,
    }
    assert "test has no price and is not in the total." in found.notes


def test_what_was_before_the_first_prices_costs_nothing() -> None:
    """It is said, and changes of before are not shared the cost of after."""
    found = asked(declared(602, 1, production=1))
    assert {part.what: part.cost for part in found.parts} == {
        "runs": 4 + 2,
        "test": None,
        "production": pytest.approx((24 * 60 - 602) / 60),
    }
    assert (found.changes, found.per_change) == (2, found.total)
    assert any(note.startswith("Prices hold from when they were declared, 2026-03-0") for note in found.notes)
    late = asked(declared(3000, 1, production=1))
    assert (late.total, late.per_change) == (None, None)


def test_another_currency_is_not_added() -> None:
    """Only the newest one counts."""
    found = asked(declared(-500, 7, "USD"), declared(-400, 1))
    assert (found.currency, found.total) == ("EUR", 18)
    assert "Prices in other currencies than EUR are left out." in found.notes


def test_without_prices_nothing_has_a_cost() -> None:
    """Minutes and hours are there all the same, and what to do next."""
    found = asked()
    assert (found.currency, found.total, found.per_change) == ("", None, None)
    assert [part.quantity for part in found.parts] == [18, 24, 24]
    assert "andon price" in found.notes[0]
    assert msgspec.json.decode(msgspec.json.encode(found))["total"] is None


def test_nothing_came_and_it_cost_all_the_same() -> None:
    """No change, no cost a change; the environment still costs."""
    found = cost(History(FACTS[:3]), QUESTION, [declared(-500, 1, production=1)])
    assert found.total == pytest.approx(24)
    assert (found.changes, found.per_change) == (0, None)
