"""The parts of GitLab's webhook payloads that are read; everything else in them is skipped unread.

Source: docs.gitlab.com, "Webhook events".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from andon.kernel.errors import Invalid, Problem
from andon.kernel.ids import CommitId
from andon.standards.instants import parse_instant
from andon.standards.json_body import decode
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import CommitsHead
from andon.tools.measurement.model.intake.texts import commit_in, web_address

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitLabDelivery:
    """One request, and how its names are read."""

    body: bytes
    names: Mapping
    #: when it came in
    at: datetime
    #: GitLab's id for it, the same when it is sent again
    id: str


class GitLabPart(msgspec.Struct, gc=False):
    """Of a payload. Times are texts: GitLab writes them in three ways."""


class Project(GitLabPart):
    path_with_namespace: str
    git_http_url: str = ""
    default_branch: str | None = None
    web_url: str = ""


class GitLabUser(GitLabPart):
    id: int | None = None
    username: str = ""


class CommitPart(GitLabPart):
    id: str = ""


class GitLabPush(GitLabPart):
    ref: str
    before: str
    after: str
    project: Project
    checkout_sha: str | None = None
    user_username: str = ""


class GitLabDeploymentEvent(GitLabPart):
    status: str
    status_changed_at: str
    deployment_id: int
    environment: str
    project: Project
    commit_url: str = ""
    ref: str | None = None
    deployable_url: str | None = None
    user: GitLabUser | None = None


class MergeRequest(GitLabPart):
    iid: int
    created_at: str
    updated_at: str
    title: str = ""
    target_branch: str = ""
    state: str = ""
    author_id: int | None = None
    action: str = ""
    url: str = ""
    merge_commit_sha: str | None = None
    last_commit: CommitPart | None = None


class GitLabLabel(GitLabPart):
    title: str = ""


class LabelsChanged(GitLabPart):
    previous: tuple[GitLabLabel, ...] = ()
    current: tuple[GitLabLabel, ...] = ()


class MergeRequestChanged(GitLabPart):
    labels: LabelsChanged | None = None


class MergeRequestEvent(GitLabPart):
    object_attributes: MergeRequest
    project: Project
    user: GitLabUser | None = None
    #: those that it has now
    labels: tuple[GitLabLabel, ...] | None = None
    changes: MergeRequestChanged | None = None


class Note(GitLabPart):
    created_at: str
    author_id: int | None = None
    system: bool = False


class NoteEvent(GitLabPart):
    object_attributes: Note
    project: Project
    merge_request: MergeRequest | None = None


class Build(GitLabPart):
    name: str = ""
    status: str = ""
    started_at: str | None = None
    finished_at: str | None = None
    queued_duration: float | None = None


class GitLabPipeline(GitLabPart):
    id: int
    sha: str
    created_at: str
    ref: str = ""
    tag: bool = False
    name: str | None = None
    source: str | None = None
    status: str = ""
    finished_at: str | None = None
    queued_duration: float | None = None
    url: str | None = None


class PipelineEvent(GitLabPart):
    object_attributes: GitLabPipeline
    project: Project
    builds: list[Build] = []
    user: GitLabUser | None = None


class GitLabReleaseEvent(GitLabPart):
    id: int
    tag: str
    project: Project
    created_at: str
    released_at: str | None = None
    action: str = ""
    url: str = ""
    commit: CommitPart | None = None


class Flag(GitLabPart):
    id: int
    name: str
    active: bool


class FlagEvent(GitLabPart):
    object_attributes: Flag
    project: Project
    user: GitLabUser | None = None


class WorkItem(GitLabPart):
    iid: int
    created_at: str
    updated_at: str
    title: str = ""
    type: str = ""
    state: str = ""
    action: str = ""
    severity: str | None = None
    url: str = ""


class WorkItemEvent(GitLabPart):
    object_attributes: WorkItem
    project: Project


class Vulnerability(GitLabPart):
    url: str
    created_at: str
    updated_at: str
    title: str = ""
    state: str = ""
    severity: str = ""
    dismissed_at: str | None = None
    resolved_at: str | None = None


class VulnerabilityEvent(GitLabPart):
    object_attributes: Vulnerability


class GitLabEventKind(GitLabPart):
    """What an event is about, where no header says it."""

    object_kind: str = ""


def parse(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """A payload. Errors: Invalid."""
    return decode(decoder, body, "the payload")


def instant(text: str, where: str) -> datetime:
    """A time in one of GitLab's spellings. Errors: Invalid, with its place."""
    try:
        return parse_instant(text)
    except Invalid as error:
        raise Invalid(Problem(where=f"the payload: {where}", message=error.problems[0].message)) from None


def maybe(text: str | None, where: str) -> datetime | None:
    """The same, where there may be none. Errors: Invalid."""
    return instant(text, where) if text else None


def commit_of(text: str | None, where: str) -> CommitId:
    """A commit that must be there. Errors: Invalid, with its place."""
    commit = commit_in(text)
    if commit is None:
        found = f'found "{(text or "")[:60]}"'
        raise Invalid(Problem(where=f"the payload: {where}", message=f"expected 40 hexadecimal digits, {found}."))
    return commit


def head_of(project: Project, commit: CommitId, names: Mapping) -> CommitsHead:
    """From where git is to be walked."""
    repository = names.repository(project.path_with_namespace)
    return CommitsHead(repository=repository, clone_url=web_address(project.git_http_url), commit=commit)
