"""What people ask about repositories: which there are, where they stand, what landed, whose commit this is."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from andon.kernel.envelope import Envelope
from andon.kernel.errors import NotFound
from andon.kernel.ids import Actor, BranchName, CommitId, RepositoryName
from andon.standards.known import known_name
from andon.tools.source.events import (
    BranchPushed,
    ChangeLanded,
    Closing,
    PushedCommit,
    RepositoryArchived,
    RepositoryCreated,
    RepositoryDeleted,
    RepositoryUnarchived,
    TrunkChanged,
)

#: landed changes kept at hand for each repository; the ledger has them all
_MOST_CHANGES = 200
#: a prefix of a commit id that is shorter says too little
_SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """One change on the trunk."""

    commit: CommitId
    before: CommitId | None
    at: datetime
    #: who pushed it
    actor: Actor
    #: newest first
    commits: tuple[PushedCommit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchSeen:
    """Where a branch stands, and since when."""

    branch: BranchName
    commit: CommitId
    at: datetime
    #: who pushed it
    actor: Actor
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitSeen:
    """A commit that some push brought."""

    repository: RepositoryName
    #: the branch that brought it first
    branch: BranchName
    commit: PushedCommit
    pushed_at: datetime
    pushed_by: Actor


@dataclass(slots=True, kw_only=True)
class RepositorySeen:
    """One repository as it is now."""

    repository: RepositoryName
    trunk: BranchName
    created_at: datetime
    #: None while people may push
    closing: Closing | None = None
    branches: dict[BranchName, BranchSeen] = field(default_factory=dict)
    #: newest first
    changes: deque[Landed] = field(default_factory=lambda: deque(maxlen=_MOST_CHANGES))

    @property
    def is_deleted(self) -> bool:
        return self.closing is not None and self.closing.kind == "deleted"


class Repositories:
    """All repositories, folded from the ledger."""

    def __init__(self) -> None:
        self._repositories: dict[RepositoryName, RepositorySeen] = {}
        self._commits: dict[CommitId, list[CommitSeen]] = {}
        self._ids: list[CommitId] = []

    def apply(self, happened: Envelope[object]) -> None:
        match happened.event:
            case RepositoryCreated(repository=name, trunk=trunk):
                seen = RepositorySeen(repository=name, trunk=trunk, created_at=happened.at)
                self._repositories[name] = seen
            case TrunkChanged(repository=name, trunk=trunk):
                self._repositories[name].trunk = trunk
            case RepositoryArchived() | RepositoryDeleted() as closed:
                self._repositories[closed.repository].closing = closed.closing
            case RepositoryUnarchived(repository=name):
                self._repositories[name].closing = None
            case BranchPushed() as pushed:
                self._pushed(pushed, happened)
            case ChangeLanded() as landed:
                change = Landed(
                    commit=landed.commit,
                    before=landed.before,
                    at=happened.at,
                    actor=happened.actor,
                    commits=landed.commits,
                )
                self._repositories[landed.repository].changes.appendleft(change)

    def names(self) -> tuple[RepositoryName, ...]:
        """Of those that are there."""
        return tuple(sorted(name for name, seen in self._repositories.items() if not seen.is_deleted))

    def all(self) -> tuple[RepositorySeen, ...]:
        return tuple(self._repositories[name] for name in self.names())

    def get(self, repository: str) -> RepositorySeen:
        """One repository. Errors: NotFound."""
        seen = self._repositories.get(RepositoryName(repository))
        if seen and seen.is_deleted and seen.closing:
            raise NotFound(seen.closing.sentence(seen.repository))
        known_name(repository, self.names(), "repository", otherwise="A first push creates it.")
        return self._repositories[RepositoryName(repository)]

    def changes(self, repository: str, limit: int = 50) -> tuple[Landed, ...]:
        """What landed on the trunk, newest first. Errors: NotFound."""
        return tuple(self.get(repository).changes)[:limit]

    def commits(self, prefix: str, limit: int = 20) -> tuple[CommitSeen, ...]:
        """Every commit whose id begins so, in whichever repositories; none for a prefix of less than four digits."""
        if len(prefix) < _SHORTEST_PREFIX:
            return ()
        found: list[CommitSeen] = []
        place = bisect_left(self._ids, prefix)
        while place < len(self._ids) and self._ids[place].startswith(prefix) and len(found) < limit:
            found.extend(self._commits[self._ids[place]])
            place += 1
        return tuple(found[:limit])

    def _pushed(self, pushed: BranchPushed, happened: Envelope[object]) -> None:
        branches = self._repositories[pushed.repository].branches
        if pushed.after is None:
            branches.pop(pushed.branch, None)
        else:
            subject = pushed.commits[0].subject if pushed.commits else ""
            branches[pushed.branch] = BranchSeen(
                branch=pushed.branch, commit=pushed.after, at=happened.at, actor=happened.actor, subject=subject
            )
        for commit in pushed.commits:
            self._seen(pushed, commit, happened)

    def _seen(self, pushed: BranchPushed, commit: PushedCommit, happened: Envelope[object]) -> None:
        known = self._commits.get(commit.commit)
        if known is None:
            known = self._commits[commit.commit] = []
            insort(self._ids, commit.commit)
        if all(one.repository != pushed.repository for one in known):
            seen = CommitSeen(
                repository=pushed.repository,
                branch=pushed.branch,
                commit=commit,
                pushed_at=happened.at,
                pushed_by=happened.actor,
            )
            known.append(seen)
