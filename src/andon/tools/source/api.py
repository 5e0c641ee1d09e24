"""The API of source: repositories, their branches, and what landed on their trunks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from andon.engine.callers_desk import CallersDesk
from andon.kernel.ids import Actor, BranchName, CommitId, RepositoryName
from andon.tools.source.api_removal import HANDLERS as REMOVAL_HANDLERS
from andon.tools.source.approving import approve
from andon.tools.source.events import Closing
from andon.tools.source.model.repository import parse_branch, parse_repository
from andon.tools.source.model.repository_commands import ApproveChange, ChangeTrunk, CreateRepository
from andon.tools.source.receiving import Reception
from andon.tools.source.views import BranchSeen, Landed, Repositories, RepositorySeen
from andon.web.front import FrontSettings
from andon.web.who import Who

#: landed changes given at once
MOST_CHANGES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRepository:
    """The repository to be created."""

    name: str
    trunk: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkAsked:
    """Which branch becomes the trunk."""

    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkGiven:
    """Which branch is the trunk now."""

    repository: RepositoryName
    trunk: BranchName


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked:
    """Which commit may become the trunk of which repository."""

    repository: str
    #: whole, or its first digits
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalGiven:
    """What was approved."""

    repository: RepositoryName
    commit: CommitId
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class LastChange:
    """What landed last on a trunk."""

    commit: CommitId
    subject: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryShown:
    """A repository in a list."""

    repository: RepositoryName
    trunk: BranchName
    branches: int
    created_at: datetime
    #: None before the first change
    last_change: LastChange | None
    #: None while people may push
    closing: Closing | None
    #: what git clones and pushes to
    git_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryOpened:
    """A repository with its branches, those pushed last first."""

    repository: RepositoryName
    trunk: BranchName
    created_at: datetime
    #: None while people may push
    closing: Closing | None
    branches: tuple[BranchSeen, ...]
    git_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShown:
    """A change that landed."""

    commit: CommitId
    before: CommitId | None
    at: datetime
    pushed_by: Actor
    author: str
    subject: str
    #: how many commits it brought
    commits: int


@get("/api/v1/repositories", sync_to_thread=False)
def list_repositories(
    front: NamedDependency[FrontSettings], repositories: NamedDependency[Repositories]
) -> tuple[RepositoryShown, ...]:
    """Every repository, by name."""
    return tuple(_shown(seen, _git_url(front, seen.repository)) for seen in repositories.all())


@get("/api/v1/repositories/{name:str}", sync_to_thread=False)
def open_repository(
    front: NamedDependency[FrontSettings], name: FromPath[str], repositories: NamedDependency[Repositories]
) -> RepositoryOpened:
    """One repository and its branches."""
    seen = repositories.get(name)
    return RepositoryOpened(
        repository=seen.repository,
        trunk=seen.trunk,
        created_at=seen.created_at,
        closing=seen.closing,
        branches=tuple(sorted(seen.branches.values(), key=lambda branch: branch.at, reverse=True)),
        git_url=_git_url(front, seen.repository),
    )


@get("/api/v1/repositories/{name:str}/changes", sync_to_thread=False)
def list_changes(
    name: FromPath[str], repositories: NamedDependency[Repositories], limit: FromQuery[int] = 50
) -> tuple[ChangeShown, ...]:
    """What landed on the trunk, newest first; at most 200."""
    wanted = min(max(limit, 1), MOST_CHANGES)
    return tuple(_change(landed) for landed in repositories.changes(name, wanted))


@post("/api/v1/repositories", opt={"gives": CreateRepository})
async def create_repository(
    front: NamedDependency[FrontSettings],
    data: JSONBody[NewRepository],
    reception: NamedDependency[Reception],
    repositories: NamedDependency[Repositories],
    who: NamedDependency[Who],
) -> RepositoryShown:
    """Create a repository before its first push, with a trunk of your choice."""
    name = parse_repository(data.name)
    await reception.create(name, parse_branch(data.trunk), by=who)
    return _shown(repositories.get(name), _git_url(front, name))


@post("/api/v1/repositories/{name:str}/trunk", status_code=HTTP_200_OK, opt={"gives": ChangeTrunk})
async def change_trunk(
    name: FromPath[str],
    data: JSONBody[TrunkAsked],
    reception: NamedDependency[Reception],
    repositories: NamedDependency[Repositories],
    who: NamedDependency[Who],
) -> TrunkGiven:
    """Make another branch the trunk; its newest commit lands. Errors: NotFound."""
    seen = repositories.get(name)
    await reception.change_trunk(seen.repository, BranchName(data.branch), by=who)
    return TrunkGiven(repository=seen.repository, trunk=seen.trunk)


@post("/api/v1/approvals", status_code=HTTP_200_OK, opt={"gives": ApproveChange})
async def approve_change(
    data: JSONBody[ApprovalAsked],
    desk: NamedDependency[CallersDesk],
    repositories: NamedDependency[Repositories],
    who: NamedDependency[Who],
) -> ApprovalGiven:
    """Let the trunk become a commit that changes what is protected. Errors: Refused, NotFound."""
    name, commit = await approve(desk, repositories, data.repository, data.commit)
    return ApprovalGiven(repository=name, commit=commit, by=who.actor)


def _shown(seen: RepositorySeen, git_url: str) -> RepositoryShown:
    newest = seen.changes[0] if seen.changes else None
    last = None
    if newest:
        top = newest.commits[0]
        last = LastChange(commit=newest.commit, subject=top.subject, author=top.author, at=newest.at)
    return RepositoryShown(
        repository=seen.repository,
        trunk=seen.trunk,
        branches=len(seen.branches),
        created_at=seen.created_at,
        last_change=last,
        closing=seen.closing,
        git_url=git_url,
    )


def _change(landed: Landed) -> ChangeShown:
    top = landed.commits[0]
    return ChangeShown(
        commit=landed.commit,
        before=landed.before,
        at=landed.at,
        pushed_by=landed.actor,
        author=top.author,
        subject=top.subject,
        commits=len(landed.commits),
    )


def _git_url(front: FrontSettings, repository: RepositoryName) -> str:
    return f"{front.url}/git/{repository}"


HANDLERS = (
    list_repositories,
    open_repository,
    list_changes,
    create_repository,
    change_trunk,
    approve_change,
    *REMOVAL_HANDLERS,
)
