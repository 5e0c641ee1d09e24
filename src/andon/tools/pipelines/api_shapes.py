"""What the API of pipelines takes and gives, as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from andon.kernel.ids import Actor, BranchName, CommitId, RepositoryName, RunNumber, TaskName
from andon.tools.pipelines.events import ArtifactPacked, TestCounts
from andon.tools.pipelines.model.network import HostContact
from andon.tools.pipelines.ports import LogLine
from andon.tools.pipelines.task_seen import TaskLamp, TaskSeen
from andon.tools.pipelines.views import RunLamp, RunSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskShown:
    """One task of a run."""

    name: TaskName
    lamp: TaskLamp
    reason: str
    needs: tuple[TaskName, ...]
    started_at: datetime | None
    #: None while it has not ended
    took_s: float | None
    reused_from: RunNumber | None
    tests: TestCounts | None
    log_bytes: int
    log_lines: int
    #: sha256 of the finished log
    log_digest: str
    #: of one that failed, what to show first
    failing_lines: tuple[str, ...]
    #: whom it talked to, or tried to
    hosts: tuple[HostContact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShown:
    """One run, as far as it has come."""

    number: RunNumber
    repository: RepositoryName
    commit: CommitId
    branch: BranchName
    trunk: bool
    subject: str
    author: str
    #: who or what queued it
    actor: Actor
    queued_at: datetime
    lamp: RunLamp
    reason: str
    #: None while it has not ended
    took_s: float | None
    #: what the pipeline may take; None while it is not read
    budget_s: float | None
    artifact: ArtifactPacked | None
    tasks: tuple[TaskShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A commit to run again."""

    repository: str
    #: in full, or its first digits
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    """Why a run is to stop."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogShown:
    """Some lines of a log."""

    lines: tuple[LogLine, ...]
    #: how long the log is by now
    total_lines: int
    size_bytes: int
    #: nothing will be added any more
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchesShown:
    """Lines that hold a text; ask again after the last one when there are more."""

    lines: tuple[LogLine, ...]
    has_more: bool


def shown(run: RunSeen) -> RunShown:
    """The run as JSON."""
    return RunShown(
        number=run.number,
        repository=run.repository,
        commit=run.commit,
        branch=run.branch,
        trunk=run.trunk,
        subject=run.subject,
        author=run.author,
        actor=run.actor,
        queued_at=run.queued_at,
        lamp=run.lamp,
        reason=run.reason,
        took_s=_seconds(run.took),
        budget_s=_seconds(run.budget),
        artifact=run.artifact,
        tasks=tuple(_task_shown(task) for task in run.tasks),
    )


def _task_shown(task: TaskSeen) -> TaskShown:
    return TaskShown(
        name=task.name,
        lamp=task.lamp,
        reason=task.reason,
        needs=task.spec.needs,
        started_at=task.started_at,
        took_s=_seconds(task.took),
        reused_from=task.reused_from,
        tests=task.tests,
        log_bytes=task.log_bytes,
        log_lines=task.log_lines,
        log_digest=task.log_digest,
        failing_lines=task.failing_lines,
        hosts=task.hosts,
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 3)
