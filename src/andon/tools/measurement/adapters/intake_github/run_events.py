"""Runs of workflows, and their jobs one by one."""

from __future__ import annotations

import msgspec

from andon.kernel.errors import Invalid
from andon.kernel.ids import CommitId
from andon.standards.instants import in_utc
from andon.tools.measurement.adapters.intake_github.payloads import (
    GitHubRepository,
    WorkflowJob,
    WorkflowJobEvent,
    WorkflowRun,
    WorkflowRunEvent,
    known,
    parse,
    utc,
)
from andon.tools.measurement.adapters.intake_github.source_events import head_of
from andon.tools.measurement.model.facts import Deployment, Outcome, Place, Run, TaskTime
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.intake.texts import commit_in, first_line, web_address

_RUN = msgspec.json.Decoder(WorkflowRunEvent)
_JOB = msgspec.json.Decoder(WorkflowJobEvent)

#: how GitHub ends things; "skipped", "neutral" and "action_required" are no ends of work
OUTCOMES: dict[str | None, Outcome] = {
    "success": "success",
    "failure": "failure",
    "timed_out": "error",
    "startup_failure": "error",
    "cancelled": "cancel",
    "stale": "cancel",
}


def read_workflow_run(body: bytes, names: Mapping) -> ReadDelivery:
    """A run, as far as it is; a run of a pipeline that deploys is a deployment too, once it has ended."""
    event = parse(_RUN, body)
    what = f"workflow_run {event.action}"[:60]
    if event.workflow_run.conclusion == "skipped":
        return ReadDelivery(what=what, nothing="the run was skipped.")
    run = _run(event.workflow_run, event.repository, names)
    deployment = _deployed(event.workflow_run, run, event.repository, names)
    if deployment is None:
        return ReadDelivery(what=what, facts=(run,))
    return ReadDelivery(what=what, facts=(run, deployment), heads=(head_of(event.repository, run.commit, names),))


def _run(run: WorkflowRun, repository: GitHubRepository, names: Mapping) -> Run:
    """Of an ended run, the end is when GitHub last touched it, for it says nothing nearer."""
    outcome, updated_at = OUTCOMES.get(run.conclusion), in_utc(run.updated_at)
    again = run.run_attempt > 1
    begun = updated_at if run.status == "in_progress" else None
    return Run(
        id=names.fact("run", run.id, run.run_attempt),
        repository=names.repository(repository.full_name),
        commit=_commit(run.head_sha, "workflow_run.head_sha"),
        pipeline=first_line(run.name),
        trunk=run.head_branch == repository.default_branch and not run.event.startswith("pull_request"),
        # created_at stays that of the first attempt
        queued_at=known(run.run_started_at, "workflow_run.run_started_at") if again else in_utc(run.created_at),
        started_at=utc(run.run_started_at) if outcome else begun,
        finished_at=updated_at if outcome else None,
        outcome=outcome,
        attempt=run.run_attempt,
        link=web_address(run.html_url),
        told_at=updated_at,
    )


def _deployed(theirs: WorkflowRun, run: Run, repository: GitHubRepository, names: Mapping) -> Deployment | None:
    """What the run put into a place, where the connection's settings say that it does."""
    environment = names.deployed_by(run.pipeline)
    outcome, ended = run.outcome, run.finished_at
    if environment is None or outcome is None or ended is None or theirs.event.startswith("pull_request"):
        return None
    return Deployment(
        id=names.fact("run", theirs.id, theirs.run_attempt, "deployment"),
        place=Place(service=names.service(repository.full_name), environment=environment),
        repository=run.repository,
        commit=run.commit,
        digest=run.commit,
        started_at=run.started_at,
        finished_at=ended,
        outcome=outcome,
        reason="" if outcome == "success" else f"the run of {run.pipeline} ended with {theirs.conclusion}",
        by=first_line(theirs.actor.login) if theirs.actor else "",
        link=run.link,
        told_at=run.told_at,
    )


def read_workflow_job(body: bytes, names: Mapping) -> ReadDelivery:
    """A job that has ended is a task of its run."""
    event = parse(_JOB, body)
    job, what = event.workflow_job, f"workflow_job {event.action}"[:60]
    outcome = OUTCOMES.get(job.conclusion)
    if outcome is None:
        return ReadDelivery(what=what, nothing="the job has not ended, or was skipped.")
    task = _task(job, outcome)
    run = Run(
        id=names.fact("run", job.run_id, job.run_attempt),
        repository=names.repository(event.repository.full_name),
        commit=_commit(job.head_sha, "workflow_job.head_sha"),
        pipeline=first_line(job.workflow_name),
        trunk=job.head_branch == event.repository.default_branch,
        queued_at=task.ready_at,
        tasks=(task,),
        attempt=job.run_attempt,
        told_at=task.finished_at,
    )
    return ReadDelivery(what=what, facts=(run,))


def _task(job: WorkflowJob, outcome: Outcome) -> TaskTime:
    """A job that was cancelled before it began may be reported to have begun after it ended."""
    finished_at = known(job.completed_at, "workflow_job.completed_at")
    started_at = min(utc(job.started_at) or finished_at, finished_at)
    return TaskTime(
        name=first_line(job.name),
        ready_at=min(utc(job.created_at) or started_at, started_at),
        started_at=started_at,
        finished_at=finished_at,
        outcome=outcome,
    )


def _commit(text: str, where: str) -> CommitId:
    commit = commit_in(text)
    if commit is None:
        raise Invalid(f'the payload: {where}: expected 40 hexadecimal digits, found "{text[:60]}".')
    return commit
