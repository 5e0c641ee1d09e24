"""One change and how far it has come: its run, and what became of it in each environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from andon.kernel.ids import (
    FLOW,
    Actor,
    CommitId,
    EnvironmentName,
    RepositoryName,
    RunNumber,
    ServiceName,
    TaskName,
    Version,
)
from andon.tools.artifacts.events import ArtifactPublished
from andon.tools.delivery.events import (
    RolloutStarted,
    SlotReady,
    SmokePassed,
    TrafficShifted,
)
from andon.tools.pipelines.events import (
    Outcome,
    PipelineRead,
    RunFinished,
    TaskFinished,
    TaskReused,
    TaskStarted,
)


@dataclass(slots=True, kw_only=True)
class RunProgress:
    """A change's latest run, as far as it has come."""

    number: RunNumber
    queued_at: datetime
    #: 0 until the pipeline is read
    tasks: int = 0
    done: int = 0
    passed_tests: int = 0
    warnings: int = 0
    running: dict[TaskName, datetime] = field(default_factory=dict)
    #: the first task that did not succeed
    stopped_at: TaskName | None = None
    outcome: Outcome | None = None
    reason: str = ""
    took: timedelta = timedelta()


@dataclass(slots=True, kw_only=True)
class EnvironmentProgress:
    """What became of a change in one environment."""

    #: "offered", "requested", "started", "ready", "smoke", "shifting", "verified", "failed", "rolled back"
    phase: str
    environment: EnvironmentName
    service: ServiceName
    version: Version
    at: datetime
    #: part of the traffic that it takes, 0 to 100
    weight_percent: int = 0
    reason: str = ""
    #: who asked for what it came to last
    by: Actor = FLOW

    @property
    def is_moving(self) -> bool:
        """Is a promotion under way?"""
        return self.phase not in {"offered", "verified", "failed", "rolled back"}


@dataclass(slots=True, kw_only=True)
class Change:
    """One commit on a trunk, and what it became."""

    repository: RepositoryName
    commit: CommitId
    subject: str
    author: str
    landed_at: datetime
    run: RunProgress | None = None
    artifact: ArtifactPublished | None = None
    #: the version of a newer change that went ahead; None when there is none
    superseded_by: Version | None = None
    stays: dict[EnvironmentName, EnvironmentProgress] = field(default_factory=dict)

    @property
    def is_in_flight(self) -> bool:
        """Is anything happening to it now?"""
        runs = self.run is not None and self.run.outcome is None
        return runs or any(stay.is_moving for stay in self.stays.values())


def step(
    stay: EnvironmentProgress | None, event: RolloutStarted | SlotReady | SmokePassed | TrafficShifted, at: datetime
) -> None:
    """Move a promotion on that is still under way."""
    if stay is None or not stay.is_moving:
        return
    stay.at = at
    match event:
        case RolloutStarted():
            stay.phase = "started"
        case SlotReady():
            stay.phase = "ready"
        case SmokePassed():
            stay.phase = "smoke"
        case TrafficShifted():
            stay.phase = "shifting"
            stay.weight_percent = event.weight_percent


def progress(run: RunProgress, event: object, at: datetime) -> None:
    match event:
        case PipelineRead():
            run.tasks = len(event.tasks)
        case TaskStarted():
            run.running[event.task] = at
        case TaskReused():
            run.done += 1
        case TaskFinished():
            run.running.pop(event.task, None)
            run.done += 1
            run.passed_tests += event.tests.passed if event.tests else 0
            run.warnings += len(event.tests.warnings) if event.tests else 0
            if event.outcome != "success" and run.stopped_at is None:
                run.stopped_at = event.task
        case RunFinished():
            run.outcome = event.outcome
            run.reason = event.reason
            run.took = event.took
            run.running.clear()
        case _:
            return
