"""Error budgets, burn rates and alerts, with the published figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.kernel.errors import Invalid
from andon.tools.measurement.answers.availability import budget_answer
from andon.tools.measurement.model.availability.error_budget import (
    ALERT_RULES,
    Target,
    budget_state,
    burn_rate,
    full_outage_until_firing,
    threshold,
    time_to_exhaust,
)

MONTH, YEAR = timedelta(days=30), timedelta(days=365)
THREE_NINES = Target(share=0.999, period=MONTH)
BURNS = [burn_rate(rule.share, rule.long_window, MONTH) for rule in ALERT_RULES]


def minutes(span: timedelta | None) -> float:
    """For comparing; there must be one."""
    assert span is not None
    return span.total_seconds() / 60


@pytest.mark.parametrize(
    ("share", "period", "budget"),
    [
        (0.99, MONTH, 432),
        (0.995, MONTH, 216),
        (0.999, MONTH, 43.2),
        (0.9995, MONTH, 21.6),
        (0.9999, MONTH, 4.32),
        (0.99999, MONTH, 0.432),
        (0.999, YEAR, 525.6),
        (0.9999, YEAR, 52.56),
    ],
)
def test_the_budget_of_a_target(share: float, period: timedelta, budget: float) -> None:
    """Minutes of everything being down."""
    assert minutes(Target(share=share, period=period).budget) == pytest.approx(budget)


def test_burn_rates_of_the_alerts() -> None:
    """2 % in an hour, 5 % in six, 10 % in a day, 10 % in three days."""
    assert pytest.approx([14.4, 6, 3, 1]) == BURNS
    assert [rule.urgency for rule in ALERT_RULES] == ["page", "page", "ticket", "ticket"]


def test_short_windows_are_a_twelfth() -> None:
    """5 and 30 minutes, 2 and 6 hours."""
    assert [minutes(rule.short_window) for rule in ALERT_RULES] == [5, 30, 120, 360]


def test_thresholds_of_three_nines() -> None:
    """The share of bad requests at which each alert fires."""
    assert [threshold(burn, THREE_NINES) for burn in BURNS] == pytest.approx([0.0144, 0.006, 0.003, 0.001])


@pytest.mark.parametrize(("burn", "hours"), [(14.4, 50), (1, 720), (1000, 0.72)])
def test_time_to_exhaust(burn: float, hours: float) -> None:
    """A full budget of 30 days at 14.4 is gone after 50 hours, at 1000 after 43.2 minutes."""
    assert minutes(time_to_exhaust(burn, MONTH)) == pytest.approx(hours * 60)


def test_what_burns_nothing_never_exhausts() -> None:
    """Nor is a date found for it."""
    assert time_to_exhaust(0, MONTH) is None


def test_a_full_outage_fires_soon() -> None:
    """0.864 minutes for the fastest alert, 2.16 for the next, 4.32 for the slowest."""
    fires = [minutes(full_outage_until_firing(rule, THREE_NINES)) for rule in ALERT_RULES]
    assert fires == pytest.approx([0.864, 2.16, 4.32, 4.32])


def test_an_alert_that_can_never_fire_says_so() -> None:
    """With a target of 90 % a burn of 14.4 would take more bad requests than there are."""
    answer = budget_answer(Target(share=0.9, period=MONTH))
    assert [alert.full_outage_until_firing_seconds is None for alert in answer.alerts] == [True, False, False, False]


def test_alerts_fit_into_the_period() -> None:
    """A budget of a day has no alert over three days."""
    assert len(budget_answer(Target(share=0.999, period=timedelta(days=1))).alerts) == 2


@pytest.mark.parametrize("share", [0, 1, 1.5, -1])
def test_a_target_leaves_a_budget(share: float) -> None:
    """100 % is no target."""
    with pytest.raises(Invalid, match="no target"):
        Target(share=share, period=MONTH)


def test_a_target_leaves_some_budget() -> None:
    """Nothing can be a part of nothing: so many nines that not a microsecond is left are no target."""
    with pytest.raises(Invalid, match="not a microsecond"):
        Target(share=0.99999999999999, period=MONTH)


def test_half_a_budget_left() -> None:
    """21.6 of 43.2 minutes after the whole period: burnt half as fast as allowed; it lasts as long again."""
    state = budget_state(THREE_NINES, timedelta(minutes=21.6), MONTH)
    assert minutes(state.left) == pytest.approx(21.6)
    assert [state.spent_share, state.burn] == pytest.approx([0.5, 0.5])
    assert state.empty_in is not None
    assert state.empty_in / MONTH == pytest.approx(1)


def test_an_overdrawn_budget() -> None:
    """More was spent than there was: less than nothing is left, and no date is found for its end."""
    state = budget_state(THREE_NINES, timedelta(hours=2), MONTH)
    assert state.left < timedelta(0)
    assert state.spent_share > 1
    assert state.empty_in is None


@given(st.floats(0.5, 0.99999), st.floats(0.001, 1))
def test_a_burn_of_one_ends_with_the_period(share: float, passed: float) -> None:
    """Whoever spends exactly what is allowed has nothing left at the end, and never before."""
    target = Target(share=share, period=MONTH)
    state = budget_state(target, target.budget * passed, MONTH * passed)
    assert state.burn == pytest.approx(1, rel=1e-3)


def test_no_more_can_have_passed_than_there_is() -> None:
    """A period is not longer than itself."""
    with pytest.raises(Invalid):
        budget_state(THREE_NINES, timedelta(0), YEAR)
