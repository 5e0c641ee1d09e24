"""What happens in pipelines, for every other tool to read."""

from __future__ import annotations

from andon.tools.pipelines.model.pipeline import ArtifactSpec, CheckSpec, ServiceSpec, TaskSpec
from andon.tools.pipelines.model.run_state import (
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
)

__all__ = [
    "EVENTS",
    "ArtifactPacked",
    "ArtifactSpec",
    "CheckSpec",
    "Outcome",
    "PackingStarted",
    "PipelineRead",
    "RunCancelled",
    "RunFinished",
    "RunQueued",
    "ServiceSpec",
    "TaskFinished",
    "TaskReused",
    "TaskSpec",
    "TaskStarted",
    "TaskStopping",
    "TestCounts",
    "WorkspaceRemoved",
]

EVENTS: tuple[type, ...] = (
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
