"""How available is what people plan, how much may go wrong for a target, and how available was a place really?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from andon.tools.measurement.model.availability.error_budget import (
    ALERT_RULES,
    AlertRule,
    Target,
    Urgency,
    burn_rate,
    full_outage_until_firing,
    threshold,
    time_to_exhaust,
)
from andon.tools.measurement.model.availability.systems import (
    INDEPENDENCE,
    System,
    SystemComponent,
    availability,
    downtime,
)

MONTH, YEAR = timedelta(days=30), timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPart:
    """A part of a system, or a system inside it, and how available it is."""

    #: 0 for the whole
    depth: int
    #: "web", "any of 2", "5 × 99.9 %"
    says: str
    availability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemAnswer:
    """How available a planned system is."""

    availability: float
    down_in_30_days_seconds: float
    down_in_365_days_seconds: float
    #: the whole first, then what it is made of, each below what it belongs to
    parts: tuple[SystemPart, ...]
    assumption: str = INDEPENDENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRateAlert:
    """When to wake somebody, or to write a ticket."""

    urgency: Urgency
    #: of the whole period's budget, 0 to 1
    budget_share: float
    long_window_seconds: float
    short_window_seconds: float
    #: how many times faster than allowed
    burn_rate: float
    #: the share of bad time or bad requests in both windows; over 1 it can never fire
    threshold: float
    #: until the whole budget is gone at this rate
    exhausted_in_seconds: float | None
    #: how long everything is down until it fires; None: never
    full_outage_until_firing_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetAnswer:
    """How much may go wrong."""

    #: 0 to 1
    target: float
    period_seconds: float
    budget_seconds: float
    alerts: tuple[BurnRateAlert, ...]


def system_answer(system: System) -> SystemAnswer:
    """The arithmetic of a planned system."""
    shares: dict[int, float] = {}
    share = availability(system, shares)
    return SystemAnswer(
        availability=share,
        down_in_30_days_seconds=downtime(share, MONTH).total_seconds(),
        down_in_365_days_seconds=downtime(share, YEAR).total_seconds(),
        parts=tuple(_system_parts(system, shares)),
    )


def _system_parts(
    of: SystemComponent | System, shares: dict[int, float], depth: int = 0, times: int = 1
) -> Iterator[SystemPart]:
    said = of.name or _kind(of)
    many = f"{times} × " if times > 1 else ""
    yield SystemPart(depth=depth, says=many + said, availability=shares[id(of)])
    if isinstance(of, System):
        for part, many_of_it in _runs(of.parts):
            yield from _system_parts(part, shares, depth + 1, many_of_it)


def _kind(of: SystemComponent | System) -> str:
    match of:
        case SystemComponent():
            return "part"
        case System(needed=needed, parts=parts) if needed == len(parts):
            return f"all of {needed}" if needed > 1 else "one"
        case System(needed=1, parts=parts):
            return f"any of {len(parts)}"
        case System(needed=needed, parts=parts):
            return f"{needed} of {len(parts)}"


def _runs(parts: tuple[SystemComponent | System, ...]) -> Iterator[tuple[SystemComponent | System, int]]:
    """Equal neighbours are shown once, with how many there are."""
    begin = 0
    for place in range(1, len(parts) + 1):
        if place == len(parts) or parts[place] != parts[begin]:
            yield parts[begin], place - begin
            begin = place


def budget_answer(target: Target) -> BudgetAnswer:
    """The budget of a target, and the alerts that keep it."""
    return BudgetAnswer(
        target=target.share,
        period_seconds=target.period.total_seconds(),
        budget_seconds=target.budget.total_seconds(),
        alerts=tuple(_alert(rule, target) for rule in ALERT_RULES if rule.long_window < target.period),
    )


def _alert(rule: AlertRule, target: Target) -> BurnRateAlert:
    burn = burn_rate(rule.share, rule.long_window, target.period)
    return BurnRateAlert(
        urgency=rule.urgency,
        budget_share=rule.share,
        long_window_seconds=rule.long_window.total_seconds(),
        short_window_seconds=rule.short_window.total_seconds(),
        burn_rate=burn,
        threshold=threshold(burn, target),
        exhausted_in_seconds=_seconds(time_to_exhaust(burn, target.period)),
        full_outage_until_firing_seconds=_seconds(full_outage_until_firing(rule, target)),
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
