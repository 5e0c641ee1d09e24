"""The desk as a door gets it: for one caller, who may give only the commands that their permissions allow."""

from __future__ import annotations

from typing import Any

from andon.engine.desk import Desk
from andon.kernel.caller import Caller
from andon.kernel.decider import Command
from andon.kernel.envelope import Envelope
from andon.kernel.ids import NO_CHAIN, Actor, ChainId, StreamId


class CallersDesk:
    """Takes the commands of one caller."""

    def __init__(self, desk: Desk, caller: Caller) -> None:
        self._desk = desk
        self._caller = caller

    def require_for(self, command: type) -> None:
        """Before anything is looked up or done for a command that the caller may not give. Errors: Forbidden."""
        self._caller.require_for(command)

    async def submit(
        self, stream: StreamId, command: Command[Any], *, chain: ChainId = NO_CHAIN, called: Actor | None = None
    ) -> tuple[Envelope[Any], ...]:
        """Decide the command when the caller may give it; `called` is their name in the ledger where it is another.

        Errors: Forbidden, and those of Desk.submit.
        """
        self.require_for(type(command))
        return await self._desk.submit(stream, command, actor=called or self._caller.actor, chain=chain)

    async def load(self, stream: StreamId) -> Any:
        """The state of a stream."""
        return await self._desk.load(stream)
