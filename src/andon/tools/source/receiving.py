"""Taking pushes in: git asks by its hooks, rules judge, the ledger learns what moved, the pusher hears the rest."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from andon.kernel.caller import Caller
from andon.kernel.errors import AndonError, PortError, Refused
from andon.kernel.ids import Actor, BranchName, RepositoryName
from andon.tools.source.judging import Judging
from andon.tools.source.model.push import PushLimits
from andon.tools.source.model.removal import DeleteRepository
from andon.tools.source.ports import (
    NO_QUARANTINE,
    Exchange,
    GitRepositories,
    GitRequest,
    HookCall,
    Judge,
    Narrator,
    Push,
    Recorder,
)
from andon.tools.source.record_retries import RecordRetries
from andon.tools.source.recording import ClosingCommand, Commits, Recording
from andon.tools.source.telling import detached_line, fitted, refusal_lines, trunk_lines

#: between git being told that a push is accepted and its telling that the refs have moved
_LANDING = timedelta(seconds=60)
#: how long a pusher may watch
_WATCHING = timedelta(hours=1)
#: the push option that says: do not show me the run
DETACH = "detach"

_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True, eq=False)
class Visit:
    """What the pusher's connection and the push's reception tell each other."""

    #: set when refs may move: from here on git is not stopped any more
    accepted: asyncio.Event = field(default_factory=asyncio.Event)
    #: set when the pusher is gone or no longer listened to
    left: asyncio.Event = field(default_factory=asyncio.Event)
    #: set when nothing of the connection touches git's pipes any more
    parted: asyncio.Event = field(default_factory=asyncio.Event)


class Reception:
    """Takes pushes in, one at a time for each repository: they are recorded in the order in which they landed."""

    def __init__(
        self,
        *,
        repositories: GitRepositories,
        recorder: Recorder,
        judge: Judge,
        narrator: Narrator,
        limits: PushLimits,
    ) -> None:
        self._repositories = repositories
        self._recording = Recording(repositories, recorder)
        self._judging = Judging(repositories, recorder, judge, limits)
        self._narrator = narrator
        self._turns: defaultdict[RepositoryName, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._retries = RecordRetries(self._catch_up)

    async def reconcile(self) -> None:
        """Record what is in git and not in the ledger: the server may have died between the two."""
        for repository in self._repositories.names():
            await self._catch_up(repository)

    async def _catch_up(self, repository: RepositoryName) -> None:
        async with self._turns[repository]:
            await self._recording.catch_up(repository)

    async def create(self, repository: RepositoryName, trunk: BranchName, *, by: Caller) -> None:
        """Create a repository before its first push. Errors: Refused when it exists with another trunk."""
        async with self._turns[repository]:
            await self._recording.create(repository, trunk, by=by)

    async def change_trunk(self, repository: RepositoryName, trunk: BranchName, *, by: Caller) -> None:
        """Make another branch the trunk. Errors: NotFound."""
        async with self._turns[repository]:
            await self._recording.change_trunk(repository, trunk, by=by)

    async def archive_or_delete(self, command: ClosingCommand, *, by: Caller) -> None:
        """Archive a repository, open it again, or delete it with its folder. Errors: Refused, NotFound."""
        async with self._turns[command.repository]:
            await self._recording.close(command, by=by)
        if isinstance(command, DeleteRepository):
            await self._remove(command.repository)

    async def _remove(self, repository: RepositoryName) -> None:
        """Its folder; what cannot be removed now is tried again."""
        try:
            await self._catch_up(repository)
        except PortError as error:
            self._retries.begin(repository)
            _log.warning("deleted repository not removed yet", repository=repository, reason=str(error))

    async def admit_name(self, repository: RepositoryName, actor: Actor) -> None:
        """Return when a first push may create the repository. Errors: Refused, once it is in the ledger."""
        await self._judging.admit_name(Push(repository=repository, updates=(), actor=actor))

    async def why_missing(self, repository: RepositoryName) -> str:
        """What is said to those who want to read a repository that is not there."""
        state = await self._recording.state(repository)
        if state.closing:
            return state.closing.sentence(repository)
        return f"There is no repository {repository} here. A first push creates it: git push -u origin main"

    async def close(self) -> None:
        """Give up what is tried again; the next start reconciles."""
        await self._retries.close()

    async def attend(self, exchange: Exchange, request: GitRequest, visit: Visit) -> None:
        """Be there for the hooks of one push, until git has ended or needs nothing more."""
        called = await exchange.called()
        if called is None:
            return
        push = Push(
            repository=request.repository,
            updates=called.updates,
            actor=request.actor,
            permissions=request.permissions,
            options=called.options,
            quarantine=called.quarantine,
        )
        try:
            await self._receive(exchange, push, visit)
        except Exception:  # whatever it is, git and the pusher must not wait for an answer that never comes
            await exchange.say("✗ something went wrong inside Andon; the server's log has the particulars")
            await exchange.answer(accepted=False)
            raise

    async def _receive(self, exchange: Exchange, push: Push, visit: Visit) -> None:
        async with self._turns[push.repository]:
            landed = await self._let_in(exchange, push, visit)
        if landed:
            await self._narrate(exchange, *landed, visit)
            await exchange.answer(accepted=True)

    async def _let_in(self, exchange: Exchange, push: Push, visit: Visit) -> tuple[Push, Commits] | None:
        """Judge the push, let git move the refs, and record it; None when nothing landed."""
        try:
            if await self._recording.is_behind(push):
                await self._recording.catch_up(push.repository)
            await self._judging.admit(push)
            commits = await self._recording.commits(push)
        except Refused as refused:
            await _turn_away(exchange, refused)
            return None
        except AndonError as error:
            await _turn_away(exchange, Refused("push-judged", str(error), "Nothing was changed. Push again."))
            return None
        visit.accepted.set()
        await exchange.answer(accepted=True)
        return await self._land(exchange, push, commits)

    async def _land(self, exchange: Exchange, push: Push, commits: Commits) -> tuple[Push, Commits] | None:
        """Wait for git to have moved the refs, and record which did."""
        try:
            async with asyncio.timeout(_LANDING.total_seconds()):
                called = await exchange.called()
        except TimeoutError:
            await exchange.stop()
            called = None
        try:
            landed = await self._record(push, called, commits)
        except Exception as error:  # noqa: BLE001  (whatever it is, the refs have moved and the ledger must learn of it)
            self._retries.begin(push.repository)
            _log.error("push not recorded", repository=push.repository, exc_info=error)
            await exchange.say(fitted(f"✗ pushed, but not recorded yet; Andon goes on trying: {error}"))
            await exchange.answer(accepted=True)
            return None
        return (landed, commits) if landed else None

    async def _record(self, push: Push, called: HookCall | None, commits: Commits) -> Push | None:
        """Record what git says it did; when it says nothing, what it has done."""
        if called is None:
            await self._recording.catch_up(push.repository)
            return None
        landed = replace(push, updates=called.updates, options=called.options, quarantine=NO_QUARANTINE)
        await self._recording.record(landed, commits)
        return landed

    async def _narrate(self, exchange: Exchange, push: Push, commits: Commits, visit: Visit) -> None:
        """Show the pusher what becomes of the push, while there is a pusher."""
        telling = asyncio.create_task(self._tell(exchange, push, commits))
        leaving = asyncio.create_task(visit.left.wait())
        both = {telling, leaving}
        try:
            await asyncio.wait(both, timeout=_WATCHING.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        finally:
            telling.cancel()
            leaving.cancel()
            await asyncio.wait(both)
        if not telling.cancelled() and (error := telling.exception()):
            _log.error("narration failed", repository=push.repository, exc_info=error)
            await exchange.say("andon  pushed and recorded; what follows cannot be shown here: see the web pages")

    async def _tell(self, exchange: Exchange, push: Push, commits: Commits) -> None:
        """The narrator's lines, or one line for each branch when nobody wants to watch."""
        for line in trunk_lines(push.repository, push.updates, await self._recording.state(push.repository)):
            await exchange.say(line)
        if DETACH in push.options:
            for brought in filter(None, commits.values()):
                await exchange.say(detached_line(brought[0].commit, brought[0].subject))
        elif any(update.branch and update.after for update in push.updates):
            async for line in self._narrator.narrate(push):
                await exchange.say(fitted(line))


async def _turn_away(exchange: Exchange, refused: Refused) -> None:
    for line in refusal_lines(refused):
        await exchange.say(line)
    await exchange.answer(accepted=False)
