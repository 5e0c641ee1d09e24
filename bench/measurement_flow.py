"""How soon value stream, flow, waste and cost of a year are there; the control walks every commit and run once.

A year of a busy organisation: 100,000 commits, each with a run of four tasks, every tenth published and put into test
and production: 20,000 deployments. Once as five services, once all in one, which is the most that one answer can ask.
"""

from __future__ import annotations

import gc
import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from andon.kernel.ids import Actor, CommitId, EnvironmentName, RepositoryName, ServiceName
from andon.tools.measurement.answers.cost import cost
from andon.tools.measurement.answers.flow import flow
from andon.tools.measurement.answers.value_stream import value_stream
from andon.tools.measurement.answers.waste import waste
from andon.tools.measurement.model.facts import (
    Change,
    Commit,
    Deployment,
    Fact,
    FactId,
    Incident,
    Place,
    PromotionOffer,
    Publication,
    Run,
    TaskTime,
)
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.prices import EnvironmentPrice, Prices
from andon.tools.measurement.model.metric import Question, Window
from andon.tools.measurement.people import PricesSince

COMMITS = 100_000
SERVICES = 5
EVERY = 10  #: how many commits one deployment brings
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=366)
USUAL = Window(begin=END - timedelta(days=90), end=END)
YEAR = Window(begin=BEGIN, end=END)
TEST, PRODUCTION = EnvironmentName("test"), EnvironmentName("production")
TASKS = (("lint", (), 20), ("unit", (), 90), ("integration", ("unit",), 240), ("package", ("lint", "integration"), 30))
PRICES = PricesSince(
    since=BEGIN,
    by=Actor("ada"),
    prices=Prices(
        currency="EUR", per_run_minute=0.01, environments=(EnvironmentPrice(environment=PRODUCTION, per_hour=1),)
    ),
)
ANSWERS: dict[str, Callable[[History, Question], object]] = {
    "flow": flow,
    "value_stream": value_stream,
    "waste": waste,
    "cost": lambda history, question: cost(history, question, (PRICES,)),
}


class Service:
    """A year of one service: pushes straight to trunk, now and then a red run, now and then a rollback."""

    def __init__(self, name: str, commits: int) -> None:
        self.name, self.commits = name, commits
        self.repository = RepositoryName(name)
        self.chance = random.Random(name)
        self.step = timedelta(days=365) / commits

    def facts(self) -> Iterator[Fact]:
        """In order."""
        before: tuple[CommitId, ...] = ()
        for number in range(self.commits):
            commit = CommitId(f"{self.chance.getrandbits(160):040x}")
            at = BEGIN + self.step * (number + self.chance.random())
            yield from self.pushed(number, commit, before, at)
            before = (commit,)
            run = self.run(number, commit, at + timedelta(seconds=self.chance.expovariate(1 / 20)))
            yield run
            if number % EVERY == EVERY - 1 and run.finished_at:
                yield from self.shipped(number, commit, run.finished_at)

    def pushed(self, number: int, commit: CommitId, before: tuple[CommitId, ...], at: datetime) -> Iterator[Fact]:
        written, author = at - timedelta(minutes=self.chance.expovariate(1 / 90)), f"person-{number % 12}"
        yield Commit(
            repository=self.repository,
            id=commit,
            parents=before,
            committed_at=at,
            authored_at=written,
            author=author,
            subject=f"Change {number}",
        )
        yield Change(
            id=FactId(f"ledger/{self.name}@{commit}"),
            repository=self.repository,
            title=f"Change {number}",
            author=author,
            first_commit_at=written,
            opened_at=at,
            merged_at=at,
            head=commit,
            merge_commit=commit,
            merged_by=author,
        )

    def run(self, number: int, commit: CommitId, queued: datetime) -> Run:
        ends: dict[str, datetime] = {}
        tasks: list[TaskTime] = []
        for name, needs, seconds in TASKS:
            ready = max((ends[need] for need in needs), default=queued + timedelta(seconds=5))
            begun = ready + timedelta(seconds=self.chance.expovariate(1 / 3))
            ends[name] = begun + timedelta(seconds=seconds * (0.7 + self.chance.random()))
            tasks.append(
                TaskTime(
                    name=name, needs=needs, ready_at=ready, started_at=begun, finished_at=ends[name], outcome="success"
                )
            )
        return Run(
            id=FactId(f"ledger/run/{self.name}/{number}"),
            repository=self.repository,
            commit=commit,
            queued_at=queued,
            started_at=queued + timedelta(seconds=5),
            finished_at=max(ends.values()),
            outcome="failure" if number % 30 == 0 else "success",
            tasks=tuple(tasks),
        )

    def shipped(self, number: int, commit: CommitId, at: datetime) -> Iterator[Fact]:
        service, digest, version = ServiceName(self.name), f"sha256:{commit}{commit[:24]}", f"1.{number}"
        yield Publication(
            id=FactId(f"ledger/{self.name}/{version}"),
            service=service,
            repository=self.repository,
            commit=commit,
            digest=digest,
            version=version,
            at=at,
            provenance=True,
        )
        for environment in (TEST, PRODUCTION):
            place = Place(service=service, environment=environment)
            offered = at + timedelta(seconds=5)
            yield PromotionOffer(id=FactId(f"ledger/offer/{place}/{number}"), place=place, digest=digest, at=offered)
            begun = offered + timedelta(minutes=self.chance.expovariate(1 / 30))
            at = begun + timedelta(seconds=40)
            yield Deployment(
                id=FactId(f"ledger/{environment}/{self.name}/{number}"),
                place=place,
                repository=self.repository,
                commit=commit,
                digest=digest,
                version=version,
                started_at=begun,
                finished_at=at,
                mends=(FactId(f"ledger/{environment}/{self.name}/{number - EVERY}"),) if number % 400 == 399 else (),
                by=f"person-{number % 7}",
            )
        if number % 200 == 199:
            fact = FactId(f"pager/{self.name}/{number}")
            place = Place(service=service, environment=PRODUCTION)
            yield Incident(id=fact, place=place, title="Slow", detected_at=at + timedelta(minutes=9))


def organisation(services: int) -> History:
    """The whole year, as so many services."""
    return History(
        fact for number in range(services) for fact in Service(f"service-{number}", COMMITS // services).facts()
    )


def ms(work: Callable[[], object]) -> float:
    """How much of the processor's time it takes."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def asked(history: History, number: int, window: Window) -> dict[str, float]:
    """Each answer of one service, none of which finds what another one has worked out."""
    place = Place(service=ServiceName(f"service-{number}"), environment=PRODUCTION)
    found: dict[str, float] = {}
    for name, answer in ANSWERS.items():
        end = window.end + timedelta(seconds=len(found))
        question = Question(place=place, window=Window(begin=window.begin, end=end))
        found[name] = ms(partial(answer, history, question))
    return found


def control(history: History) -> float:
    """Every commit walked and every run looked at, once."""

    def passed() -> None:
        for repository in history.repositories():
            graph = history.graph(repository)
            graph.take_new(range(len(graph)), bytearray())
        sum((run.finished_at - run.queued_at).total_seconds() for run in history.told(Run) if run.finished_at)

    return min(ms(passed) for _ in range(3))


def settled(services: int) -> History:
    """As a server has it once it is up: what is known for long is not looked through for garbage again and again."""
    history = organisation(services)
    gc.collect()
    gc.freeze()
    return history


def main() -> None:
    """Measure, and print one line of JSON."""
    history = settled(SERVICES)
    usual = [asked(history, number, USUAL) for number in range(SERVICES)]
    measured = {f"{name}_ms": max(one[name] for one in usual) for name in ANSWERS}
    question = Question(place=Place(service=ServiceName("service-0"), environment=PRODUCTION), window=USUAL)
    value_stream(history, question)
    measured["again_ms"] = ms(partial(value_stream, history, question))
    measured["control_ms"] = control(history)
    gc.unfreeze()
    del history
    history = settled(1)
    measured |= {f"single_{name}_ms": value for name, value in asked(history, 0, USUAL).items()}
    measured["single_year_ms"] = asked(history, 0, YEAR)["value_stream"]
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
