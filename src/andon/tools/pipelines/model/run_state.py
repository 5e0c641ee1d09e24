"""A run: one execution of a pipeline on one commit; its state, and what happens to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from andon.kernel.ids import ArtifactName, BranchName, CommitId, Digest, RepositoryName, RunNumber, TaskName
from andon.tools.pipelines.model.network import HostContact
from andon.tools.pipelines.model.pipeline import ArtifactSpec, ServiceSpec, TaskSpec

#: error is ours: the infrastructure, a cut-off, a timeout; the reason says which; skip: there was nothing to run
Outcome = Literal["success", "failure", "error", "cancel", "skip"]
#: what says nothing about the commit, good or bad
NO_VERDICT: frozenset[Outcome] = frozenset({"cancel", "skip"})
_NO_RUN, _NO_REPOSITORY = RunNumber(0), RepositoryName("")
_NO_COMMIT, _NO_BRANCH = CommitId(""), BranchName("")
Phase = Literal["unknown", "reading", "running", "packing", "finished", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCounts:
    """What a task's JUnit reports say together."""

    #: keeps pytest from taking the class for a test
    __test__ = False

    passed: int
    failed: int
    skipped: int
    #: names of the first 20 failures
    failures: tuple[str, ...] = ()
    #: what each of those says, in one line; "" when it says nothing
    messages: tuple[str, ...] = ()
    #: why a report was read in part or not at all, with file, line and byte; the first 20
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """One execution of one task, as far as it has come."""

    spec: TaskSpec
    started_at: datetime | None = None
    #: why it is being stopped; "" when it is not
    stopping: str = ""
    #: what its end will then count as
    stopping_as: Outcome = "cancel"
    stopping_at: datetime | None = None
    #: None until it has ended
    outcome: Outcome | None = None
    reason: str = ""

    @property
    def is_running(self) -> bool:
        """Whether a process of it may be alive."""
        return self.started_at is not None and self.outcome is None

    @property
    def is_stopping(self) -> bool:
        """Whether it is being killed; it may not have started."""
        return bool(self.stopping) and self.outcome is None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A run, folded from its events."""

    phase: Phase = "unknown"
    number: RunNumber = _NO_RUN
    repository: RepositoryName = _NO_REPOSITORY
    commit: CommitId = _NO_COMMIT
    branch: BranchName = _NO_BRANCH
    trunk: bool = False
    queued_at: datetime | None = None
    #: when the commit was made
    committed_at: datetime | None = None
    #: when the present phase began
    since: datetime | None = None
    tasks: tuple[TaskRun, ...] = ()
    artifact: ArtifactSpec | None = None
    service: ServiceSpec | None = None
    budget: timedelta | None = None
    #: what RunCancelled said; "" when nobody cancelled it
    cancelled: str = ""
    packed: ArtifactPacked | None = None
    outcome: Outcome | None = None
    reason: str = ""

    def task(self, name: TaskName) -> TaskRun | None:
        """The task run of this name."""
        return next((task for task in self.tasks if task.spec.name == name), None)


def with_task(state: State, name: TaskName, changed: TaskRun) -> State:
    """The state with one task run replaced."""
    return replace(state, tasks=tuple(changed if task.spec.name == name else task for task in state.tasks))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQueued:
    """A commit waits to be built."""

    number: RunNumber
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    trunk: bool
    #: first line of the commit's message
    subject: str
    author: str
    at: datetime

    def evolve(self, state: State) -> State:
        return State(
            phase="reading",
            number=self.number,
            repository=self.repository,
            commit=self.commit,
            branch=self.branch,
            trunk=self.trunk,
            queued_at=self.at,
            since=self.at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineRead:
    """The commit's andon.toml was read and is valid."""

    tasks: tuple[TaskSpec, ...]
    artifact: ArtifactSpec | None
    service: ServiceSpec | None
    budget: timedelta
    at: datetime
    #: when the commit was made; None when that was not asked yet
    committed_at: datetime | None = None

    def evolve(self, state: State) -> State:
        tasks = tuple(TaskRun(spec=spec) for spec in self.tasks)
        return replace(
            state,
            phase="running",
            since=self.at,
            tasks=tasks,
            artifact=self.artifact,
            service=self.service,
            budget=self.budget,
            committed_at=self.committed_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStarted:
    """A task's process runs."""

    task: TaskName
    at: datetime

    def evolve(self, state: State) -> State:
        task = state.task(self.task)
        return with_task(state, self.task, replace(task, started_at=self.at)) if task else state


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReused:
    """Nothing the task depends on has changed since an earlier green run, whose result stands."""

    task: TaskName
    run: RunNumber
    at: datetime

    def evolve(self, state: State) -> State:
        task = state.task(self.task)
        if task is None:
            return state
        done = replace(task, outcome="success", reason=f"unchanged since run {self.run}")
        return replace(with_task(state, self.task, done), since=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStopping:
    """A task that runs, or is about to, is to be killed: cancelled, of no use any more, or overdue."""

    task: TaskName
    #: what its end will count as
    outcome: Outcome
    reason: str
    at: datetime

    def evolve(self, state: State) -> State:
        task = state.task(self.task)
        if task is None:
            return state
        stopping = replace(task, stopping=self.reason, stopping_as=self.outcome, stopping_at=self.at)
        return with_task(state, self.task, stopping)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFinished:
    """A task has ended, or will never start."""

    task: TaskName
    outcome: Outcome
    reason: str
    #: zero when it never started
    took: timedelta
    #: None when it declares no reports
    tests: TestCounts | None
    log_bytes: int
    log_lines: int
    #: sha256 of the log; "" when there is none
    log_digest: str
    at: datetime
    #: of a task that failed, what to show first
    failing_lines: tuple[str, ...] = ()
    #: whom it talked to, or tried to
    hosts: tuple[HostContact, ...] = ()

    def evolve(self, state: State) -> State:
        task = state.task(self.task)
        if task is None:
            return state
        done = replace(task, outcome=self.outcome, reason=self.reason)
        return replace(with_task(state, self.task, done), since=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingStarted:
    """Every task is green; the artifact is being packed."""

    at: datetime

    def evolve(self, state: State) -> State:
        return replace(state, phase="packing", since=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactPacked:
    """The artifact is in the registry, with its provenance."""

    artifact: ArtifactName
    digest: Digest
    size_bytes: int
    #: digest of the signed statement how it was made
    provenance: Digest

    def evolve(self, state: State) -> State:
        return replace(state, packed=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCancelled:
    """Somebody asked to stop the run; its tasks are being killed."""

    reason: str

    def evolve(self, state: State) -> State:
        return replace(state, cancelled=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The run has its verdict."""

    number: RunNumber
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    trunk: bool
    outcome: Outcome
    #: why it is not green; "" when it is
    reason: str
    #: since it was queued
    took: timedelta
    artifact: ArtifactPacked | None
    service: ServiceSpec | None
    #: first part of the artifact's versions; "" without an artifact
    version_prefix: str

    def evolve(self, state: State) -> State:
        ended = state.queued_at + self.took if state.queued_at else None
        return replace(state, phase="finished", since=ended, outcome=self.outcome, reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRemoved:
    """The finished run's checkout is gone; its logs stay."""

    #: why something was left behind; "" when nothing was
    reason: str

    def evolve(self, state: State) -> State:
        return replace(state, phase="removed", since=None)


def with_warnings(lamp: str, warnings: object) -> str:
    """The lamp as it is shown of a run or a task: what is green with warnings is no plain success anywhere."""
    return "warning" if lamp == "success" and warnings else lamp
