"""Connects other tools: their secret first, then the connection, so that a crash leaves nothing half open."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace

from andon.engine.callers_desk import CallersDesk
from andon.engine.desk import Desk
from andon.kernel.caller import Caller
from andon.kernel.errors import Invalid, Problem
from andon.kernel.ids import StreamId, parse_name, stream
from andon.standards.shapes import did_you_mean
from andon.tools.measurement.model.intake.clone_addresses import is_beginning
from andon.tools.measurement.model.intake.connection import (
    NOUN,
    AddConnection,
    ChangeSecret,
    ConnectedTool,
    RemoveConnection,
)
from andon.tools.measurement.ports import ConnectionSecrets
from andon.tools.measurement.sources import Source, Sources

#: whose secret is chosen by the other tool, and told to us
THEIR_SECRET = frozenset({"pagerduty"})
#: where repositories of a kind are cloned from when nothing is said
USUAL_CLONES = {"github": "https://github.com/", "gitlab": "https://gitlab.com/"}
#: of the facts that the server's own events tell, and of files
RESERVED = frozenset({"ledger", "tags", "file"})
_SECRET_BYTES = 32
_SHORTEST_SECRET, _LONGEST_SECRET = 16, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionResult:
    """A connection as it is now."""

    source: Source
    #: made just now, and shown this once; "" when the person said it, or has it already
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting:
    """Adds, changes and removes connections."""

    desk: Desk
    sources: Sources
    secrets: ConnectionSecrets
    kinds: Collection[str]

    async def add(self, name: str, tool: ConnectedTool, secret: str, *, by: Caller) -> ConnectionResult:
        """Let a tool in; without a secret one is made, where it is ours to make.

        Errors: Invalid, Refused, PortError.
        """
        by.require_for(AddConnection)  # before its secret is kept
        self._check(name, tool)
        before = await self.desk.load(_stream(name))
        made = "" if secret or before.tool is not None or tool.kind in THEIR_SECRET else _new_secret()
        tool = replace(tool, clones_from=tool.clones_from or USUAL_CLONES.get(tool.kind, ""))
        if before.tool is None or before.tool.kind == tool.kind:
            tool = replace(tool, fingerprint=await self._put(name, secret or made))
        await CallersDesk(self.desk, by).submit(_stream(name), AddConnection(connection=name, tool=tool))
        return ConnectionResult(source=self.sources.connected(name), secret=made)

    async def change_secret(self, name: str, secret: str, *, by: Caller) -> ConnectionResult:
        """Take another secret; without one, make it. Errors: Invalid, NotFound, PortError."""
        by.require_for(ChangeSecret)
        source = self.sources.connected(name)
        ours = source.tool is None or source.tool.kind not in THEIR_SECRET
        if not secret and not ours:
            raise Invalid(f"The secret of {name} is chosen by its other end: pipe it in, or type it when asked.")
        made = "" if secret else _new_secret()
        fingerprint = await self._put(name, secret or made)
        await CallersDesk(self.desk, by).submit(_stream(name), ChangeSecret(connection=name, fingerprint=fingerprint))
        return ConnectionResult(source=source, secret=made)

    async def remove(self, name: str, *, by: Caller) -> None:
        """Let it tell nothing any more. The ledger first: what it calls removed is asked for no secret.

        Errors: NotFound, PortError.
        """
        self.sources.connected(name)
        await CallersDesk(self.desk, by).submit(_stream(name), RemoveConnection(connection=name))
        await asyncio.to_thread(self.secrets.remove, name)

    async def _put(self, name: str, secret: str) -> str:
        if not secret:
            return ""
        if not _SHORTEST_SECRET <= len(secret) <= _LONGEST_SECRET or "\0" in secret:
            raise Invalid(f"A secret has {_SHORTEST_SECRET} to {_LONGEST_SECRET} characters.")
        return await asyncio.to_thread(self.secrets.put, name, secret)

    def _check(self, name: str, tool: ConnectedTool) -> None:
        """Errors: Invalid."""
        parse_name(name, "a connection")
        problems: list[Problem] = []
        if name in RESERVED:
            problems.append(Problem(where="name", message=f'"{name}" is taken by facts of another origin.'))
        if tool.kind not in self.kinds:
            known = did_you_mean(tool.kind, self.kinds) or f"Known here: {', '.join(sorted(self.kinds))}."
            problems.append(Problem(where="kind", message=f'"{tool.kind[:40]}" cannot be read.', remedy=known))
        if tool.clones_from and not is_beginning(tool.clones_from):
            remedy = 'Write the beginning of the addresses with a slash at its end: "https://git.example.org/".'
            problems.append(Problem(where="clones_from", message="that is no beginning of addresses.", remedy=remedy))
        if problems:
            raise Invalid(*problems)


def _new_secret() -> str:
    return secrets.token_urlsafe(_SECRET_BYTES)


def _stream(name: str) -> StreamId:
    return stream(NOUN.kind, name)
