"""How soon each number of a million deployments is there, and in how much memory; the control sorts plain values.

An organisation of 200 services, each in 5 environments, with 1,000 commits a service, every one of them deployed to all
five: 1,000 places, 1,000,000 deployments. A metric is asked of all places over all of their time, and never twice over
the same time, so that no answer is one that was kept. It is the processor's time: nothing here waits for anything else.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import psutil

from andon.kernel.ids import CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.answers.numbers import one_metric, overview
from andon.tools.measurement.answers.records import numbers_report
from andon.tools.measurement.model.facts import Commit, Deployment, Fact, FactId, Incident, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.metric import Question, Window
from andon.tools.measurement.model.numbers.dora import METRICS

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = Window(begin=BEGIN, end=BEGIN + timedelta(days=366))
ROUNDS = 3
MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """So many services, each with so many commits in a year, every one or only some of them deployed."""

    services: int
    environments: tuple[str, ...]
    #: of each service
    commits: int
    #: of each service to each environment
    deployments: int
    incidents: int = 500


LARGE = Organisation(
    services=200,
    environments=("test", "staging", "eu", "us", "asia"),
    commits=1_000,
    deployments=1_000,
)
BUSY = Organisation(services=20, environments=("test", "production"), commits=5_000, deployments=500)


def facts(of: Organisation) -> Iterator[Fact]:
    """The year of all services."""
    chance = random.Random(20250101)
    for service in range(of.services):
        yield from lived(of, f"shop-{service}", chance)
    for number in range(of.incidents):
        at = BEGIN + timedelta(days=365 * number / of.incidents)
        place = place_of(f"shop-{number % of.services}", of.environments[-1])
        over = at + timedelta(hours=chance.expovariate(1))
        yield Incident(id=FactId(f"pager/{number}"), place=place, title="Slow", detected_at=at, resolved_at=over)


def lived(of: Organisation, name: str, chance: random.Random) -> Iterator[Fact]:
    """The commits of one service, each deployed to every environment; one deployment in fifty mends the one before."""
    before, every = "", of.commits // of.deployments
    for number in range(of.commits):
        commit = CommitId(f"{chance.getrandbits(160):040x}")
        at = BEGIN + timedelta(days=364 * number / of.commits, seconds=chance.random() * 3000)
        yield Commit(
            repository=RepositoryName(name),
            id=commit,
            parents=(CommitId(before),) if before else (),
            committed_at=at,
            authored_at=at,
        )
        before = commit
        if number % every == every - 1:
            for environment in of.environments:
                at += timedelta(seconds=chance.expovariate(1 / 3000))
                yield deployed(place_of(name, environment), number // every, commit, at)


def deployed(place: Place, number: int, commit: CommitId, at: datetime) -> Deployment:
    """The how-manieth of its place."""
    source = f"ledger/{place.environment}/{place.service}"
    return Deployment(
        id=FactId(f"{source}/{number}"),
        place=place,
        repository=RepositoryName(place.service),
        commit=commit,
        digest=f"sha256:{commit}{commit[:24]}",
        version=f"1.{number}",
        finished_at=at,
        mends=(FactId(f"{source}/{number - 1}"),) if number % 50 == 49 else (),
        by="andon/flow",
    )


def place_of(service: str, environment: str) -> Place:
    """By name."""
    return Place(service=ServiceName(service), environment=EnvironmentName(environment))


def timed(do: Callable[[], object]) -> float:
    """Seconds of the processor."""
    began = time.process_time()
    do()
    return time.process_time() - began


def tell(history: History, some: Iterable[Fact]) -> None:
    """One by one, as a server hears them."""
    for fact in some:
        history.add(fact)


def ask(history: History, name: str, window: Window) -> None:
    """One metric of every place, its trend too."""
    for place in history.places():
        metric, _ = one_metric(history, Question(place=place, window=window), name)
        assert metric.n or name == "mean-time-between-failures", metric


def windows() -> Iterator[Window]:
    """Never the same one twice, so that no answer is one that was kept."""
    return (Window(begin=BEGIN - timedelta(days=day), end=YEAR.end) for day in count(1))


def large() -> dict[str, float]:
    """A million deployments: told, asked for the first time, asked again."""
    process = psutil.Process()
    empty, history, other = process.memory_info().rss, History(), windows()
    told_s = timed(lambda: tell(history, facts(LARGE)))
    gc.collect()
    told = process.memory_info().rss
    first_s = timed(lambda: ask(history, "change-lead-time", YEAR))
    asked = {
        name: min(timed(lambda: ask(history, name, next(other))) for _ in range(ROUNDS))  # noqa: B023 - called at once
        for name in METRICS
    }
    return {
        "told_s": told_s,
        "first_s": first_s,
        "slowest_s": max(asked.values()),
        "rss_mib": process.memory_info().rss / MIB,
        "told_mib": told / MIB,
        "empty_mib": empty / MIB,
        **{f"{name}_s": took for name, took in asked.items()},
    }


def busy() -> dict[str, float]:
    """All numbers of all services of a busy team in production, as a page shows them."""
    history, other = History(facts(BUSY)), windows()
    production = EnvironmentName(BUSY.environments[-1])

    def shown(window: Window) -> float:
        return timed(lambda: [numbers_report(one) for one in overview(history, window, environment=production)]) * 1000

    first_ms = shown(YEAR)
    other_ms = statistics.median(shown(next(other)) for _ in range(ROUNDS * 3))
    live = []
    for number in range(ROUNDS * 3):
        commit = CommitId(f"{number:040x}")
        history.add(deployed(place_of("shop-7", production), 10_000 + number, commit, YEAR.end - timedelta(hours=1)))
        live.append(shown(YEAR))
    return {"overview_first_ms": first_ms, "overview_ms": other_ms, "overview_live_ms": statistics.median(live)}


def control() -> float:
    """As many plain values, sorted, and their median taken."""
    chance = random.Random(1)
    values = [chance.random() for _ in range(LARGE.services * len(LARGE.environments) * LARGE.deployments)]
    return min(timed(lambda: statistics.median(sorted(values))) for _ in range(ROUNDS))


def main() -> None:
    """The large one first: its memory is measured."""
    figures = {**large(), **busy(), "control_s": control()}
    print(json.dumps({"bench": "measurement_numbers", **{name: round(one, 3) for name, one in figures.items()}}))


if __name__ == "__main__":
    main()
