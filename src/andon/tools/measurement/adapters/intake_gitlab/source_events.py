"""Pushes, tags, merge requests and comments on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec

from andon.tools.measurement.adapters.intake_gitlab.payloads import (
    GitLabDelivery,
    GitLabPush,
    GitLabUser,
    LabelsChanged,
    MergeRequest,
    MergeRequestEvent,
    NoteEvent,
    Project,
    head_of,
    instant,
    parse,
)
from andon.tools.measurement.model.facts import Change, Deployment, Labelled, Place
from andon.tools.measurement.model.intake.read_delivery import ReadDelivery
from andon.tools.measurement.model.intake.texts import commit_in, first_line, web_address

_PUSH = msgspec.json.Decoder(GitLabPush)
_MERGE_REQUEST = msgspec.json.Decoder(MergeRequestEvent)
_NOTE = msgspec.json.Decoder(NoteEvent)

#: what somebody does who has looked at it
REVIEWS = frozenset({"approved", "approval", "unapproved", "unapproval"})


def read_push(delivery: GitLabDelivery) -> ReadDelivery:
    """A push says where git is to be walked from. Its list holds 20 commits at most, and is never read."""
    push = parse(_PUSH, delivery.body)
    after = commit_in(push.after)
    if after is None:
        return ReadDelivery(what="push", nothing=f"{push.ref} was deleted.")
    branch, trunk = push.ref.removeprefix("refs/heads/"), push.project.default_branch
    if branch != trunk:
        return ReadDelivery(
            what="push", nothing=f"{branch} is not the trunk; its commits count when they land in {trunk}."
        )
    return ReadDelivery(what="push", heads=(head_of(push.project, after, delivery.names),))


def read_tag_push(delivery: GitLabDelivery) -> ReadDelivery:
    """A tag may say that its commit runs somewhere now. GitLab does not say when it was pushed."""
    push = parse(_PUSH, delivery.body)
    # of an annotated tag, `after` is the tag itself
    commit = commit_in(push.checkout_sha) or commit_in(push.after)
    tag = push.ref.removeprefix("refs/tags/")
    if commit is None or commit_in(push.after) is None:
        return ReadDelivery(what="tag_push", nothing=f"{push.ref} was deleted.")
    environment = delivery.names.deployed_as(tag)
    if environment is None:
        return ReadDelivery(what="tag_push", nothing=f"the tag {tag} is no deployment in this connection's settings.")
    theirs = push.project.path_with_namespace
    deployment = Deployment(
        id=delivery.names.fact("tag", theirs, tag),
        place=Place(service=delivery.names.service(theirs), environment=environment),
        repository=delivery.names.repository(theirs),
        commit=commit,
        digest=commit,
        version=first_line(tag),
        finished_at=delivery.at,
        by=first_line(push.user_username),
        link=web_address(f"{push.project.web_url}/-/tags/{tag}"),
        told_at=delivery.at,
    )
    return ReadDelivery(what="tag_push", facts=(deployment,), heads=(head_of(push.project, commit, delivery.names),))


def read_merge_request(delivery: GitLabDelivery) -> ReadDelivery:
    """A merge request is a change. Only the event of the merge itself knows when it was merged."""
    event = parse(_MERGE_REQUEST, delivery.body)
    request = event.object_attributes
    what = f"merge_request {request.action}"[:60]
    if nothing := _nothing(request, event.project):
        return ReadDelivery(what=what, nothing=nothing)
    updated_at = instant(request.updated_at, "object_attributes.updated_at")
    looked = request.action in REVIEWS and event.user is not None and event.user.id != request.author_id
    change = _change(delivery, request, event.project, event.user)
    change = replace(change, first_review_at=updated_at if looked else None, labels=_labels(event, updated_at))
    landed = change.merge_commit
    heads = (head_of(event.project, landed, delivery.names),) if landed else ()
    return ReadDelivery(what=what, facts=(change,), heads=heads)


def _labels(event: MergeRequestEvent, at: datetime) -> tuple[Labelled, ...]:
    """Those that were put on or taken off just now; what it was opened with is on since then."""
    changed = event.changes.labels if event.changes else None
    if changed is None:
        changed = (
            LabelsChanged(current=event.labels or ()) if event.object_attributes.action == "open" else LabelsChanged()
        )
    before, now = ({first_line(one.title) for one in some} for some in (changed.previous, changed.current))
    return tuple(Labelled(at=at, label=label, on=label in now) for label in sorted(before ^ now) if label)


def read_note(delivery: GitLabDelivery) -> ReadDelivery:
    """The first comment on a merge request that is not its author's ends the wait for a review."""
    event = parse(_NOTE, delivery.body)
    note, request = event.object_attributes, event.merge_request
    if request is None or note.system or note.author_id == request.author_id:
        return ReadDelivery(what="note", nothing="it is no comment by somebody else on a merge request.")
    if nothing := _nothing(request, event.project):
        return ReadDelivery(what="note", nothing=nothing)
    change = _change(delivery, request, event.project, None)
    at = instant(note.created_at, "object_attributes.created_at")
    return ReadDelivery(what="note", facts=(replace(change, first_review_at=at),))


def _nothing(request: MergeRequest, project: Project) -> str:
    """Why a merge request is not counted, or not any more; "" when it is."""
    if project.default_branch and request.target_branch != project.default_branch:
        return f"it goes into {request.target_branch}, not into the trunk, {project.default_branch}."
    if request.state in {"merged", "closed"} and request.action not in {"merge", "close"}:
        return f"it is {request.state} already; that was reported before."
    return ""


def _change(delivery: GitLabDelivery, request: MergeRequest, project: Project, user: GitLabUser | None) -> Change:
    theirs, updated_at = project.path_with_namespace, instant(request.updated_at, "updated_at")
    merged, login = request.action == "merge", first_line(user.username) if user else ""
    return Change(
        id=delivery.names.fact("merge-request", theirs, request.iid),
        repository=delivery.names.repository(theirs),
        title=first_line(request.title),
        # the author is only a number; who acts is named, and the first who acts is the author
        author=login if user and user.id == request.author_id else "",
        opened_at=instant(request.created_at, "created_at"),
        merged_at=updated_at if merged else None,
        abandoned_at=updated_at if request.action == "close" else None,
        head=commit_in(request.last_commit.id) if request.last_commit else None,
        merge_commit=commit_in(request.merge_commit_sha) if merged else None,
        merged_by=login if merged else "",
        link=web_address(request.url),
        told_at=updated_at,
    )
