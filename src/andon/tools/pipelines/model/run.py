"""A run: what it wants done now.

Its state and events stand in `run_state`, its commands in `run_commands`, and what follows by itself from a change in
`run_progress`; they are one noun, cut where a file would grow too long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from andon.kernel.decider import Noun
from andon.kernel.ids import BranchName, CommitId, EffectKey, RepositoryName, RunNumber, TaskName
from andon.kernel.refusal import CommandRefused
from andon.tools.pipelines.model import run_state as happened
from andon.tools.pipelines.model.pipeline import ArtifactSpec, ServiceSpec, TaskSpec
from andon.tools.pipelines.model.run_commands import (
    CancelRun,
    QueueRun,
    ReportEnded,
    ReportNotPacked,
    ReportPacked,
    ReportPipeline,
    ReportRemoved,
    ReportStarted,
    ReportUnreadable,
    Tick,
)
from andon.tools.pipelines.model.run_progress import (
    earliest_deadline,
    in_progress,
    kill_key,
    pack_key,
    read_key,
    remove_key,
    task_key,
)
from andon.tools.pipelines.model.run_state import Outcome, State, TaskRun

__all__ = [
    "NOUN",
    "CancelRun",
    "Effect",
    "KillTask",
    "PackArtifact",
    "QueueRun",
    "ReadPipeline",
    "RemoveWorkspace",
    "ReportEnded",
    "ReportNotPacked",
    "ReportPacked",
    "ReportPipeline",
    "ReportRemoved",
    "ReportStarted",
    "ReportUnreadable",
    "RunTask",
    "State",
    "Tick",
    "want",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPipeline:
    """Read andon.toml at the commit."""

    lane: ClassVar[str] = ""
    number: RunNumber
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    trunk: bool

    @property
    def key(self) -> EffectKey:
        return read_key(self.number)

    def failed(self, reason: str) -> ReportUnreadable:
        return ReportUnreadable(key=self.key, outcome="error", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTask:
    """Have the task's process run, or find the one that runs, and wait for its end."""

    lane: ClassVar[str] = "task"
    number: RunNumber
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    spec: TaskSpec
    #: its checkout holds the artifact
    makes_artifact: bool
    #: False when it was seen running before, so that a missing process means that it was cut off
    is_new: bool
    #: when the commit was made; None in a run that is older than this field
    committed_at: datetime | None = None

    @property
    def key(self) -> EffectKey:
        return task_key(self.number, self.spec.name)

    def failed(self, reason: str) -> ReportEnded:
        return ReportEnded(key=self.key, task=self.spec.name, outcome="error", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class KillTask:
    """Have no process of the task alive."""

    lane: ClassVar[str] = ""
    number: RunNumber
    task: TaskName
    #: what the task's end counts as, and why it is killed
    outcome: Outcome
    reason: str

    @property
    def key(self) -> EffectKey:
        return kill_key(self.number, self.task)

    def failed(self, reason: str) -> ReportEnded:
        return ReportEnded(key=self.key, task=self.task, outcome="error", reason=f"{self.reason}; {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackArtifact:
    """Have the artifact in the registry, with its provenance."""

    lane: ClassVar[str] = "pack"
    number: RunNumber
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    artifact: ArtifactSpec
    service: ServiceSpec | None
    started_at: datetime
    #: when the commit was made; None in a run that is older than this field
    committed_at: datetime | None = None

    @property
    def key(self) -> EffectKey:
        return pack_key(self.number)

    def failed(self, reason: str) -> ReportNotPacked:
        return ReportNotPacked(key=self.key, outcome="error", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveWorkspace:
    """Have no checkout of the run left; logs stay."""

    lane: ClassVar[str] = "remove"
    number: RunNumber

    @property
    def key(self) -> EffectKey:
        return remove_key(self.number)

    def failed(self, reason: str) -> ReportRemoved:
        return ReportRemoved(key=self.key, reason=reason)


Effect = ReadPipeline | RunTask | KillTask | PackArtifact | RemoveWorkspace


def want(state: State, now: datetime) -> tuple[Effect, ...]:
    """What should be going on now."""
    match state.phase:
        case "reading":
            return (
                ReadPipeline(
                    number=state.number,
                    repository=state.repository,
                    commit=state.commit,
                    branch=state.branch,
                    trunk=state.trunk,
                ),
            )
        case "running":
            return tuple(_task_effect(state, task) for task in in_progress(state))
        case "packing" if state.artifact and state.queued_at:
            return (
                PackArtifact(
                    number=state.number,
                    repository=state.repository,
                    commit=state.commit,
                    branch=state.branch,
                    artifact=state.artifact,
                    service=state.service,
                    started_at=state.queued_at,
                    committed_at=state.committed_at,
                ),
            )
        case "finished":
            return (RemoveWorkspace(number=state.number),)
        case _:
            return ()


def _task_effect(state: State, task: TaskRun) -> RunTask | KillTask:
    if task.stopping:
        return KillTask(number=state.number, task=task.spec.name, outcome=task.stopping_as, reason=task.stopping)
    return RunTask(
        number=state.number,
        repository=state.repository,
        commit=state.commit,
        branch=state.branch,
        spec=task.spec,
        makes_artifact=state.artifact is not None and state.artifact.task == task.spec.name,
        is_new=task.started_at is None,
        committed_at=state.committed_at,
    )


NOUN: Noun[State] = Noun(
    kind="run",
    initial=State(),
    events=(
        happened.RunQueued,
        happened.PipelineRead,
        happened.TaskStarted,
        happened.TaskReused,
        happened.TaskStopping,
        happened.TaskFinished,
        happened.PackingStarted,
        happened.ArtifactPacked,
        happened.RunCancelled,
        happened.RunFinished,
        happened.WorkspaceRemoved,
        CommandRefused,
    ),
    want=want,
    deadline=earliest_deadline,
    tick=Tick(),
    is_open=lambda state: state.phase not in {"unknown", "removed"},
)
