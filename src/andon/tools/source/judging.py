"""A push before its refs move: the facts are gathered from git, and every rule is asked."""

from __future__ import annotations

import asyncio

from andon.kernel.ids import stream
from andon.tools.source.model.push import PushLimits, RefUpdate, moves_too_much
from andon.tools.source.model.repository import NOUN
from andon.tools.source.model.repository_commands import AcceptPush, RefusePush
from andon.tools.source.ports import GitRepositories, Judge, Push, Recorder


class Judging:
    """Asks the repository's own rules, and the judge from outside."""

    def __init__(self, repositories: GitRepositories, recorder: Recorder, judge: Judge, limits: PushLimits) -> None:
        self._repositories = repositories
        self._recorder = recorder
        self._judge = judge
        self._limits = limits

    async def admit(self, push: Push) -> None:
        """Return when nothing speaks against the push. Errors: Refused, once it is in the ledger; PortError."""
        if moves_too_much(push.updates, self._limits):  # not worth asking git about each of them
            await self.admit_name(push)
        accept, objection = await asyncio.gather(self._looked_into(push), self._judge.judge(push))
        await self._submit(push, accept)
        if objection:
            refuse = RefusePush(
                repository=push.repository, rule=objection.rule, reason=objection.reason, remedy=objection.remedy
            )
            await self._submit(push, refuse)

    async def admit_name(self, push: Push) -> None:
        """Return when a push may create the repository. Errors: Refused, once it is in the ledger."""
        await self._submit(push, self._accept(push))

    async def _submit(self, push: Push, command: AcceptPush | RefusePush) -> None:
        await self._recorder.submit(stream(NOUN.kind, push.repository), command, actor=push.actor)

    def _accept(self, push: Push) -> AcceptPush:
        return AcceptPush(repository=push.repository, updates=push.updates, limits=self._limits)

    async def _looked_into(self, push: Push) -> AcceptPush:
        """The command with the facts that only git knows."""
        brought, rewritten = await asyncio.gather(
            self._repositories.brought(push.repository, push.updates, self._limits.file_bytes, push.quarantine),
            asyncio.gather(*(self._rewrites(push, update) for update in push.updates)),
        )
        return AcceptPush(
            repository=push.repository,
            updates=push.updates,
            limits=self._limits,
            rewritten=tuple(update.ref for update, loses in zip(push.updates, rewritten, strict=True) if loses),
            large_files=brought.large_files,
            is_cut_off=brought.is_cut_off,
        )

    async def _rewrites(self, push: Push, update: RefUpdate) -> bool:
        """Whether a branch would lose commits that it has."""
        if update.branch is None or update.before is None or update.after is None:
            return False
        before, after = update.before, update.after
        return not await self._repositories.contains(push.repository, before, after, push.quarantine)
