"""Commits and changes from what was pushed to the server's own repositories."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from andon.kernel.envelope import Envelope
from andon.kernel.ids import BranchName, CommitId, RepositoryName
from andon.tools.measurement.model.dates import is_believable
from andon.tools.measurement.model.facts import Change, Commit, FactId
from andon.tools.measurement.model.history import History
from andon.tools.source.events import BranchPushed, ChangeLanded, PushedCommit, RepositoryCreated, TrunkChanged

Branch = tuple[RepositoryName, BranchName]


@dataclass(slots=True)
class CommitFacts:
    """Folds pushes: each branch beside the trunk is a change until it lands; what is pushed to trunk is one too."""

    history: History
    _trunks: dict[RepositoryName, BranchName] = field(default_factory=dict)
    #: changes that have not landed, by the branch they are on
    _open: dict[Branch, Change] = field(default_factory=dict)

    def created(self, event: RepositoryCreated | TrunkChanged) -> None:
        """A repository has a trunk."""
        self._trunks[event.repository] = event.trunk

    def pushed(self, event: BranchPushed, happened: Envelope[object]) -> None:
        """A branch moved; the trunk's own moves are reported as changes that landed."""
        if self._trunks.get(event.repository) == event.branch:
            return
        branch = event.repository, event.branch
        if event.after is None:
            self._gone(branch, happened.at)
            return
        known = self._open.get(branch)
        if known is None and self.history.graph(event.repository).number(event.after) is not None:
            return  # a new name for what has landed, or is proposed already, proposes nothing
        commits = _with_parents(event.commits, event.before)
        self._take(event.repository, commits)
        change = _opened(event, commits, happened) if known is None else _moved(known, event.after, commits)
        self._open[branch] = change
        self.history.add(change)

    def landed(self, event: ChangeLanded, happened: Envelope[object]) -> None:
        """The trunk moved: the branches whose head it took have landed; a push straight to trunk is its own change."""
        commits = _with_parents(event.commits, event.before)
        self._take(event.repository, commits)
        came = self._came(event.repository, commits) if self._open else ()
        for branch, change in came:
            del self._open[branch]
            self.history.add(_merged(change, event, happened))
        if not came and commits:
            self.history.add(_straight(event, commits, happened))

    def _came(self, repository: RepositoryName, commits: Sequence[PushedCommit]) -> Sequence[tuple[Branch, Change]]:
        """The open changes whose head is among the commits."""
        brought = {commit.commit for commit in commits}
        return [
            (branch, change)
            for branch, change in self._open.items()
            if branch[0] == repository and change.head in brought
        ]

    def _gone(self, branch: Branch, at: datetime) -> None:
        change = self._open.pop(branch, None)
        if change is not None:
            self.history.add(replace(change, abandoned_at=at))

    def _take(self, repository: RepositoryName, commits: Sequence[PushedCommit]) -> None:
        graph = self.history.graph(repository)
        for commit in reversed(commits):
            if graph.number(commit.commit) is None:
                self.history.add(_commit(repository, commit))


def _commit(repository: RepositoryName, commit: PushedCommit) -> Commit:
    return Commit(
        repository=repository,
        id=commit.commit,
        parents=commit.parents,
        committed_at=commit.committed_at,
        authored_at=commit.authored_at,
        author=sys.intern(commit.author),
        subject=commit.subject,
    )


def _with_parents(commits: Sequence[PushedCommit], before: CommitId | None) -> Sequence[PushedCommit]:
    """As told; of a push that was recorded before parents were, each commit follows the one before it in the push."""
    if any(commit.parents for commit in commits) or (before is None and len(commits) < 2):
        return commits
    earlier = [*(commit.commit for commit in commits[1:]), before]
    return tuple(
        replace(commit, parents=(parent,)) if parent is not None else commit
        for commit, parent in zip(commits, earlier, strict=True)
    )


def _opened(event: BranchPushed, commits: Sequence[PushedCommit], happened: Envelope[object]) -> Change:
    newest = commits[0] if commits else None
    return Change(
        id=FactId(f"ledger/{event.repository}/{event.branch}/{happened.position}"),
        repository=event.repository,
        title=newest.subject if newest else event.branch,
        author=newest.author if newest else happened.actor,
        first_commit_at=_first(commits),
        opened_at=happened.at,
        head=event.after,
        link=f"/changes/{event.repository}/{event.after}",
    )


def _moved(change: Change, head: CommitId, commits: Sequence[PushedCommit]) -> Change:
    first = _first(commits)
    known = change.first_commit_at
    return replace(
        change,
        head=head,
        first_commit_at=min(first, known) if first and known else first or known,
        link=f"/changes/{change.repository}/{head}",
    )


def _first(commits: Sequence[PushedCommit]) -> datetime | None:
    """When the first was written, so far as dates can be believed."""
    return min((one.authored_at for one in commits if is_believable(one.authored_at.timestamp())), default=None)


def _merged(change: Change, event: ChangeLanded, happened: Envelope[object]) -> Change:
    return replace(
        change,
        merged_at=happened.at,
        merge_commit=event.commit,
        merged_by=happened.actor,
        link=f"/changes/{event.repository}/{event.commit}",
    )


def _straight(event: ChangeLanded, commits: Sequence[PushedCommit], happened: Envelope[object]) -> Change:
    return Change(
        id=FactId(f"ledger/{event.repository}@{event.commit}"),
        repository=event.repository,
        title=commits[0].subject,
        author=commits[0].author,
        first_commit_at=_first(commits),
        opened_at=happened.at,
        merged_at=happened.at,
        head=event.commit,
        merge_commit=event.commit,
        merged_by=happened.actor,
        link=f"/changes/{event.repository}/{event.commit}",
    )
