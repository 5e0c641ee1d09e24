"""How much may go wrong in a period for a target to be met, how fast it is being used up, and when to wake somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from andon.kernel.errors import Invalid

#: wakes a person now; waits for working hours
Urgency = Literal["page", "ticket"]

#: the short window of an alert is this part of its long one: it stops the alert soon after the harm has ended.
#: Source: Google, "The Site Reliability Workbook", chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"
SHORT_PART = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What share of the time, or of the requests, is to be good."""

    #: above 0 and below 1: a target of 1 leaves no budget, and nothing could ever change
    share: float
    period: timedelta

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise Invalid(
                f"{self.share * 100:.10g} % is no target: expected more than 0 % and less than 100 %, so that there is "
                "an error budget: 99.9 %, for example."
            )
        if self.period <= timedelta(0):
            raise Invalid("A period has some length.")
        if not self.budget:
            raise Invalid(f"{self.share:.15%} leaves not a microsecond of the period. Write fewer nines.")

    @property
    def budget(self) -> timedelta:
        """How long everything may be down in the period."""
        return self.period * (1 - self.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """Say so when this share of the budget is used up within one window."""

    #: of the whole period's budget, 0 to 1
    share: float
    long_window: timedelta
    urgency: Urgency

    @property
    def short_window(self) -> timedelta:
        """Must be over the threshold too, so that the alert ends soon after the harm."""
        return self.long_window / SHORT_PART


#: Source: Google, "The Site Reliability Workbook", chapter 5, table 5-8; the third row is from slok/sloth's windows
ALERT_RULES = (
    AlertRule(share=0.02, long_window=timedelta(hours=1), urgency="page"),
    AlertRule(share=0.05, long_window=timedelta(hours=6), urgency="page"),
    AlertRule(share=0.10, long_window=timedelta(days=1), urgency="ticket"),
    AlertRule(share=0.10, long_window=timedelta(days=3), urgency="ticket"),
)


def burn_rate(share: float, window: timedelta, period: timedelta) -> float:
    """How many times faster than allowed: 1 uses up the budget exactly at the end of the period."""
    return share * (period / window)


def threshold(burn: float, target: Target) -> float:
    """The share of bad time, or bad requests, at which the budget burns so fast."""
    return burn * (1 - target.share)


def time_to_exhaust(burn: float, period: timedelta) -> timedelta | None:
    """From a full budget to an empty one at this rate; None when it never is empty, or only after 1,000 periods."""
    return period / burn if burn > 1e-3 else None


def full_outage_until_firing(rule: AlertRule, target: Target) -> timedelta | None:
    """How long everything is down until the rule fires, from a window without harm; None: it can never fire."""
    bad = threshold(burn_rate(rule.share, rule.long_window, target.period), target)
    return rule.long_window * bad if bad <= 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """What is left of a budget after some of its period."""

    budget: timedelta
    spent: timedelta
    #: less than nothing when more was spent than there was
    left: timedelta
    #: of the whole, 0 to 1; more than 1 when it is overdrawn
    spent_share: float
    #: how many times faster than allowed it was spent up to now
    burn: float
    #: until nothing is left when it goes on so; None when it does not, or nothing is left already
    empty_in: timedelta | None


def budget_state(target: Target, spent: timedelta, passed: timedelta) -> BudgetState:
    """The budget of a period of which `passed` is gone."""
    if not timedelta(0) < passed <= target.period:
        raise Invalid("What has passed of a period is some of it, and at most all.")
    budget, left = target.budget, target.budget - spent
    burn = (spent / passed) / (1 - target.share)
    spending = spent / passed  # of each unit of time
    return BudgetState(
        budget=budget,
        spent=spent,
        left=left,
        spent_share=spent / budget,
        burn=burn,
        empty_in=left / spending if spending > 0 and left > timedelta(0) else None,
    )
