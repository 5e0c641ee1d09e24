"""What is asked of a run, and what is reported to it; each carries its rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from andon.kernel.decider import Event
from andon.kernel.errors import NotFound, Refused
from andon.kernel.ids import (
    ArtifactName,
    BranchName,
    CommitId,
    Digest,
    EffectKey,
    RepositoryName,
    RunNumber,
    TaskName,
)
from andon.tools.pipelines.model import run_state as happened
from andon.tools.pipelines.model.network import HostContact
from andon.tools.pipelines.model.pipeline import ArtifactSpec, ServiceSpec, TaskSpec
from andon.tools.pipelines.model.run_progress import finish, is_wanted, overdue, settled
from andon.tools.pipelines.model.run_state import Outcome, State, TestCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRun:
    """Build this commit."""

    number: RunNumber
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    trunk: bool
    subject: str
    author: str

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        if state.phase == "unknown":
            return (
                happened.RunQueued(
                    number=self.number,
                    repository=self.repository,
                    commit=self.commit,
                    branch=self.branch,
                    trunk=self.trunk,
                    subject=self.subject,
                    author=self.author,
                    at=now,
                ),
            )
        if (state.repository, state.commit, state.branch) == (self.repository, self.commit, self.branch):
            return ()
        raise Refused("run-numbers", f"Run {self.number} builds another commit.", "Queue the run with a new number.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRun:
    """Stop the run."""

    needs: ClassVar[tuple[str, ...]] = ("run",)

    reason: str

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        if state.phase == "unknown":
            raise NotFound("There is no such run.")
        if state.phase in {"finished", "removed"}:
            raise Refused("run-finished", f"Run {state.number} has finished.", "There is nothing left to cancel.")
        return settled(state, (happened.RunCancelled(reason=self.reason),), now) if not state.cancelled else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPipeline:
    """andon.toml was read."""

    key: EffectKey
    tasks: tuple[TaskSpec, ...]
    artifact: ArtifactSpec | None
    service: ServiceSpec | None
    budget: timedelta
    #: when the commit was made
    committed_at: datetime | None = None

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        if not is_wanted(state, self.key):
            return ()
        read = happened.PipelineRead(
            tasks=self.tasks,
            artifact=self.artifact,
            service=self.service,
            budget=self.budget,
            committed_at=self.committed_at,
            at=now,
        )
        return settled(state, (read,), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUnreadable:
    """There is no pipeline to run: no file (skip), a wrong one (failure), or it could not be fetched (error)."""

    key: EffectKey
    outcome: Outcome
    reason: str

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        return (finish(state, self.outcome, self.reason, now),) if is_wanted(state, self.key) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStarted:
    """The task's process runs since `at`."""

    key: EffectKey
    task: TaskName
    at: datetime

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        task = state.task(self.task)
        if task is None or task.started_at is not None or not is_wanted(state, self.key):
            return ()
        return (happened.TaskStarted(task=self.task, at=self.at),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEnded:
    """The task's process has ended, or no longer exists."""

    key: EffectKey
    task: TaskName
    outcome: Outcome
    reason: str
    took: timedelta = timedelta(0)
    tests: TestCounts | None = None
    log_bytes: int = 0
    log_lines: int = 0
    log_digest: str = ""
    failing_lines: tuple[str, ...] = ()
    hosts: tuple[HostContact, ...] = ()

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        task = state.task(self.task)
        if task is None or not is_wanted(state, self.key):
            return ()
        is_new = not task.started_at and not task.stopping
        started = (happened.TaskStarted(task=self.task, at=now - self.took),) if is_new else ()
        ended = happened.TaskFinished(
            task=self.task,
            outcome=self.outcome,
            reason=self.reason,
            took=self.took,
            tests=self.tests,
            log_bytes=self.log_bytes,
            log_lines=self.log_lines,
            log_digest=self.log_digest,
            hosts=self.hosts,
            at=now,
            failing_lines=self.failing_lines,
        )
        return settled(state, (*started, ended), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPacked:
    """The artifact is in the registry."""

    key: EffectKey
    artifact: ArtifactName
    digest: Digest
    size_bytes: int
    provenance: Digest

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        if not is_wanted(state, self.key):
            return ()
        packed = happened.ArtifactPacked(
            artifact=self.artifact, digest=self.digest, size_bytes=self.size_bytes, provenance=self.provenance
        )
        return settled(state, (packed,), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNotPacked:
    """The artifact could not be packed: its path is wrong (failure), or the registry failed (error)."""

    key: EffectKey
    outcome: Outcome
    reason: str

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        return (finish(state, self.outcome, self.reason, now),) if is_wanted(state, self.key) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRemoved:
    """The checkout is gone; or a reason why some of it is left."""

    key: EffectKey
    reason: str = ""

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        return (happened.WorkspaceRemoved(reason=self.reason),) if is_wanted(state, self.key) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The run's deadline is over."""

    def decide(self, state: State, now: datetime) -> tuple[Event[State], ...]:
        late = overdue(state, now)
        return settled(state, late, now) if late else ()
