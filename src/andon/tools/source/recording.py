"""The ledger learns what moved in git: after each push, and after a crash between the two."""

from __future__ import annotations

import asyncio

import structlog

from andon.kernel.caller import Caller
from andon.kernel.errors import PortError
from andon.kernel.ids import NO_CHAIN, Actor, BranchName, CommitId, RepositoryName, chain_of, stream
from andon.tools.source.model.push import BRANCHES, RefUpdate, choose_trunk
from andon.tools.source.model.removal import ArchiveRepository, DeleteRepository, UnarchiveRepository
from andon.tools.source.model.repository import NOUN, PushedCommit, Repository
from andon.tools.source.model.repository_commands import ChangeTrunk, CreateRepository, RecordPush, no_branch
from andon.tools.source.ports import NO_QUARANTINE, GitRepositories, Push, Recorder

#: who records what a crash kept from being recorded
RECONCILER = Actor("andon/source")
#: the pushed commits of each branch, by its ref
Commits = dict[str, tuple[PushedCommit, ...]]
ClosingCommand = ArchiveRepository | UnarchiveRepository | DeleteRepository

_log = structlog.get_logger(__name__)


class Recording:
    """Between git, where refs move, and the ledger, where the line reads that they did."""

    def __init__(self, repositories: GitRepositories, recorder: Recorder) -> None:
        self._repositories = repositories
        self._recorder = recorder

    async def state(self, repository: RepositoryName) -> Repository:
        """What the ledger knows of the repository."""
        state = await self._recorder.load(stream(NOUN.kind, repository))
        if not isinstance(state, Repository):
            raise PortError(f"The desk does not know what a repository is ({type(state).__name__}).", permanent=True)
        return state

    async def commits(self, push: Push) -> Commits:
        """What the push brings: the commits that each branch, or for a new branch the trunk, does not have yet."""
        state = await self.state(push.repository)
        trunk = state.head(state.trunk)
        branches = [update for update in push.updates if update.branch]
        found = await asyncio.gather(*(self._brought(push, update, trunk) for update in branches))
        return {update.ref: commits for update, commits in zip(branches, found, strict=True)}

    async def create(self, repository: RepositoryName, trunk: BranchName, *, by: Caller) -> None:
        """Create the repository in the ledger and in git. Errors: Forbidden; Refused when it has another trunk."""
        by.require_for(CreateRepository)
        await self._create(repository, trunk, by.actor)

    async def _create(self, repository: RepositoryName, trunk: BranchName, actor: Actor) -> None:
        command = CreateRepository(repository=repository, trunk=trunk)
        await self._recorder.submit(stream(NOUN.kind, repository), command, actor=actor)
        await self._repositories.create(repository, trunk)

    async def change_trunk(self, repository: RepositoryName, trunk: BranchName, *, by: Caller) -> None:
        """Make another branch the trunk, in the ledger and in git. Errors: Forbidden, NotFound."""
        by.require_for(ChangeTrunk)
        head = (await self.state(repository)).head(trunk)
        if head is None:
            raise no_branch(repository, trunk, await self.state(repository))
        commits = await self._repositories.log(repository, head, without=None, quarantine=NO_QUARANTINE)
        command = ChangeTrunk(repository=repository, trunk=trunk, commits=commits)
        chain = chain_of(repository, head)
        await self._recorder.submit(stream(NOUN.kind, repository), command, actor=by.actor, chain=chain)
        await self._repositories.create(repository, trunk)

    async def close(self, command: ClosingCommand, *, by: Caller) -> None:
        """Archive the repository, open it again, or delete it. Errors: Forbidden, Refused, NotFound."""
        by.require_for(type(command))
        await self._recorder.submit(stream(NOUN.kind, command.repository), command, actor=by.actor)

    async def record(self, push: Push, commits: Commits) -> None:
        """Tell the ledger what moved, creating the repository there when it is new."""
        branches = tuple(update.branch for update in push.updates if update.branch)
        if branches and not (await self.state(push.repository)).exists:
            await self._create(push.repository, choose_trunk(branches), push.actor)
        for update in push.updates:
            if update.branch:
                await self._record_branch(push, update, update.branch, commits)

    async def _record_branch(self, push: Push, update: RefUpdate, branch: BranchName, commits: Commits) -> None:
        command = RecordPush(
            repository=push.repository,
            branch=branch,
            before=update.before,
            after=update.after,
            commits=commits.get(update.ref, ()),
        )
        chain = chain_of(push.repository, update.after) if update.after else NO_CHAIN
        await self._recorder.submit(stream(NOUN.kind, push.repository), command, actor=push.actor, chain=chain)

    async def is_behind(self, push: Push) -> bool:
        """Whether git has moved a branch of this push without the ledger's knowledge."""
        known = {head.branch: head.commit for head in (await self.state(push.repository)).heads}
        return any(update.branch and update.before != known.get(update.branch) for update in push.updates)

    async def catch_up(self, repository: RepositoryName) -> None:
        """Record what git has and the ledger has not; of what was deleted, git keeps nothing."""
        if (await self.state(repository)).is_deleted:
            await self._repositories.remove(repository)
            return
        known = {head.branch: head.commit for head in (await self.state(repository)).heads}
        actual = {head.branch: head.commit for head in await self._repositories.heads(repository)}
        updates = tuple(
            RefUpdate(ref=f"{BRANCHES}{branch}", before=known.get(branch), after=actual.get(branch))
            for branch in sorted(known.keys() | actual.keys())
            if known.get(branch) != actual.get(branch)
        )
        if updates:
            _log.info("recording what git has and the ledger has not", repository=repository, branches=len(updates))
            push = Push(repository=repository, updates=updates, actor=RECONCILER)
            await self.record(push, await self.commits(push))

    async def _brought(self, push: Push, update: RefUpdate, trunk: CommitId | None) -> tuple[PushedCommit, ...]:
        if update.after is None:
            return ()
        return await self._repositories.log(
            push.repository, update.after, without=update.before or trunk, quarantine=push.quarantine
        )
