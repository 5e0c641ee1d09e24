"""Which commits on branches wait for an operator's approval before the trunk may become them."""

from __future__ import annotations

from andon.kernel.ids import Actor, CommitId, RepositoryName
from andon.line.facts import Facts
from andon.machine.git.words import TooMuch
from andon.tools.source.ports import NO_QUARANTINE, Approval, GitRepositories
from andon.tools.source.views import BranchSeen, Repositories

MOST_BRANCHES = 20  #: pushed last, that git is asked about
MOST_KNOWN = 200  #: differences that are remembered
MOST_PATHS = 5  #: named of one change


class LineApprovals:
    """source.Approvals: what is protected from the facts, what changed from git."""

    def __init__(self, git_repositories: GitRepositories, repositories: Repositories, facts: Facts) -> None:
        self._git = git_repositories
        self._repositories = repositories
        self._facts = facts
        #: what differs between two commits never changes
        self._known: dict[tuple[RepositoryName, CommitId | None, CommitId], tuple[str, ...]] = {}

    async def of(self, repository: RepositoryName, actor: Actor) -> tuple[Approval, ...]:
        """What waits in the repository, and what was approved and has not landed. Errors: PortError."""
        if not self._facts.protection.is_protected(repository):
            return ()
        seen = self._repositories.get(repository)
        trunk = seen.branches.get(seen.trunk)
        others = (branch for branch in seen.branches.values() if branch.branch != seen.trunk)
        newest = sorted(others, key=lambda branch: branch.at, reverse=True)[:MOST_BRANCHES]
        found = [await self._approval(repository, branch, trunk.commit if trunk else None, actor) for branch in newest]
        return tuple(one for one in found if one)

    async def _approval(
        self, repository: RepositoryName, branch: BranchSeen, trunk: CommitId | None, actor: Actor
    ) -> Approval | None:
        """None for a branch that may land without one, or cannot land as it is: it does not follow the trunk."""
        commit, protection = branch.commit, self._facts.protection
        paths = protection.protected(repository, await self._changed(repository, trunk, commit))
        hands = protection.hands(repository, commit)
        if not paths or hands is None:
            return None
        return Approval(
            branch=branch.branch,
            commit=commit,
            paths=paths[:MOST_PATHS],
            is_approved=protection.is_approved(repository, commit),
            is_anothers=actor.casefold() not in hands,
        )

    async def _changed(self, repository: RepositoryName, trunk: CommitId | None, commit: CommitId) -> tuple[str, ...]:
        """What landing would change, which git is asked once; nothing where it is more than is worth listing."""
        key = repository, trunk, commit
        if key not in self._known:
            self._known[key] = await self._asked(repository, trunk, commit)
            while len(self._known) > MOST_KNOWN:
                self._known.pop(next(iter(self._known)))
        return self._known[key]

    async def _asked(self, repository: RepositoryName, trunk: CommitId | None, commit: CommitId) -> tuple[str, ...]:
        if trunk == commit or (trunk and not await self._git.contains(repository, trunk, commit, NO_QUARANTINE)):
            return ()
        try:
            return await self._git.changed(repository, trunk, commit, quarantine=NO_QUARANTINE)
        except TooMuch:
            return ()
