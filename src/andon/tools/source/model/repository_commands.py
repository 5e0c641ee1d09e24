"""What is asked of a repository, and what is reported to it; each carries its rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import ClassVar

from andon.kernel.decider import Event
from andon.kernel.errors import NotFound, Refused
from andon.kernel.ids import BranchName, CommitId, RepositoryName
from andon.tools.source.model.closing import judge_open
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
from andon.tools.source.model.repository import (
    MOST_COMMITS,
    BranchPushed,
    ChangeApproved,
    ChangeLanded,
    PushedCommit,
    Repository,
    RepositoryCreated,
    TrunkChanged,
)

Events = tuple[Event[Repository], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRepository:
    """Create a repository, once."""

    needs: ClassVar[tuple[str, ...]] = ("push",)

    repository: RepositoryName
    trunk: BranchName

    def decide(self, state: Repository, now: datetime) -> Events:
        judge_open(self.repository, state.closing)
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

    def decide(self, state: Repository, now: datetime) -> Events:
        judge_open(self.repository, state.closing)
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

    needs: ClassVar[tuple[str, ...]] = ("promote",)

    repository: RepositoryName
    commit: CommitId

    def decide(self, state: Repository, now: datetime) -> Events:
        judge_open(self.repository, state.closing)
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

    def decide(self, state: Repository, now: datetime) -> Events:
        raise Refused(self.rule, self.reason, self.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPush:
    """Report that a branch moved in git. Telling it twice changes nothing."""

    repository: RepositoryName
    branch: BranchName
    before: CommitId | None
    after: CommitId | None
    commits: tuple[PushedCommit, ...]

    def decide(self, state: Repository, now: datetime) -> Events:
        if not state.exists:
            raise NotFound(f"There is no repository {self.repository}; it is created with its first push.")
        if state.is_deleted or state.head(self.branch) == self.after:
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

    needs: ClassVar[tuple[str, ...]] = ("admin",)

    repository: RepositoryName
    trunk: BranchName
    #: what the branch has, newest first
    commits: tuple[PushedCommit, ...]

    def decide(self, state: Repository, now: datetime) -> Events:
        judge_open(self.repository, state.closing)
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
