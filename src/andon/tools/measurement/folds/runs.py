"""Runs with their tasks: when each could have begun, when it did, and how it ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from andon.kernel.ids import CommitId, RepositoryName, RunNumber, TaskName
from andon.tools.measurement.model.facts import FactId, Outcome, Run, TaskTime
from andon.tools.measurement.model.history import History
from andon.tools.pipelines.events import Outcome as RunOutcome
from andon.tools.pipelines.events import (
    PackingStarted,
    PipelineRead,
    RunFinished,
    RunQueued,
    TaskFinished,
    TaskReused,
    TaskStarted,
)

#: what makes the artifact is a task of every run that has one, though no pipeline file names it
PACKING = "packing"


@dataclass(slots=True)
class _Going:
    """A run that has not ended."""

    run: Run
    read_at: datetime | None = None
    needs: dict[TaskName, tuple[TaskName, ...]] = field(default_factory=dict)
    started: dict[TaskName, datetime] = field(default_factory=dict)
    ended: dict[TaskName, datetime] = field(default_factory=dict)
    tasks: list[TaskTime] = field(default_factory=list)
    packing_since: datetime | None = None

    def task(self, name: TaskName, outcome: RunOutcome, began: datetime, at: datetime) -> None:
        """One of its tasks has ended."""
        needs = self.needs.get(name, ())
        ready = max((self.ended[need] for need in needs if need in self.ended), default=self.read_at or began)
        self.ended[name] = at
        self.tasks.append(
            TaskTime(
                name=name,
                needs=needs,
                ready_at=min(ready, began),
                started_at=began,
                finished_at=max(at, began),
                outcome=_outcome(outcome),
            )
        )

    def packed(self, outcome: RunOutcome, at: datetime) -> None:
        """The artifact is made, or could not be."""
        if self.packing_since is not None:
            last = tuple(name for name in self.needs if not any(name in needs for needs in self.needs.values()))
            self.needs[TaskName(PACKING)] = last
            self.task(TaskName(PACKING), outcome, self.packing_since, at)


@dataclass(slots=True)
class RunFacts:
    """Folds the events of runs."""

    history: History
    _going: dict[RunNumber, _Going] = field(default_factory=dict)
    _attempts: Counter[tuple[RepositoryName, CommitId]] = field(default_factory=Counter)

    def queued(self, event: RunQueued) -> None:
        """A run waits for its turn."""
        self._attempts[event.repository, event.commit] += 1
        run = Run(
            id=FactId(f"ledger/run/{event.number}"),
            repository=event.repository,
            commit=event.commit,
            trunk=event.trunk,
            queued_at=event.at,
            attempt=self._attempts[event.repository, event.commit],
            link=f"/runs/{event.number}",
        )
        self._going[event.number] = _Going(run=run)
        self.history.add(run)

    def read(self, number: RunNumber, event: PipelineRead) -> None:
        """Its tasks are known."""
        going = self._going.get(number)
        if going is not None:
            going.read_at = event.at
            going.needs = {task.name: task.needs for task in event.tasks}

    def task(self, number: RunNumber, event: TaskStarted | TaskReused | TaskFinished | PackingStarted) -> None:
        """A task began, ended, or needed not to."""
        going = self._going.get(number)
        if going is None:
            return
        match event:
            case TaskStarted():
                going.started[event.task] = event.at
            case TaskReused():
                going.started[event.task] = event.at
                going.task(event.task, "success", event.at, event.at)
            case TaskFinished() if event.task in going.started:
                going.task(event.task, event.outcome, going.started[event.task], event.at)
            case PackingStarted():
                going.packing_since = event.at

    def finished(self, event: RunFinished) -> None:
        """It has its verdict."""
        going = self._going.pop(event.number, None)
        if going is None:
            return
        at = going.run.queued_at + event.took
        going.packed(event.outcome, at)
        began = min(going.started.values(), default=going.read_at)
        self.history.add(
            replace(
                going.run, started_at=began, finished_at=at, outcome=_outcome(event.outcome), tasks=tuple(going.tasks)
            )
        )


def _outcome(outcome: RunOutcome) -> Outcome:
    """A run that had nothing to run says as little as one that was cancelled."""
    return "cancel" if outcome == "skip" else outcome
