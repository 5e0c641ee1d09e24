"""Pushes, pull requests and their reviews."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from andon.kernel.ids import CommitId, short
from andon.standards.instants import in_utc, instant_of, parse_instant
from andon.tools.measurement.adapters.intake_github.payloads import (
    GitHubPush,
    GitHubRepository,
    GitHubUser,
    PullRequest,
    PullRequestEvent,
    ReviewEvent,
    parse,
    utc,
)
from andon.tools.measurement.model.facts import Change, Deployment, Place
from andon.tools.measurement.model.intake.mapping import Mapping
from andon.tools.measurement.model.intake.read_delivery import CommitsHead, ReadDelivery
from andon.tools.measurement.model.intake.texts import commit_in, first_line, web_address

_PUSH = msgspec.json.Decoder(GitHubPush)
_PULL_REQUEST = msgspec.json.Decoder(PullRequestEvent)
_REVIEW = msgspec.json.Decoder(ReviewEvent)

BRANCH, TAG = "refs/heads/", "refs/tags/"


def head_of(repository: GitHubRepository, commit: CommitId, names: Mapping) -> CommitsHead:
    """From where git is to be walked."""
    url = web_address(repository.clone_url)
    return CommitsHead(repository=names.repository(repository.full_name), clone_url=url, commit=commit)


def read_push(body: bytes, names: Mapping) -> ReadDelivery:
    """A push says where git is to be walked from; its list of commits is cut, and is never read."""
    push = parse(_PUSH, body)
    if push.deleted or (after := commit_in(push.after)) is None:
        return ReadDelivery(what="push", nothing=f"{push.ref} was deleted.")
    if push.ref.startswith(TAG):
        return _tagged(push, after, names)
    branch, trunk = push.ref.removeprefix(BRANCH), push.repository.default_branch
    if branch != trunk:
        return ReadDelivery(
            what="push", nothing=f"{branch} is not the trunk; its commits count when they land in {trunk}."
        )
    troubles = (f"{branch} was rewritten: {short(push.before)} may not be in it any more.",) if push.forced else ()
    return ReadDelivery(what="push", heads=(head_of(push.repository, after, names),), troubles=troubles)


def _tagged(push: GitHubPush, after: CommitId, names: Mapping) -> ReadDelivery:
    """An annotated tag is an object of its own: its commit stands beside it."""
    tag = push.ref.removeprefix(TAG)
    commit = (commit_in(push.head_commit.id) if push.head_commit else None) or after
    environment = names.deployed_as(tag)
    if environment is None:
        return ReadDelivery(what="push", nothing=f"the tag {tag} is no deployment in this connection's settings.")
    at = _pushed_at(push.repository)
    if at is None:
        return ReadDelivery(what="push", nothing=f"the tag {tag} was pushed, and the payload does not say when.")
    theirs = push.repository.full_name
    deployment = Deployment(
        id=names.fact("tag", theirs, tag),
        place=Place(service=names.service(theirs), environment=environment),
        repository=names.repository(theirs),
        commit=commit,
        digest=commit,
        version=tag,
        finished_at=at,
        link=web_address(f"{push.repository.html_url}/releases/tag/{tag}"),
        told_at=at,
    )
    return ReadDelivery(what="push", facts=(deployment,), heads=(head_of(push.repository, commit, names),))


def _pushed_at(repository: GitHubRepository) -> datetime | None:
    at = repository.pushed_at
    if at is None:
        return None
    return parse_instant(at) if isinstance(at, str) else instant_of(at).astimezone(UTC)


def read_pull_request(body: bytes, names: Mapping) -> ReadDelivery:
    """A pull request is a change; the commit by which it landed is walked from."""
    event = parse(_PULL_REQUEST, body)
    return _received(f"pull_request {event.action}", event.pull_request, event.repository, names)


def read_review(body: bytes, names: Mapping) -> ReadDelivery:
    """The first review by another person ends the wait for one."""
    event = parse(_REVIEW, body)
    at = utc(event.review.submitted_at) if _is_another(event.review.user, event.pull_request.user) else None
    return _received(f"pull_request_review {event.action}", event.pull_request, event.repository, names, at)


def _received(
    what: str, pull: PullRequest, repository: GitHubRepository, names: Mapping, reviewed_at: datetime | None = None
) -> ReadDelivery:
    if repository.default_branch and pull.base.ref != repository.default_branch:
        reason = f"it goes into {pull.base.ref}, not into the trunk, {repository.default_branch}."
        return ReadDelivery(what=what, nothing=reason)
    change = _change(pull, repository, names, reviewed_at)
    landed = change.merge_commit
    return ReadDelivery(what=what, facts=(change,), heads=(head_of(repository, landed, names),) if landed else ())


def _change(pull: PullRequest, repository: GitHubRepository, names: Mapping, reviewed_at: datetime | None) -> Change:
    merged_at = utc(pull.merged_at)
    return Change(
        id=names.fact("pull-request", repository.full_name, pull.number),
        repository=names.repository(repository.full_name),
        title=first_line(pull.title),
        author=_login(pull.user),
        opened_at=in_utc(pull.created_at),
        first_review_at=reviewed_at,
        merged_at=merged_at,
        abandoned_at=None if merged_at else utc(pull.closed_at),
        head=commit_in(pull.head.sha),
        # until it has landed this is GitHub's trial merge, which nobody will ever deploy
        merge_commit=commit_in(pull.merge_commit_sha) if merged_at else None,
        merged_by=_login(pull.merged_by),
        link=web_address(pull.html_url),
        told_at=in_utc(pull.updated_at),
    )


def _login(user: GitHubUser | None) -> str:
    return first_line(user.login) if user else ""


def _is_another(reviewer: GitHubUser | None, author: GitHubUser | None) -> bool:
    """Is it another person? A program that comments within seconds ends no wait."""
    if reviewer is None or reviewer.type == "Bot":
        return False
    return author is None or reviewer.login != author.login
