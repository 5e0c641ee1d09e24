"""Improvements and walks in a seeded world: judged on their date, whatever is lost, doubled, late or dies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from andon.kernel.decider import Command
from andon.kernel.ids import Actor, CommitId, EnvironmentName, RepositoryName, ServiceName, StreamId
from andon.kernel.order import Order
from andon.testing.world import EPOCH, SeededWorld, SimulatedHouse
from andon.tools.measurement.answers.aimed_metric import AimedMetric, reading
from andon.tools.measurement.model.facts import Commit, Deployment, FactId, Place
from andon.tools.measurement.model.history import History
from andon.tools.measurement.model.improving.improvement import Aim, MeasureNumber, RecordCheck
from andon.tools.measurement.model.improving.kaizen import NOUN as KAIZEN
from andon.tools.measurement.model.improving.kaizen import BeginImprovement, PlanImprovement
from andon.tools.measurement.model.intake.walk import NOUN as WALK
from andon.tools.measurement.model.intake.walk import AskWalk, FinishWalk, RecordCommits, WalkRepository
from andon.tools.measurement.model.metric import Window

ADA = Actor("ada")
SHOP = RepositoryName("shop")
PLACE = Place(service=ServiceName("shop"), environment=EnvironmentName("production"))
NUMBER = AimedMetric(metric="deployment-frequency", place=PLACE, definition="dora")
IMPROVEMENT = StreamId("improvement/1")
SEEDS = range(40)


def deployments(every: timedelta, begin: timedelta, end: timedelta) -> list[Deployment]:
    """One revision after another, from and to a time around EPOCH."""
    made, at = [], EPOCH + begin
    while at < EPOCH + end:
        commit = CommitId(f"{int(at.timestamp()):040x}")
        made.append(
            Deployment(
                id=FactId(f"d{commit}"), place=PLACE, repository=SHOP, commit=commit, digest=commit, finished_at=at
            )
        )
        at += every
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_an_improvement_is_judged_once_on_its_date(seed: int) -> None:
    """By what was known then: not before, not twice, and with the number that the facts make."""
    rare = deployments(timedelta(hours=2), timedelta(days=-2), timedelta(0))
    often = deployments(timedelta(minutes=1), timedelta(0), timedelta(minutes=40))
    history = History([*rare, *often])
    unit, baseline = reading(history, NUMBER, Window(begin=EPOCH - timedelta(days=1), end=EPOCH))
    assert baseline.value == pytest.approx(12, abs=1)

    def measure(world: SeededWorld, stream: StreamId, wish: MeasureNumber) -> Sequence[Command[Any]]:
        known = replace(NUMBER, metric=wish.aim.metric)
        return (RecordCheck(key=wish.key, reading=reading(history, known, wish.window)[1]),)

    world = SeededWorld(seed, SimulatedHouse(nouns=(KAIZEN,), ports={MeasureNumber: measure}))
    by = EPOCH + timedelta(minutes=20)
    aim = Aim(
        metric=NUMBER.metric,
        unit=unit,
        place=PLACE,
        definition="dora",
        target=100.0,
        by=by,
        over=timedelta(days=1),
    )
    plan = PlanImprovement(number=1, title="Ship each change alone", because="", aim=aim, baseline=baseline)
    for command in (plan, BeginImprovement()):
        assert world.submit(Order(stream=IMPROVEMENT, command=command, actor=ADA)) is None
    while world.now < by + timedelta(hours=1):
        world.step()
        assert world.now >= by or not world.state(IMPROVEMENT).checks
    state = world.state(IMPROVEMENT)
    assert (state.phase, len(state.checks)) == ("checked", 1)
    check = state.checks[0]
    assert check.at >= by
    if check.verdict != "unknown":  # every report of ten minutes may be lost
        assert check.verdict == "reached"
        assert check.reading.value == pytest.approx(24 * 60, rel=0.1)
        assert check.reading.window.begin == EPOCH
    assert world.quiet()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_head_that_was_heard_of_is_walked_or_passed_by(seed: int) -> None:
    """The newest one is known in the end; commits are told again and again without harm."""
    commits = [
        Commit(
            repository=SHOP,
            id=CommitId(f"{number:040x}"),
            parents=(CommitId(f"{number - 1:040x}"),) if number else (),
            committed_at=EPOCH,
            authored_at=EPOCH,
        )
        for number in range(10)
    ]
    ids = [commit.id for commit in commits]

    def walk(world: SeededWorld, stream: StreamId, wish: WalkRepository) -> Sequence[Command[Any]]:
        last = ids.index(wish.head)
        known = max((ids.index(head) for head in wish.walked), default=-1)
        found = tuple(commits[known + 1 : last + 1])
        return (
            RecordCommits(key=wish.key, commits=found),
            FinishWalk(key=wish.key, head=wish.head, commits=len(found)),
        )

    world = SeededWorld(seed, SimulatedHouse(nouns=(WALK,), ports={WalkRepository: walk}))
    on = StreamId("walk/ours/shop")
    for number in range(10):
        ask = AskWalk(connection="ours", repository=SHOP, clone_url="https://x/", head=ids[number])
        world.submit(Order(stream=on, command=ask, actor=ADA))
        for _ in range(world.rng.randrange(4)):
            world.step()
    for _ in range(2000):
        world.step()
        if world.quiet():
            break
    state = world.state(on)
    assert state.head is None
    assert state.walked[-1] == ids[-1]
