"""A repository as the line knows it: its trunk, where its branches stand, and what was pushed to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from andon.kernel.decider import Noun, never, wants_nothing
from andon.kernel.errors import Invalid
from andon.kernel.ids import Actor, BranchName, CommitId, RepositoryName, parse_name
from andon.kernel.refusal import CommandRefused
from andon.tools.source.model.closing import Closing

_BRANCH = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._/-]{0,198}[A-Za-z0-9_])?")
_NO_BRANCH = BranchName("")
#: how many commits one event names; a push of more says so by its newest ones
MOST_COMMITS = 500
#: approvals that are remembered, so that one is not given twice
MOST_APPROVED = 100


def parse_repository(text: str) -> RepositoryName:
    """A name for a repository. Errors: Invalid."""
    if text.endswith((".git", ".lock")):
        raise Invalid(f'"{text[:80]}" is no name for a repository: leave the ending away.')
    return RepositoryName(parse_name(text, "a repository"))


def parse_branch(text: str) -> BranchName:
    """A name for a branch that a person gave, by git's own rules and a bit stricter. Errors: Invalid."""
    if not _BRANCH.fullmatch(text) or ".." in text or "//" in text or text.endswith((".lock", ".", "/")):
        raise Invalid(f'"{text[:80]}" is no name for a branch: use letters, digits and . _ - / inside.')
    return BranchName(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedCommit:
    """One commit that a push brought."""

    commit: CommitId
    author: str
    author_email: str
    authored_at: datetime
    committed_at: datetime
    #: first line of its message
    subject: str
    #: more than one for a merge; empty for a first commit, and in what was recorded before parents were
    parents: tuple[CommitId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a branch stands."""

    branch: BranchName
    commit: CommitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """What the ledger knows of one repository."""

    #: "" before it is created
    trunk: BranchName = _NO_BRANCH
    #: one for each branch, sorted by name
    heads: tuple[Head, ...] = ()
    #: what an operator approved, newest last
    approved: tuple[CommitId, ...] = ()
    #: None while people may push
    closing: Closing | None = None

    @property
    def exists(self) -> bool:
        return self.trunk != _NO_BRANCH

    @property
    def is_deleted(self) -> bool:
        return self.closing is not None and self.closing.kind == "deleted"

    def head(self, branch: BranchName) -> CommitId | None:
        """Where the branch stands; None when there is no such branch."""
        return next((head.commit for head in self.heads if head.branch == branch), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryCreated:
    """A repository was created, by its first push or by request."""

    repository: RepositoryName
    trunk: BranchName

    def evolve(self, state: Repository) -> Repository:
        return replace(state, trunk=self.trunk)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPushed:
    """A branch was created, moved or deleted."""

    repository: RepositoryName
    branch: BranchName
    #: None when the branch is new
    before: CommitId | None
    #: None when the branch was deleted
    after: CommitId | None
    #: newest first, at most MOST_COMMITS; `after` itself is always among them
    commits: tuple[PushedCommit, ...]

    def evolve(self, state: Repository) -> Repository:
        others = [head for head in state.heads if head.branch != self.branch]
        if self.after is not None:
            others.append(Head(branch=self.branch, commit=self.after))
        return replace(state, heads=tuple(sorted(others, key=lambda head: head.branch)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLanded:
    """The trunk moved to a new commit: a change begins its way along the line."""

    repository: RepositoryName
    commit: CommitId
    #: None when this is the trunk's first commit
    before: CommitId | None
    #: newest first, at most MOST_COMMITS; `commit` itself is the first
    commits: tuple[PushedCommit, ...]

    def evolve(self, state: Repository) -> Repository:
        return state


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeApproved:
    """An operator lets the trunk become this commit, although it changes what is protected."""

    repository: RepositoryName
    commit: CommitId

    def evolve(self, state: Repository) -> Repository:
        return replace(state, approved=(*state.approved, self.commit)[-MOST_APPROVED:])


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkChanged:
    """Another branch became the trunk."""

    repository: RepositoryName
    before: BranchName
    trunk: BranchName

    def evolve(self, state: Repository) -> Repository:
        return replace(state, trunk=self.trunk)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryArchived:
    """Nobody pushes to the repository any more, and nothing of it is built; it is still read."""

    repository: RepositoryName
    by: Actor
    reason: str
    at: datetime

    @property
    def closing(self) -> Closing:
        """How it is closed from now on."""
        return Closing(kind="archived", by=self.by, at=self.at, reason=self.reason)

    def evolve(self, state: Repository) -> Repository:
        return replace(state, closing=self.closing)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryUnarchived:
    """People push to the repository again."""

    repository: RepositoryName
    reason: str

    def evolve(self, state: Repository) -> Repository:
        return replace(state, closing=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryDeleted:
    """The repository's commits are deleted; its name stays reserved, and what it published stays in the registry."""

    repository: RepositoryName
    by: Actor
    reason: str
    at: datetime

    @property
    def closing(self) -> Closing:
        """How it is closed from now on."""
        return Closing(kind="deleted", by=self.by, at=self.at, reason=self.reason)

    def evolve(self, state: Repository) -> Repository:
        return replace(state, heads=(), approved=(), closing=self.closing)


NOUN: Noun[Repository] = Noun(
    kind="repository",
    initial=Repository(),
    events=(
        RepositoryCreated,
        BranchPushed,
        ChangeLanded,
        ChangeApproved,
        TrunkChanged,
        RepositoryArchived,
        RepositoryUnarchived,
        RepositoryDeleted,
        CommandRefused,
    ),
    want=wants_nothing,
    deadline=never,
)
