"""The parts of GitHub's webhook payloads that are read; everything else in them is skipped unread.

Source: docs.github.com, "Webhook events and payloads".
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from andon.kernel.errors import Invalid
from andon.standards.instants import in_utc
from andon.standards.json_body import decode

Time = Annotated[datetime, msgspec.Meta(tz=True)]
T = TypeVar("T")


class GitHubPart(msgspec.Struct, gc=False):
    """Of a payload."""


class GitHubUser(GitHubPart):
    login: str = ""
    type: str = ""


class GitHubRepository(GitHubPart):
    full_name: str
    clone_url: str = ""
    html_url: str = ""
    default_branch: str = ""
    #: seconds in push events, a time in all others
    pushed_at: int | str | None = None


class HeadCommit(GitHubPart):
    id: str = ""


class GitHubPush(GitHubPart):
    ref: str
    before: str
    after: str
    repository: GitHubRepository
    deleted: bool = False
    forced: bool = False
    head_commit: HeadCommit | None = None


class DeploymentPart(GitHubPart):
    id: int
    sha: str
    environment: str
    created_at: Time
    ref: str = ""
    task: str = ""
    #: whatever its maker wrote
    payload: msgspec.Raw = msgspec.Raw(b"null")
    creator: GitHubUser | None = None


class StatusPart(GitHubPart):
    state: str
    created_at: Time
    environment: str | None = None
    description: str | None = None
    target_url: str | None = None
    log_url: str | None = None


class GitHubDeploymentEvent(GitHubPart):
    deployment: DeploymentPart
    repository: GitHubRepository


class DeploymentStatusEvent(GitHubPart):
    deployment_status: StatusPart
    deployment: DeploymentPart
    repository: GitHubRepository


class GitHubRef(GitHubPart):
    ref: str = ""
    sha: str = ""


class PullRequest(GitHubPart):
    number: int
    created_at: Time
    updated_at: Time
    title: str = ""
    html_url: str = ""
    user: GitHubUser | None = None
    closed_at: Time | None = None
    merged_at: Time | None = None
    merge_commit_sha: str | None = None
    merged_by: GitHubUser | None = None
    head: GitHubRef = msgspec.field(default_factory=GitHubRef)
    base: GitHubRef = msgspec.field(default_factory=GitHubRef)


class PullRequestEvent(GitHubPart):
    pull_request: PullRequest
    repository: GitHubRepository
    action: str = ""


class Review(GitHubPart):
    submitted_at: Time | None = None
    user: GitHubUser | None = None


class ReviewEvent(GitHubPart):
    review: Review
    pull_request: PullRequest
    repository: GitHubRepository
    action: str = ""


class WorkflowRun(GitHubPart):
    id: int
    head_sha: str
    created_at: Time
    updated_at: Time
    name: str | None = None
    head_branch: str | None = None
    event: str = ""
    status: str | None = None
    conclusion: str | None = None
    run_attempt: int = 1
    run_started_at: Time | None = None
    html_url: str = ""
    actor: GitHubUser | None = None


class WorkflowRunEvent(GitHubPart):
    workflow_run: WorkflowRun
    repository: GitHubRepository
    action: str = ""


class WorkflowJob(GitHubPart):
    run_id: int
    head_sha: str
    name: str
    run_attempt: int = 1
    workflow_name: str | None = None
    head_branch: str | None = None
    status: str = ""
    conclusion: str | None = None
    created_at: Time | None = None
    started_at: Time | None = None
    completed_at: Time | None = None


class WorkflowJobEvent(GitHubPart):
    workflow_job: WorkflowJob
    repository: GitHubRepository
    action: str = ""


class Release(GitHubPart):
    id: int
    tag_name: str
    target_commitish: str = ""
    published_at: Time | None = None
    html_url: str = ""


class GitHubReleaseEvent(GitHubPart):
    release: Release
    repository: GitHubRepository
    action: str = ""


class Advisory(GitHubPart):
    summary: str = ""
    severity: str = ""


class ScanningRule(GitHubPart):
    description: str = ""
    severity: str | None = None
    security_severity_level: str | None = None


class GitHubAlert(GitHubPart):
    number: int
    created_at: Time
    updated_at: Time | None = None
    fixed_at: Time | None = None
    dismissed_at: Time | None = None
    auto_dismissed_at: Time | None = None
    html_url: str = ""
    #: of a dependency
    security_advisory: Advisory | None = None
    #: of a code scan
    rule: ScanningRule | None = None
    #: of a leaked secret
    secret_type_display_name: str | None = None
    resolved_at: Time | None = None


class AlertEvent(GitHubPart):
    alert: GitHubAlert
    repository: GitHubRepository
    action: str = ""


def parse(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """A payload. Errors: Invalid."""
    return decode(decoder, body, "the payload")


def utc(at: datetime | None) -> datetime | None:
    """The same instant in UTC. Errors: Invalid."""
    return None if at is None else in_utc(at)


def known(at: datetime | None, where: str) -> datetime:
    """An instant that must be there. Errors: Invalid."""
    if at is None:
        raise Invalid(f"the payload: {where}: expected a time, found null.")
    return in_utc(at)
