"""How available was a place, as its incidents tell, and what is left of its error budget?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from andon.tools.measurement.model.availability.error_budget import Target, budget_state
from andon.tools.measurement.model.availability.systems import from_downtime
from andon.tools.measurement.model.facts import Incident
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Evidence, Exclusion, Metric, Question, Window

DEFINITION = (
    "Share of the window in which no incident of this place was doing harm. Harm lasts from the time at which an "
    "incident was detected until it was mitigated, or resolved where no mitigation was reported; time in which "
    "several incidents overlap is counted once; an incident that is still open counts until the end of the window. "
    "A slow service counts like a dead one: incidents do not say how many people were hit."
)
NOBODY_TOLD = (
    "No incident of this service was ever reported. Either there was none, or no source reports them: connect one "
    "(andon connect) or import them (andon import) before you believe 100 %."
)
NO_ENVIRONMENT = "its source does not say the environment, so it counts here"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLeft:
    """What is left of an error budget at the end of the window."""

    #: 0 to 1
    target: float
    period_seconds: float
    budget_seconds: float
    spent_seconds: float
    #: less than 0 when it is overdrawn
    left_seconds: float
    #: 0 to 1; more when it is overdrawn
    spent_share: float
    #: how many times faster than allowed
    burn_rate: float
    #: when it goes on so; None when nothing is spent, or nothing is left
    empty_in_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAnswer:
    """One place in one window."""

    question: Question
    metric: Metric
    down_seconds: float
    #: None without a target, and where nothing is known
    budget: BudgetLeft | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Harm:
    """An incident's part of the window."""

    incident: Incident
    begin: datetime
    end: datetime
    why: str


def measured_availability(history: History, question: Question, target: Target | None = None) -> MeasuredAnswer:
    """Of the question's place; with a target, the budget of the period that ends with the window.

    The window is cut at `as_of`: what is not known yet is neither up nor down.
    """
    window = _known(question)
    told = [one for one in history.facts(Incident) if _is_of(one, question) and one.detected_at < window.end]
    wrong = [one for one in told if (ended := _ended(one)) is not None and ended < one.detected_at]
    harms = [harm for one in told if one not in wrong and (harm := _harm(one, window)) is not None]
    harms.sort(key=lambda harm: harm.begin)
    down = _union(harms)
    metric = _metric(window, harms, wrong, down if told else None)
    left = _left(target, down, window) if target and told else None
    return MeasuredAnswer(
        question=replace(question, window=window), metric=metric, down_seconds=down.total_seconds(), budget=left
    )


def _known(question: Question) -> Window:
    end = min(question.window.end, question.as_of) if question.as_of else question.window.end
    return Window(begin=question.window.begin, end=max(end, question.window.begin + timedelta(microseconds=1)))


def _is_of(incident: Incident, question: Question) -> bool:
    place, asked = incident.place, question.place
    return place.service == asked.service and place.environment in {"", asked.environment}


def _ended(incident: Incident) -> datetime | None:
    return incident.mitigated_at or incident.resolved_at


def _harm(incident: Incident, window: Window) -> _Harm | None:
    """None when it did no harm inside the window."""
    ended = _ended(incident)
    begin, end = max(incident.detected_at, window.begin), min(ended or window.end, window.end)
    if begin >= end:
        return None
    why = ["it is still open at the end of the window" if ended is None or ended > window.end else ""]
    why[0] = why[0] or f"until it was {'mitigated' if incident.mitigated_at else 'resolved'}"
    why += [] if incident.place.environment else [NO_ENVIRONMENT]
    return _Harm(incident=incident, begin=begin, end=end, why="; ".join(why))


def _union(harms: Iterable[_Harm]) -> timedelta:
    """The time that at least one of them covers; they come in the order of their begin."""
    total, covered = timedelta(), None
    for harm in harms:
        begin = harm.begin if covered is None else max(harm.begin, covered)
        if harm.end > begin:
            total += harm.end - begin
        covered = harm.end if covered is None else max(covered, harm.end)
    return total


def _metric(window: Window, harms: list[_Harm], wrong: list[Incident], down: timedelta | None) -> Metric:
    length = window.end - window.begin
    lasted = sum((harm.end - harm.begin for harm in harms), timedelta())
    twice = lasted - down if down is not None else timedelta()
    notes = [NOBODY_TOLD] if down is None else []
    notes += [f"{twice.total_seconds() / 60:.1f} min in which incidents overlap are counted once."] if twice else []
    return Metric(
        id="availability",
        title="Availability",
        unit="ratio",
        value=None if down is None else from_downtime(down, length),
        definition=DEFINITION,
        sample="incidents",
        n=len(harms),
        counted=tuple(_evidence(one.incident, one.why, (one.end - one.begin) / length) for one in harms),
        excluded=_excluded(wrong),
        notes=tuple(notes),
    )


def _excluded(wrong: list[Incident]) -> tuple[Exclusion, ...]:
    if not wrong:
        return ()
    rows = tuple(_evidence(one, "it ended before it was detected", None) for one in wrong)
    return (Exclusion(reason="its end is before its begin", rows=rows),)


def _evidence(incident: Incident, why: str, share: float | None) -> Evidence:
    return Evidence(
        fact=incident.id, name=incident.title, at=incident.detected_at, value=share, why=why, link=incident.link
    )


def _left(target: Target, down: timedelta, window: Window) -> BudgetLeft:
    passed = min(window.end - window.begin, target.period)
    state = budget_state(target, down, passed)
    return BudgetLeft(
        target=target.share,
        period_seconds=target.period.total_seconds(),
        budget_seconds=state.budget.total_seconds(),
        spent_seconds=state.spent.total_seconds(),
        left_seconds=state.left.total_seconds(),
        spent_share=state.spent_share,
        burn_rate=state.burn,
        empty_in_seconds=None if state.empty_in is None else state.empty_in.total_seconds(),
    )
