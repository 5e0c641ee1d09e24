"""Whatever is lost, doubled or late: a run ends exactly once, and only green tasks make it green."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.kernel.decider import Command
from andon.kernel.ids import Actor, StreamId, TaskName
from andon.kernel.order import Order
from andon.testing.world import SeededWorld, SimulatedHouse
from andon.tools.pipelines.model import run
from andon.tools.pipelines.model.pipeline import TaskSpec
from andon.tools.pipelines.model.run_progress import is_wanted, kill_key, read_key, remove_key, task_key, wanted_keys
from andon.tools.pipelines.model.run_state import Outcome, PipelineRead, RunFinished, TaskFinished, TaskReused

from .makers import NOW, ONE, PACKED, QUEUE, SHOP, ended, read, started, task

STREAM = StreamId("run/1")
TASKS = (task("lint"), task("unit"), task("slow"), task("package", "lint", "unit"))
NAMES = [spec.name for spec in TASKS]
OUTCOMES: tuple[Outcome, ...] = ("success", "success", "failure", "error")


def killing(name: TaskName) -> run.ReportEnded:
    return run.ReportEnded(key=kill_key(ONE, name), task=name, outcome="cancel", reason="")


reports = st.one_of(
    st.builds(started, st.sampled_from(NAMES)),
    st.builds(ended, st.sampled_from(NAMES), st.sampled_from(OUTCOMES)),
    st.builds(killing, st.sampled_from(NAMES)),
    st.just(read(*TASKS, artifact=SHOP)),
    st.just(PACKED),
    st.just(run.ReportNotPacked(key=PACKED.key, outcome="failure", reason="no dist")),
    st.just(run.ReportUnreadable(key=read_key(ONE), outcome="failure", reason="no file")),
    st.just(run.ReportRemoved(key=remove_key(ONE))),
    st.just(run.CancelRun(reason="enough")),
    st.just(run.Tick()),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(reports, st.integers(0, 400)), max_size=60))
def test_a_run_ends_at_most_once_and_never_out_of_order(steps: list[tuple[Command[run.State], int]]) -> None:
    """Any reports in any order, and time that passes between them."""
    state = run.State()
    now = NOW
    happened: list[Any] = []
    for command, seconds in [(QUEUE, 0), *steps]:
        now += timedelta(seconds=seconds)
        if isinstance(command, run.CancelRun) and state.phase in {"finished", "removed"}:
            continue
        for event in command.decide(state, now):
            state = event.evolve(state)
            happened.append(event)
        assert {effect.key for effect in run.want(state, now)} == wanted_keys(state)
        assert all(not is_wanted(state, key) or state.phase == "running" for key in map(_key, NAMES))
    _check(happened)


def _key(name: TaskName) -> Any:
    return task_key(ONE, name)


def _check(happened: Sequence[Any]) -> None:
    ends = [event for event in happened if isinstance(event, RunFinished)]
    assert len(ends) <= 1
    finished = [event.task for event in happened if isinstance(event, TaskFinished | TaskReused)]
    assert len(finished) == len(set(finished)), "a task ended twice"
    for end in ends:
        green = {e.task for e in happened if isinstance(e, TaskReused)}
        green |= {e.task for e in happened if isinstance(e, TaskFinished) and e.outcome == "success"}
        tasks = next((event.tasks for event in happened if isinstance(event, PipelineRead)), ())
        all_green = bool(tasks) and all(spec.name in green for spec in tasks)
        assert end.outcome != "success" or all_green
        assert end.outcome == "success" or end.reason, "every red end says why"


class Workshop:
    """Simulated ports: processes that survive the server."""

    def __init__(self, seed: int) -> None:
        self.alive: set[str] = set()
        self.results: dict[str, Outcome] = {}
        self.starts: dict[str, int] = {}
        self.seed = seed

    def ports(self) -> dict[type, Any]:
        return {
            run.ReadPipeline: lambda world, at, wish: (read(*self.tasks(world), artifact=SHOP),),
            run.RunTask: self.run_task,
            run.KillTask: self.kill,
            run.PackArtifact: lambda world, at, wish: (PACKED,),
            run.RemoveWorkspace: lambda world, at, wish: (run.ReportRemoved(key=wish.key),),
        }

    def tasks(self, world: SeededWorld) -> tuple[TaskSpec, ...]:
        return (*TASKS, task("docs", reused_from=3)) if self.seed % 2 else TASKS

    def run_task(self, world: SeededWorld, at: StreamId, wish: run.RunTask) -> tuple[Command[Any], ...]:
        name = wish.spec.name
        if name not in self.results and name not in self.alive:
            self.alive.add(name)
            self.starts[name] = self.starts.get(name, 0) + 1
        report = run.ReportStarted(key=wish.key, task=name, at=world.now)
        if world.rng.random() < 0.5 or (self.seed % 7 == 0 and name == "slow"):
            return (report,)
        self.alive.discard(name)
        bad = self.seed % 3 == 0 and name == "unit"
        outcome = self.results.setdefault(name, "failure" if bad else "success")
        return (report, run.ReportEnded(key=wish.key, task=name, outcome=outcome, reason="exit code 1" if bad else ""))

    def kill(self, world: SeededWorld, at: StreamId, wish: run.KillTask) -> tuple[Command[Any], ...]:
        self.alive.discard(wish.task)
        return (run.ReportEnded(key=wish.key, task=wish.task, outcome=wish.outcome, reason=wish.reason),)


@pytest.mark.parametrize("seed", range(60))
def test_every_run_ends_by_itself_in_a_world_of_faults(seed: int) -> None:
    """Lost, doubled and late effects and reports, crashes, tasks that never end, and a cancel now and then."""
    workshop = Workshop(seed)
    world = SeededWorld(seed, SimulatedHouse(nouns=(run.NOUN,), ports=workshop.ports()))
    world.submit(Order(stream=STREAM, command=QUEUE, actor=Actor("ada")))
    cancel_at = world.rng.randrange(10) if seed % 5 == 0 else None
    for step in range(3000):
        if step == cancel_at:
            world.submit(Order(stream=STREAM, command=run.CancelRun(reason="enough"), actor=Actor("ada")))
        world.step()
        if world.state(STREAM).phase == "removed":
            break
    happened = [envelope.event for envelope in world.ledger]
    assert len([event for event in happened if isinstance(event, RunFinished)]) == 1
    _check(happened)
    assert not workshop.alive, "a process was left behind"
    assert set(workshop.starts.values()) <= {1}, "a task ran twice"
