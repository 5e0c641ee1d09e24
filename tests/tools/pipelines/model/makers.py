"""Runs to begin tests with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from andon.kernel.decider import Command, fold
from andon.kernel.ids import ArtifactName, BranchName, CommitId, Digest, RepositoryName, RunNumber, TaskName
from andon.tools.pipelines.model.pipeline import ArtifactSpec, TaskSpec
from andon.tools.pipelines.model.run import (
    QueueRun,
    ReportEnded,
    ReportPacked,
    ReportPipeline,
    ReportStarted,
    State,
)
from andon.tools.pipelines.model.run_progress import pack_key, read_key, task_key
from andon.tools.pipelines.model.run_state import Outcome

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ONE = RunNumber(1)
QUEUE = QueueRun(
    number=ONE,
    repository=RepositoryName("shop"),
    commit=CommitId("c" * 40),
    branch=BranchName("trunk"),
    trunk=True,
    subject="Fix rounding",
    author="Ada",
)
SHOP = ArtifactSpec(name=ArtifactName("shop"), task=TaskName("package"), path="dist")
PACKED = ReportPacked(
    key=pack_key(ONE),
    artifact=ArtifactName("shop"),
    digest=Digest(f"sha256:{'a' * 64}"),
    size_bytes=1,
    provenance=Digest(f"sha256:{'b' * 64}"),
)


def task(name: str, *needs: str, reused_from: int = 0) -> TaskSpec:
    """A task that waits for others."""
    spec = TaskSpec(name=TaskName(name), run="true", needs=tuple(TaskName(need) for need in needs))
    return replace(spec, reused_from=RunNumber(reused_from)) if reused_from else spec


def read(*tasks: TaskSpec, artifact: ArtifactSpec | None = None) -> ReportPipeline:
    return ReportPipeline(key=read_key(ONE), tasks=tasks, artifact=artifact, service=None, budget=timedelta(minutes=5))


def started(name: str, at: datetime = NOW) -> ReportStarted:
    return ReportStarted(key=task_key(ONE, TaskName(name)), task=TaskName(name), at=at)


def ended(name: str, outcome: Outcome = "success", reason: str = "") -> ReportEnded:
    return ReportEnded(key=task_key(ONE, TaskName(name)), task=TaskName(name), outcome=outcome, reason=reason)


def after(*commands: Command[State], state: State | None = None, now: datetime = NOW) -> tuple[State, list[Any]]:
    """The state and all events after the commands."""
    state = state or State()
    events: list[Any] = []
    for command in commands:
        happened = command.decide(state, now)
        events += happened
        state = fold(state, happened)
    return state, events
