"""A repository as the line knows it: its trunk, where its branches stand, and what was pushed to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from andon.kernel.decider import Noun, never, wants_nothing
from andon.kernel.errors import Invalid, NotFound, Refused
from andon.kernel.ids import BranchName, CommitId, RepositoryName, parse_name
from andon.kernel.refusal import CommandRefused
from andon.tools.source.model.push import (
    LargeFile,
    PushLimits,
    RefUpdate,
    choose_trunk,
    judge_branch_count,
    judge_files,
    judge_history,
    judge_refs,
    judge_trunk,
)

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

    @property
    def exists(self) -> bool:
        return self.trunk != _NO_BRANCH

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


RepositoryEvent = RepositoryCreated | BranchPushed | ChangeLanded | ChangeApproved | TrunkChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRepository:
    """Create a repository, once."""

    repository: RepositoryName
    trunk: BranchName

    def decide(self, state: Repository, now: datetime) -> tuple[RepositoryEvent, ...]:
        if not state.exists:
            return (RepositoryCreated(repository=self.repository, trunk=self.trunk),)
        if state.trunk == self.trunk:
            return ()
        raise Refused(
            "one-trunk",
            f"{self.repository} exists and its trunk is {state.trunk}.",
            f"Push to {state.trunk}, or choose another name for the repository.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptPush:
    """Let a push in, or refuse it, before any ref moves. Accepting changes nothing yet."""

    repository: RepositoryName
    updates: tuple[RefUpdate, ...]
    limits: PushLimits
    #: refs whose old commit is not contained in the new one
    rewritten: tuple[str, ...] = ()
    #: its commits lead to some that are neither pushed nor here
    is_cut_off: bool = False
    #: files in the new commits that are over the limit
    large_files: tuple[LargeFile, ...] = ()

    def decide(self, state: Repository, now: datetime) -> tuple[RepositoryEvent, ...]:
        judge_refs(self.updates, self.limits)
        judge_history(is_cut_off=self.is_cut_off)
        judge_branch_count(self.updates, len(state.heads), self.limits)
        pushed = tuple(update.branch for update in self.updates if update.branch)
        judge_trunk(self.updates, state.trunk or choose_trunk(pushed), self.rewritten)
        judge_files(self.large_files, self.limits)
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveChange:
    """Let the trunk become this commit; whoever pushes it then."""

    repository: RepositoryName
    commit: CommitId

    def decide(self, state: Repository, now: datetime) -> tuple[RepositoryEvent, ...]:
        if self.commit in state.approved:
            return ()
        return (ChangeApproved(repository=self.repository, commit=self.commit),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusePush:
    """Turn a push away for a rule that lives outside this repository, so that the refusal is in its history."""

    repository: RepositoryName
    rule: str
    reason: str
    remedy: str

    def decide(self, state: Repository, now: datetime) -> tuple[RepositoryEvent, ...]:
        raise Refused(self.rule, self.reason, self.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPush:
    """Report that a branch moved in git. Telling it twice changes nothing."""

    repository: RepositoryName
    branch: BranchName
    before: CommitId | None
    after: CommitId | None
    commits: tuple[PushedCommit, ...]

    def decide(self, state: Repository, now: datetime) -> tuple[RepositoryEvent, ...]:
        if not state.exists:
            raise NotFound(f"There is no repository {self.repository}; it is created with its first push.")
        if state.head(self.branch) == self.after:
            return ()
        commits = self.commits[:MOST_COMMITS]
        pushed = BranchPushed(
            repository=self.repository, branch=self.branch, before=self.before, after=self.after, commits=commits
        )
        if self.branch != state.trunk or self.after is None:
            return (pushed,)
        landed = ChangeLanded(repository=self.repository, commit=self.after, before=self.before, commits=commits)
        return (pushed, landed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTrunk:
    """Make another branch the trunk; its newest commit lands with it."""

    repository: RepositoryName
    trunk: BranchName
    #: what the branch has, newest first
    commits: tuple[PushedCommit, ...]

    def decide(self, state: Repository, now: datetime) -> tuple[RepositoryEvent, ...]:
        head = state.head(self.trunk)
        if head is None:
            raise no_branch(self.repository, self.trunk, state)
        if self.trunk == state.trunk:
            return ()
        changed = TrunkChanged(repository=self.repository, before=state.trunk, trunk=self.trunk)
        commits = self.commits[:MOST_COMMITS]
        return (changed, ChangeLanded(repository=self.repository, commit=head, before=None, commits=commits))


def no_branch(repository: RepositoryName, branch: str, state: Repository) -> NotFound:
    """Says which branches there are."""
    names = [str(head.branch) for head in state.heads]
    near = get_close_matches(branch, names, n=1)
    hint = f" Did you mean {near[0]}?" if near else f" It has: {', '.join(names[:10]) or 'none yet'}."
    return NotFound(f"{repository} has no branch {branch[:80]}.{hint}")


NOUN: Noun[Repository] = Noun(
    kind="repository",
    initial=Repository(),
    events=(RepositoryCreated, BranchPushed, ChangeLanded, ChangeApproved, TrunkChanged, CommandRefused),
    want=wants_nothing,
    deadline=never,
)
