"""What a change costs: run minutes and environment hours at declared prices, shared among what was delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

from andon.kernel.ids import CommitId
from andon.kernel.words import minute, plural
from andon.tools.measurement.answers.flow_facts import FlowFacts, flow_facts
from andon.tools.measurement.model.facts import Place, Run
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.cost import Tariff, hours, run_minutes, summed
from andon.tools.measurement.model.metric import Evidence, Question, Window
from andon.tools.measurement.people import PricesSince

#: of the commits whose runs cost most
EXAMPLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPart:
    """One thing that costs."""

    #: "runs", or an environment
    what: str
    #: "run minutes" or "hours"
    unit: str
    quantity: float
    #: in the currency; None when nobody declared a price
    cost: float | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The whole answer."""

    question: Question
    #: ISO 4217; "" when no prices are declared
    currency: str
    parts: tuple[CostPart, ...]
    #: of the parts that have a price; None when none has
    total: float | None
    #: that came to the place in the window
    changes: int
    deployments: int
    #: total / the changes that came since there are prices; None when there is no total, or nothing came
    per_change: float | None
    per_deployment: float | None
    #: the commits whose runs took most minutes; value in the currency, or in minutes where there is no price
    dearest: tuple[Evidence, ...]
    notes: tuple[str, ...]


def cost(history: History, question: Question, declared: Sequence[PricesSince]) -> Cost:
    """Over the window; `declared` are all price lists, the oldest first."""
    here = flow_facts(history, question)
    tariff = _tariff(declared)
    runs = _runs(here)
    parts = (_run_part(here, runs, tariff), *(_place_part(here, place, tariff) for place in here.work.way))
    priced = [part.cost for part in parts if part.cost is not None]
    total = sum(priced) if priced else None
    brought = here.came.brought
    priced_ones = [deployment for _, deployment in brought if tariff and tariff.at(deployment.finished_at)]
    priced_deployments = len({deployment.id for deployment in priced_ones})
    return Cost(
        question=question,
        currency=declared[-1].prices.currency if declared else "",
        parts=parts,
        total=total,
        changes=len(brought),
        deployments=len({deployment.id for _, deployment in brought}),
        per_change=total / len(priced_ones) if total is not None and priced_ones else None,
        per_deployment=total / priced_deployments if total is not None and priced_deployments else None,
        dearest=_dearest(runs, tariff),
        notes=_notes(here, declared, tariff, parts),
    )


def _tariff(declared: Sequence[PricesSince]) -> Tariff | None:
    """Of one currency, the newest: what was declared in another one before cannot be added."""
    same = [one for one in declared if one.prices.currency == declared[-1].prices.currency]
    if not same:
        return None
    return Tariff(since=tuple(one.since for one in same), prices=tuple(one.prices for one in same))


def _runs(here: FlowFacts) -> tuple[Run, ...]:
    """Every run of these repositories that ended in the window, of branches too: they cost as much."""
    return tuple(
        run
        for repository in here.work.repositories
        for run in here.history.facts(Run, repository)
        if run.finished_at and here.window.holds(run.finished_at)
    )


def _run_part(here: FlowFacts, runs: Sequence[Run], tariff: Tariff | None) -> CostPart:
    minutes = sum(run_minutes(run) for run in runs)
    return CostPart(
        what="runs",
        unit="run minutes",
        quantity=minutes,
        cost=sum(_price(run, tariff) for run in runs) if tariff and tariff.since[0] < here.window.end else None,
        says=f"{plural(len(runs), 'run')} of {', '.join(here.work.repositories) or 'no repository'}",
    )


def _price(run: Run, tariff: Tariff) -> float:
    """Nothing for what ran before prices were declared."""
    prices = tariff.at(run.finished_at or run.queued_at)
    return run_minutes(run) * prices.per_run_minute if prices else 0.0


def _place_part(here: FlowFacts, place: Place, tariff: Tariff | None) -> CostPart:
    name, used = place.environment, hours(here.history, place, here.window)
    price = None
    if tariff is not None:
        price = summed(tariff, here.window, lambda part, prices: _hourly(here, place, part, prices.per_hour(name)))
    return CostPart(
        what=name, unit="hours", quantity=used, cost=price, says=f"{place.service} in {name}, in use or not"
    )


def _hourly(here: FlowFacts, place: Place, part: Window, per_hour: float | None) -> float | None:
    return None if per_hour is None else per_hour * hours(here.history, place, part)


def _dearest(runs: Sequence[Run], tariff: Tariff | None) -> tuple[Evidence, ...]:
    spent: dict[CommitId, float] = defaultdict(float)
    newest: dict[CommitId, Run] = {}
    for run in runs:
        spent[run.commit] += _price(run, tariff) if tariff else run_minutes(run)
        newest[run.commit] = run
    return tuple(
        replace(_row(newest[commit]), value=spent[commit])
        for commit in nlargest(EXAMPLES, spent, key=spent.__getitem__)
    )


def _row(run: Run) -> Evidence:
    at = run.finished_at or run.queued_at
    return Evidence(fact=run.id, name=run.commit[:10], commit=run.commit, at=at, why="all its runs", link=run.link)


def _notes(
    here: FlowFacts, declared: Sequence[PricesSince], tariff: Tariff | None, parts: Sequence[CostPart]
) -> tuple[str, ...]:
    if tariff is None:
        return ("No prices are declared, so nothing has a cost. Declare them with: andon price",)
    found = [f"{part.what} has no price and is not in the total." for part in parts if part.cost is None]
    if tariff.since[0] > here.window.begin:
        since = minute(tariff.since[0])
        found.append(f"Prices hold from when they were declared, {since}: what ran or came before costs nothing here.")
    if any(one.prices.currency != declared[-1].prices.currency for one in declared):
        found.append(f"Prices in other currencies than {declared[-1].prices.currency} are left out.")
    found.append("A service that shares its repository with others is charged with all of its runs.")
    return tuple(found)
