"""Runs become facts with their tasks and attempts."""

from __future__ import annotations

from datetime import timedelta

from andon.kernel.ids import ArtifactName, BranchName, CommitId, RepositoryName, RunNumber, TaskName
from andon.tools.measurement.folds.runs import PACKING
from andon.tools.measurement.model.facts import Outcome, Run, TaskTime
from andon.tools.pipelines.events import (
    ArtifactSpec,
    PackingStarted,
    PipelineRead,
    RunFinished,
    RunQueued,
    TaskFinished,
    TaskReused,
    TaskSpec,
    TaskStarted,
)

from ..happened import START, Ledger

SHOP = RepositoryName("shop")
COMMIT = CommitId("a" * 40)
LINT, UNIT = TaskName("lint"), TaskName("unit")


def minute(number: float) -> timedelta:
    return timedelta(minutes=number)


class Told:
    """A run, told event by event."""

    def __init__(self, number: int = 1, ledger: Ledger | None = None) -> None:
        self.ledger = ledger or Ledger()
        self.number = RunNumber(number)
        self.tell(
            RunQueued(
                number=self.number,
                repository=SHOP,
                commit=COMMIT,
                branch=BranchName("trunk"),
                trunk=True,
                subject="Do it",
                author="Ada",
                at=START,
            )
        )

    def tell(self, event: object) -> None:
        self.ledger.tell(f"run/{self.number}", event)

    def read(self, *tasks: TaskSpec) -> None:
        artifact = ArtifactSpec(name=ArtifactName("shop"), task=UNIT, path="out")
        self.tell(PipelineRead(tasks=tasks, artifact=artifact, service=None, budget=minute(5), at=START + minute(1)))

    def task(self, name: TaskName, begin: float, end: float, outcome: Outcome = "success") -> None:
        self.tell(TaskStarted(task=name, at=START + minute(begin)))
        self.ended(name, end, outcome)

    def ended(self, name: TaskName, end: float, outcome: Outcome) -> None:
        self.tell(
            TaskFinished(
                task=name,
                outcome=outcome,
                reason="",
                took=minute(1),
                tests=None,
                log_bytes=0,
                log_lines=0,
                log_digest="",
                at=START + minute(end),
            )
        )

    def finish(self, took: float, outcome: Outcome = "success") -> Run:
        self.tell(
            RunFinished(
                number=self.number,
                repository=SHOP,
                commit=COMMIT,
                branch=BranchName("trunk"),
                trunk=True,
                outcome=outcome,
                reason="",
                took=minute(took),
                artifact=None,
                service=None,
                version_prefix="",
            )
        )
        return self.ledger.measured.history.facts(Run)[-1]


def both() -> tuple[TaskSpec, TaskSpec]:
    return TaskSpec(name=LINT, run="lint"), TaskSpec(name=UNIT, run="unit", needs=(LINT,))


def times(task: TaskTime) -> tuple[timedelta, timedelta, timedelta]:
    return task.ready_at - START, task.started_at - START, task.finished_at - START


def test_a_task_is_ready_when_what_it_needs_is_done() -> None:
    """Waiting and work are told apart: for a place to run, and for each other."""
    told = Told()
    told.read(*both())
    told.task(LINT, 2, 3)
    told.task(UNIT, 5, 8)
    told.tell(PackingStarted(at=START + minute(8)))
    run = told.finish(9)
    assert [task.name for task in run.tasks] == [LINT, UNIT, PACKING]
    assert times(run.tasks[0]) == (minute(1), minute(2), minute(3))
    assert times(run.tasks[1]) == (minute(3), minute(5), minute(8))
    assert (run.tasks[2].needs, times(run.tasks[2])) == ((UNIT,), (minute(8), minute(8), minute(9)))
    assert (run.started_at, run.finished_at) == (START + minute(2), START + minute(9))
    assert (run.outcome, run.link) == ("success", "/runs/1")


def test_a_reused_task_took_no_time() -> None:
    """Its result is known as soon as the run begins."""
    told = Told()
    told.read(*both())
    told.tell(TaskReused(task=LINT, run=RunNumber(1), at=START + minute(1)))
    told.task(UNIT, 2, 4)
    run = told.finish(4)
    assert times(run.tasks[0]) == (minute(1), minute(1), minute(1))
    assert times(run.tasks[1])[0] == minute(1)


def test_a_task_that_never_began_is_no_work() -> None:
    """What was called off because another one is red took nobody's time."""
    told = Told()
    told.read(*both())
    told.task(LINT, 2, 3, "failure")
    told.ended(UNIT, 3, "cancel")
    run = told.finish(3, "failure")
    assert [(task.name, task.outcome) for task in run.tasks] == [(LINT, "failure")]


def test_runs_of_the_same_commit_are_attempts() -> None:
    """Run again, the same commit may end otherwise."""
    first = Told(1)
    first.finish(2, "failure")
    second = Told(2, first.ledger)
    assert second.finish(2).attempt == 2
    assert [run.attempt for run in first.ledger.measured.history.facts(Run)] == [1, 2]


def test_a_run_that_goes_on_is_known_too() -> None:
    """Without an end, and without an outcome."""
    told = Told()
    (run,) = told.ledger.measured.history.facts(Run)
    assert (run.finished_at, run.outcome, run.queued_at) == (None, None, START)
