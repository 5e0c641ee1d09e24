"""Deployments, pipelines with their jobs, and releases."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from andon.kernel.errors import Invalid
from andon.tools.measurement.adapters.intake_gitlab.payloads import (
    Build,
    GitLabDelivery,
    GitLabDeploymentEvent,
    GitLabPipeline,
    GitLabReleaseEvent,
    PipelineEvent,
    commit_of,
    head_of,
    instant,
    maybe,
    parse,
)
from andon.tools.measurement.model.facts import Deployment, Outcome, PromotionOffer, Publication, Run, TaskTime
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.intake.texts import first_line, web_address

_DEPLOYMENT = msgspec.json.Decoder(GitLabDeploymentEvent)
_PIPELINE = msgspec.json.Decoder(PipelineEvent)
_RELEASE = msgspec.json.Decoder(GitLabReleaseEvent)

#: GitLab spells it both ways
OUTCOMES: dict[str, Outcome] = {
    "success": "success",
    "failed": "failure",
    "canceled": "cancel",
    "cancelled": "cancel",
}

#: seconds; GitLab counts in them, and nothing waits longer
_LONGEST_WAIT = 365 * 86400


def read_deployment(delivery: GitLabDelivery) -> ReadDelivery:
    """A deployment has ended, waits for a person, or goes on."""
    event = parse(_DEPLOYMENT, delivery.body)
    what, outcome = f"deployment {event.status}"[:60], OUTCOMES.get(event.status)
    names, theirs = delivery.names, event.project.path_with_namespace
    at = instant(event.status_changed_at, "status_changed_at")
    if outcome is None and event.status != "blocked":
        return ReadDelivery(what=what, nothing="it has not ended yet.")
    # the short id beside it is cut; the whole one stands only in the commit's address
    commit = commit_of(event.commit_url.rpartition("/")[2], "commit_url")
    place = names.place(theirs, event.environment)
    if outcome is None:
        offer = PromotionOffer(id=names.fact("offer", event.deployment_id), place=place, digest=commit, at=at)
        return ReadDelivery(what=what, facts=(offer,))
    deployment = Deployment(
        id=names.fact("deployment", event.deployment_id),
        place=place,
        repository=names.repository(theirs),
        commit=commit,
        digest=commit,
        finished_at=at,
        outcome=outcome,
        by=first_line(event.user.username) if event.user else "",
        link=web_address(event.deployable_url),
        told_at=at,
    )
    return ReadDelivery(what=what, facts=(deployment,), heads=(head_of(event.project, commit, names),))


def read_pipeline(delivery: GitLabDelivery) -> ReadDelivery:
    """A pipeline is a run, and its jobs are the tasks."""
    event = parse(_PIPELINE, delivery.body)
    pipeline, names = event.object_attributes, delivery.names
    what = f"pipeline {pipeline.status}"[:60]
    if pipeline.status == "skipped":
        return ReadDelivery(what=what, nothing="the pipeline was skipped.")
    outcome = OUTCOMES.get(pipeline.status)
    queued_at = instant(pipeline.created_at, "object_attributes.created_at")
    finished_at = maybe(pipeline.finished_at, "object_attributes.finished_at") if outcome else None
    run = Run(
        id=names.fact("pipeline", pipeline.id),
        repository=names.repository(event.project.path_with_namespace),
        commit=commit_of(pipeline.sha, "object_attributes.sha"),
        pipeline=first_line(pipeline.name),
        trunk=_is_trunk(pipeline, event.project.default_branch),
        queued_at=queued_at,
        started_at=queued_at + waited if (waited := _wait(pipeline.queued_duration)) is not None else None,
        finished_at=finished_at,
        outcome=outcome if finished_at else None,
        tasks=tuple(task for build in event.builds if (task := _task(build))),
        link=web_address(pipeline.url),
        told_at=finished_at or queued_at,
    )
    return ReadDelivery(what=what, facts=(run,))


def _is_trunk(pipeline: GitLabPipeline, trunk: str | None) -> bool:
    return pipeline.ref == trunk and not pipeline.tag and pipeline.source != "merge_request_event"


def _task(build: Build) -> TaskTime | None:
    """A job that has ended; its place in the queue began so many seconds before it did."""
    outcome = OUTCOMES.get(build.status)
    started_at, finished_at = (
        maybe(build.started_at, "builds.started_at"),
        maybe(build.finished_at, "builds.finished_at"),
    )
    if outcome is None or started_at is None or finished_at is None:
        return None
    return TaskTime(
        name=first_line(build.name),
        ready_at=started_at - (_wait(build.queued_duration) or timedelta()),
        started_at=started_at,
        finished_at=finished_at,
        outcome=outcome,
    )


def _wait(seconds: float | None) -> timedelta | None:
    if seconds is None:
        return None
    if not 0 <= seconds <= _LONGEST_WAIT:
        raise Invalid(f"the payload: queued_duration: expected seconds, found {seconds:g}.")
    return timedelta(seconds=seconds)


def read_release(delivery: GitLabDelivery) -> ReadDelivery:
    """A release is a publication; whether its tag is a deployment, the push of the tag says."""
    event = parse(_RELEASE, delivery.body)
    what, names, theirs = f"release {event.action}"[:60], delivery.names, event.project.path_with_namespace
    if event.action != "create":
        return ReadDelivery(what=what, nothing="a release counts once, when it is made.")
    commit = commit_of(event.commit.id if event.commit else "", "commit.id")
    publication = Publication(
        id=names.fact("release", theirs, event.id),
        service=names.service(theirs),
        repository=names.repository(theirs),
        commit=commit,
        digest=commit,
        version=first_line(event.tag),
        at=instant(event.released_at or event.created_at, "released_at"),
        provenance=False,
        link=web_address(event.url),
    )
    return ReadDelivery(what=what, facts=(publication,), heads=(head_of(event.project, commit, names),))
