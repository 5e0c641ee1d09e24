"""Runs, as people and other tools ask for them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import Actor, BranchName, CommitId, RepositoryName, RunNumber, TaskName
from andon.standards.known import known_filter
from andon.tools.pipelines.events import (
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
    with_warnings,
)
from andon.tools.pipelines.ports import Asking
from andon.tools.pipelines.task_seen import TaskSeen, changed
from andon.tools.source.events import (
    BranchPushed,
    RepositoryArchived,
    RepositoryCreated,
    RepositoryDeleted,
    RepositoryUnarchived,
)

#: of each task of each repository, for telling what is usual
DURATIONS_KEPT = 50

RunLamp = Literal["queued", "running", "packing", "success", "failure", "error", "cancel", "skip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """One run, as far as it has come."""

    number: RunNumber
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    trunk: bool
    #: first line of the commit's message
    subject: str
    #: of the commit
    author: str
    #: who or what queued the run
    actor: Actor
    queued_at: datetime
    lamp: RunLamp = "queued"
    reason: str = ""
    #: in the order of the file
    tasks: tuple[TaskSeen, ...] = ()
    budget: timedelta | None = None
    #: since it was queued; None while it has not ended
    took: timedelta | None = None
    #: what RunCancelled said
    cancelled: str = ""
    artifact: ArtifactPacked | None = None

    @property
    def has_ended(self) -> bool:
        return self.lamp not in {"queued", "running", "packing"}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Those of all its tasks."""
        return tuple(f"{task.name}: {warning}" for task in self.tasks for warning in task.warnings)

    @property
    def shown_lamp(self) -> str:
        return with_warnings(self.lamp, self.warnings)

    def task(self, name: str) -> TaskSeen:
        """One task. Errors: NotFound, with the names there are."""
        for task in self.tasks:
            if task.name == name:
                return task
        names = ", ".join(task.name for task in self.tasks) or "none"
        raise NotFound(f"Run {self.number} has no task {name}. Its tasks: {names}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """Whether a repository's trunk is green, and since when and by whose change."""

    repository: RepositoryName
    lamp: Literal["green", "red"]
    #: when it took this colour
    since: datetime
    #: author and subject of the commit that gave it this colour
    author: str
    subject: str
    #: the newest run with a verdict
    last: RunNumber


class Runs:
    """Every run there was, newest last; also the memory of what was green with which inputs."""

    def __init__(self) -> None:
        self._runs: dict[RunNumber, RunSeen] = {}
        self._branches: dict[RepositoryName, set[BranchName]] = {}
        self._trunks: dict[RepositoryName, Trunk] = {}
        #: archived or deleted: nobody can make their trunks green
        self._closed: set[RepositoryName] = set()
        #: of each commit; the trunk's order, however often one is run again
        self._first: dict[tuple[RepositoryName, CommitId], RunNumber] = {}
        #: by the branch that it was green on, "" for the trunk
        self._green: dict[tuple[RepositoryName, TaskName, str, str], RunNumber] = {}
        self._durations: dict[tuple[RepositoryName, TaskName], deque[timedelta]] = {}

    def apply(self, happened: Envelope[object]) -> None:
        """Fold one event."""
        match happened.event:
            case RunQueued() as event:
                self._branches.setdefault(event.repository, set()).add(event.branch)
                self._runs[event.number] = _queued(event, happened)
                if event.trunk:
                    self._first.setdefault((event.repository, event.commit), event.number)
            case TaskStarted() | TaskReused() | TaskFinished() as event:
                self._task(_number(happened), event)
            case PipelineRead() | PackingStarted() | ArtifactPacked() | RunCancelled() as event:
                self._change(_number(happened), event)
            case RunFinished() as event:
                self._finish(event, happened.at)
            case event:
                self._source(event)

    def _source(self, event: object) -> None:
        match event:
            case RepositoryCreated(repository=name, trunk=branch) | BranchPushed(repository=name, branch=branch):
                self._branches.setdefault(name, set()).add(branch)
            case RepositoryArchived(repository=name) | RepositoryDeleted(repository=name):
                self._closed.add(name)
            case RepositoryUnarchived(repository=name):
                self._closed.discard(name)

    def newest(self, limit: int, repository: str = "", branch: str = "") -> tuple[RunSeen, ...]:
        """The newest runs, newest first; of one repository and branch when they are given. Errors: NotFound."""
        known_filter(repository, sorted(self._branches), "repository")
        known_filter(branch, self._branches_of(repository), "branch")
        return tuple(run for run, _ in zip(self._matching(repository, branch), range(limit), strict=False))

    def get(self, number: int) -> RunSeen:
        """One run. Errors: NotFound."""
        run = self._runs.get(RunNumber(number))
        if run is None:
            raise NotFound(f"There is no run {number}. See all with: andon runs")
        return run

    def knows(self, number: int) -> bool:
        """Is there a run of this number?"""
        return RunNumber(number) in self._runs

    def of_commit(self, repository: str, commit: str) -> tuple[RunSeen, ...]:
        """Every run of a commit, newest first."""
        return tuple(run for run in self._matching(repository, "") if run.commit == commit)

    def of_repository(self, repository: str) -> Iterator[RunSeen]:
        """Every run of a repository, newest first. Errors: NotFound."""
        known_filter(repository, sorted(self._branches), "repository")
        return self._matching(repository or " ", "")

    def unfinished(self) -> tuple[RunSeen, ...]:
        """Runs without a verdict, newest first."""
        return tuple(run for run in self._matching("", "") if not run.has_ended)

    def trunk(self, repository: str) -> Trunk | None:
        """The trunk's lamp; None when no run of it has ended yet."""
        return self._trunks.get(RepositoryName(repository))

    def trunks(self) -> tuple[Trunk, ...]:
        """The lamp of every trunk that people may push to, by repository."""
        return tuple(self._trunks[name] for name in sorted(self._trunks.keys() - self._closed))

    def usual_duration(self, repository: RepositoryName, task: TaskName) -> timedelta | None:
        """The median of the newest green executions; None when there was none."""
        kept = sorted(self._durations.get((repository, task), ()))
        return kept[len(kept) // 2] if kept else None

    def green_run(self, asking: Asking, input_digest: str) -> RunNumber | None:
        """The newest run in which the task really ran with these inputs and was green: on the trunk, or its branch."""
        branches = ("",) if asking.is_trunk else ("", asking.branch)
        found = (self._green.get((asking.repository, asking.task, input_digest, branch)) for branch in branches)
        return max((run for run in found if run), default=None)

    def _branches_of(self, repository: str) -> list[BranchName]:
        """Of a repository, or of all."""
        return sorted({b for name, branches in self._branches.items() if repository in {"", name} for b in branches})

    def _matching(self, repository: str, branch: str) -> Iterator[RunSeen]:
        for run in reversed(self._runs.values()):
            if repository in {"", run.repository} and branch in {"", run.branch}:
                yield run

    def _task(self, number: RunNumber, event: TaskStarted | TaskReused | TaskFinished) -> None:
        run = self._runs[number]
        tasks = tuple(changed(task, event) if task.name == event.task else task for task in run.tasks)
        self._runs[number] = replace(run, tasks=tasks)
        if isinstance(event, TaskFinished) and event.outcome == "success":
            spec = run.task(event.task).spec
            kept = self._durations.setdefault((run.repository, event.task), deque(maxlen=DURATIONS_KEPT))
            kept.append(event.took)
            if spec.input_digest:
                branch = "" if run.trunk else run.branch
                self._green[run.repository, event.task, spec.input_digest, branch] = number

    def _change(self, number: RunNumber, event: PipelineRead | PackingStarted | ArtifactPacked | RunCancelled) -> None:
        run = self._runs[number]
        match event:
            case PipelineRead():
                tasks = tuple(TaskSeen(spec=spec) for spec in event.tasks)
                self._runs[number] = replace(run, lamp="running", tasks=tasks, budget=event.budget)
            case PackingStarted():
                self._runs[number] = replace(run, lamp="packing")
            case ArtifactPacked():
                self._runs[number] = replace(run, artifact=event)
            case RunCancelled():
                self._runs[number] = replace(run, cancelled=event.reason)

    def _finish(self, event: RunFinished, at: datetime) -> None:
        run = replace(self._runs[event.number], lamp=event.outcome, reason=event.reason, took=event.took)
        self._runs[event.number] = run
        if event.trunk and event.outcome not in NO_VERDICT:
            self._trunks[event.repository] = self._trunk_after(run, event.outcome, at)

    def _trunk_after(self, run: RunSeen, outcome: Outcome, at: datetime) -> Trunk:
        """The lamp after a verdict; a run of a commit that is older than the last says nothing about the trunk now."""
        before = self._trunks.get(run.repository)
        lamp: Literal["green", "red"] = "green" if outcome == "success" else "red"
        if before and self._is_older(run, self._runs[before.last]):
            return before
        if before and before.lamp == lamp:
            return replace(before, last=run.number)
        return Trunk(
            repository=run.repository,
            lamp=lamp,
            since=at,
            author=run.author,
            subject=run.subject,
            last=run.number,
        )

    def _is_older(self, run: RunSeen, last: RunSeen) -> bool:
        """Is it the run of an older commit, or an earlier run of the same one?"""
        mine, its = (self._first[one.repository, one.commit] for one in (run, last))
        return (mine, run.number) < (its, last.number)


def _number(happened: Envelope[object]) -> RunNumber:
    return RunNumber(int(happened.stream.partition("/")[2]))


def _queued(event: RunQueued, happened: Envelope[object]) -> RunSeen:
    return RunSeen(
        number=event.number,
        repository=event.repository,
        commit=event.commit,
        branch=event.branch,
        trunk=event.trunk,
        subject=event.subject,
        author=event.author,
        actor=happened.actor,
        queued_at=happened.at,
    )
