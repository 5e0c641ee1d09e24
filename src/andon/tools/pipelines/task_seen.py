"""One task of a run, as people and other tools see it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from andon.kernel.ids import RunNumber, TaskName
from andon.tools.pipelines.events import TaskFinished, TaskReused, TaskSpec, TaskStarted, TestCounts, with_warnings
from andon.tools.pipelines.model.network import HostContact

TaskLamp = Literal["waiting", "running", "reused", "success", "failure", "error", "cancel", "skip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSeen:
    """One task of a run, as far as it has come."""

    spec: TaskSpec
    lamp: TaskLamp = "waiting"
    reason: str = ""
    started_at: datetime | None = None
    #: None while it has not ended
    took: timedelta | None = None
    #: the run whose result stands for this one
    reused_from: RunNumber | None = None
    tests: TestCounts | None = None
    log_bytes: int = 0
    log_lines: int = 0
    log_digest: str = ""
    #: of one that failed, what to show first
    failing_lines: tuple[str, ...] = ()
    #: whom it talked to, or tried to
    hosts: tuple[HostContact, ...] = ()

    @property
    def name(self) -> TaskName:
        return self.spec.name

    @property
    def has_ended(self) -> bool:
        return self.lamp not in {"waiting", "running"}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with it although it may be green."""
        return self.tests.warnings if self.tests else ()

    @property
    def shown_lamp(self) -> str:
        return with_warnings(self.lamp, self.warnings)


def changed(task: TaskSeen, event: TaskStarted | TaskReused | TaskFinished) -> TaskSeen:
    """The task after an event of its."""
    match event:
        case TaskStarted():
            return replace(task, lamp="running", started_at=event.at)
        case TaskReused():
            return replace(task, lamp="reused", reused_from=event.run, took=timedelta(0))
        case TaskFinished():
            return replace(
                task,
                lamp=event.outcome,
                reason=event.reason,
                took=event.took,
                tests=event.tests,
                log_bytes=event.log_bytes,
                log_lines=event.log_lines,
                log_digest=event.log_digest,
                failing_lines=event.failing_lines,
                hosts=event.hosts,
            )
