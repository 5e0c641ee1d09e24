"""What happens in pipelines, for every other tool to read; and the commands that the flow and the rules know."""

from __future__ import annotations

from andon.tools.pipelines.model.pipeline import ArtifactSpec, CheckSpec, ServiceSpec, TaskSpec
from andon.tools.pipelines.model.request import RequestRun, RunNumbersReserved, RunRequested
from andon.tools.pipelines.model.run_commands import CancelRun, QueueRun
from andon.tools.pipelines.model.run_state import (
    NO_VERDICT,
    ArtifactPacked,
    Outcome,
    PackingStarted,
    PipelineRead,
    RunCancelled,
    RunFinished,
    RunQueued,
    TaskFinished,
    TaskReused,
    TaskStarted,
    TaskStopping,
    TestCounts,
    WorkspaceRemoved,
    with_warnings,
)

__all__ = [
    "EVENTS",
    "NO_VERDICT",
    "ArtifactPacked",
    "ArtifactSpec",
    "CancelRun",
    "CheckSpec",
    "Outcome",
    "PackingStarted",
    "PipelineRead",
    "QueueRun",
    "RequestRun",
    "RunCancelled",
    "RunFinished",
    "RunNumbersReserved",
    "RunQueued",
    "RunRequested",
    "ServiceSpec",
    "TaskFinished",
    "TaskReused",
    "TaskSpec",
    "TaskStarted",
    "TaskStopping",
    "TestCounts",
    "WorkspaceRemoved",
    "with_warnings",
]

EVENTS: tuple[type, ...] = (
    RunRequested,
    RunNumbersReserved,
    RunQueued,
    PipelineRead,
    TaskStarted,
    TaskReused,
    TaskStopping,
    TaskFinished,
    PackingStarted,
    ArtifactPacked,
    RunCancelled,
    RunFinished,
    WorkspaceRemoved,
)
